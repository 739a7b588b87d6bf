// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "errand.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/clock.h"
#include "held.h"
#include "pool.h"
#include "prekill.h"

_Static_assert(ERRAND_TIMEOUT_NS == 10 * NS_PER_S, "ten seconds");

struct errands {
	struct pool *pool;
};

static int run_hooks(struct errand *one, __u64 timeout_ns)
{
	struct prekill_result result;
	int err;

	if (timeout_ns > ERRAND_TIMEOUT_NS)
		timeout_ns = ERRAND_TIMEOUT_NS;
	err = prekill_run(one->path, &one->about, timeout_ns, &result);
	one->hooks = result.hooks;
	one->answered = result.answered;
	return err;
}

/* Noted before it is done: an agent that dies in between leaves a note too many, not a frozen cgroup. */
static int freeze(struct errand *one)
{
	int err = held_note(one->path, one->cgroup.id, one->about.cgroup, NULL);

	if (err)
		return err;
	err = cgroup_freeze(&one->cgroup, true);
	if (err)
		held_forget(one->path);
	return err;
}

/* What it was before is only known afterwards. */
static int clamp(struct errand *one)
{
	int err = cgroup_clamp(&one->cgroup, &one->clamp);

	if (err)
		return err;
	err = held_note(one->path, one->cgroup.id, one->about.cgroup, &one->clamp);
	if (err)
		cgroup_unclamp(&one->cgroup, &one->clamp);
	return err;
}

static int let_go(struct errand *one)
{
	int err = one->kind == ERRAND_THAW ? cgroup_freeze(&one->cgroup, false) :
					     cgroup_unclamp(&one->cgroup, &one->clamp);

	held_forget(one->path);
	return err;
}

static int do_errand(struct errand *one)
{
	__u64 timeout_ns = one->timeout_ns ? one->timeout_ns : ERRAND_TIMEOUT_NS;

	switch (one->kind) {
	case ERRAND_RECLAIM:
		return cgroup_reclaim(&one->cgroup, one->amount_kib, clock_now_ns() + timeout_ns,
				      &one->done_kib);
	case ERRAND_CLAMP:
		return clamp(one);
	case ERRAND_FREEZE:
		return freeze(one);
	case ERRAND_UNCLAMP:
	case ERRAND_THAW:
		return let_go(one);
	case ERRAND_RUN:
		return program_run(one->path, &one->about, timeout_ns, &one->status);
	case ERRAND_PREKILL:
		return run_hooks(one, timeout_ns);
	default:
		return -EINVAL;
	}
}

static void work(void *ctx, void *job)
{
	struct errand *one = job;

	(void)ctx;
	one->error = do_errand(one);
}

int errands_start(struct errands **ret, __u32 n)
{
	static const struct pool_kind kind = {
		.name = "reapd/errand",
		.job_size = sizeof(struct errand),
		.cleared = sizeof(struct errand),
		.work = work,
	};
	struct errands *e = calloc(1, sizeof(*e));
	int err;

	if (!e)
		return -ENOMEM;
	err = pool_start(&e->pool, &kind, NULL, n);
	if (err) {
		free(e);
		return err;
	}
	*ret = e;
	return 0;
}

struct errands *errands_stop(struct errands *e)
{
	if (e && !pool_stop(e->pool))
		free(e);
	return NULL;
}

int errands_fd(const struct errands *e)
{
	return pool_fd(e->pool);
}

struct errand *errand_get(struct errands *e)
{
	struct errand *one = e ? pool_get(e->pool) : NULL;

	if (one)
		one->cgroup.dirfd = -1;
	return one;
}

void errand_submit(struct errands *e, struct errand *one)
{
	pool_submit(e->pool, one);
}

struct errand *errand_done(struct errands *e)
{
	return pool_done(e->pool);
}

void errand_put(struct errands *e, struct errand *one)
{
	cgroup_target_close(&one->cgroup);
	pool_put(e->pool, one);
}
