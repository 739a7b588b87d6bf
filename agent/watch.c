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
#include "answers.h"
#include "base/log.h"
#include "base/resident.h"
#include "base/record_text.h"

/*
 * Period of the tick when a rule is near. A 5 ms stall budget is to be seen within 10 ms (tier A)
 * and 15 ms (B); in C pressure is read every 50 ms anyway, memory more often.
 */
#define TICK_A_NS      (3 * NS_PER_MS)
#define TICK_B_NS      (5 * NS_PER_MS)
#define TICK_C_NS      (10 * NS_PER_MS)
/* When no rule is near: kswapd keeping up with a copy, say. Edges of stalls still wake at once. */
#define TICK_FAR_NS    (50 * NS_PER_MS)
/* Half way to its limits a rule is near. */
#define NEAR_PERMILLE  500
/* Ranking costs up to 100 us with 5,000 processes: not at each tick. */
#define RANK_PERIOD_NS (100 * NS_PER_MS)
/* So long without an edge: the next one begins another episode. */
#define EPISODE_GAP_NS NS_PER_S
/* Records taken in one go. */
#define DRAIN_CRITICAL 256

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
	struct view view = crisis_view(a);
	struct verdict v;
	__u32 n = 0;

	if (a->facts.time_ns < a->ranked_ns + RANK_PERIOD_NS)
		return;
	a->ranked_ns = a->facts.time_ns;
	choose(&a->config.policy.choose, &view, &v);
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
	assess_push(&a->assess, &a->facts);
	a->strategy->judge(&a->config.policy, &a->assess, &v);
	a->strategy->nearness(&a->config.policy, &a->assess);
	arm(a); /* they stay armed in calm: the first decision may come with the first edge */
	record_line(line, sizeof(line), &r);
	intake_prepare(a);
}

static bool may_calm_down(const struct agent *a)
{
	const struct board *b = a->board;

	if (a->facts.time_ns < b->last_edge_ns + a->config.calm_after_ns)
		return false;
	/* kswapd at work means memory still going down, if its sleep is seen at all. */
	if (a->facts.kswapd_nodes && !cgroups_scope_id(a->cgroups) &&
	    hook_attached(a->hooks, "kswapd_sleep"))
		return false;
	return !death_active(a);
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
	a->no_victim_said = false;
	intake_prepare(a);
	if (!a->names_filled)
		intake_names(a);
	log_debug("calm");
}

/* What watch has beyond the tick: nothing of it may delay the first decision. */
static void settle(struct agent *a)
{
	if (hook_watch(a->hooks, true))
		log_debug("watch");
	if (!intake_memory_short(a))
		intake_prepare(a);
}

/* One look at everything. */
static void look(struct agent *a)
{
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
	assess_push(&a->assess, &a->facts);
	answers_facts(a);
	death_tick(a);
	crisis_decide(a);
	nearness = a->strategy->nearness(&a->config.policy, &a->assess);
	set_tick(a, nearness >= NEAR_PERMILLE || death_active(a) ? near_tick_ns(a) : TICK_FAR_NS);
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
		a->look_now |= !a->tick_ns || a->tick_ns >= TICK_FAR_NS;
		note_edge(a, e->time_ns);
		begin_watch(a);
		break;
	case EV_OOM:
		a->look_now = true;
		note_edge(a, e->time_ns);
		begin_watch(a);
		intake_all(a);
		crisis_on_oom(a, (const struct event_oom *)e);
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

int watch_start(struct agent *a)
{
	int err;

	a->snapshots.hooks = a->hooks;
	err = stream_open(&a->critical, hook_map_fd(a->hooks, HOOK_MAP_CRITICAL), on_critical_event,
			  a);

	if (!err)
		err = intake_open(a);
	if (!err)
		err = intake_snapshot(a, SNAPSHOT_NAMES | SNAPSHOT_ALL);
	if (!err)
		err = gather_facts(&a->gather, &a->facts);
	if (err)
		return err;
	assess_push(&a->assess, &a->facts);
	intake_names(a);
	intake_resolve(a, true);
	resident_touch(&a->assess, sizeof(a->assess));
	return intake_prepare(a);
}
