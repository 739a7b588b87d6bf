// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * answers.c - what the control socket says. Reads the agent's state and changes nothing but what a
 * request asks for (reload), except that it takes in first what came since the last look.
 */
#include "answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "intake.h"
#include "reload.h"
#include "choice.h"
#include "coexist.h"
#include "report.h"
#include "kernel.h"
#include "lmkd_link.h"
#include "recording.h"
#include "base/text.h"

/*
 * In calm the table is as old as the last watch: look once, without leaving calm. In watch it is as old as the
 * last look, and who came since stands in the ring.
 */
static int freshen(struct agent *a)
{
	int err = 0;

	if (filters_refresh(a->filters) == 1)
		intake_resolve(a, true);
	if (a->tick_ns) {
		intake_all(a);
		return 0;
	}
	intake_begin(a);
	err = a->stale_ns ? -EAGAIN : 0;
	if (!err)
		err = gather_facts(&a->gather, &a->facts);
	if (!err)
		rules_look(a);
	if (!intake_memory_short(a))
		intake_names(a);
	intake_resolve(a, false);
	intake_prepare(a);
	return err;
}

/* Over the last second. */
static __u32 permille_of(const struct agent *a, enum signal signal)
{
	struct record_term term = { .signal = (__u16)signal, .window_ms = 1000 };
	__s64 value;

	return assess_value(&a->places.place[0].assess, &term, &value) ? (__u32)value : 0;
}

void answers_status(struct agent *a, struct control_status *ret)
{
	*ret = (struct control_status){
		.now_ns = clock_now_ns(),
		.start_ns = a->start_ns,
		.edge_ns = a->board->last_edge_ns,
		.kills = a->count.kills,
		.kernel_ooms = a->count.kernel_ooms,
		.no_victim = a->count.no_victim,
		.watches = a->count.watches,
		.malformed = stream_malformed(a->critical) + stream_malformed(a->bulk),
		.critical_bytes = KERNEL_CRITICAL_BYTES,
		.bulk_bytes = KERNEL_BULK_BYTES,
		.snapshots = a->count.snapshots,
		.policy = choice_policy(a),
		.mem_total_kib = a->facts.mem_total_kib,
		.mem_available_kib = a->facts.mem_available_kib,
		.swap_total_kib = a->facts.swap_total_kib,
		.swap_free_kib = a->facts.swap_free_kib,
		.rss_error_kib = hook_rss_error_kib(a->hooks),
		.some_permille = permille_of(a, SIGNAL_PSI_SOME),
		.full_permille = permille_of(a, SIGNAL_PSI_FULL),
		.state = a->board->state,
		.processes = a->table.n,
		.processes_max = a->table.max,
		.processes_full = a->table.full,
		.filters = a->filters->set.n,
		.rules = a->config.policy.rules,
		.reapers_busy = reapers_busy(a->reapers),
		.pid = (__u32)getpid(),
		.tier = hook_tier(a->hooks),
		.dry_run = a->config.dry_run,
		.scoped = cgroups_scope_id(a->cgroups) != 0,
	};

	for (__u32 i = 0; i < COUNTERS; i++)
		ret->counters[i] = hook_counter(a->hooks, i);
	lmkd_link_status(a, ret);
	text_copy(ret->strategy, sizeof(ret->strategy), a->config.strategy);
	text_copy(ret->scope, sizeof(ret->scope), a->config.scope);
	text_copy(ret->version, sizeof(ret->version), REAPD_VERSION);
}

static void status(struct agent *a, struct control_client *client)
{
	struct control_status s;

	answers_status(a, &s);
	control_send(client, CONTROL_STATUS_IS, 0, &s, sizeof(s));
}

static void fill_proc(struct agent *a, struct control_proc *ret, __u32 row)
{
	const struct proc_info *info = &a->table.infos[row];
	const struct proc *p = &a->table.procs[row];
	const char *cgroup = cgroups_path(a->cgroups, info->cgroup_id);

	ret->start_ns = p->start_ns;
	ret->uid = p->uid;
	ret->anon_kib = p->anon_kib;
	ret->file_kib = p->file_kib;
	ret->shmem_kib = p->shmem_kib;
	ret->swap_kib = p->swap_kib;
	ret->dmabuf_kib = p->dmabuf_kib;
	ret->threads = info->threads;
	text_copy(ret->comm, sizeof(ret->comm), info->comm);
	text_copy(ret->name, sizeof(ret->name), info->name);
	if (cgroup)
		text_copy(ret->cgroup, sizeof(ret->cgroup), cgroup);
}

static void send_proc(struct agent *a, struct control_client *client, const struct verdict *v,
		      __u32 i)
{
	__u32 index = v->candidate[i].index;
	struct control_proc frame = {};

	choice_candidate(a, v, i, &frame.candidate);
	if (v->list == CHOOSE_CGROUP)
		text_copy(frame.cgroup, sizeof(frame.cgroup), tree_path(a->tree, index));
	else
		fill_proc(a, &frame, index);
	control_send(client, CONTROL_PROC, 0, &frame, sizeof(frame));
}

