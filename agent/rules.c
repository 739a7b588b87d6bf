// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rules.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/mman.h>

#include "agent.h"
#include "base/log.h"
#include "base/text.h"
#include "decide/rule.h"
#include "recording.h"

/* Cgroups come and go by the hundred when containers start: patterns are not matched at each. */
#define MATCH_PERIOD_NS	 (100 * NS_PER_MS)
/* Reading one cgroup takes some 100 us: with more of them, less often. 16: 3 % of a CPU. */
#define READ_AT_ONCE	 16
/*
 * A look in calm at levels: each second when they are far, ten times a second when they are near. As
 * often as earlyoom looks; 100 ms are 600 MiB at the rate at which a fast machine fills.
 */
#define CALM_LOOK_MIN_MS 100

static void *map_room(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Rules that are about all that is watched. */
static __u32 system_rules(const struct policy *policy)
{
	__u32 rules = 0;

	for (__u32 i = 0; i < policy->rules; i++) {
		if (!(policy->rule[i].flags & RULE_CGROUPS))
			rules |= 1u << i;
	}
	return rules;
}

int rules_start(struct agent *a)
{
	struct rules *r = &a->rules;

	r->system_samples = map_room(SYSTEM_SAMPLES * sizeof(struct sample));
	r->cgroup_samples = map_room(sizeof(struct sample) * PLACES_MAX * CGROUP_SAMPLES);
	r->files = map_room(PLACES_MAX * sizeof(*r->files));
	if (!r->system_samples || !r->cgroup_samples || !r->files)
		return -ENOMEM;
	places_init(&a->places, r->system_samples);
	a->places.place[0].rules = system_rules(&a->config.policy);
	return 0;
}

static void unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

void rules_stop(struct agent *a)
{
	struct rules *r = &a->rules;

	for (__u32 i = 1; r->files && i < a->places.n; i++) {
		if (a->places.place[i].cgroup_id)
			cgroup_facts_close(&r->files[i]);
	}
	unmap(r->system_samples, SYSTEM_SAMPLES * sizeof(struct sample));
	unmap(r->cgroup_samples, sizeof(struct sample) * PLACES_MAX * CGROUP_SAMPLES);
	unmap(r->files, PLACES_MAX * sizeof(*r->files));
}

static void end_place(struct agent *a, __u32 i)
{
	cgroup_facts_close(&a->rules.files[i]);
	memset(&a->places.place[i], 0, sizeof(a->places.place[i]));
	recording_place(a, i);
}

/* A free place, or PLACES_MAX. */
static __u32 free_place(const struct agent *a)
{
	__u32 i = 1;

	while (i < a->places.n && a->places.place[i].cgroup_id)
		i++;
	return i;
}

static void begin_place(struct agent *a, __u64 id, const char *path, __u32 rules)
{
	__u32 i = free_place(a);
	struct place *p;

	if (i == PLACES_MAX) {
		if (!a->rules.full)
			log_warn("rules match more than %d cgroups; the others are not watched",
				 PLACES_MAX - 1);
		a->rules.full = true;
		return;
	}
	if (cgroup_facts_open(&a->rules.files[i], cgroups_mount(a->cgroups), path))
		return; /* gone by now */
	p = &a->places.place[i];
	place_begin(p, id, a->rules.cgroup_samples + (size_t)i * CGROUP_SAMPLES);
	p->rules = rules;
	if (i == a->places.n)
		a->places.n++;
	recording_place(a, i);
}

/* Bits of the rules that are about this cgroup. */
static __u32 rules_of(const struct agent *a, const char *path)
{
	const struct policy *policy = &a->config.policy;
	__u32 rules = 0;

	for (__u32 i = 0; i < policy->rules; i++) {
		if (policy->rule[i].flags & RULE_CGROUPS &&
		    !fnmatch(policy->rule[i].scope, path, FNM_PATHNAME | FNM_NOESCAPE))
			rules |= 1u << i;
	}
	return rules && cgroups_in_scope(a->cgroups, path) ? rules : 0;
}

static void match_one(void *ctx, __u64 id, const char *path)
{
	struct agent *a = ctx;
	__u32 rules = rules_of(a, path);

	if (!rules)
		return;
	for (__u32 i = 1; i < a->places.n; i++) {
		if (a->places.place[i].cgroup_id == id) {
			a->places.place[i].rules = rules;
			return;
		}
	}
	begin_place(a, id, path, rules);
}

/* Which cgroups are the rules about now? */
static void match(struct agent *a)
{
	__u32 changes = cgroups_changes(a->cgroups);
	__u64 now = a->facts.time_ns;

	if (changes == a->rules.matched || now < a->rules.matched_ns + MATCH_PERIOD_NS)
		return;
	a->rules.matched = changes;
	a->rules.matched_ns = now;
	for (__u32 i = 1; i < a->places.n; i++)
		a->places.place[i].rules = 0;
	if (a->places.place[0].rules != (__u32)((1ULL << a->config.policy.rules) - 1))
		cgroups_each(a->cgroups, match_one, a);
	for (__u32 i = 1; i < a->places.n; i++) {
		if (a->places.place[i].cgroup_id && !a->places.place[i].rules)
			end_place(a, i);
	}
}

static void read_cgroups(struct agent *a)
{
	__u64 period = PSI_READ_MIN_NS * (1 + a->places.n / READ_AT_ONCE);
	struct facts f;

	if (a->places.n == 1 || a->facts.time_ns < a->rules.read_ns + period)
		return;
	a->rules.read_ns = a->facts.time_ns;
	for (__u32 i = 1; i < a->places.n; i++) {
		if (!a->places.place[i].cgroup_id)
			continue;
		f = a->facts;
		if (cgroup_facts_read(&a->rules.files[i], &f)) {
			end_place(a, i);
			continue;
		}
		place_push(&a->places, i, &a->config.policy, &f);
		recording_facts(a, i, &f);
	}
}

void rules_look(struct agent *a)
{
	place_push(&a->places, 0, &a->config.policy, &a->facts);
	recording_facts(a, 0, &a->facts);
	android_take(a);
	match(a);
	read_cgroups(a);
}

void rules_reload(struct agent *a, const struct policy *old)
{
	places_carry(&a->places, old, &a->config.policy);
	a->places.place[0].rules = system_rules(&a->config.policy);
	a->rules.matched = cgroups_changes(a->cgroups) - 1;
	a->rules.matched_ns = 0;
	a->rules.full = false;
	match(a);
}

const char *rules_place_path(struct agent *a, __u32 place)
{
	__u64 id = place < a->places.n ? a->places.place[place].cgroup_id : 0;
	const char *path = id ? cgroups_path(a->cgroups, id) : NULL;

	return path ? path : "";
}

/* Is one of two paths the other or above it? */
static bool same_branch(const char *x, const char *y)
{
	size_t len = strlen(x) < strlen(y) ? strlen(x) : strlen(y);

	return !strncmp(x, y, len) && (!x[len] || x[len] == '/') && (!y[len] || y[len] == '/');
}

static void rebase(struct agent *a, __u32 place, __u64 now)
{
	place_rebase(&a->places.place[place], now);
	recording_place(a, place);
}

void rules_memory_back(struct agent *a, __u32 place)
{
	char path[REAPD_PATH_LEN];
	__u64 now = clock_now_ns();

	text_copy(path, sizeof(path), rules_place_path(a, place));
	rebase(a, 0, now);
	for (__u32 i = 1; i < a->places.n; i++) {
		if (a->places.place[i].cgroup_id &&
		    (!place || same_branch(path, rules_place_path(a, i))))
			rebase(a, i, now);
	}
}

void rules_mute_stalls(struct agent *a)
{
	__u32 stalls = 0;

	for (__u32 i = 0; i < a->config.policy.rules; i++)
		stalls |= rule_is_about_stalls(&a->config.policy.rule[i]) ? 1u << i : 0;
	for (__u32 i = 0; i < a->places.n; i++) {
		if (!(a->places.place[i].firing & stalls))
			continue;
		a->places.place[i].firing &= ~stalls;
		recording_place(a, i);
	}
}

void rules_pause(struct agent *a, __u32 place, __u32 rule, __u64 ns)
{
	place_rest(&a->places.place[place], rule, clock_now_ns() + ns);
	recording_place(a, place);
}

void rules_rest(struct agent *a, __u32 place, __u32 rule, __u64 least_ns)
{
	__u64 rest = a->config.policy.rule[rule].cooldown_ms * NS_PER_MS;

	rules_pause(a, place, rule, rest < least_ns ? least_ns : rest);
}

__u64 rules_calm_look_ns(const struct agent *a)
{
	const struct policy *policy = &a->config.policy;
	__u32 nearest = 0, levels = 0;

	for (__u32 i = 0; i < policy->rules; i++)
		levels |= rule_is_level_only(&policy->rule[i]) ? 1u << i : 0;
	if (!levels)
		return 0;
	for (__u32 i = 0; i < a->places.n; i++) {
		if (a->places.place[i].rules & levels && a->places.place[i].nearness > nearest)
			nearest = a->places.place[i].nearness;
	}
	if (nearest > 1000 - CALM_LOOK_MIN_MS)
		return CALM_LOOK_MIN_MS * NS_PER_MS;
	return (1000 - nearest) * NS_PER_MS;
}
