// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * watch.c - the three states.
 *
 *   calm      nothing armed: no timer, no polling. The kernel side wakes us.
 *   watch     from the first edge: a snapshot, then a tick every few ms that takes in what came,
 *             gathers facts and asks the strategy. Candidates are ranked and armed.
 *   pressure  a rule fires: crisis.c decides. For the kernel side the same as watch.
 *
 * Back to calm when no edge came for calm_after and nothing is awaited. Then the word goes to calm
 * first and the edge counter is read second: an edge in between either sees calm and wakes us again,
 * or is counted and keeps us in watch.
 */
#include "watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "death.h"
#include "crisis.h"
#include "intake.h"
#include "oom.h"
#include "choice.h"
#include "coexist.h"
#include "report.h"
#include "stuck.h"
#include "base/log.h"
#include "base/resident.h"
#include "base/record_text.h"

/*
 * Period of the tick when a rule is near. A 5 ms stall budget is to be seen within 10 ms (tier A)
 * and 15 ms (B); in C pressure is read every 50 ms anyway, memory more often.
 */
#define TICK_A_NS	   (3 * NS_PER_MS)
#define TICK_B_NS	   (5 * NS_PER_MS)
#define TICK_C_NS	   (10 * NS_PER_MS)
/* When no rule is near: kswapd keeping up with a copy, say. Edges of stalls still wake at once. */
#define TICK_FAR_NS	   (50 * NS_PER_MS)
/* Ranking costs up to 100 us with 5,000 processes: not at each tick. */
#define RANK_PERIOD_NS	   (100 * NS_PER_MS)
/* So long without an edge: the next one begins another episode. */
#define EPISODE_GAP_NS	   NS_PER_S
/*
 * To be awake before memory is down to a rule's level. A tenth takes a program that fills memory as fast
 * as one CPU can some 100 ms on a small machine: enough to see how fast it falls.
 */
#define LOW_AHEAD_PERMILLE 100
/* Fallen by so much more it is worth another look: at most some ten from there to the end. */
#define LOW_STEP_PERMILLE  20
/* Records taken in one go. */
#define DRAIN_CRITICAL	   256

static __u64 near_tick_ns(const struct agent *a)
{
	switch (hook_tier(a->hooks)) {
	case 'A':
		return TICK_A_NS;
	case 'B':
		return TICK_B_NS;
	default:
		return TICK_C_NS;
	}
}

/* While stall adds up: when a rule can fire at the soonest. One long stall makes no further edge. */
static __u64 next_tick_ns(const struct agent *a, __u32 nearness, bool stalls)
{
	__u64 near_ns = near_tick_ns(a), soonest_ns;

	if (nearness >= NEAR_PERMILLE || death_active(a))
		return near_ns;
	soonest_ns = stalls ? places_soonest_ms(&a->places) * NS_PER_MS : TICK_FAR_NS;
	if (soonest_ns < near_ns)
		return near_ns;
	return soonest_ns < TICK_FAR_NS ? soonest_ns : TICK_FAR_NS;
}

static void set_tick(struct agent *a, __u64 period_ns)
{
	if (a->tick_ns == period_ns)
		return;
	a->tick_ns = period_ns;
	timer_set(a->tick_fd, period_ns);
}

/* Keep the best candidates' pidfds open. */
static void arm(struct agent *a)
{
	struct target wanted[ARMED_MAX];
	struct view view = choice_view(a, NULL, 0);
	struct verdict v = {};
	__u32 n = 0;

	if (a->facts.time_ns < a->ranked_ns + RANK_PERIOD_NS)
		return;
	a->ranked_ns = a->facts.time_ns;
	choice_make(a, NULL, &view, &v);
	for (__u32 i = 0; i < v.candidates && n < ARMED_MAX; i++) {
		const struct proc *p = &a->table.procs[v.candidate[i].index];

		if (v.candidate[i].veto)
			continue;
		wanted[n++] = (struct target){
			.tgid = p->tgid,
			.start_ns = p->start_ns,
			.mm_id = p->mm_id,
			.pidfs_ino = a->table.infos[v.candidate[i].index].pidfs_ino,
		};
	}
	armed_update(&a->armed, wanted, n);
	stuck_look(a);
}

