// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * answers.c - what the control socket says. Reads the agent's state and changes nothing but what a
 * request asks for (reload), except that in calm it takes a fresh look first.
 */
#include "answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "intake.h"
#include "reload.h"
#include "crisis.h"
#include "kernel.h"
#include "base/text.h"

#define PROCS_PER_FRAME ((CONTROL_FRAME_MAX - sizeof(struct control)) / sizeof(struct proc))

void answers_facts(struct agent *a)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_FACTS, 0, &a->facts, sizeof(a->facts));
}

void answers_verdict(struct agent *a, const struct verdict *v)
{
	__u32 n;

	if (!control_subscribed(a->control))
		return;
	for (__u32 first = 0; first < a->table.n; first += n) {
		n = a->table.n - first;
		if (n > PROCS_PER_FRAME)
			n = PROCS_PER_FRAME;
		control_publish(a->control, CONTROL_PROCS, (int)first, &a->table.procs[first],
				n * sizeof(a->table.procs[0]));
	}
	control_publish(a->control, CONTROL_VERDICT, (int)a->table.n, v, sizeof(*v));
}

void answers_policy(struct agent *a)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_POLICY, 0, &a->config.policy,
				sizeof(a->config.policy));
}

void answers_rebase(struct agent *a, __u64 time_ns)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_REBASE, 0, &time_ns, sizeof(time_ns));
}

/* In calm the table is as old as the last watch: look once, without leaving calm. */
static int freshen(struct agent *a)
{
	int err = 0;

	if (filters_refresh(a->filters) == 1)
		intake_resolve(a, true);
	if (!a->tick_ns) {
		intake_begin(a);
		err = a->stale_ns ? -EAGAIN : 0;
		if (!err)
			err = gather_facts(&a->gather, &a->facts);
		if (!err) {
			assess_push(&a->assess, &a->facts);
			answers_facts(a);
		}
	}
	intake_resolve(a, false);
	if (!a->tick_ns && !intake_memory_short(a))
		intake_prepare(a);
	return err;
}

static __u32 permille_of(const struct agent *a, enum signal signal)
{
	__s64 value;

	return assess_value(&a->assess, signal, NS_PER_S, &value) ? (__u32)value : 0;
}

static void status(struct agent *a, struct control_client *client)
{
	struct control_status s = {
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
		.policy = crisis_policy(a),
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
		s.counters[i] = hook_counter(a->hooks, i);
	text_copy(s.strategy, sizeof(s.strategy), a->config.strategy);
	text_copy(s.scope, sizeof(s.scope), a->config.scope);
	text_copy(s.version, sizeof(s.version), REAPD_VERSION);
	control_send(client, CONTROL_STATUS_IS, 0, &s, sizeof(s));
}

static void send_proc(struct agent *a, struct control_client *client, const struct candidate *c)
{
	const struct proc_info *info = &a->table.infos[c->index];
	const struct proc *p = &a->table.procs[c->index];
	const char *cgroup = cgroups_path(a->cgroups, info->cgroup_id);
	struct control_proc frame = {
		.start_ns = p->start_ns,
		.uid = p->uid,
		.anon_kib = p->anon_kib,
		.file_kib = p->file_kib,
		.shmem_kib = p->shmem_kib,
		.swap_kib = p->swap_kib,
		.threads = info->threads,
	};

	crisis_candidate(a, c, &frame.candidate);
	text_copy(frame.comm, sizeof(frame.comm), info->comm);
	text_copy(frame.name, sizeof(frame.name), info->name);
	if (cgroup)
		text_copy(frame.cgroup, sizeof(frame.cgroup), cgroup);
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
	struct view view = crisis_view(a);
	struct verdict v;

	choose(&a->config.policy.choose, &view, &v);
	status(a, client);
	for (__u32 i = 0; i < v.candidates; i++)
		send_proc(a, client, &v.candidate[i]);
	send_stalls(a, client);
}

static void send_rules(struct agent *a, struct control_client *client)
{
	const struct policy *policy = &a->config.policy;

	for (__u32 i = 0; i < policy->rules; i++) {
		struct control_rule frame = { .terms = policy->rule[i].terms };

		text_copy(frame.name, sizeof(frame.name), policy->rule[i].name);
		frame.fires = rule_evaluate(&policy->rule[i], &a->assess, frame.term);
		frame.nearness_permille = rule_nearness(frame.term, frame.terms);
		control_send(client, CONTROL_RULE, 0, &frame, sizeof(frame));
	}
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

/* What the next decision will be made of: the policy, and what the windows hold by now. */
static void begin_recording(struct agent *a, struct control_client *client)
{
	size_t piece = CONTROL_FRAME_MAX / 2, n;

	control_send(client, CONTROL_POLICY, 0, &a->config.policy, sizeof(struct policy));
	for (size_t at = 0; at < sizeof(a->assess); at += n) {
		n = sizeof(a->assess) - at < piece ? sizeof(a->assess) - at : piece;
		control_send(client, CONTROL_ASSESS, (int)at, (const char *)&a->assess + at, n);
	}
	control_subscribe(client);
}

void answers_request(void *ctx, struct control_client *client, const struct control *request)
{
	struct agent *a = ctx;
	int err = 0;

	if (request->type != CONTROL_PROBE && request->type != CONTROL_RELOAD)
		err = freshen(a);
	switch (err ? CONTROL_END : request->type) {
	case CONTROL_STATUS:
		status(a, client);
		send_rules(a, client);
		break;
	case CONTROL_TOP:
		top(a, client);
		break;
	case CONTROL_EXPLAIN:
		send_rules(a, client);
		top(a, client);
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
		begin_recording(a, client);
		return;
	default:
		break;
	}
	control_send(client, CONTROL_END, err, NULL, 0);
}
