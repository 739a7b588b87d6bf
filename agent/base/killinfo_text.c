// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "killinfo_text.h"

#include <stdio.h>
#include <string.h>

#include "record_text.h"

#include <reapd/lmk.h>

/* Why, at most so much of it: the rest of the line must fit into one of the log. */
#define WHY_SHOWN 500

const char *killinfo_name(__u32 field)
{
	static const char *const names[KILLINFO_FIELDS] = {
		[KILLINFO_PID] = "pid",
		[KILLINFO_UID] = "uid",
		[KILLINFO_OOM_ADJ] = "oom_adj",
		[KILLINFO_MIN_OOM_ADJ] = "min_oom_adj",
		[KILLINFO_TASK_SIZE] = "task_size_kib",
		[KILLINFO_REASON] = "kill_reason",
		[KILLINFO_MEM_FREE] = "mem_free_kib",
		[KILLINFO_CACHED] = "cached_kib",
		[KILLINFO_SWAP_CACHED] = "swap_cached_kib",
		[KILLINFO_BUFFERS] = "buffers_kib",
		[KILLINFO_SHMEM] = "shmem_kib",
		[KILLINFO_UNEVICTABLE] = "unevictable_kib",
		[KILLINFO_SWAP_TOTAL] = "swap_total_kib",
		[KILLINFO_SWAP_FREE] = "swap_free_kib",
		[KILLINFO_ACTIVE_ANON] = "active_anon_kib",
		[KILLINFO_INACTIVE_ANON] = "inactive_anon_kib",
		[KILLINFO_ACTIVE_FILE] = "active_file_kib",
		[KILLINFO_INACTIVE_FILE] = "inactive_file_kib",
		[KILLINFO_SRECLAIMABLE] = "sreclaimable_kib",
		[KILLINFO_SUNRECLAIM] = "sunreclaim_kib",
		[KILLINFO_KERNEL_STACK] = "kernel_stack_kib",
		[KILLINFO_PAGE_TABLES] = "page_tables_kib",
		[KILLINFO_ION_HEAP] = "ion_heap_kib",
		[KILLINFO_ION_HEAP_POOL] = "ion_heap_pool_kib",
		[KILLINFO_CMA_FREE] = "cma_free_kib",
		[KILLINFO_MS_SINCE_EVENT] = "ms_since_event",
		[KILLINFO_MS_SINCE_PREV_WAKEUP] = "ms_since_prev_wakeup",
		[KILLINFO_WAKEUPS_SINCE_EVENT] = "wakeups_since_event",
		[KILLINFO_SKIPPED_WAKEUPS] = "skipped_wakeups",
		[KILLINFO_TASK_SWAP_SIZE] = "task_swap_size_kib",
		[KILLINFO_GPU] = "gpu_kib",
		[KILLINFO_THRASHING] = "thrashing",
		[KILLINFO_MAX_THRASHING] = "max_thrashing",
		[KILLINFO_PSI_MEM_SOME] = "psi_mem_some",
		[KILLINFO_PSI_MEM_FULL] = "psi_mem_full",
		[KILLINFO_PSI_IO_SOME] = "psi_io_some",
		[KILLINFO_PSI_IO_FULL] = "psi_io_full",
		[KILLINFO_PSI_CPU_SOME] = "psi_cpu_some",
	};

	return field < KILLINFO_FIELDS ? names[field] : "?";
}

bool killinfo_is_share(__u32 field)
{
	return field >= KILLINFO_PSI_MEM_SOME;
}

char *killinfo_line(char *buf, size_t size, const struct killinfo *k)
{
	size_t len = (size_t)snprintf(buf, size, "killinfo: [");

	for (__u32 i = 0; i < KILLINFO_FIELDS && len < size; i++) {
		const char *end = i + 1 < KILLINFO_FIELDS ? "," : "]";

		if (killinfo_is_share(i))
			len += (size_t)snprintf(buf + len, size - len, "%.2f%s",
						k->field[i] / 100.0, end);
		else
			len += (size_t)snprintf(buf + len, size - len, "%d%s", k->field[i], end);
	}
	return buf;
}