static void send_stalls(struct agent *a, struct control_client *client)
{
	int map = hook_map_fd(a->hooks, HOOK_MAP_CGROUP_STALLS);
	__u64 id, *last = NULL;
	struct {
		__u64 stall_ns, stalls;
	} sum;

	while (!bpf_map_get_next_key(map, last, &id)) {
		struct control_cgroup_stall frame = {};
		const char *path = cgroups_path(a->cgroups, id);

		last = &id;
		if (!path || bpf_map_lookup_elem(map, &id, &sum))
			continue;
		frame.stall_ns = sum.stall_ns;
		frame.stalls = sum.stalls;
		text_copy(frame.cgroup, sizeof(frame.cgroup), path);
		control_send(client, CONTROL_CGROUP_STALL, 0, &frame, sizeof(frame));
	}
}

static void top(struct agent *a, struct control_client *client)
{
	struct view view = choice_view(a, NULL, 0);
	struct verdict v = {};

	choice_make(a, NULL, &view, &v);
	status(a, client);
	for (__u32 i = 0; i < v.candidates; i++)
		send_proc(a, client, &v, i);
	send_stalls(a, client);
}

static void send_rule(struct agent *a, struct control_client *client, __u32 place, __u32 rule)
{
	const struct place *p = &a->places.place[place];
	const struct rule *r = &a->config.policy.rule[rule];
	const char *path = p->cgroup_id ? cgroups_path(a->cgroups, p->cgroup_id) : NULL;
	struct control_rule frame = { .flags = r->flags };
	struct verdict v = {};

	text_copy(frame.name, sizeof(frame.name), r->name);
	frame.fires = a->strategy->evaluate(&a->config.policy, &a->places, place, rule, &v);
	if (!v.terms)
		return; /* it says nothing now */
	frame.terms = v.terms;
	memcpy(frame.term, v.term, sizeof(frame.term));
	frame.nearness_permille = terms_nearness(v.term, v.terms);
	if (p->rest_until_ns[rule] > a->facts.time_ns)
		frame.rests_ms = (p->rest_until_ns[rule] - a->facts.time_ns) / NS_PER_MS;
	if (path)
		text_copy(frame.place, sizeof(frame.place), path);
	control_send(client, CONTROL_RULE, 0, &frame, sizeof(frame));
}

/* A rule over cgroups of which there is none: it should be seen that it does nothing. */
static void send_idle_rule(struct control_client *client, const struct rule *r)
{
	struct control_rule frame = { .flags = r->flags };

	text_copy(frame.name, sizeof(frame.name), r->name);
	text_copy(frame.place, sizeof(frame.place), r->scope);
	control_send(client, CONTROL_RULE, 0, &frame, sizeof(frame));
}

static void send_rules(struct agent *a, struct control_client *client)
{
	for (__u32 rule = 0; rule < a->config.policy.rules; rule++) {
		bool any = false;

		for (__u32 place = 0; place < a->places.n; place++) {
			if (!(a->places.place[place].rules & 1u << rule))
				continue;
			send_rule(a, client, place, rule);
			any = true;
		}
		if (!any)
			send_idle_rule(client, &a->config.policy.rule[rule]);
	}
}

/* Of the rules that act, the one nearest to firing, and where. */
static const struct rule *nearest_rule(struct agent *a, __u32 *ret_place)
{
	const struct policy *policy = &a->config.policy;
	const struct rule *nearest = NULL;
	struct verdict v = {};
	__u32 best = 0, n;

	for (__u32 rule = 0; rule < policy->rules; rule++) {
		for (__u32 place = 0; place < a->places.n; place++) {
			if (!(a->places.place[place].rules & 1u << rule) ||
			    policy->rule[rule].flags & RULE_SHADOW)
				continue;
			a->strategy->evaluate(policy, &a->places, place, rule, &v);
			n = terms_nearness(v.term, v.terms);
			if (!v.terms || (nearest && n <= best))
				continue;
			best = n;
			nearest = &policy->rule[rule];
			*ret_place = place;
		}
	}
	return nearest;
}

