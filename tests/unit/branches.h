/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * branches.h - a tree of cgroups with processes in it, from a small table: the view of a choice.
 */
#ifndef REAPD_TEST_BRANCHES_H
#define REAPD_TEST_BRANCHES_H

#include "test.h"

#include "../../agent/decide/choose.h"

/* Of a row of a table only what matters is said. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define MIB	     1024
#define BRANCHES_MAX 2048

/* One cgroup; parents first, the root needs no line. */
struct branch {
	const char *path;
	__u32 mib[6]; /* of the processes in it */
	__u16 flags;  /* CGROUP_* */
	__u8 action;
	__u64 stall_ns, scanned;
};

static const struct facts facts = { .time_ns = 1000000000, .mem_total_kib = 16000 * MIB };
static struct choose_policy policy;
static struct rule rule;
static const char *paths[BRANCHES_MAX];
static struct cgroup cgroups[BRANCHES_MAX];
static struct choose_sum sums[BRANCHES_MAX];
static struct proc procs[2 * BRANCHES_MAX];
static struct verdict v;
static __u32 n, nprocs;

/* Is it this one or below? */
static inline bool path_below(const char *path, const char *top)
{
	size_t len = strcmp(top, "/") ? strlen(top) : 0;

	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static inline __u32 cgroup_at(const char *path)
{
	for (__u32 i = 0; i < n; i++) {
		if (!strcmp(paths[i], path))
			return i;
	}
	fail_msg("no cgroup %s", path);
	return CGROUP_NONE;
}

/* The nth process of a cgroup. */
static inline struct proc *proc_at(const char *path, int nth)
{
	for (__u32 i = 0; i < nprocs; i++) {
		if (procs[i].home == cgroup_at(path) && !nth--)
			return &procs[i];
	}
	fail_msg("not so many processes in %s", path);
	return NULL;
}

static inline struct proc *add_proc(const char *path, __u32 kib)
{
	struct proc *p = &procs[nprocs];

	assert_in_range(nprocs, 0, countof(procs) - 1);
	*p = (struct proc){ .tgid = 1000 + nprocs,
			    .start_ns = 1,
			    .mm_id = 0x1000 + nprocs,
			    .anon_kib = kib,
			    .rule = PROC_NO_RULE,
			    .pgid = 1000 + nprocs,
			    .home = cgroup_at(path) };
	nprocs++;
	return p;
}

static inline void add_branch(const struct branch *b)
{
	const char *end = strrchr(b->path, '/');
	char parent[128];

	assert_in_range(n, 1, BRANCHES_MAX - 1);
	snprintf(parent, sizeof(parent), "%.*s", end == b->path ? 1 : (int)(end - b->path),
		 b->path);
	paths[n] = b->path;
	cgroups[n] = (struct cgroup){ .id = n + 1,
				      .parent = cgroup_at(parent),
				      .flags = b->flags,
				      .action = b->action,
				      .stall_ns = b->stall_ns,
				      .scanned = b->scanned };
	n++;
	for (size_t i = 0; i < countof(b->mib); i++) {
		if (b->mib[i])
			add_proc(b->path, b->mib[i] * MIB);
	}
}

/* A rule that kills the largest cgroup, and a tree that is the root alone. */
static inline int begin(void **state)
{
	(void)state;
	policy = (struct choose_policy){ .growth_horizon_ms = 1000, .least_kib = 4 * MIB };
	rule = (struct rule){ .what = CHOOSE_CGROUP, .order = ORDER_SIZE };
	paths[0] = "/";
	cgroups[0] = (struct cgroup){ .id = 1, .parent = CGROUP_NONE };
	n = 1;
	nprocs = 0;
	return 0;
}

static inline void build(const struct branch *tree, size_t size)
{
	begin(NULL);
	for (size_t i = 0; i < size; i++)
		add_branch(&tree[i]);
}

/* Of rows written on the spot. */
#define BUILD(...)                                                \
	do {                                                      \
		static const struct branch tree_[] = __VA_ARGS__; \
		build(tree_, countof(tree_));                     \
	} while (0)

/* Choose for a rule that fired at `top`. */
static inline void choose_in(const char *top)
{
	struct view view = {
		.facts = &facts, .procs = procs, .nprocs = nprocs, .cgroups = cgroups, .ncgroups = n
	};

	for (__u32 i = 0; i < n; i++) {
		cgroups[i].flags &= (__u16)~CGROUP_INSIDE;
		if (path_below(paths[i], top))
			cgroups[i].flags |= CGROUP_INSIDE;
	}
	memset(sums, 0xee, sizeof(sums));
	memset(&v, 0xee, sizeof(v));
	choose(&policy, &rule, &view, sums, &v);
}

/* Who dies: "/a" as a whole, "one of /a" alone, "nobody". */
static inline const char *dies_in(const char *top)
{
	static char text[256];

	choose_in(top);
	if (v.victim == NO_VICTIM) {
		assert_int_equal(v.cgroup, CGROUP_NONE);
		assert_int_equal(v.members, 0);
		assert_int_equal(v.member_kib, 0);
		return "nobody";
	}
	assert_int_equal(v.what == CHOOSE_CGROUP, !v.flags);
	snprintf(text, sizeof(text), "%s%s", v.what == CHOOSE_CGROUP ? "" : "one of ",
		 paths[v.cgroup]);
	return text;
}

/* All candidates as they rank: "/a /b(7)", with the veto of those who are spared. */
static inline const char *ranked_in(const char *top)
{
	static char text[1024];
	int len = 0;

	choose_in(top);
	assert_int_equal(v.list, CHOOSE_CGROUP);
	text[0] = 0;
	for (__u32 i = 0; i < v.candidates; i++) {
		len += sprintf(text + len, "%s%s", i ? " " : "", paths[v.candidate[i].index]);
		if (v.candidate[i].veto)
			len += sprintf(text + len, "(%u)", v.candidate[i].veto);
	}
	return text;
}

#endif
