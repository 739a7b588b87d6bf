// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "ladder.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "act/held.h"
#include "act/record.h"
#include "agent.h"
#include "base/log.h"
#include "base/text.h"
#include "choice.h"
#include "death.h"
#include "programs.h"
#include "report.h"
#include "victim.h"

/* A rule that does not fire for so long has not just dipped below its limit: it is over. */
#define OVER_NS	    NS_PER_S
/* A ladder that does not end in a kill is not begun again at once: time to see what it did. */
#define TOP_REST_NS (10 * NS_PER_S)
/* How long reclaim may take before the next step. */
#define RECLAIM_NS  (10 * NS_PER_S)
/* What the agent does about a rule's cgroup when it stops may not hang. */
#define STOP_MS	    2000
/* Steps of rules, programs and hooks at work at once. */
#define ERRANDS	    4

static bool needs_errands(const struct config *c)
{
	const struct rule *r = c->policy.rule;

	for (__u32 i = 0; i < c->policy.rules; i++) {
		for (__u32 s = 0; s < r[i].steps; s++) {
			switch (r[i].step[s].kind) {
			case STEP_RECLAIM:
			case STEP_FREEZE:
			case STEP_CLAMP:
			case STEP_RUN:
				return true;
			default:
				break;
			}
		}
	}
	return c->prekill_dir[0] || c->post_kill[0];
}

int ladder_start(struct agent *a)
{
	int err;

	if (a->errands || !needs_errands(&a->config))
		return 0;
	err = errands_start(&a->errands, ERRANDS);
	return err ? err : loop_add(a->loop, errands_fd(a->errands), EPOLLIN, ladder_on_errand, a);
}

static struct ladder *find(struct agent *a, const struct verdict *v)
{
	struct ladder *empty = NULL;

	for (int i = 0; i < LADDERS_MAX; i++) {
		struct ladder *l = &a->ladder[i];

		if (l->used && !l->over && l->rule == v->rule && l->place == v->place &&
		    l->place_id == a->places.place[v->place].cgroup_id)
			return l;
		if (!l->used)
			empty = l;
	}
	if (!empty)
		return NULL;
	memset(empty, 0, sizeof(*empty));
	empty->used = true;
	empty->rule = v->rule;
	empty->place = v->place;
	empty->place_id = a->places.place[v->place].cgroup_id;
	return empty;
}

static void submit(struct agent *a, struct errand *e)
{
	a->errands_out++;
	a->ladder[e->tag].out++;
	errand_submit(a->errands, e);
}

/*
 * An errand about this cgroup (0: all that is watched), with its ladder as the tag. 0; -EBUSY: all are
 * at work; or why the cgroup cannot be opened: it is gone, and with it what there was to do.
 */
static int errand_for(struct agent *a, const struct ladder *l, __u32 kind, __u64 id,
		      struct errand **ret)
{
	struct errand *e = errand_get(a->errands);
	const char *path = id ? cgroups_path(a->cgroups, id) : a->config.scope;
	int err;

	if (!e)
		return -EBUSY;
	e->kind = kind;
	e->tag = (__u64)(l - a->ladder);
	e->cgroup = (struct cgroup_target){ .dirfd = -1, .id = id };
	err = path ? cgroup_target_open(&e->cgroup, cgroups_mount_fd(a->cgroups), path) : -ENOENT;
	if (err) {
		errand_put(a->errands, e);
		return err;
	}
	text_copy(e->about.cgroup, sizeof(e->about.cgroup), path);
	snprintf(e->path, sizeof(e->path), "%s/" HELD_PREFIX "%llu-%s", a->config.state_dir, e->tag,
		 kind == ERRAND_FREEZE || kind == ERRAND_THAW ? "frozen" : "clamped");
	*ret = e;
	return 0;
}

/* False: to be tried again. */
static bool undo(struct agent *a, struct ladder *l, __u32 kind)
{
	struct errand *e;
	int err = errand_for(a, l, kind, l->victim_id, &e);

	if (err)
		return err != -EBUSY;
	e->clamp = l->clamp;
	submit(a, e);
	return true;
}

