// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * replay.c - reapctl replay: the same facts through the same decide/ again.
 *
 * Two kinds of file. A recording of reapctl record has facts, processes and the verdicts that were
 * reached: each must come out again, bit for bit (exit 1 when one does not). The text tables of
 * pressure traces (Time | MemAvail SwapFree | some avg10 full avg10) have no processes: said is when
 * which rule would have fired.
 */
#include "client.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "../agent/decide/strategy.h"
#include "out.h"
#include "trace.h"

struct replay {
	const struct tool *t;
	const struct strategy *strategy;
	struct policy policy;
	struct assess assess;
	size_t assess_got; /* bytes of it that the recording brought */
	struct proc *procs;
	__u32 nprocs, room;
	__u64 first_ns;
	unsigned long facts, verdicts, different;
	struct json_object *list;
};

/* One verdict (or firing), said. Time counts from the first facts. */
static void say(struct replay *r, const struct verdict *v, const char *note)
{
	double at = (double)(r->assess.now.time_ns - r->first_ns) / 1e9;
	const char *rule = v->rule < r->policy.rules ? r->policy.rule[v->rule].name : "?";
	const struct proc *p = v->victim < r->nprocs ? &r->procs[v->victim] : NULL;
	struct json_object *o;
	char why[512], line[600];

	terms_text(why, sizeof(why), v->term, v->terms);
	if (!r->t->json) {
		snprintf(line, sizeof(line), "%s: %s", rule, why);
		printf("%8.2f s  ", at);
		out_wrapped(12, line);
		if (p)
			printf("            pid %u of %u processes%s\n", p->tgid, r->nprocs, note);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "time_s", json_object_new_double(at));
	out_str(o, "rule", rule);
	out_str(o, "why", why);
	if (p)
		out_int(o, "pid", p->tgid);
	out_bool(o, "same", !*note);
	json_object_array_add(r->list, o);
}

static void push(struct replay *r, const struct facts *f)
{
	if (!r->facts++ && !r->assess_got)
		r->first_ns = f->time_ns;
	assess_push(&r->assess, f);
}

static bool add_procs(struct replay *r, const struct frame *f)
{
	__u32 first = (__u32)f->hdr.arg, n = f->hdr.size / sizeof(struct proc);

	/* Rows come in order; the first frame begins a new table. */
	if (f->hdr.size % sizeof(struct proc) || (first && first != r->nprocs))
		return false;
	if (first + n > r->room) {
		r->room = first + n;
		r->procs = realloc(r->procs, r->room * sizeof(*r->procs));
		if (!r->procs)
			abort();
	}
	memcpy(&r->procs[first], f->payload, f->hdr.size);
	r->nprocs = first + n;
	return true;
}

static void decide_again(struct replay *r, const struct verdict *recorded)
{
	struct view view = { &r->assess.now, r->procs, r->nprocs };
	struct verdict v;
	bool same;

	memset(&v, 0, sizeof(v));
	decide(r->strategy, &r->policy, &r->assess, &view, &v);
	same = !memcmp(&v, recorded, sizeof(v));
	r->verdicts++;
	r->different += !same;
	say(r, recorded, same ? "" : " - DIFFERENT now");
	if (!same && !r->t->json)
		say(r, &v, " - this is what comes out");
}

static bool take_policy(struct replay *r, const struct policy *policy)
{
	r->policy = *policy;
	r->policy.strategy[sizeof(policy->strategy) - 1] = 0;
	r->strategy = strategy_find(r->policy.strategy);
	if (!r->strategy || policy->rules > RULES_MAX)
		return false;
	for (__u32 i = 0; i < policy->rules; i++) {
		if (policy->rule[i].terms > RECORD_TERMS)
			return false;
		r->policy.rule[i].name[sizeof(policy->rule[i].name) - 1] = 0;
	}
	return true;
}

/* The next piece of the state that the recording began with. */
static bool take_assess(struct replay *r, const struct frame *f)
{
	if (f->hdr.arg < 0 || (size_t)f->hdr.arg != r->assess_got ||
	    f->hdr.size > sizeof(r->assess) - r->assess_got)
		return false;
	memcpy((char *)&r->assess + r->assess_got, f->payload, f->hdr.size);
	r->assess_got += f->hdr.size;
	r->first_ns = r->assess.now.time_ns;
	return r->assess_got < sizeof(r->assess) || assess_valid(&r->assess);
}

