// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "gather.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Rounds of fruitless reclaim are news for this long: a round takes from 0.1 ms to some 10 ms. */
#define RETRY_FRESH_NS (100 * NS_PER_MS)

int gather_open(struct gather *g, const struct hooks *hooks, struct cgroups *cgroups)
{
	char path[2 * PATH_MAX] = "/proc/pressure/memory";
	int err;

	memset(g, 0, sizeof(*g));
	g->hooks = hooks;
	g->cgroups = cgroups;
	zram_init(&g->zram);
	g->psi_in_kernel = hook_tier(hooks) != 'C' && !cgroups_scope_id(cgroups);
	if (cgroups_scope_id(cgroups))
		cgroups_scope_file(cgroups, path, sizeof(path), "memory.pressure");
	g->meminfo_fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	g->vmstat_fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	g->pressure_fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Of the machine it is there; of a cgroup not with cgroup_disable=pressure. */
	if (g->meminfo_fd >= 0 && g->vmstat_fd >= 0 &&
	    (g->pressure_fd >= 0 || (errno == ENOENT && cgroups_scope_id(cgroups))))
		return 0;
	err = -errno;
	gather_close(g);
	return err;
}

void gather_close(struct gather *g)
{
	if (g->meminfo_fd >= 0)
		close(g->meminfo_fd);
	if (g->vmstat_fd >= 0)
		close(g->vmstat_fd);
	if (g->pressure_fd >= 0)
		close(g->pressure_fd);
	g->meminfo_fd = g->vmstat_fd = g->pressure_fd = -1;
	zram_close(&g->zram);
}

/* Who is in reclaim and who stalls, from the board. */
static void read_board(const struct board *b, struct facts *f)
{
	for (int i = 0; i < BOARD_NODES; i++)
		f->kswapd_nodes += b->kswapd_since_ns[i] != 0;
	for (int i = 0; i < BOARD_SLOTS; i++) {
		const struct board_slot *s = &b->reclaims[i];

		f->stalled += b->stalls[i].tid != 0;
		if (!s->tid)
			continue;
		f->reclaimers++;
		if (s->since_ns < f->time_ns && f->time_ns - s->since_ns > f->stuck_ns)
			f->stuck_ns = f->time_ns - s->since_ns;
	}
}

/* The most rounds met lately; one high number must not outlive the trouble it tells of. */
static __u32 take_retries(struct gather *g, __u64 now)
{
	__u32 loops = __atomic_exchange_n(&hook_board(g->hooks)->retry_loops, 0, __ATOMIC_RELAXED);

	if (loops >= g->retry_loops || now > g->retry_ns + RETRY_FRESH_NS) {
		g->retry_loops = loops;
		g->retry_ns = now;
	}
	return g->retry_loops;
}

void gather_forget(struct gather *g)
{
	__atomic_store_n(&hook_board(g->hooks)->retry_loops, 0, __ATOMIC_RELAXED);
	g->retry_loops = 0;
}

static int read_pressure(struct gather *g, struct facts *f)
{
	const struct board *b = hook_board(g->hooks);
	bool slow = f->time_ns >= g->slow_ns + PSI_READ_MIN_NS;
	int err = 0;

	if (slow) {
		g->slow_ns = f->time_ns;
		vmstat_read(g->vmstat_fd, &g->vmstat);
		if (g->zram_wanted)
			g->zram_there = zram_read(&g->zram, f->time_ns, &g->zram_kib);
	}
	f->zram_kib = g->zram_kib;
	f->flags |= g->zram_there ? FACT_ZRAM : 0;
	f->scanned_pages = g->vmstat.scanned_pages;
	f->reclaimed_pages = g->vmstat.reclaimed_pages;
	f->refaulted_pages = g->vmstat.refaulted_pages;
	f->oom_kills = g->vmstat.oom_kills;
	if (g->psi_in_kernel) {
		err = hook_psi_sample(g->hooks);
		f->some_ns = b->psi_some_ns;
		f->full_ns = b->psi_full_ns;
		return err;
	}
	f->flags |= g->pressure_fd < 0 ? FACT_NO_PSI : 0;
	if (slow && g->pressure_fd >= 0)
		err = psi_read(g->pressure_fd, &g->psi);
	f->some_ns = g->psi.some_ns;
	f->full_ns = g->psi.full_ns;
	return err;
}

static int read_memory(struct gather *g, struct facts *f)
{
	struct scope_memory scope;
	struct meminfo m;
	int err = meminfo_read(g->meminfo_fd, &m);

	if (!err)
		err = cgroups_memory(g->cgroups, &scope);
	if (err)
		return err;
	f->mem_total_kib = m.total_kib;
	f->mem_available_kib = m.available_kib;
	f->mem_free_kib = m.free_kib;
	f->swap_total_kib = m.swap_total_kib;
	f->swap_free_kib = m.swap_free_kib;
	f->file_kib = m.file_kib;
	if (!scope.limited)
		return 0;
	/* The scope has no more than its limit, and no more than the machine can give. */
	if (scope.total_kib < f->mem_total_kib)
		f->mem_total_kib = scope.total_kib;
	if (scope.soft && scope.available_kib <= f->mem_available_kib)
		f->flags |= FACT_SOFT_LIMIT;
	if (scope.available_kib < f->mem_available_kib)
		f->mem_available_kib = scope.available_kib;
	if (f->mem_free_kib > f->mem_available_kib)
		f->mem_free_kib = f->mem_available_kib;
	if (scope.swap_total_kib < f->swap_total_kib)
		f->swap_total_kib = scope.swap_total_kib;
	if (scope.swap_free_kib < f->swap_free_kib)
		f->swap_free_kib = scope.swap_free_kib;
	return 0;
}

int gather_facts(struct gather *g, struct facts *ret)
{
	struct facts f = { .time_ns = clock_now_ns(),
			   .page_kib = (__u32)(sysconf(_SC_PAGESIZE) >> 10) };
	int err;

	read_board(hook_board(g->hooks), &f);
	f.retry_loops = take_retries(g, f.time_ns);
	err = read_pressure(g, &f);
	if (!err)
		err = read_memory(g, &f);
	if (!err)
		*ret = f;
	return err;
}