static void send_choice(struct agent *a, struct control_client *client, const struct rule *rule,
			__u32 place, const struct verdict *v)
{
	struct control_choice c = { .what = v->what,
				    .list = v->list,
				    .processes = v->members,
				    .size_kib = v->member_kib,
				    .flags = v->flags,
				    .considered = v->considered,
				    .vetoed = v->vetoed,
				    .order = rule ? rule->order : a->config.order,
				    .min_score_adj = v->min_score_adj,
				    .reason = v->reason };
	const char *cgroup = NULL;

	for (__u32 i = 0; rule && i < rule->steps; i++) {
		c.step[i].kind = rule->step[i].kind;
		c.step[i].amount = rule->step[i].amount;
		c.steps++;
	}
	if (rule)
		text_copy(c.rule, sizeof(c.rule), rule->name);
	text_copy(c.place, sizeof(c.place), rules_place_path(a, place));
	if (v->victim != NO_VICTIM) {
		c.victim = a->table.procs[v->victim].tgid;
		cgroup = v->cgroup != CGROUP_NONE ?
				 tree_path(a->tree, v->cgroup) :
				 cgroups_path(a->cgroups, a->table.infos[v->victim].cgroup_id);
	}
	if (cgroup)
		text_copy(c.cgroup, sizeof(c.cgroup), cgroup);
	control_send(client, CONTROL_CHOICE, 0, &c, sizeof(c));
}

static void explain(struct agent *a, struct control_client *client)
{
	__u32 place = 0;
	const struct rule *rule = nearest_rule(a, &place);
	const struct policy *policy = &a->config.policy;
	struct view view = choice_view(a, rule, place);
	struct verdict v = {};

	/* Its reason, if it has one: below it nobody would die. */
	if (rule)
		a->strategy->evaluate(policy, &a->places, place, (__u32)(rule - policy->rule), &v);
	choice_make(a, rule, &view, &v);
	send_rules(a, client);
	send_choice(a, client, rule, place, &v);
	for (__u32 i = 0; i < v.candidates; i++)
		send_proc(a, client, &v, i);
}

void answers_probe(struct agent *a, struct control_client *client)
{
	struct control_status s = { .tier = hook_tier(a->hooks), .pid = (__u32)getpid() };
	struct control_hook hook;

	text_copy(s.version, sizeof(s.version), REAPD_VERSION);
	control_send(client, CONTROL_STATUS_IS, 0, &s, sizeof(s));
	for (__u32 i = 0; hook_row(a->hooks, i, &hook); i++)
		control_send(client, CONTROL_HOOK, 0, &hook, sizeof(hook));
	for (__u32 i = 0; i < FEATURES; i++) {
		struct control_feature frame = { .error = a->features.missing[i] };

		text_copy(frame.name, sizeof(frame.name), feature_name(i));
		text_copy(frame.lost, sizeof(frame.lost), feature_lost(i));
		control_send(client, CONTROL_FEATURE, 0, &frame, sizeof(frame));
	}
}

static int test(struct agent *a, struct control_client *client, __u32 tgid)
{
	__u32 row = table_find(&a->table, tgid, 0), rule;
	struct control_test_is frame = {};
	struct filter_subject subject;
	const struct proc_info *info;

	if (row == TABLE_NONE)
		return -ESRCH;
	info = &a->table.infos[row];
	subject = (struct filter_subject){
		.name = info->name,
		.comm = info->comm,
		.cgroup = cgroups_path(a->cgroups, info->cgroup_id),
		.uid = a->table.procs[row].uid,
		.users = config_is_android(&a->config),
	};
	frame.action = filter_match(&a->filters->set, &subject, &rule);
	frame.matched = rule < a->filters->set.n;
	if (frame.matched)
		filter_describe(&a->filters->set.filter[rule], frame.rule, sizeof(frame.rule));
	frame.uid = subject.uid;
	text_copy(frame.name, sizeof(frame.name), subject.name);
	text_copy(frame.comm, sizeof(frame.comm), subject.comm);
	if (subject.cgroup)
		text_copy(frame.cgroup, sizeof(frame.cgroup), subject.cgroup);
	control_send(client, CONTROL_TEST_IS, 0, &frame, sizeof(frame));
	return 0;
}

void answers_request(void *ctx, struct control_client *client, const struct control *request)
{
	struct agent *a = ctx;
	int err = 0;

	if (request->type != CONTROL_PROBE && request->type != CONTROL_RELOAD &&
	    request->type != CONTROL_EVENTS)
		err = freshen(a);
	switch (err ? CONTROL_END : request->type) {
	case CONTROL_STATUS:
		status(a, client);
		coexist_answer(a, client);
		send_rules(a, client);
		break;
	case CONTROL_TOP:
		top(a, client);
		break;
	case CONTROL_EXPLAIN:
		explain(a, client);
		break;
	case CONTROL_PROBE:
		answers_probe(a, client);
		break;
	case CONTROL_TEST:
		err = test(a, client, (__u32)request->arg);
		break;
	case CONTROL_RELOAD:
		err = reload(a);
		break;
	case CONTROL_RECORD:
		recording_begin(a, client);
		return;
	case CONTROL_EVENTS:
		err = report_subscribe(a, client);
		if (!err)
			return;
		break;
	default:
		break;
	}
	control_send(client, CONTROL_END, err, NULL, 0);
}