/* "512kB < 1024kB" */
static char *below_text(char *buf, size_t size, const struct record_term *t)
{
	snprintf(buf, size, "%lldkB < %lldkB", t->value, t->limit);
	return buf;
}

/* lmkd's words for its reasons; of another strategy the rule and its terms. */
static char *reason_text(char *buf, size_t size, const struct kill_record *r)
{
	const char *wmark = r->killinfo.min_breached ? "min" : "low";
	const struct record_term *first = &r->term[0], *second = &r->term[1];
	int reason = r->reason - 1;
	char below[48];

	switch (reason) {
	case LMK_PRESSURE_AFTER_KILL:
		snprintf(buf, size, "min watermark is breached even after kill");
		break;
	case LMK_NOT_RESPONDING:
		snprintf(buf, size, "device is not responding");
		break;
	case LMK_LOW_SWAP_AND_THRASHING:
		snprintf(buf, size, "device is low on swap (%s) and thrashing (%lld%%)",
			 below_text(below, sizeof(below), first), second->value / 10);
		break;
	case LMK_LOW_MEM_AND_SWAP:
		snprintf(buf, size, "%s watermark is breached and swap is low (%s)", wmark,
			 below_text(below, sizeof(below), second));
		break;
	case LMK_LOW_MEM_AND_SWAP_UTIL:
		snprintf(buf, size,
			 "%s watermark is breached and swap utilization is high (%lld%% > %lld%%)",
			 wmark, second->value / 10, second->limit / 10);
		break;
	case LMK_LOW_MEM_AND_THRASHING:
		snprintf(buf, size, "%s watermark is breached and thrashing (%lld%%)", wmark,
			 second->value / 10);
		break;
	case LMK_DIRECT_RECL_AND_THRASHING:
		snprintf(buf, size, "device is in direct reclaim and thrashing (%lld%%)",
			 second->value / 10);
		break;
	case LMK_DIRECT_RECL_STUCK:
		snprintf(buf, size, "device is stuck in direct reclaim (%lldms > %lldms)",
			 first->value, first->limit);
		break;
	case LMK_LOW_FILECACHE_AFTER_THRASHING:
		snprintf(buf, size, "filecache is low (%s) after thrashing",
			 below_text(below, sizeof(below), first));
		break;
	case LMK_LOW_MEM:
		snprintf(buf, size, "%s watermark is breached", wmark);
		break;
	default:
		break;
	}
	return buf;
}

/* The end of the line; lmkd's old strategy has none. */
static char *why_text(char *buf, size_t size, const struct kill_record *r)
{
	int reason = r->reason - 1;
	char why[WHY_SHOWN];

	*buf = 0;
	if (reason >= LMK_PRESSURE_AFTER_KILL && reason < LMK_REASONS)
		snprintf(buf, size, "; reason: %s", reason_text(why, sizeof(why), r));
	else if (reason >= LMK_VENDOR && reason <= LMK_VENDOR_LAST)
		snprintf(buf, size, "; reason: vendor kill with the reason %d, min_score_adj %d",
			 reason - LMK_VENDOR, r->min_score_adj);
	else if (!r->reason)
		snprintf(buf, size, "; reason: %s%s%s", r->rule, r->terms ? ": " : "",
			 record_why(why, sizeof(why), r));
	return buf;
}

char *killinfo_kill_line(char *buf, size_t size, const struct kill_record *r, __u32 uid)
{
	const char *name = r->name[0] ? r->name : r->comm;
	__u64 rss_kib = (__u64)r->anon_kib + r->file_kib + r->shmem_kib;
	char why[WHY_SHOWN + 64], dmabuf[40] = "";

	why_text(why, sizeof(why), r);
	if (r->dmabuf_kib)
		snprintf(dmabuf, sizeof(dmabuf), ", %ukB dmabuf_rss", r->dmabuf_kib);
	/* A name ends at its first blank, as lmkd has it. */
	snprintf(buf, size,
		 "Kill '%.*s' (%u), uid %u, oom_score_adj %d to free %llukB rss, %ukB swap%s%s",
		 (int)strcspn(name, " "), name, r->tgid, uid, r->oom_score_adj, rss_kib,
		 r->swap_kib, dmabuf, why);
	return buf;
}
