// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "android_rows.h"

/* Above what may die without anybody noticing, unless it is very bad. */
#define SPARE_PERCEPTIBLE (LMK_PERCEPTIBLE + 1)
#define THRASHING_MS	  1000

static const struct {
	const char *name;
	enum lmk_reason reason;
} rows[ANDROID_ROWS] = {
	[ROW_VENDOR] = { "vendor", LMK_VENDOR },
	[ROW_PRESSURE_AFTER_KILL] = { "pressure_after_kill", LMK_PRESSURE_AFTER_KILL },
	[ROW_NOT_RESPONDING] = { "not_responding", LMK_NOT_RESPONDING },
	[ROW_LOW_SWAP_AND_THRASHING] = { "low_swap_and_thrashing", LMK_LOW_SWAP_AND_THRASHING },
	[ROW_LOW_MEM_AND_SWAP] = { "low_mem_and_swap", LMK_LOW_MEM_AND_SWAP },
	[ROW_LOW_MEM_AND_SWAP_UTIL] = { "low_mem_and_swap_util", LMK_LOW_MEM_AND_SWAP_UTIL },
	[ROW_LOW_MEM_AND_THRASHING] = { "low_mem_and_thrashing", LMK_LOW_MEM_AND_THRASHING },
	[ROW_DIRECT_RECL_AND_THRASHING] = { "direct_recl_and_thrashing",
					    LMK_DIRECT_RECL_AND_THRASHING },
	[ROW_DIRECT_RECL_STUCK] = { "direct_recl_stuck", LMK_DIRECT_RECL_STUCK },
	[ROW_LOW_FILECACHE_AFTER_THRASHING] = { "low_filecache_after_thrashing",
						LMK_LOW_FILECACHE_AFTER_THRASHING },
	[ROW_LOW_MEM] = { "low_mem", LMK_LOW_MEM },
	[ROW_OLD] = { "minfree_or_level", LMK_OLD },
};

const char *android_row_name(__u32 row)
{
	return rows[row].name;
}

static void add(struct verdict *v, enum signal signal, enum term_op op, __u32 flags,
		__u32 window_ms, __u64 value, __u64 limit)
{
	v->term[v->terms++] = (struct record_term){ .signal = (__u16)signal,
						    .op = (__u8)op,
						    .flags = (__u8)flags,
						    .window_ms = window_ms,
						    .value = (__s64)value,
						    .limit = (__s64)limit };
}

static void add_free(struct verdict *v, const struct android *a, __u64 limit_kib)
{
	const struct android_facts *f = &a->now;
	__u64 free = f->mem_free_kib > f->cma_free_kib ? f->mem_free_kib - f->cma_free_kib : 0;

	add(v, SIGNAL_MEM_FREE, TERM_LT, f->watermark_ns ? TERM_KIB : TERM_KIB | TERM_NA, 0, free,
	    limit_kib);
}

static void add_swap(struct verdict *v, const struct android *a)
{
	add(v, SIGNAL_SWAP_FREE, TERM_LT, TERM_KIB, 0, a->free_swap_kib, a->low_swap_kib);
}

static void add_thrashing(struct verdict *v, const struct android *a, __u64 limit_pct)
{
	add(v, SIGNAL_REFAULT, TERM_GT, 0, THRASHING_MS, a->thrashing_pct * 10, limit_pct * 10);
}

static void add_stuck(struct verdict *v, const struct android *a, enum term_op op, __u64 limit_ms)
{
	add(v, SIGNAL_STUCK, op, a->reclaim == RECLAIM_DIRECT ? 0 : TERM_NA, 0, a->stuck_ms,
	    limit_ms);
}

static void add_file(struct verdict *v, __u64 value_kib, __u64 limit_kib)
{
	add(v, SIGNAL_MEM_FILE, TERM_LT, TERM_KIB, 0, value_kib, limit_kib);
}

static __u64 file_kib(const struct android *a)
{
	return (a->now.inactive_file_pages + a->now.active_file_pages) * a->now.page_kib;
}

