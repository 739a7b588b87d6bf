// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "tree.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "meminfo.h"

#define INDEX_MASK (2 * TREE_ROWS_MAX - 1)
#define STAT_MAX   8192
/* A note is compared with the last one that is at least so old. */
#define NOTE_NS	   (2 * NS_PER_S)

/* Rows whose attributes are read again at a look: some 0.2 ms. */
#define SOME_ROWS 8

/* What a cgroup asks for; the upper half: by trusted.* */
#define ASK_PREFER  (1u << 0)
#define ASK_AVOID   (1u << 1)
#define ASK_OMIT    (1u << 2)
#define ASK_TRUSTED 8
#define ASK_GROUP   (1u << 16) /* memory.oom.group */

/* Sums as they were at a note. */
struct note {
	__u64 time_ns, stall_ns, scanned;
};

struct branch {
	__u64 id;
	__u32 asks; /* ASK_* */
	uid_t owner;
	__u64 stall_ns; /* as of struct cgroup */
	__u64 scanned;
	__u32 parent;
	struct note note[2]; /* the newer first */
	char path[REAPD_PATH_LEN];
};

struct tree {
	struct cgroups *cgroups;
	__u32 n, changes;
	__u32 next; /* row of tree_refresh_some() */
	struct branch *branches;
	struct branch *old; /* scratch: before an update */
	__u32 *index;	    /* open addressing by id: row + 1, 0 = free */
};

