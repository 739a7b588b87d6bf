// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_decide.c - decide/: any facts about any processes and cgroups, and any rule (a recording may hold
 * them) give a verdict whose numbers are in their limits, that kills nobody who is spared, and that is
 * the same one each time.
 */
#include "fuzz.h"

#include "../../agent/decide/spare.h"
#include "../../agent/decide/strategy.h"

#define PROCS	8
#define CGROUPS 8
#define KIB_MAX (1ULL << 40) /* a pebibyte */
#define SUM_MAX (1ULL << 56)

/* Few bytes for each, of which most say that nothing is special: so that special ones meet. */
struct small_proc {
	__u8 flags, adj, action, mm_id, pgid, home, size, growth;
};

struct small_cgroup {
	__u8 parent, flags, action, sum;
};

struct input {
	struct facts facts;
	__u64 rebase_ns;
	struct small_proc procs[PROCS];
	struct small_cgroup cgroups[CGROUPS];
	struct record_term term[2];
	__u32 max_kib;
	__u8 max_processes, what, order, rule_flags;
	__u8 place, top;
	__u8 ncgroups;		  /* without them too */
	__u8 choose_flags, floor; /* floor 0: no reason that has one */
	__u8 bands;
	__u8 pad[2];
};

static struct proc procs[PROCS];
static struct cgroup cgroups[CGROUPS];

/* Half of the times are one of a few, so that they meet, stand still and go back. */
static __u64 some_time(__u64 ns)
{
	return ns & 1 ? (ns >> 1) % 8 * 500000000 : ns;
}

/* What a kernel can say at all: sizes have an end. */
static void bound(struct input *in)
{
	struct facts *f = &in->facts;

	f->time_ns = some_time(f->time_ns);
	in->rebase_ns = some_time(in->rebase_ns);
	f->mem_total_kib %= KIB_MAX;
	f->mem_available_kib %= KIB_MAX;
	f->swap_total_kib %= KIB_MAX;
	f->swap_free_kib %= KIB_MAX;
	in->ncgroups = in->ncgroups < 16 ? in->ncgroups % CGROUPS : CGROUPS;
}

static void make_proc(__u32 i, const struct small_proc *s)
{
	__u32 kib = s->size < 64 ? s->size * 1024u : 1u << (s->size % 32);

	procs[i] = (struct proc){
		.start_ns = i,
		.mm_id = s->mm_id < 16 ? s->mm_id % 4 : 100 + i,
		.prio_ns = s->growth,
		.tgid = i + (s->flags != 0xff),
		.anon_kib = kib,
		.file_kib = s->size & 1 ? kib : 0,
		.swap_kib = s->size & 2 ? kib : 0,
		.dmabuf_kib = s->size & 4 ? kib : 0,
		.growth_kib_s = (s->growth - 128) * (1 << 20),
		.oom_score_adj = (__s16)(s->adj < 128 ? 0 :
					 s->adj < 140 ? -1000 :
							s->adj * 4 - 560),
		.flags = s->flags < 160 ? 0 : (__u16)(1u << s->flags % 8),
		.action = s->action < 128 ? FILTER_NORMAL : s->action % FILTER_ACTIONS,
		.pgid = s->pgid % 4,
		.home = s->home < 240 ? s->home % CGROUPS :
			s->home < 250 ? CGROUP_NONE :
					4711,
	};
	if (s->mm_id < 16)
		procs[i].flags |= PROC_SHARED;
}

/* Parents come first. */
static void make_cgroup(__u32 i, const struct small_cgroup *s)
{
	cgroups[i] = (struct cgroup){
		.id = i + 1,
		.stall_ns = s->sum < 128 ? s->sum : SUM_MAX >> s->sum % 64,
		.scanned = s->sum < 128 ? s->sum : SUM_MAX >> s->sum % 64,
		.parent = i ? s->parent % i : CGROUP_NONE,
		.flags = s->flags < 128 ? 0 : (__u16)(1u << s->flags % 5),
		.action = s->action < 128 ? FILTER_NORMAL : s->action % FILTER_ACTIONS,
	};
}