void watch_rehearse(struct agent *a)
{
	struct verdict v = {};
	char line[512];
	struct kill_record r = {};

	intake_all(a);
	intake_resolve(a, filters_refresh(a->filters) == 1);
	intake_snapshot(a, SNAPSHOT_SIZES);
	gather_facts(&a->gather, &a->facts);
	rules_look(a);
	a->strategy->judge(&a->config.policy, &a->places, false, &v);
	a->strategy->nearness(&a->places);
	choice_prepare(a);
	arm(a); /* they stay armed in calm: the first decision may come with the first edge */
	record_line(line, sizeof(line), &r);
	intake_prepare(a);
}

static void arm_level(struct agent *a)
{
	timer_set(a->level_fd, a->tick_ns ? 0 : rules_calm_look_ns(a));
}

/* Below which level of memory the kernel side has an edge. */
static void set_low(struct agent *a)
{
	const struct facts *f = &a->facts;
	__u32 low = a->strategy->low_permille(&a->config.policy, &a->places, f->mem_total_kib);
	struct board *b = a->board;
	__u64 pages;

	if (cgroups_scope_id(a->cgroups))
		low = 0; /* what is left of a cgroup's limit is known in no such place */
	pages = low ? f->mem_total_kib * (low + LOW_AHEAD_PERMILLE) / 1000 / f->page_kib : 0;
	if (pages == b->low_pages)
		return;
	b->low_step_pages = f->mem_total_kib * LOW_STEP_PERMILLE / 1000 / f->page_kib;
	b->low_mark_pages = 0;
	b->low_pages = pages;
}

void watch_rules_changed(struct agent *a)
{
	arm_level(a);
	set_low(a);
}

static bool may_calm_down(const struct agent *a)
{
	const struct board *b = a->board;

	if (a->facts.time_ns < b->last_edge_ns + a->config.calm_after_ns)
		return false;
	/* kswapd at work means memory still going down, if its sleep is seen at all. */
	if (a->facts.kswapd_nodes && !cgroups_scope_id(a->cgroups) &&
	    hook_answers(a->hooks, "kswapd_sleep"))
		return false;
	/* A kswapd that has given up tells no more of memory that goes down. */
	if (a->strategy->push && a->strategy->nearness(&a->places) >= NEAR_PERMILLE)
		return false;
	return !death_active(a) && !ladder_active(a);
}

static void end_watch(struct agent *a)
{
	__atomic_store_n(&a->board->state, STATE_CALM, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&a->board->edges, __ATOMIC_SEQ_CST) != a->edges) {
		a->board->state = STATE_WATCH;
		return;
	}
	set_tick(a, 0);
	hook_watch(a->hooks, false);
	a->no_victim_said = 0;
	android_calm(a);
	watch_rules_changed(a);
	intake_prepare(a);
	intake_names(a);
	report_calm(a);
	log_debug("calm");
}

/* What watch has beyond the tick: nothing of it may delay the first decision. */
static void settle(struct agent *a)
{
	if (hook_watch(a->hooks, true))
		log_debug("watch");
	coexist_tick(a);
	if (intake_memory_short(a))
		return;
	intake_prepare(a);
	choice_prepare(a);
}

/*
 * Stalls that no hook tells (of refaults, of swap-in; of reclaim, where nothing is hooked at all) show in
 * the sum: while it grows it is not calm.
 */
static void note_stall(struct agent *a, __u64 some_ns)
{
	if (a->facts.some_ns > some_ns && !hook_answers(a->hooks, "stall_enter"))
		a->board->last_edge_ns = a->facts.time_ns;
}

/* One look at everything. */
static void look(struct agent *a)
{
	__u64 some_ns = a->facts.some_ns;
	__u32 nearness;
	int err;

	a->edges = __atomic_load_n(&a->board->edges, __ATOMIC_SEQ_CST);
	intake_all(a);
	err = gather_facts(&a->gather, &a->facts);
	if (err && !a->blind)
		log_warn("cannot read memory and pressure, trying on: %s", strerror(-err));
	a->blind = err;
	if (err) {
		/* A file of the kernel is not what it should be. */
		death_tick(a);
		set_tick(a, NS_PER_S);
		return;
	}
	note_stall(a, some_ns);
	a->facts.flags |= a->first_look ? FACT_FIRST : 0;
	a->first_look = false;
	rules_look(a);
	death_tick(a);
	ladder_tick(a);
	crisis_decide(a);
	nearness = a->strategy->nearness(&a->places);
	set_tick(a, next_tick_ns(a, nearness, a->facts.some_ns > some_ns));
	report_look(a, nearness);
	arm(a);
	settle(a);
	if (may_calm_down(a))
		end_watch(a);
}

