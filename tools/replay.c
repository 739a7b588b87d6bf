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
	struct places places;
	struct sample *samples; /* SYSTEM_SAMPLES, then CGROUP_SAMPLES for each place, in order */
	__u32 samples_of;	/* the place whose samples come */
	bool ready[PLACES_MAX]; /* its samples are there */
	struct proc *procs;
	struct cgroup *cgroups;
	struct choose_sum *sums;
	__u32 nprocs, ncgroups;
	__u32 room_procs, room_cgroups;
	__u64 first_ns;
	__u64 since_ns[PLACES_MAX]; /* from the look before to the last one */
	unsigned long facts, verdicts, different;
	struct json_object *list;
};

/* One verdict (or firing), said. Time counts from the first facts. */
static void say(struct replay *r, const struct verdict *v, const char *note)
{
	double at = (double)(r->places.place[0].assess.now.time_ns - r->first_ns) / 1e9;
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
	out_int(o, "time_ns", (long long)r->places.place[0].assess.now.time_ns);
	if (v->place < r->places.n)
		out_int(o, "since_look_ns", (long long)r->since_ns[v->place]);
	out_str(o, "rule", rule);
	out_str(o, "why", why);
	if (p)
		out_int(o, "pid", p->tgid);
	out_bool(o, "same", !*note);
	json_object_array_add(r->list, o);
}

static void push(struct replay *r, __u32 place, const struct facts *f)
{
	__u64 last_ns = r->places.place[place].assess.now.time_ns;

	if (!r->first_ns)
		r->first_ns = f->time_ns;
	r->since_ns[place] = f->time_ns > last_ns ? f->time_ns - last_ns : 0;
	r->facts++;
	place_push(&r->places, place, &r->policy, f);
}

/* Rows come in order; the first frame begins a new array. Those of `was` bytes are the begin of one of now. */
static bool add_rows(const struct frame *f, void *rows, __u32 *n, __u32 *room, size_t size,
		     size_t was)
{
	__u32 first = (__u32)f->hdr.arg, more = (__u32)(f->hdr.size / was);
	void **array = rows;

	if (f->hdr.size % was || (first && first != *n))
		return false;
	if (first + more > *room) {
		*room = first + more;
		*array = realloc(*array, *room * size);
		if (!*array)
			abort();
	}
	memset((char *)*array + first * size, 0, more * size);
	for (__u32 i = 0; i < more; i++)
		memcpy((char *)*array + (first + i) * size, (const char *)f->payload + i * was,
		       was);
	*n = first + more;
	return true;
}

static bool add_procs(struct replay *r, const struct frame *f)
{
	return add_rows(f, &r->procs, &r->nprocs, &r->room_procs, sizeof(*r->procs),
			f->hdr.type == CONTROL_PROCS ? sizeof(*r->procs) :
						       offsetof(struct proc, dmabuf_kib));
}

/* A parent comes before its children, so that walks end. */
static bool add_cgroups(struct replay *r, const struct frame *f)
{
	__u32 was = f->hdr.arg ? r->ncgroups : 0;

	if (!add_rows(f, &r->cgroups, &r->ncgroups, &r->room_cgroups, sizeof(*r->cgroups),
		      sizeof(*r->cgroups)))
		return false;
	for (__u32 i = was; i < r->ncgroups; i++) {
		if (r->cgroups[i].parent != CGROUP_NONE && r->cgroups[i].parent >= i)
			return false;
	}
	r->sums = realloc(r->sums, r->room_cgroups * sizeof(*r->sums));
	if (!r->sums)
		abort();
	return true;
}

static void decide_again(struct replay *r, const struct verdict *recorded)
{
	struct view view = { .facts = &r->places.place[0].assess.now,
			     .procs = r->procs,
			     .nprocs = r->nprocs,
			     .cgroups = r->cgroups,
			     .ncgroups = r->ncgroups };
	struct verdict v;
	bool same;

	memset(&v, 0, sizeof(v));
	decide(r->strategy, &r->policy, &r->places, &view, r->sums, &v);
	same = !memcmp(&v, recorded, sizeof(v));
	r->verdicts++;
	r->different += !same;
	say(r, recorded, same ? "" : " - DIFFERENT now");
	if (!same && !r->t->json)
		say(r, &v, " - this is what comes out");
	/* The next decision brings its own, if there were any. */
	r->nprocs = r->ncgroups = 0;
}

static bool take_policy(struct replay *r, const struct policy *policy)
{
	r->policy = *policy;
	r->policy.strategy[sizeof(policy->strategy) - 1] = 0;
	r->strategy = strategy_find(r->policy.strategy);
	if (!r->strategy || policy->rules > RULES_MAX)
		return false;
	for (__u32 i = 0; i < policy->rules; i++) {
		if (policy->rule[i].terms > RECORD_TERMS || policy->rule[i].steps > RULE_STEPS)
			return false;
		r->policy.rule[i].name[sizeof(policy->rule[i].name) - 1] = 0;
	}
	return true;
}

