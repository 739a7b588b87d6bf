// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "android.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../base/file.h"
#include "meminfo.h"
#include "psi.h"
#include "zoneinfo.h"

#define MEMINFO_MAX 4096  /* about 1.5 KiB */
#define VMSTAT_MAX  16384 /* about 5 KiB */

/*
 * Counters are summed over all CPUs for each reader, half of what a look costs (58 us with 2 CPUs): no more
 * often than lmkd's shortest poll. Free memory is read at each look.
 */
#define VMSTAT_NS     (10 * NS_PER_MS)
/* lmkd's, where no tracepoint tells that watermarks were computed anew. */
#define WATERMARKS_NS (60 * NS_PER_S)
/* Those of io and cpu are only told, in the record: half of the kernel's own averaging period. */
#define OTHERS_NS     NS_PER_S

#define GPU_MAP "/sys/fs/bpf/map_gpuMem_gpu_mem_total_map"

/* Not one name to a struct and another to the file: the table is the mapping. */
#define FIELD(name, member)                                  \
	{                                                    \
		name, offsetof(struct android_facts, member) \
	}

struct field {
	const char *name;
	size_t offset;
};

static const struct field meminfo_fields[] = {
	FIELD("MemFree", mem_free_kib),
	FIELD("SwapTotal", swap_total_kib),
	FIELD("SwapFree", swap_free_kib),
	FIELD("Active(anon)", active_anon_kib),
	FIELD("Inactive(anon)", inactive_anon_kib),
	FIELD("Active(file)", active_file_kib),
	FIELD("Inactive(file)", inactive_file_kib),
	/* From here on, a kernel may not have it. */
	FIELD("Cached", cached_kib),
	FIELD("SwapCached", swap_cached_kib),
	FIELD("Buffers", buffers_kib),
	FIELD("Shmem", shmem_kib),
	FIELD("Unevictable", unevictable_kib),
	FIELD("Dirty", dirty_kib),
	FIELD("SReclaimable", sreclaimable_kib),
	FIELD("SUnreclaim", sunreclaim_kib),
	FIELD("KernelStack", kernel_stack_kib),
	FIELD("PageTables", page_tables_kib),
	FIELD("ION_heap", ion_heap_kib),
	FIELD("ION_heap_pool", ion_heap_pool_kib),
	FIELD("CmaFree", cma_free_kib),
};
#define MEMINFO_NEEDED 7

static const struct field vmstat_fields[] = {
	FIELD("nr_free_pages", free_pages),	     FIELD("nr_inactive_file", inactive_file_pages),
	FIELD("nr_active_file", active_file_pages),  FIELD("pgscan_kswapd", pgscan_kswapd_pages),
	FIELD("pgscan_direct", pgscan_direct_pages), FIELD("pgrefill", pgrefill_pages),
};
#define VMSTAT_NEEDED 5

static int take(const char *text, const struct field *fields, size_t n, size_t needed,
		struct android_facts *f)
{
	struct android_facts new = *f;
	uint64_t value;

	for (size_t i = 0; i < n; i++) {
		value = 0;
		if (stat_field(text, fields[i].name, &value) && i < needed)
			return -EINVAL;
		memcpy((char *)&new + fields[i].offset, &value, sizeof(value));
	}
	*f = new;
	return 0;
}

int android_meminfo_parse(const char *text, struct android_facts *f)
{
	return take(text, meminfo_fields, sizeof(meminfo_fields) / sizeof(meminfo_fields[0]),
		    MEMINFO_NEEDED, f);
}

int android_vmstat_parse(const char *text, struct android_facts *f)
{
	uint64_t refaults = 0;
	int err = take(text, vmstat_fields, sizeof(vmstat_fields) / sizeof(vmstat_fields[0]),
		       VMSTAT_NEEDED, f);

	if (err)
		return err;
	/* One number for all before 5.9, of anonymous and file pages apart since. */
	if (stat_field(text, "workingset_refault", &refaults))
		stat_field(text, "workingset_refault_file", &refaults);
	f->refault_pages = refaults;
	return 0;
}

static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

