/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recording.h - a recording, made as the agent makes one while the same goes into a state of our own;
 * and reapctl replay of it, in a process of its own as in life.
 */
#ifndef REAPD_TEST_RECORDING_H
#define REAPD_TEST_RECORDING_H

#include "test.h"

#include <sys/wait.h>

#include "../../agent/decide/strategy.h"
#include <reapd/control.h>

#define MS 1000000ULL
#define S  (1000 * MS)

/* Place 0, and as many of cgroups. */
#define PLACES 3

static FILE *file;
static struct policy policy;
static struct places places;
static struct sample samples[SYSTEM_SAMPLES + PLACES * CGROUP_SAMPLES];
static struct proc procs[3];
static struct facts now;
static char output[8192];

static inline void put(__u16 type, int arg, const void *payload, size_t size)
{
	struct control c = { .magic = CONTROL_MAGIC,
			     .version = CONTROL_VERSION,
			     .type = type,
			     .size = (__u32)size,
			     .arg = arg };

	fwrite(&c, sizeof(c), 1, file);
	fwrite(payload, size, 1, file);
}

static inline void put_policy(void)
{
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
}

/* A place alone: it was changed, and the samples are those that were there. */
static inline void put_place(__u32 i)
{
	put(CONTROL_PLACE, (int)i, &places.place[i], sizeof(places.place[i]));
}

/* Its samples, in frames as the agent cuts them. */
static inline void put_samples(__u32 i)
{
	const struct assess *a = &places.place[i].assess;
	__u32 n = assess_samples(a);
	__u32 most = (CONTROL_FRAME_MAX - sizeof(struct control)) / sizeof(struct sample);

	for (__u32 first = 0, part; first < n; first += part) {
		part = n - first < most ? n - first : most;
		put(CONTROL_SAMPLES, (int)first, a->history->sample + first,
		    part * sizeof(struct sample));
	}
}

/* What a recording begins with. */
static inline void put_state(void)
{
	put_policy();
	for (__u32 i = 0; i < places.n; i++) {
		put_place(i);
		put_samples(i);
	}
}

/* One more place, of a cgroup. */
static inline __u32 add_place(__u64 cgroup_id, __u32 rules)
{
	__u32 i = places.n++;

	assert_in_range(i, 1, PLACES - 1);
	place_begin(&places.place[i], cgroup_id,
		    samples + SYSTEM_SAMPLES + (i - 1) * CGROUP_SAMPLES);
	places.place[i].rules = rules;
	return i;
}

/* Facts as they come: into the recording and into our own state. */
static inline void put_facts_of(__u32 place, const struct facts *facts)
{
	place_push(&places, place, &policy, facts);
	put(CONTROL_FACTS, (int)place, facts, sizeof(*facts));
}

static inline void put_facts(__u64 ns, __u64 full_ns, __u64 available_kib)
{
	now.time_ns += ns;
	now.full_ns += full_ns;
	now.mem_available_kib = available_kib;
	put_facts_of(0, &now);
}

static inline struct verdict decide_among(const struct cgroup *cgroups, __u32 n)
{
	struct view view = { .facts = &places.place[0].assess.now,
			     .procs = procs,
			     .nprocs = countof(procs),
			     .cgroups = cgroups,
			     .ncgroups = n };
	struct choose_sum sums[16];
	struct verdict v;

	assert_in_range(n, 0, countof(sums));
	assert_true(decide(&strategy_host, &policy, &places, &view, sums, &v));
	return v;
}

static inline struct verdict decide_now(void)
{
	return decide_among(NULL, 0);
}

static inline int begin(void **state)
{
	if (scratch_make(state))
		return -1;
	file = fopen(in_scratch("recording"), "wbe");
	strategy_host.defaults(&policy);
	memset(samples, 0, sizeof(samples));
	places_init(&places, samples);
	places.place[0].rules = 1 | 2 | 8; /* "starving" would come before "thrashing" */
	now = (struct facts){ .time_ns = 100 * S, .mem_total_kib = 1000000 };
	for (__u32 i = 0; i < countof(procs); i++)
		procs[i] = (struct proc){ .tgid = 100 + i,
					  .mm_id = i + 1,
					  .anon_kib = 9000 * (i + 1),
					  .home = CGROUP_NONE };
	return file ? 0 : -1;
}

static inline int end(void **state)
{
	if (file)
		fclose(file);
	file = NULL;
	return scratch_remove(state);
}

/* Three cgroups below the root; the second is inside the rule's, and all processes live in it. */
static struct cgroup cgroups[4];

/* A rule about each cgroup, before the others: it kills one whole. */
static inline void add_cgroup_rule(__u32 for_ms)
{
	struct rule *r = &policy.rule[0];

	memmove(r + 1, r, policy.rules++ * sizeof(*r));
	*r = (struct rule){ .name = "cgroups",
			    .flags = RULE_CGROUPS,
			    .what = CHOOSE_CGROUP,
			    .order = ORDER_SIZE,
			    .terms = 1,
			    .scope = "/a*" };
	r->term[0] = (struct record_term){
		.signal = SIGNAL_CURRENT, .op = TERM_GE, .limit = 900, .for_ms = for_ms
	};
	places.place[0].rules <<= 1;
	for (__u32 i = 0; i < countof(cgroups); i++)
		cgroups[i] = (struct cgroup){ .id = 70 + i, .parent = i ? 0 : CGROUP_NONE };
	cgroups[2].flags = CGROUP_INSIDE;
	for (__u32 i = 0; i < countof(procs); i++)
		procs[i].home = 2;
}

/* A look at a cgroup, with so much of its limit used. */
static inline void put_cgroup_facts(__u32 place, __u64 used_permille)
{
	struct facts f = now;

	f.flags = FACT_CGROUP;
	f.usage_kib = used_permille * 1000;
	put_facts_of(place, &f);
}

/* What a decision among cgroups was made of. */
static inline struct verdict put_cgroup_verdict(void)
{
	struct verdict v = decide_among(cgroups, countof(cgroups));

	put(CONTROL_CGROUPS, 0, cgroups, 3 * sizeof(cgroups[0]));
	put(CONTROL_CGROUPS, 3, cgroups + 3, sizeof(cgroups[0]));
	put(CONTROL_PROCS, 0, procs, sizeof(procs));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	return v;
}

/* Everything up to a decision. */
static inline struct verdict put_crisis(void)
{
	put_state();
	put_facts(0, 0, 90000);
	put_facts(2 * S, 1500 * MS, 80000);
	put(CONTROL_PROCS, 0, procs, 2 * sizeof(procs[0]));
	put(CONTROL_PROCS, 2, procs + 2, sizeof(procs[0]));
	return decide_now();
}

/* Run reapctl replay in a child; its exit code, or minus the signal. What it said: `output`. */
static inline int replay(void)
{
	char *argv[] = { (char *)"replay", (char *)in_scratch("recording"), NULL };
	const struct tool tool = { .json = false };
	int mem = memfd_create("output", MFD_CLOEXEC), status;
	pid_t pid;
	ssize_t n;

	if (file)
		fclose(file);
	file = NULL;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		crash_for_real();
		dup2(mem, STDOUT_FILENO);
		dup2(mem, STDERR_FILENO);
		status = verb_replay(&tool, 2, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	n = pread(mem, output, sizeof(output) - 1, 0);
	output[n < 0 ? 0 : n] = 0;
	close(mem);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline void check_damaged(void)
{
	int code = replay();

	if (code != 1 || !strstr(output, "damaged or cut off at byte"))
		fail_msg("exit %d: %s", code, output);
}

#endif