static void *map_rows(size_t size)
{
	void *p = mmap(NULL, TREE_ROWS_MAX * size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int tree_new(struct tree **ret, struct cgroups *cgroups)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->cgroups = cgroups;
	t->branches = map_rows(sizeof(*t->branches));
	t->old = map_rows(sizeof(*t->old));
	t->index = map_rows(2 * sizeof(*t->index));
	if (!t->branches || !t->old || !t->index) {
		tree_free(t);
		return -ENOMEM;
	}
	t->changes = cgroups_changes(cgroups) - 1;
	*ret = t;
	return 0;
}

struct tree *tree_free(struct tree *t)
{
	if (!t)
		return NULL;
	if (t->branches)
		munmap(t->branches, TREE_ROWS_MAX * sizeof(*t->branches));
	if (t->old)
		munmap(t->old, TREE_ROWS_MAX * sizeof(*t->old));
	if (t->index)
		munmap(t->index, sizeof(*t->index) * 2 * TREE_ROWS_MAX);
	free(t);
	return NULL;
}

static void add(void *ctx, __u64 id, const char *path)
{
	struct tree *t = ctx;
	struct branch *b = &t->branches[t->n];

	if (t->n == TREE_ROWS_MAX)
		return;
	memset(b, 0, sizeof(*b));
	b->id = id;
	strcpy(b->path, strcmp(path, "/") ? path : ""); /* the root is the start of all paths */
	t->n++;
}

/* By path, where '/' comes before all else: so whatever is below a cgroup follows it at once. */
static int by_path(const void *x, const void *y)
{
	const char *a = ((const struct branch *)x)->path, *b = ((const struct branch *)y)->path;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == '/' || *b == '/')
		return *a == *b ? 0 : !*a || !*b ? (*a ? 1 : -1) : *a == '/' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static __u32 parent_of(const struct tree *t, __u32 index)
{
	__u32 at = index;

	/* The row before is the parent or below a sibling: its chain upwards leads there. */
	if (!at)
		return CGROUP_NONE;
	at--;
	while (at != CGROUP_NONE && !is_below(t->branches[index].path, t->branches[at].path))
		at = t->branches[at].parent;
	return at;
}

static char *file_of(const struct tree *t, __u32 index, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s/%s", cgroups_mount(t->cgroups), t->branches[index].path, name);
	return buf;
}

/* The bit of an xattr that is set to 1, in whichever name space. */
static __u32 ask(const char *path, const char *name, __u32 bit)
{
	static const char *const spaces[] = { "user", "trusted" };
	char full[64], value[8];
	__u32 asks = 0;

	for (int i = 0; i < 2; i++) {
		snprintf(full, sizeof(full), "%s.%s", spaces[i], name);
		if (getxattr(path, full, value, sizeof(value)) > 0 && value[0] == '1')
			asks |= bit << (i * ASK_TRUSTED);
	}
	return asks;
}

static bool read_asks(const struct tree *t, __u32 index)
{
	struct branch *b = &t->branches[index], was = *b;
	char path[2 * PATH_MAX], text[16];
	struct stat st;

	file_of(t, index, "memory.oom.group", path, sizeof(path));
	b->asks = file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0 && text[0] == '1' ?
			  ASK_GROUP :
			  0;
	file_of(t, index, "", path, sizeof(path));
	b->asks |= ask(path, "oomd_prefer", ASK_PREFER) | ask(path, "oomd_avoid", ASK_AVOID) |
		   ask(path, "oomd_omit", ASK_OMIT);
	b->owner = stat(path, &st) ? (uid_t)-1 : st.st_uid;
	return b->asks != was.asks || b->owner != was.owner;
}

bool tree_refresh(struct tree *t, __u32 index)
{
	bool news = false;

	for (; index != CGROUP_NONE; index = t->branches[index].parent)
		news |= read_asks(t, index);
	return news;
}

void tree_refresh_some(struct tree *t)
{
	for (__u32 i = 0; i < SOME_ROWS && i < t->n; i++) {
		t->next = (t->next + 1) % t->n;
		read_asks(t, t->next);
	}
}

/*
 * What is known of a row stays with it. One that comes later than the others began since: what it did
 * counts from 0.
 */
static void carry_old(struct tree *t, __u32 n_old)
{
	const struct note begun = { .time_ns = 1 };
	const struct branch *found;
	struct branch *b;

	for (__u32 i = 0; i < t->n; i++) {
		b = &t->branches[i];
		found = bsearch(b, t->old, n_old, sizeof(*t->old), by_path);
		if (!found || found->id != b->id) {
			read_asks(t, i);
			b->note[0] = n_old ? begun : (struct note){};
			continue;
		}
		b->asks = found->asks;
		b->owner = found->owner;
		memcpy(b->note, found->note, sizeof(b->note));
	}
}

static void index_rows(struct tree *t)
{
	__u64 at;

	memset(t->index, 0, sizeof(*t->index) * 2 * TREE_ROWS_MAX);
	for (__u32 i = 0; i < t->n; i++) {
		for (at = t->branches[i].id & INDEX_MASK; t->index[at]; at = (at + 1) & INDEX_MASK)
			;
		t->index[at] = i + 1;
	}
}

__u32 tree_find(const struct tree *t, __u64 id)
{
	for (__u64 at = id & INDEX_MASK; t->index[at]; at = (at + 1) & INDEX_MASK) {
		if (t->branches[t->index[at] - 1].id == id)
			return t->index[at] - 1;
	}
	return CGROUP_NONE;
}

int tree_update(struct tree *t)
{
	__u32 n_old = t->n, changes = cgroups_changes(t->cgroups);

	if (changes == t->changes)
		return 0;
	t->changes = changes;
	memcpy(t->old, t->branches, n_old * sizeof(*t->old));
	t->n = 0;
	cgroups_each(t->cgroups, add, t);
	qsort(t->branches, t->n, sizeof(*t->branches), by_path);
	for (__u32 i = 0; i < t->n; i++)
		t->branches[i].parent = parent_of(t, i);
	carry_old(t, n_old);
	index_rows(t);
	return 1;
}

static __u64 scanned(const struct tree *t, __u32 index)
{
	char path[2 * PATH_MAX], text[STAT_MAX];
	uint64_t n = 0;

	file_of(t, index, "memory.stat", path, sizeof(path));
	if (file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0)
		stat_field(text, "pgscan", &n);
	return n;
}

static __u32 end_of(const struct tree *t, __u32 top)
{
	__u32 end = top;

	while (end < t->n && is_below(t->branches[end].path, t->branches[top].path))
		end++;
	return end;
}

/* A sum that went back did not grow. */
static __u64 since(__u64 now, __u64 then)
{
	return now < then ? 0 : now - then;
}

static void note_one(struct branch *b, const struct note *now)
{
	const struct note *then;

	if (!b->note[0].time_ns || now->time_ns >= b->note[0].time_ns + NOTE_NS) {
		b->note[1] = b->note[0];
		b->note[0] = *now;
	}
	then = &b->note[b->note[1].time_ns ? 1 : 0];
	b->stall_ns = since(now->stall_ns, then->stall_ns);
	b->scanned = since(now->scanned, then->scanned);
}

void tree_note(struct tree *t, __u32 top, int stall_map, __u64 now_ns)
{
	__u32 end = end_of(t, top);
	struct {
		__u64 stall_ns, stalls;
	} sum;

	for (__u32 i = top; i < end; i++) {
		struct note now = { .time_ns = now_ns };

		if (!bpf_map_lookup_elem(stall_map, &t->branches[i].id, &sum))
			now.stall_ns = sum.stall_ns;
		now.scanned = scanned(t, i);
		note_one(&t->branches[i], &now);
	}
}

/* What counts of what it asks. */
static void take_asks(const struct branch *b, uid_t owner, struct cgroup *ret)
{
	__u32 asks = b->asks >> ASK_TRUSTED & 0xff;

	if (!b->owner || b->owner == owner)
		asks |= b->asks & 0xff;
	if (asks & ASK_PREFER)
		ret->action = FILTER_PREFER;
	else if (asks & ASK_AVOID)
		ret->action = FILTER_AVOID;
	if (asks & ASK_OMIT)
		ret->flags |= CGROUP_OMIT;
	if (b->asks & ASK_GROUP)
		ret->flags |= CGROUP_OOM_GROUP;
}

__u32 tree_view(const struct tree *t, __u32 top, struct cgroup *ret)
{
	__u32 end = end_of(t, top);

	for (__u32 i = 0; i < t->n; i++) {
		const struct branch *b = &t->branches[i];

		ret[i] = (struct cgroup){ .id = b->id,
					  .stall_ns = b->stall_ns,
					  .scanned = b->scanned,
					  .parent = b->parent,
					  .flags = i >= top && i < end ? CGROUP_INSIDE : 0 };
		take_asks(b, t->branches[top].owner, &ret[i]);
	}
	return t->n;
}

bool tree_is_below(const struct tree *t, __u32 index, __u32 top)
{
	return is_below(t->branches[index].path, t->branches[top].path);
}

const char *tree_path(const struct tree *t, __u32 index)
{
	const char *path = t->branches[index].path;

	return *path ? path : "/";
}