int android_open(struct android_sense *s)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->pressure_fd[0] = open_file("/proc/pressure/memory");
	s->pressure_fd[1] = open_file("/proc/pressure/io");
	s->pressure_fd[2] = open_file("/proc/pressure/cpu");
	s->gpu_map = bpf_obj_get(GPU_MAP);
	s->meminfo_fd = open_file("/proc/meminfo");
	s->vmstat_fd = open_file("/proc/vmstat");
	s->zoneinfo_fd = open_file("/proc/zoneinfo");
	if (s->meminfo_fd >= 0 && s->vmstat_fd >= 0 && s->zoneinfo_fd >= 0)
		return 0;
	err = -errno;
	android_close(s);
	return err;
}

void android_close(struct android_sense *s)
{
	int *const fds[] = { &s->meminfo_fd,	 &s->vmstat_fd,	     &s->zoneinfo_fd,	&s->gpu_map,
			     &s->pressure_fd[0], &s->pressure_fd[1], &s->pressure_fd[2] };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

int android_watermarks_read(struct android_sense *s, __u64 time_ns, __u32 page_kib)
{
	struct zoneinfo z;
	int err = zoneinfo_read(s->zoneinfo_fd, &z);

	if (err)
		return err;
	s->last.watermark_ns = time_ns;
	s->last.min_kib = z.min_pages * page_kib;
	s->last.low_kib = z.low_pages * page_kib;
	s->last.high_kib = z.high_pages * page_kib;
	return 0;
}

static void read_pressure(struct android_sense *s, __u64 now)
{
	struct android_facts *f = &s->last;

	if (now >= s->pressure_ns + PSI_READ_MIN_NS) {
		s->pressure_ns = now;
		psi_averages(s->pressure_fd[0], &f->mem_some_bp, &f->mem_full_bp);
	}
	if (now >= s->others_ns + OTHERS_NS) {
		__u32 none;

		s->others_ns = now;
		psi_averages(s->pressure_fd[1], &f->io_some_bp, &f->io_full_bp);
		psi_averages(s->pressure_fd[2], &f->cpu_some_bp, &none);
	}
}

static void read_gpu(struct android_sense *s)
{
	__u64 key = 0, bytes;

	if (s->gpu_map >= 0 && !bpf_map_lookup_elem(s->gpu_map, &key, &bytes))
		s->last.gpu_kib = bytes >> 10;
}

static void read_board(const struct board *b, struct android_facts *f)
{
	__u64 *first = &f->direct_since_ns;

	f->direct_since_ns = f->kswapd_since_ns = 0;
	for (int i = 0; i < BOARD_SLOTS; i++) {
		const struct board_slot *slot = &b->reclaims[i];

		if (slot->tid && slot->kind == EDGE_DIRECT && (!*first || slot->since_ns < *first))
			*first = slot->since_ns;
	}
	first = &f->kswapd_since_ns;
	for (int i = 0; i < BOARD_NODES; i++) {
		if (b->kswapd_since_ns[i] && (!*first || b->kswapd_since_ns[i] < *first))
			*first = b->kswapd_since_ns[i];
	}
}

static int read_counts(struct android_sense *s, __u64 now)
{
	char text[VMSTAT_MAX];
	ssize_t len = file_pread(s->meminfo_fd, text, MEMINFO_MAX);
	int err = len < 0 ? (int)len : android_meminfo_parse(text, &s->last);

	if (err || (s->vmstat_ns && now < s->vmstat_ns + VMSTAT_NS))
		return err;
	s->vmstat_ns = now;
	len = file_pread(s->vmstat_fd, text, sizeof(text));
	return len < 0 ? (int)len : android_vmstat_parse(text, &s->last);
}

int android_gather(struct android_sense *s, const struct board *b, __u64 time_ns, __u32 page_kib,
		   struct android_facts *ret)
{
	__u32 changes = b->watermarks;
	int err = read_counts(s, time_ns);

	if (err)
		return err;
	if (!s->last.watermark_ns || changes != s->watermarks ||
	    time_ns >= s->last.watermark_ns + WATERMARKS_NS) {
		s->watermarks = changes;
		android_watermarks_read(s, time_ns, page_kib); /* the old ones stand otherwise */
	}
	read_pressure(s, time_ns);
	read_gpu(s);
	read_board(b, &s->last);
	s->last.time_ns = time_ns;
	s->last.page_kib = page_kib;
	*ret = s->last;
	return 0;
}