/* With swap: perceptible apps are spared unless memory is all but gone too. */
static __s32 swap_score(const struct android_policy *p, const struct android *a)
{
	return a->wmark > WMARK_MIN && a->thrashing_pct < p->thrashing_critical_pct ?
		       SPARE_PERCEPTIBLE :
		       0;
}

static __s32 thrashing_score(const struct android_policy *p, const struct android *a)
{
	return a->thrashing_pct < p->thrashing_critical_pct ? SPARE_PERCEPTIBLE : 0;
}

/* A stall of so much of the window. The kernel's trigger knows better than sums that are read later. */
static void add_stall(struct verdict *v, const struct android_policy *p, enum signal signal,
		      bool event, __u64 ms, __u32 limit_ms)
{
	__u64 window_ms = p->window_ms ? p->window_ms : 1;

	if (event && ms < limit_ms)
		ms = limit_ms;
	add(v, signal, TERM_GE, limit_ms ? 0 : TERM_NA, p->window_ms, ms * 1000 / window_ms,
	    (__u64)limit_ms * 1000 / window_ms);
}

static void add_complete(const struct android_policy *p, const struct android *a, struct verdict *v)
{
	add_stall(v, p, SIGNAL_PSI_FULL, a->events & ANDROID_COMPLETE, a->complete_stall_ms,
		  p->complete_stall_ms);
}

void android_add_partial(const struct android_policy *p, const struct android *a, struct verdict *v)
{
	add_stall(v, p, SIGNAL_PSI_SOME, a->events & ANDROID_PARTIAL, a->partial_stall_ms,
		  p->partial_stall_ms);
}

/*
 * Free memory without what the zones keep, and file pages that can be dropped: both below a pair's
 * minfree, the first such pair says from which oom_score_adj on.
 */
static __s32 minfree(const struct android_policy *p, const struct android *a, struct verdict *v)
{
	const struct android_facts *f = &a->now;
	__u64 files = f->cached_kib + f->buffers_kib, fixed = f->shmem_kib + f->unevictable_kib;
	__s64 free = (__s64)f->mem_free_kib - (__s64)f->high_kib;
	__s32 score = LMK_SCORE_MAX + 1;
	__u64 limit = 0;

	files = files > fixed ? files - fixed : 0;
	for (__u32 i = 0; i < p->minfrees && score > LMK_SCORE_MAX; i++) {
		limit = (__u64)p->minfree[i].free_pages * f->page_kib;
		if (free < (__s64)limit && files < limit)
			score = p->minfree[i].score;
	}
	add(v, SIGNAL_MEM_FREE, TERM_LT, TERM_KIB, 0, (__u64)free, limit);
	add_file(v, files, limit);
	return score;
}

/* Neither watermarks nor minfree: each event kills from its level's score on. */
static __s32 old_score(const struct android_policy *p, const struct android *a, struct verdict *v)
{
	if (p->flags & ANDROID_MINFREE)
		return minfree(p, a, v);
	if (a->events & ANDROID_COMPLETE)
		add_complete(p, a, v);
	else
		android_add_partial(p, a, v);
	if (!(a->events & (ANDROID_PARTIAL | ANDROID_COMPLETE)))
		return LMK_SCORE_MAX + 1;
	return p->level_score[a->level];
}

