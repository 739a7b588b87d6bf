// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "lmkd_link.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/killinfo_text.h"
#include "base/log.h"
#include "decide/android.h"
#include "base/text.h"
#include "recording.h"
#include "reload.h"
#include "stuck.h"

/* Android's tag: who greps the log for lmkd's lines finds them. */
#define TAG "lowmemorykiller: "

/* A boot that takes longer is over: an agent that was started again later is not told of its end. */
#define BOOT_NS (600 * NS_PER_S)

static bool is_android(const struct agent *a)
{
	return a->strategy == &strategy_android;
}

static void on_asked(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	if (lmkd_asked(a->lmkd))
		lmkd_reloaded(a->lmkd, reload(a)); /* with what TARGET says */
	else
		lmkd_link_levels(a);
	recording_policy(a);
}

void lmkd_link_levels(struct agent *a)
{
	struct android_policy *p = &a->config.policy.android;
	struct lmkd_level level[LMKD_TARGETS];

	if (!a->lmkd)
		return;
	p->minfrees = lmkd_levels(a->lmkd, level);
	for (__u32 i = 0; i < p->minfrees; i++)
		p->minfree[i] = (struct android_minfree){ level[i].pages, level[i].adj };
}

bool lmkd_link_waits(const struct agent *a)
{
	return a->lmkd && a->config.policy.android.flags & ANDROID_LATE && is_android(a) &&
	       !lmkd_may_monitor(a->lmkd) && !lmkd_booted(a->lmkd) &&
	       clock_read_ns(CLOCK_BOOTTIME) < BOOT_NS;
}

int lmkd_link_start(struct agent *a)
{
	struct lmkd_handlers handlers;
	int err;

	if (!a->config.lmkd_socket[0] && !lmkd_inherits())
		return 0;
	a->registry = registry_new(REGISTERED_MAX);
	if (!a->registry)
		return -ENOMEM;
	handlers = registry_handlers(a->registry);
	err = lmkd_start(&a->lmkd, a->config.lmkd_socket, &handlers);
	if (!err)
		err = loop_add(a->loop, lmkd_fd(a->lmkd), EPOLLIN, on_asked, a);
	if (!err)
		log_info("clients of lmkd are served at %s",
			 lmkd_inherits() ? "the socket of init" : a->config.lmkd_socket);
	return err;
}

void lmkd_link_stop(struct agent *a)
{
	a->lmkd = lmkd_stop(a->lmkd);
	a->registry = registry_free(a->registry);
}

void lmkd_link_mark(struct agent *a)
{
	if (a->registry)
		registry_mark(a->registry, &a->table);
}

/* lmkd's own lines are for those who know them. */
static bool wanted(const struct agent *a)
{
	return a->lmkd || is_android(a);
}

static struct lmkd_kill kill_of(const struct kill_record *r, __u32 uid)
{
	const __s32 *k = r->killinfo.field;
	struct lmkd_kill kill = {
		.pid = r->tgid,
		.uid = uid,
		.rss_kib = r->anon_kib + r->file_kib + r->shmem_kib,
		/* Counts of faults are in /proc alone, and its reader may be kept waiting. */
		.pgfault = -1,
		.pgmajfault = -1,
		.rss_bytes = ((__s64)r->anon_kib + r->file_kib + r->shmem_kib) << 10,
		.cache_bytes = (__s64)r->file_kib << 10,
		.swap_bytes = (__s64)r->swap_kib << 10,
		.start_ns = (__s64)r->start_ns,
		.adj = r->oom_score_adj,
		.min_adj = k[KILLINFO_MIN_OOM_ADJ],
		.free_mem_kib = k[KILLINFO_MEM_FREE],
		.free_swap_kib = k[KILLINFO_SWAP_FREE],
		.reason = k[KILLINFO_REASON],
		.thrashing = k[KILLINFO_THRASHING],
		.max_thrashing = k[KILLINFO_MAX_THRASHING],
	};

	text_copy(kill.name, sizeof(kill.name), r->name[0] ? r->name : r->comm);
	return kill;
}