/* One frame of a recording. False: damaged. */
static bool take(struct replay *r, const struct frame *f)
{
	const struct policy *policy = frame_as(f, CONTROL_POLICY, sizeof(*policy));
	const struct facts *facts = frame_as(f, CONTROL_FACTS, sizeof(*facts));
	const struct verdict *verdict = frame_as(f, CONTROL_VERDICT, sizeof(*verdict));
	const __u64 *rebase = frame_as(f, CONTROL_REBASE, sizeof(*rebase));

	if (policy)
		return take_policy(r, policy);
	if (f->hdr.type == CONTROL_ASSESS)
		return take_assess(r, f);
	if (r->assess_got && r->assess_got < sizeof(r->assess))
		return false;
	if (facts)
		push(r, facts);
	else if (rebase)
		assess_rebase(&r->assess, *rebase);
	else if (f->hdr.type == CONTROL_PROCS)
		return add_procs(r, f);
	else if (verdict && r->strategy)
		decide_again(r, verdict);
	else
		return false;
	return true;
}

static int replay_recording(struct replay *r, FILE *f, const char *path)
{
	static struct frame frame;
	long at = 0;
	int got;

	while ((got = frame_read(f, &frame)) > 0 && take(r, &frame))
		at = ftell(f);
	if (got) {
		complain("%s: damaged or cut off at byte %ld (%lu facts were read)", path, at,
			 r->facts);
		return EXIT_FAILURE;
	}
	return 0;
}

/* Text has no deaths: when a rule fires, take it that the kill helped at once. */
static int replay_trace(struct replay *r, FILE *f, const char *path, uint64_t mem_total_kib)
{
	struct verdict v;
	struct trace trace;
	int err = trace_open(&trace, f, mem_total_kib);

	strategy_host.defaults(&r->policy);
	r->strategy = &strategy_host;
	while (!err && trace_next(&trace)) {
		push(r, &trace.facts);
		memset(&v, 0, sizeof(v));
		v.victim = NO_VICTIM;
		if (!r->strategy->judge(&r->policy, &r->assess, &v))
			continue;
		r->verdicts++;
		say(r, &v, "");
		assess_rebase(&r->assess, r->assess.now.time_ns);
	}
	if (!err)
		err = trace.error;
	if (err)
		complain("%s:%u: %s", path, trace.line,
			 err == -ENODATA ? "neither a recording nor a pressure trace" :
					   "not a row of a pressure trace");
	return err ? EXIT_FAILURE : 0;
}

static void summary(struct replay *r, bool is_trace)
{
	struct json_object *o;

	if (!r->t->json) {
		printf("%lu facts, %lu %s", r->facts, r->verdicts,
		       is_trace ? "times a rule fired" : "decisions");
		if (!is_trace)
			printf(", %lu different", r->different);
		puts("");
		json_object_put(r->list);
		return;
	}
	o = json_object_new_object();
	out_int(o, "facts", (long long)r->facts);
	out_int(o, "decisions", (long long)r->verdicts);
	out_int(o, "different", (long long)r->different);
	json_object_object_add(o, "verdicts", r->list);
	out_json(o);
}

static int replay(const struct tool *t, const char *path, uint64_t mem_total_kib)
{
	static struct replay r;
	FILE *f = fopen(path, "rbe");
	__u32 magic = 0;
	bool is_trace;
	int code;

	if (!f) {
		complain("%s: %s", path, strerror(errno));
		return EXIT_FAILURE;
	}
	is_trace = fread(&magic, sizeof(magic), 1, f) != 1 || magic != CONTROL_MAGIC;
	rewind(f);
	r.t = t;
	r.list = json_object_new_array();
	assess_init(&r.assess);
	code = is_trace ? replay_trace(&r, f, path, mem_total_kib) : replay_recording(&r, f, path);
	if (!code)
		summary(&r, is_trace);
	if (!code && r.different)
		code = EXIT_FAILURE;
	free(r.procs);
	fclose(f);
	return code;
}

int verb_replay(const struct tool *t, int argc, char **argv)
{
	static const struct option options[] = { { "mem-total", required_argument, NULL, 'm' },
						 {} };
	uint64_t mem_total_kib = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'm' || text_to_kib(optarg, &mem_total_kib))
			goto usage;
	}
	if (optind + 1 == argc)
		return replay(t, argv[optind], mem_total_kib);
usage:
	complain("usage: reapctl replay FILE [--mem-total SIZE]");
	return EXIT_USAGE;
}