/* After what is still being frozen or clamped; and later, when all errands are at work. */
static void let_go(struct agent *a, struct ladder *l)
{
	l->over = true;
	if (!l->out && l->frozen)
		l->frozen = !undo(a, l, ERRAND_THAW);
	if (!l->out && l->clamped)
		l->clamped = !undo(a, l, ERRAND_UNCLAMP);
	l->used = l->out || l->frozen || l->clamped;
}

/* Into the history: what was done short of killing. */
static void record_step(struct agent *a, const struct verdict *v, const struct step *s)
{
	struct kill_record r;

	victim_record(a, &r, v);
	r.kind = RECORD_STEP;
	r.step = (__u16)s->kind;
	r.step_amount = s->amount;
	r.outcome = OUTCOME_NONE;
	r.stage_ns[STAGE_DECIDED] = clock_now_ns();
	death_record(a, &r);
	record_log(&r);
	report_record(a, &r);
}

/* The cgroup that would be killed, or in which the victim is: what freeze and clamp are about. */
static bool choose_victim(struct agent *a, struct ladder *l, struct verdict *v)
{
	const struct rule *rule = &a->config.policy.rule[v->rule];
	struct view view = choice_view(a, rule, v->place);

	choice_make(a, rule, &view, v);
	if (v->victim == NO_VICTIM)
		return false;
	if (l->chosen)
		return true;
	l->chosen = true;
	l->victim_id = v->cgroup == CGROUP_NONE ? a->table.infos[v->victim].cgroup_id :
						  a->rows[v->cgroup].id;
	return true;
}

/* NULL: the step is left out. */
static struct errand *step_errand(struct agent *a, const struct ladder *l, __u32 kind, __u64 id)
{
	struct errand *e;
	int err = errand_for(a, l, kind, id, &e);

	if (err == -EBUSY)
		log_warn("a step of a rule was left out: others are still at work");
	return err ? NULL : e;
}

static void freeze_or_clamp(struct agent *a, struct ladder *l, struct verdict *v, __u32 kind)
{
	struct errand *e;

	if (!choose_victim(a, l, v) || victim_holds_spared(a, l->victim_id))
		return;
	e = step_errand(a, l, kind == STEP_FREEZE ? ERRAND_FREEZE : ERRAND_CLAMP, l->victim_id);
	if (!e)
		return;
	l->frozen |= kind == STEP_FREEZE;
	submit(a, e);
}

static __u64 reclaim(struct agent *a, struct ladder *l, __u64 kib)
{
	struct errand *e = step_errand(a, l, ERRAND_RECLAIM, l->place_id);

	if (!e)
		return 0;
	e->amount_kib = kib;
	e->timeout_ns = RECLAIM_NS;
	submit(a, e);
	return RECLAIM_NS;
}

static void run(struct agent *a, const struct verdict *v, __u64 program)
{
	struct kill_record r;

	victim_record(a, &r, v);
	programs_run(a, a->config.programs.path[program], "rule", &r);
}

/* Take one step. Returns how long it takes; 0: the next one may follow at once. */
static __u64 take_step(struct agent *a, struct ladder *l, struct verdict *v, const struct step *s)
{
	bool dry = victim_is_dry(a, v->rule);
	__u64 wait = s->kind == STEP_WAIT ? s->amount * NS_PER_MS : 0;

	switch (dry ? STEP_NOTIFY : s->kind) {
	case STEP_RECLAIM:
		wait = reclaim(a, l, s->amount);
		break;
	case STEP_FREEZE:
	case STEP_CLAMP:
		freeze_or_clamp(a, l, v, s->kind);
		break;
	case STEP_RUN:
		run(a, v, s->amount);
		break;
	default:
		break;
	}
	if (s->kind != STEP_WAIT)
		record_step(a, v, s);
	return wait;
}