/*
 * An edge: if it was quiet before, an episode begins with it; a watch can last for days and have many.
 */
static void note_edge(struct agent *a, __u64 time_ns)
{
	if (time_ns > a->edge_seen_ns + EPISODE_GAP_NS) {
		a->edge_ns = time_ns;
		a->wake_ns = clock_now_ns();
	}
	a->edge_seen_ns = time_ns;
}

/* Leave calm. */
static void begin_watch(struct agent *a)
{
	if (a->tick_ns)
		return;
	a->count.watches++;
	/* Long after the edge is after a time that nobody saw, as between two looks. */
	a->first_look = a->wake_ns < a->edge_ns + PLACE_GAP_NS;
	arm_level(a);
	a->board->state = STATE_WATCH;
	set_tick(a, near_tick_ns(a));
	intake_begin(a);
}

static void on_critical_event(void *ctx, const struct event *e)
{
	struct agent *a = ctx;

	switch (e->type) {
	case EV_EDGE:
		/* While ticks are frequent an edge is no news. */
		a->look_now |= !a->tick_ns || a->tick_ns > near_tick_ns(a);
		if (((const struct event_edge *)e)->kind == EDGE_VENDOR) {
			android_on_vendor(a, ((const struct event_edge *)e)->arg);
			a->look_now = true;
		}
		note_edge(a, e->time_ns);
		begin_watch(a);
		break;
	case EV_OOM:
		a->look_now = true;
		note_edge(a, e->time_ns);
		begin_watch(a);
		intake_all(a);
		oom_on_kill(a, (const struct event_oom *)e);
		break;
	case EV_KILL:
		death_on_kill(a, (const struct event_kill *)e);
		break;
	default:
		break;
	}
}

void watch_on_critical(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	a->look_now = false;
	stream_drain(a->critical, DRAIN_CRITICAL);
	if (a->tick_ns && a->look_now)
		look(a);
}

/* The backstop: pressure that no hook of ours saw begin. */
void watch_on_trigger(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	if (events & EPOLLERR) {
		/* One of the same path would be another one, which the hooks do not know. */
		log_err("the scope's cgroup was removed, stopping");
		a->failed = true;
		loop_stop(a->loop);
		return;
	}
	stream_drain(a->critical, DRAIN_CRITICAL); /* a hook that saw it knows since when it is */
	a->board->last_edge_ns = clock_now_ns();
	note_edge(a, a->board->last_edge_ns);
	begin_watch(a);
	look(a);
}

void watch_on_tick(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	timer_ack(a->tick_fd);
	stream_drain(a->critical, DRAIN_CRITICAL);
	if (a->tick_ns)
		look(a);
}

/*
 * In calm, because a rule is about levels alone: memory can be used up without any stall, as long as
 * somebody else's cache is there to be dropped. A look, and no more than that if nothing fires.
 */
void watch_on_level(void *ctx, uint32_t events)
{
	struct agent *a = ctx;
	struct verdict v;

	(void)events;
	timer_ack(a->level_fd);
	if (a->tick_ns || gather_facts(&a->gather, &a->facts))
		return;
	intake_all(a); /* nothing wakes us for a cgroup that is made in calm */
	rules_look(a);
	if (!a->strategy->judge(&a->config.policy, &a->places, false, &v)) {
		arm_level(a);
		return;
	}
	a->board->last_edge_ns = a->facts.time_ns;
	note_edge(a, a->facts.time_ns);
	begin_watch(a);
	look(a);
}

int watch_start(struct agent *a)
{
	int err;

	err = snapshots_open(&a->snapshots, a->hooks, cgroups_mount_fd(a->cgroups));
	if (!err)
		err = stream_open(&a->critical, hook_map_fd(a->hooks, HOOK_MAP_CRITICAL),
				  on_critical_event, a);
	if (!err)
		err = intake_open(a);
	if (!err)
		err = intake_snapshot(a, SNAPSHOT_NAMES | SNAPSHOT_ALL);
	if (!err)
		err = gather_facts(&a->gather, &a->facts);
	if (err)
		return err;
	rules_look(a);
	intake_names(a);
	intake_resolve(a, true);
	resident_touch(a->rules.system_samples, SYSTEM_SAMPLES * sizeof(struct sample));
	resident_touch(&a->places.place[0], sizeof(struct place));
	return intake_prepare(a);
}