static struct sample *samples_of(struct replay *r, __u32 place)
{
	return place ? r->samples + SYSTEM_SAMPLES + (size_t)(place - 1) * CGROUP_SAMPLES :
		       r->samples;
}

static struct history_shape shape_of(__u32 place)
{
	return place ? cgroup_history : system_history;
}

/* A place as it is now. Its samples are those that were there, or come next. */
static bool take_place(struct replay *r, const struct frame *f, const struct place *p)
{
	__u32 i = (__u32)f->hdr.arg;

	if (i > r->places.n || i >= PLACES_MAX)
		return false;
	if (i == r->places.n)
		r->places.n++;
	r->places.place[i] = *p;
	r->samples_of = i;
	r->ready[i] = assess_adopt(&r->places.place[i].assess, shape_of(i), samples_of(r, i));
	return true;
}

static bool take_samples(struct replay *r, const struct frame *f)
{
	const struct history_shape shape = shape_of(r->samples_of);
	__u32 room = r->samples_of ? CGROUP_SAMPLES : SYSTEM_SAMPLES;
	__u32 first = (__u32)f->hdr.arg, n = (__u32)(f->hdr.size / sizeof(struct sample));
	struct assess *a = &r->places.place[r->samples_of].assess;

	if (f->hdr.size % sizeof(struct sample) || first > room || n > room - first)
		return false;
	memcpy(samples_of(r, r->samples_of) + first, f->payload, f->hdr.size);
	if (!r->samples_of)
		r->first_ns = a->now.time_ns;
	r->ready[r->samples_of] = assess_adopt(a, shape, samples_of(r, r->samples_of));
	return true;
}

/* Has every place all of its samples? */
static bool is_ready(const struct replay *r)
{
	for (__u32 i = 0; i < r->places.n; i++) {
		if (!r->ready[i])
			return false;
	}
	return true;
}

static bool is_valid(const struct replay *r)
{
	return !r->strategy || !r->strategy->valid || r->strategy->valid(&r->policy, &r->places);
}

/* One frame of a recording. False: damaged. */
static bool take(struct replay *r, const struct frame *f)
{
	const struct policy *policy = frame_as(f, CONTROL_POLICY, sizeof(*policy));
	const struct facts *facts = frame_as(f, CONTROL_FACTS, sizeof(*facts));
	const struct verdict *verdict = frame_as(f, CONTROL_VERDICT, sizeof(*verdict));
	const struct place *place = frame_as(f, CONTROL_PLACE, sizeof(*place));
	const struct android *android = frame_as(f, CONTROL_ANDROID, sizeof(*android));
	const struct android_facts *more = frame_as(f, CONTROL_ANDROID_FACTS, sizeof(*more));

	if (policy)
		return take_policy(r, policy) && is_valid(r);
	if (android)
		r->places.android = *android;
	if (android)
		return is_valid(r);
	if (place)
		return take_place(r, f, place);
	if (f->hdr.type == CONTROL_SAMPLES)
		return take_samples(r, f);
	if (f->hdr.type == CONTROL_PROCS || f->hdr.type == CONTROL_OLD_PROCS)
		return add_procs(r, f);
	if (f->hdr.type == CONTROL_CGROUPS)
		return add_cgroups(r, f);
	if (!is_ready(r))
		return false;
	if (facts && (__u32)f->hdr.arg < r->places.n)
		push(r, (__u32)f->hdr.arg, facts);
	else if (more && r->strategy && r->strategy->push)
		r->strategy->push(&r->policy, &r->places, more);
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
	r->places.place[0].rules = (1u << r->policy.rules) - 1;
	while (!err && trace_next(&trace)) {
		push(r, 0, &trace.facts);
		memset(&v, 0, sizeof(v));
		v.victim = NO_VICTIM;
		if (!r->strategy->judge(&r->policy, &r->places, false, &v))
			continue;
		r->verdicts++;
		say(r, &v, "");
		place_rebase(&r->places.place[0], trace.facts.time_ns);
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
	r.samples = calloc(SYSTEM_SAMPLES + (PLACES_MAX - 1) * CGROUP_SAMPLES, sizeof(*r.samples));
	if (!r.samples)
		abort();
	places_init(&r.places, r.samples);
	code = is_trace ? replay_trace(&r, f, path, mem_total_kib) : replay_recording(&r, f, path);
	if (!code)
		summary(&r, is_trace);
	if (!code && r.different)
		code = EXIT_FAILURE;
	free(r.procs);
	free(r.cgroups);
	free(r.sums);
	free(r.samples);
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