static struct rule rule_of(const struct input *in)
{
	struct rule r = { .name = "fuzzed",
			  .flags = in->rule_flags,
			  .what = in->what % CHOOSE_WHATS,
			  .order = in->order,
			  .max_processes = in->max_processes < 128 ? 0 : in->max_processes % PROCS,
			  .max_kib = in->max_kib & 1 ? 0 : in->max_kib >> 8,
			  .terms = 2 };

	memcpy(r.term, in->term, sizeof(in->term));
	return r;
}

static void make_view(const struct input *in, const struct view *view)
{
	for (__u32 i = 0; i < PROCS; i++)
		make_proc(i, &in->procs[i]);
	for (__u32 i = 0; i < CGROUPS; i++) {
		make_cgroup(i, &in->cgroups[i]);
		cgroups[i].flags &= (__u16)~CGROUP_INSIDE;
		if (view_is_below(view, i, in->top < 128 ? 0 : in->top % CGROUPS))
			cgroups[i].flags |= CGROUP_INSIDE;
	}
}

static bool left_out(const struct view *view, __u32 home)
{
	for (; home < view->ncgroups; home = view->cgroups[home].parent) {
		if (view->cgroups[home].flags & CGROUP_OMIT)
			return true;
	}
	return false;
}

/* Who dies with a cgroup or a group: nobody who is spared, and no more than the rule allows. */
static void check_members(const struct view *view, const struct rule *rule, const struct verdict *v)
{
	__u32 members = 0;
	__u64 kib = 0;
	enum veto veto;

	for (__u32 i = 0; i < PROCS; i++) {
		if (!choose_member(view, v, i))
			continue;
		veto = spare(view, i);
		MUST(!veto || (v->what == CHOOSE_CGROUP &&
			       (veto == VETO_DYING || veto == VETO_EMPTY || veto == VETO_KTHREAD)));
		MUST(veto || v->what == CHOOSE_GROUP || !left_out(view, view->procs[i].home));
		members += !veto;
		kib += veto ? 0 : proc_size_kib(&view->procs[i]);
	}
	MUST(members == v->members && kib == v->member_kib);
	MUST(choose_member(view, v, v->victim));
	MUST(!v->flags && !v->sharers);
	MUST(!rule->max_processes || members <= rule->max_processes);
	MUST(!rule->max_kib || kib <= rule->max_kib);
}

static void check(const struct view *view, const struct rule *rule, const struct verdict *v)
{
	__u32 listed = v->list == CHOOSE_CGROUP ? view->ncgroups : PROCS;

	MUST(v->list == CHOOSE_PROCESS || (v->list == CHOOSE_CGROUP && v->list == rule->what));
	MUST(v->considered <= listed && v->vetoed <= v->considered);
	MUST(v->candidates <= RECORD_CANDIDATES && v->candidates <= v->considered);
	for (__u32 i = 0; i < v->candidates; i++)
		MUST(v->candidate[i].index < listed && v->candidate[i].veto < VETOES);
	MUST((v->victim == NO_VICTIM) == (v->vetoed == v->considered));
	if (v->victim == NO_VICTIM) {
		MUST(v->cgroup == CGROUP_NONE && !v->members && !v->flags);
		return;
	}
	MUST(v->victim < PROCS && spare(view, v->victim) == VETO_NONE);
	if (view->ncgroups)
		MUST(view->cgroups[view->procs[v->victim].home].flags & CGROUP_INSIDE);
	MUST(v->sharers <= VERDICT_SHARERS);
	for (__u32 i = 0; i < v->sharers; i++)
		MUST(v->sharer[i] < PROCS && v->sharer[i] != v->victim);
	MUST(v->what == CHOOSE_PROCESS || v->what == rule->what);
	if (v->what != CHOOSE_PROCESS)
		check_members(view, rule, v);
	else
		MUST(v->members == 1 && v->member_kib == proc_size_kib(&view->procs[v->victim]));
	if (v->list != CHOOSE_CGROUP)
		return;
	MUST(v->cgroup && v->cgroup < view->ncgroups && !left_out(view, v->cgroup));
	MUST(view_is_below(view, view->procs[v->victim].home, v->cgroup));
	MUST(!left_out(view, view->procs[v->victim].home));
}