/* To the clients, by the uid that theirs was registered with, and into the log. */
static void tell(struct agent *a, const struct kill_record *r)
{
	char line[900], numbers[KILLINFO_LINE];
	struct lmkd_kill kill;
	__u32 uid = r->uid;

	if (!wanted(a) || stuck_told(a, r->start_ns))
		return;
	if (a->lmkd) {
		registry_take(a->registry, r->tgid, r->start_ns, &uid);
		kill = kill_of(r, uid);
		kill.no_stat = is_android(a) &&
			       !(a->config.policy.android.flags & ANDROID_LOG_STATS);
		lmkd_killed(a->lmkd, LMKD_LOOP, &kill);
	}
	log_info(TAG "%s", killinfo_kill_line(line, sizeof(line), r, uid));
	log_info(TAG "%s", killinfo_line(numbers, sizeof(numbers), &r->killinfo));
}

void lmkd_link_killed(struct agent *a, struct death *d)
{
	if (d->told || d->record.kind != RECORD_KILL || d->record.dry_run)
		return;
	d->told = true;
	tell(a, &d->record);
}

void lmkd_link_member(struct agent *a, __u32 tgid, __u64 start_ns)
{
	__u32 row = table_find(&a->table, tgid, start_ns);
	struct kill_record r = { .tgid = tgid, .start_ns = start_ns };
	struct proc *p;

	if (row == TABLE_NONE)
		return;
	p = &a->table.procs[row];
	if (!(p->flags & PROC_REGISTERED))
		return;
	p->flags &= (__u16)~PROC_REGISTERED; /* once */
	r.uid = p->uid;
	r.oom_score_adj = p->oom_score_adj;
	r.anon_kib = p->anon_kib;
	r.file_kib = p->file_kib;
	r.shmem_kib = p->shmem_kib;
	r.swap_kib = p->swap_kib;
	r.dmabuf_kib = p->dmabuf_kib;
	text_copy(r.comm, sizeof(r.comm), a->table.infos[row].comm);
	text_copy(r.name, sizeof(r.name), a->table.infos[row].name);
	strcpy(r.rule, "with its cgroup or group");
	lmkd_link_killinfo(a, &r);
	tell(a, &r);
}

void lmkd_link_reaped(struct agent *a, const struct death *d)
{
	const struct reap_job *job = d->job;

	if (!wanted(a) || !d->told || !job)
		return;
	if (job->released_ns)
		log_info(TAG "Process %u was reaped in %llums", d->record.tgid,
			 (job->released_ns - job->signalled_ns) / NS_PER_MS);
	else if (job->release_error)
		log_info(TAG "process_mrelease %u failed: %s", d->record.tgid,
			 strerror(-job->release_error));
}

static __s32 s32(__u64 value)
{
	return value > INT_MAX ? INT_MAX : (__s32)value;
}