struct ladder_move ladder_climb(struct agent *a, const struct verdict *fired)
{
	const struct rule *rule = &a->config.policy.rule[fired->rule];
	const struct step *s = &rule->step[0];
	struct verdict v = *fired;
	struct ladder *l;
	__u64 wait;

	v.victim = NO_VICTIM;
	v.cgroup = CGROUP_NONE;
	l = s->kind == STEP_KILL ? NULL : find(a, &v);
	if (!l) /* one step, or too many ladders: then the last one is what counts */
		return (struct ladder_move){ .kill = rule->step[rule->steps - 1].kind >=
						     STEP_TERM };
	l->fired_ns = a->facts.time_ns;
	for (; l->step < rule->steps; l->step++) {
		s = &rule->step[l->step];
		if (s->kind == STEP_KILL || s->kind == STEP_TERM) {
			let_go(a, l);
			return (struct ladder_move){
				.kill = true,
				.grace_ns = s->kind == STEP_TERM ? s->amount * NS_PER_MS : 0,
			};
		}
		wait = take_step(a, l, &v, s);
		if (!wait)
			continue;
		l->step++;
		rules_pause(a, l->place, l->rule, wait);
		return (struct ladder_move){};
	}
	/* At its top, and still firing: what is held stays held until it is over. */
	rules_rest(a, l->place, l->rule, TOP_REST_NS);
	l->used = l->out || l->frozen || l->clamped;
	return (struct ladder_move){};
}

void ladder_tick(struct agent *a)
{
	for (int i = 0; i < LADDERS_MAX; i++) {
		struct ladder *l = &a->ladder[i];
		const struct place *p = &a->places.place[l->place];

		if (!l->used)
			continue;
		if (l->over) {
			let_go(a, l);
			continue;
		}
		if (p->cgroup_id == l->place_id && p->firing & 1u << l->rule)
			l->fired_ns = a->facts.time_ns;
		if (p->cgroup_id != l->place_id || a->facts.time_ns > l->fired_ns + OVER_NS)
			let_go(a, l);
	}
}

static void on_done(struct agent *a, const struct errand *e)
{
	struct ladder *l = &a->ladder[e->tag];

	if (e->error && e->error != -EAGAIN && e->error != -ENOENT)
		log_warn("a step of a rule failed: %s", strerror(-e->error));
	l->out--;
	if (e->kind == ERRAND_CLAMP && !e->error) {
		l->clamped = true;
		l->clamp = e->clamp;
	}
	if (l->over)
		let_go(a, l);
	else if (e->kind == ERRAND_RECLAIM && a->places.place[l->place].cgroup_id == l->place_id)
		rules_pause(a, l->place, l->rule, 0); /* the next look says if more is needed */
}

void ladder_on_errand(void *ctx, uint32_t events)
{
	struct agent *a = ctx;
	struct errand *e;

	(void)events;
	while ((e = errand_done(a->errands))) {
		a->errands_out--;
		if (e->kind == ERRAND_RUN || e->kind == ERRAND_PREKILL)
			programs_on_done(a, e);
		else
			on_done(a, e);
		errand_put(a->errands, e);
	}
}

bool ladder_active(const struct agent *a)
{
	for (int i = 0; i < LADDERS_MAX; i++) {
		if (a->ladder[i].used)
			return true;
	}
	return a->errands_out > 0;
}

void ladder_let_go(struct agent *a)
{
	for (int i = 0; i < LADDERS_MAX; i++) {
		if (a->ladder[i].used)
			let_go(a, &a->ladder[i]);
	}
}

void ladder_stop(struct agent *a)
{
	struct pollfd p = { .events = POLLIN };

	if (!a->errands)
		return;
	ladder_let_go(a);
	p.fd = errands_fd(a->errands);
	while (a->errands_out && poll(&p, 1, STOP_MS) > 0) {
		ladder_on_errand(a, 0);
		ladder_let_go(a); /* who found no errand free */
	}
	a->errands = errands_stop(a->errands);
}
