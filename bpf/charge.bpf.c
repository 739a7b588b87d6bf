// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * charge.bpf.c - is memory about to become low?
 *
 * kswapd wakes when a zone is down to its low watermark: half a percent of memory on a large machine,
 * some 100 ms before the end for a program that takes memory as fast as it can. A rule that looks at
 * mem.available at 10 % must be awake before. Nothing in the kernel tells of such a level; but whoever
 * takes memory is charged for it, 64 pages at a time, and at each of these charges one can look: free
 * pages and file cache, from the kernel's own sums.
 *
 * An edge when less is left than board.low_pages, and again each time it has fallen by another
 * low_step_pages: a machine that lives a little below the level for years has no edge for it.
 *
 * Cost. One load for 256 KiB that are charged where no rule looks at a level (low_pages is 0), else about
 * 50 ns: a thousandth of the page faults it is charged for.
 *
 * Accepted losses. Tasks in the root cgroup are not charged, and kernel memory mostly not: for those
 * kswapd's edge remains, as for kernels where this has no hook. The sums are off by what CPUs have not
 * yet folded in, 125 pages each.
 *
 * Accepted races. Two CPUs that cross the mark together both have their edge.
 */
#include "emit.bpf.h"

static __always_inline __s64 stat_pages(__u64 array, __u32 item)
{
	__s64 pages = 0;

	bpf_probe_read_kernel(&pages, sizeof(pages), (void *)(array + item * sizeof(pages)));
	return pages > 0 ? pages : 0;
}

/* MemAvailable and a little more: the reserves are not taken off. */
static __always_inline __u64 left_pages(void)
{
	return stat_pages(knobs.zone_stat,
			  bpf_core_enum_value(enum zone_stat_item, NR_FREE_PAGES)) +
	       stat_pages(knobs.node_stat,
			  bpf_core_enum_value(enum node_stat_item, NR_INACTIVE_FILE)) +
	       stat_pages(knobs.node_stat,
			  bpf_core_enum_value(enum node_stat_item, NR_ACTIVE_FILE));
}

static __always_inline int charged(void)
{
	__u64 low = *(volatile __u64 *)&board.low_pages, step = board.low_step_pages, left;
	__u64 mark = board.low_mark_pages;

	if (!low)
		return 0;
	left = left_pages();
	if (left >= low) {
		if (mark != low)
			board.low_mark_pages = low;
	} else if (left < mark) {
		board.low_mark_pages = left > step ? left - step : 0;
		edge(EDGE_LOW, 0);
	} else if (left > mark + 2 * step) {
		board.low_mark_pages = left - step;
	}
	return 0;
}

SEC("?fentry/page_counter_try_charge")
int BPF_PROG(charge_fentry)
{
	return charged();
}

SEC("?kprobe/page_counter_try_charge")
int BPF_KPROBE(charge_kprobe)
{
	return charged();
}