/* All that only strategy android looks at. */
static void fill_android(struct killinfo *info, const struct android *a)
{
	const struct android_facts *f = &a->now;
	__s32 *k = info->field;

	info->min_breached = a->wmark == WMARK_MIN;
	k[KILLINFO_MEM_FREE] = s32(f->mem_free_kib);
	k[KILLINFO_CACHED] = s32(f->cached_kib);
	k[KILLINFO_SWAP_CACHED] = s32(f->swap_cached_kib);
	k[KILLINFO_BUFFERS] = s32(f->buffers_kib);
	k[KILLINFO_SHMEM] = s32(f->shmem_kib);
	k[KILLINFO_UNEVICTABLE] = s32(f->unevictable_kib);
	k[KILLINFO_SWAP_TOTAL] = s32(f->swap_total_kib);
	k[KILLINFO_SWAP_FREE] = s32(f->swap_free_kib);
	k[KILLINFO_ACTIVE_ANON] = s32(f->active_anon_kib);
	k[KILLINFO_INACTIVE_ANON] = s32(f->inactive_anon_kib);
	k[KILLINFO_ACTIVE_FILE] = s32(f->active_file_kib);
	k[KILLINFO_INACTIVE_FILE] = s32(f->inactive_file_kib);
	k[KILLINFO_SRECLAIMABLE] = s32(f->sreclaimable_kib);
	k[KILLINFO_SUNRECLAIM] = s32(f->sunreclaim_kib);
	k[KILLINFO_KERNEL_STACK] = s32(f->kernel_stack_kib);
	k[KILLINFO_PAGE_TABLES] = s32(f->page_tables_kib);
	k[KILLINFO_ION_HEAP] = s32(f->ion_heap_kib);
	k[KILLINFO_ION_HEAP_POOL] = s32(f->ion_heap_pool_kib);
	k[KILLINFO_CMA_FREE] = s32(f->cma_free_kib);
	k[KILLINFO_MS_SINCE_EVENT] = s32((f->time_ns - a->event_ns) / NS_PER_MS);
	k[KILLINFO_MS_SINCE_PREV_WAKEUP] = s32((a->wakeup_ns - a->prev_wakeup_ns) / NS_PER_MS);
	k[KILLINFO_WAKEUPS_SINCE_EVENT] = s32(a->wakeups_since_event);
	k[KILLINFO_SKIPPED_WAKEUPS] = s32(a->skipped_wakeups);
	k[KILLINFO_GPU] = s32(f->gpu_kib);
	k[KILLINFO_THRASHING] = s32(a->thrashing_pct);
	k[KILLINFO_MAX_THRASHING] = s32(a->max_thrashing_pct);
	k[KILLINFO_PSI_MEM_SOME] = s32(f->mem_some_bp);
	k[KILLINFO_PSI_MEM_FULL] = s32(f->mem_full_bp);
	k[KILLINFO_PSI_IO_SOME] = s32(f->io_some_bp);
	k[KILLINFO_PSI_IO_FULL] = s32(f->io_full_bp);
	k[KILLINFO_PSI_CPU_SOME] = s32(f->cpu_some_bp);
}

void lmkd_link_killinfo(const struct agent *a, struct kill_record *r)
{
	const struct facts *f = &a->facts;
	__s32 *k = r->killinfo.field;
	__u64 edge_ns = r->stage_ns[STAGE_EDGE];
	__u32 uid = r->uid;

	if (a->registry)
		registry_uid(a->registry, r->tgid, r->start_ns, &uid);
	for (int i = 0; i < KILLINFO_FIELDS; i++)
		k[i] = -1;
	r->killinfo.valid = true;
	k[KILLINFO_PID] = (__s32)r->tgid;
	k[KILLINFO_UID] = (__s32)uid;
	k[KILLINFO_OOM_ADJ] = r->oom_score_adj;
	k[KILLINFO_MIN_OOM_ADJ] = r->reason ? r->min_score_adj : -1;
	k[KILLINFO_TASK_SIZE] = s32((__u64)r->anon_kib + r->file_kib + r->shmem_kib);
	k[KILLINFO_TASK_SWAP_SIZE] = s32(r->swap_kib);
	k[KILLINFO_REASON] = r->reason - 1 < LMK_OLD ? r->reason - 1 : LMK_NONE;
	k[KILLINFO_MEM_FREE] = s32(f->mem_free_kib);
	k[KILLINFO_CACHED] = s32(f->file_kib);
	k[KILLINFO_SWAP_TOTAL] = s32(f->swap_total_kib);
	k[KILLINFO_SWAP_FREE] = s32(f->swap_free_kib);
	if (edge_ns && f->time_ns > edge_ns)
		k[KILLINFO_MS_SINCE_EVENT] = s32((f->time_ns - edge_ns) / NS_PER_MS);
	if (is_android(a))
		fill_android(&r->killinfo, &a->places.android);
}

void lmkd_link_status(const struct agent *a, struct control_status *ret)
{
	struct lmkd_status s;

	if (!a->lmkd)
		return;
	lmkd_status(a->lmkd, &s);
	ret->lmkd = true;
	ret->lmkd_clients = s.clients;
	ret->lmkd_lost = s.lost;
	ret->lmkd_malformed = s.malformed;
	ret->lmkd_registered = registry_count(a->registry);
}