static void check_values(const struct assess *a)
{
	static const struct record_term some = { .signal = SIGNAL_PSI_SOME, .window_ms = 2000 };
	static const struct record_term efficiency = { .signal = SIGNAL_EFFICIENCY,
						       .window_ms = 10 };
	__s64 value;

	MUST(!assess_value(a, &some, &value) || (value >= 0 && value <= 1000));
	MUST(!assess_value(a, &efficiency, &value) || (value >= 0 && value <= 1000));
}

/* A reload that changes nothing forgets nothing. */
static void check_carry(struct places *places, __u32 i, const struct policy *policy)
{
	struct place was = places->place[i];

	places_carry(places, policy, policy);
	was.firing = 0;
	MUST(!memcmp(&was, &places->place[i], sizeof(was)));
}

/* What Android's strategy and settings spare on top; the view that choose() makes of it. */
static void android(const struct input *in, struct choose_policy *how, struct view *view,
		    struct verdict *v)
{
	how->flags = in->choose_flags;
	how->bands = in->bands % (CHOOSE_BANDS + 2);
	for (__u32 i = 0; i < CHOOSE_BANDS; i++)
		how->band[i] = (__s16)((in->bands * (i + 1)) << 4);
	v->reason = in->floor;
	v->min_score_adj = (__s16)(in->floor * 8 - 1000);
	view->flags = (in->floor ? VIEW_FLOOR : 0) |
		      (in->choose_flags & CHOOSE_REGISTERED ? VIEW_REGISTERED : 0);
	view->min_score_adj = v->min_score_adj;
}

static void step(struct places *places, struct policy *policy, const struct input *in)
{
	static struct choose_sum sums[CGROUPS];
	struct view view = { .facts = &places->place[0].assess.now,
			     .procs = procs,
			     .nprocs = PROCS,
			     .cgroups = cgroups,
			     .ncgroups = in->ncgroups };
	struct choose_policy how = policy->choose;
	struct rule *rule = &policy->rule[2];
	__u32 place = in->place % 2;
	struct verdict v, again;

	*rule = rule_of(in);
	make_view(in, &view);
	place_push(places, place, policy, &in->facts);
	memset(&v, 0, sizeof(v));
	memset(&again, 0xff, sizeof(again));
	decide(&strategy_host, policy, places, &view, sums, &v);
	decide(&strategy_host, policy, places, &view, sums, &again);
	MUST(!memcmp(&v, &again, sizeof(v)));
	android(in, &how, &view, &v);
	choose(&how, rule, &view, sums, &v);
	check(&view, rule, &v);
	MUST(strategy_host.nearness(places) <= 1000);
	check_values(&places->place[place].assess);
	if (in->place & 2)
		place_rebase(&places->place[place], in->rebase_ns);
	if (in->place & 4)
		place_rest(&places->place[place], 2, in->rebase_ns);
	check_carry(places, place, policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sample storage[SYSTEM_SAMPLES + CGROUP_SAMPLES];
	static struct places places;
	struct policy policy;
	struct input in;

	strategy_host.defaults(&policy);
	policy.rules = 3;
	places_init(&places, storage);
	place_begin(&places.place[places.n++], 7, storage + SYSTEM_SAMPLES);
	places.place[0].rules = 3;
	places.place[1].rules = 7;
	for (; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		bound(&in);
		step(&places, &policy, &in);
	}
	return 0;
}