/* The terms of a row, and what may die then. */
static __s32 describe(const struct android_policy *p, const struct android *a, __u32 row,
		      struct verdict *v)
{
	switch (row) {
	case ROW_VENDOR:
		return a->now.vendor_score;
	case ROW_PRESSURE_AFTER_KILL:
		add_free(v, a, a->now.min_kib);
		return p->pressure_after_kill_min_score;
	case ROW_NOT_RESPONDING:
		add_complete(p, a, v);
		return 0;
	case ROW_LOW_SWAP_AND_THRASHING:
		add_swap(v, a);
		add_thrashing(v, a, p->thrashing_limit_pct);
		return swap_score(p, a);
	case ROW_LOW_MEM_AND_SWAP:
		add_free(v, a, a->now.low_kib);
		add_swap(v, a);
		return swap_score(p, a);
	case ROW_LOW_MEM_AND_SWAP_UTIL:
		add_free(v, a, a->now.low_kib);
		add(v, SIGNAL_SWAP_USED, TERM_GT, 0, 0, a->swap_util_pct * 10ULL,
		    p->swap_util_max_pct * 10ULL);
		return 0;
	case ROW_LOW_MEM_AND_THRASHING:
		add_free(v, a, a->now.low_kib);
		add_thrashing(v, a, a->limit_pct);
		return thrashing_score(p, a);
	case ROW_DIRECT_RECL_AND_THRASHING:
		add_stuck(v, a, TERM_GE, 0);
		add_thrashing(v, a, a->limit_pct);
		return thrashing_score(p, a);
	case ROW_DIRECT_RECL_STUCK:
		add_stuck(v, a, TERM_GT, p->direct_reclaim_threshold_ms);
		return 0;
	case ROW_LOW_FILECACHE_AFTER_THRASHING:
		add_file(v, file_kib(a), p->filecache_min_kib);
		return SPARE_PERCEPTIBLE;
	case ROW_LOW_MEM:
		add_free(v, a, a->now.low_kib);
		return p->lowmem_min_score;
	default:
		return old_score(p, a, v);
	}
}

/* What of a row is not a comparison. */
static bool applies(const struct android_policy *p, const struct android *a, __u32 row)
{
	switch (row) {
	case ROW_VENDOR:
		return a->events & ANDROID_VENDOR;
	case ROW_PRESSURE_AFTER_KILL:
		return a->cycle;
	case ROW_NOT_RESPONDING:
		return a->events & ANDROID_COMPLETE;
	case ROW_LOW_SWAP_AND_THRASHING:
	case ROW_LOW_MEM_AND_SWAP:
		return a->low_swap_kib;
	case ROW_LOW_MEM_AND_SWAP_UTIL:
		return p->swap_util_max_pct < 100;
	case ROW_DIRECT_RECL_STUCK:
		return p->direct_reclaim_threshold_ms;
	case ROW_LOW_FILECACHE_AFTER_THRASHING:
		return a->check_filecache;
	default:
		return true;
	}
}

static bool all_hold(const struct verdict *v)
{
	for (__u32 i = 0; i < v->terms; i++) {
		if (!term_compare(&v->term[i]))
			return false;
	}
	return true;
}

/* The whole machine stood still so long that nobody is spared. */
static bool critical_stall(const struct android_policy *p, const struct android *a)
{
	return a->now.mem_full_bp > p->stall_limit_critical_pct * 100;
}

static __s32 final_score(const struct android_policy *p, const struct android *a, __u32 row,
			 __s32 score)
{
	if (row == ROW_OLD)
		return score;
	if (critical_stall(p, a))
		score = 0;
	return row != ROW_VENDOR && score < p->score_floor ? p->score_floor : score;
}

bool android_row(const struct android_policy *p, const struct android *a, __u32 row,
		 struct verdict *ret)
{
	__s32 score;

	ret->rule = row;
	ret->place = 0;
	ret->terms = 0;
	score = final_score(p, a, row, describe(p, a, row, ret));
	ret->reason = (__u16)(rows[row].reason + 1);
	if (row == ROW_VENDOR)
		ret->reason = (__u16)(ret->reason + a->now.vendor_reason);
	ret->min_score_adj = (__s16)score;
	return score <= LMK_SCORE_MAX && applies(p, a, row) && all_hold(ret);
}

bool android_row_used(const struct android_policy *p, __u32 row)
{
	return row == ROW_VENDOR || (row == ROW_OLD) == !(p->flags & ANDROID_NEW_STRATEGY);
}

bool android_row_idle(const struct android_policy *p, const struct android *a, __u32 row)
{
	return !android_row_used(p, row) || row == ROW_VENDOR ||
	       (row != ROW_NOT_RESPONDING && !applies(p, a, row));
}
