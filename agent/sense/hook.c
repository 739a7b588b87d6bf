// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../base/log.h"
#include "../base/text.h"
#include "clocks.h"
#include "hook_table.h"
#include "object.h"

struct hooks {
	char tier;
	bool watch;
	bool classic; /* without the kernel's types */
	__u64 rss_error_kib;
	int map_fd[HOOK_MAPS];
	int tasks_fd;	/* link of the iterator, as the next */
	int dmabufs_fd; /* -1: buffers are not counted */
	int psi_fd;	/* program, not link */
	struct board *board;
	struct latency *latency;
	struct {
		int link_fd; /* kept open, that is what keeps it attached; -1 = not */
		int prog_fd; /* of a program that is attached in watch only; else -1 */
		enum hook_state state;
		int error;
	} row[HOOK_ROWS];
};

static const char *const map_names[HOOK_MAPS] = {
	[HOOK_MAP_CRITICAL] = "critical", [HOOK_MAP_BULK] = "bulk",
	[HOOK_MAP_COUNTERS] = "counters", [HOOK_MAP_NAMES] = PIN_NAMES,
	[HOOK_MAP_PACKAGE] = PIN_PACKAGE, [HOOK_MAP_CGROUP] = PIN_CGROUP,
	[HOOK_MAP_UID] = PIN_UID,	  [HOOK_MAP_CGROUP_STALLS] = "cgroup_stalls",
};

#define BOARD_MAP ".data.board"

static void plan_rows(struct hooks *h, const struct hook_options *o, const struct features *f,
		      bool classic)
{
	for (int i = 0; i < HOOK_ROWS; i++) {
		const struct hook_row *row = &hook_table[i];

		if (h->row[i].error)
			continue;		 /* refused by a plan before this one */
		h->row[i].state = HOOK_ATTACHED; /* the plan; what fails is corrected */
		if (o->tier && row->tier && row->tier < o->tier)
			h->row[i].state = HOOK_OFF;
		else if (hook_is_last(row) && !classic)
			h->row[i].state = HOOK_SPARE;
		if (h->row[i].state != HOOK_ATTACHED)
			continue;
		h->row[i].error = hook_possible(row, f);
		if (row->kind == KIND_SYSCALL && o->knobs.cpus > KNOB_MAX_CPUS)
			h->row[i].error = -E2BIG;
		if (h->row[i].error)
			h->row[i].state = h->row[i].error == -ENOENT ? HOOK_ABSENT : HOOK_REFUSED;
		else if (hook_is_last(row) != classic || (row->when == 'b' && !o->buffers))
			h->row[i].state = HOOK_OFF;
	}
}

/* Load as planned; what the kernel refuses is noted. */
static int load_rows(struct hooks *h, const struct hook_options *o, const struct features *f,
		     struct bpf_object **ret, char *why, size_t why_size)
{
	struct object_plan plan = { .classic = h->classic };
	int err;

	plan_rows(h, o, f, h->classic);
	for (int i = 0; i < HOOK_ROWS; i++)
		plan.row[i].load = h->row[i].state == HOOK_ATTACHED;
	err = object_load(ret, &plan, o, f, why, why_size);
	for (int i = 0; !err && i < HOOK_ROWS; i++) {
		if (!plan.row[i].error)
			continue;
		h->row[i].error = plan.row[i].error;
		h->row[i].state = HOOK_REFUSED;
	}
	return err;
}

/*
 * With the kernel's types where it has them and lets the iterator read them, else without: two sources
 * of identities would not agree.
 */
static int load(struct hooks *h, const struct hook_options *o, const struct features *f,
		struct bpf_object **ret, char *why, size_t why_size)
{
	int err;

	h->classic = !features_has(f, FEATURE_BTF);
	err = load_rows(h, o, f, ret, why, why_size);
	if (err || h->classic || hook_attached(h, "tasks"))
		return err;
	bpf_object__close(*ret);
	h->classic = true;
	return load_rows(h, o, f, ret, why, why_size);
}

/* Does another row, up to (not including) `end`, already answer the same question? */
static bool answered(const struct hooks *h, int row, int end)
{
	for (int i = 0; i < end; i++) {
		if (i != row && h->row[i].state == HOOK_ATTACHED &&
		    !strcmp(hook_table[i].question, hook_table[row].question))
			return true;
	}
	return false;
}

static void attach_row(struct hooks *h, struct bpf_object *obj, int row)
{
	struct bpf_program *prog = object_program(obj, row);
	struct bpf_link *link;

	if (hook_table[row].kind == KIND_FILES)
		return;
	if (hook_table[row].kind == KIND_SYSCALL) {
		h->row[row].error = clocks_find(obj);
		if (h->row[row].error)
			h->row[row].state = HOOK_REFUSED;
		else
			h->psi_fd = fcntl(bpf_program__fd(prog), F_DUPFD_CLOEXEC, 0);
		return;
	}
	link = bpf_program__attach(prog);
	if (libbpf_get_error(link)) {
		h->row[row].error = (int)libbpf_get_error(link);
		h->row[row].state = HOOK_REFUSED;
		return;
	}
	/* That it attaches is known now. */
	if (hook_table[row].when == 'w') {
		h->row[row].prog_fd = fcntl(bpf_program__fd(prog), F_DUPFD_CLOEXEC, 0);
		h->row[row].state = HOOK_IN_WATCH;
		bpf_link__destroy(link);
		return;
	}
	h->row[row].link_fd = bpf_link__fd(link);
	if (hook_table[row].kind == KIND_ITER)
		*(strcmp(hook_table[row].question, "tasks") ? &h->dmabufs_fd : &h->tasks_fd) =
			h->row[row].link_fd;
	/* Forget the link without detaching it: from here on the fd is all there is. */
	bpf_link__disconnect(link);
	bpf_link__destroy(link);
}

static void attach(struct hooks *h, struct bpf_object *obj)
{
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (h->row[i].state != HOOK_ATTACHED)
			continue;
		if (answered(h, i, i)) {
			h->row[i].state = HOOK_SPARE;
			continue;
		}
		attach_row(h, obj, i);
	}
}

static void *map_memory(struct bpf_object *obj, const char *name, size_t size)
{
	int fd = bpf_object__find_map_fd_by_name(obj, name);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Keep our own descriptors and mappings, so that the object can be closed. */
static int keep_maps(struct hooks *h, struct bpf_object *obj)
{
	struct bpf_map *map;

	for (int i = 0; i < HOOK_MAPS; i++) {
		map = bpf_object__find_map_by_name(obj, map_names[i]);
		if (!map && h->classic)
			continue; /* nobody would fill it */
		h->map_fd[i] = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);
		if (h->map_fd[i] < 0)
			return -errno;
	}
	h->board = map_memory(obj, BOARD_MAP, sizeof(*h->board));
	h->latency = map_memory(obj, PIN_LATENCY, LATENCY_STEPS * sizeof(*h->latency));
	return h->board && h->latency ? 0 : -errno;
}

static char tier_of(const struct hooks *h)
{
	if (h->psi_fd < 0)
		return 'C';
	return hook_attached(h, "stall_enter_fentry") ? 'A' : 'B';
}

/* See compat_rss_pages() in bpf/compat.bpf.h. Before 6.2 it is per thread: told for one. */
static __u64 rss_error_pages(const struct hook_options *o, const struct features *f)
{
	__u32 batch = 2 * o->knobs.cpus > 32 ? 2 * o->knobs.cpus : 32;

	/* Without types it is not known which; this one is never the smaller. */
	return features_has_type(f, "mm_rss_stat") ? 64 : (__u64)batch * o->knobs.cpus;
}

int hook_open(struct hooks **ret, const struct hook_options *o, const struct features *f, char *why,
	      size_t why_size)
{
	struct hooks *h = calloc(1, sizeof(*h));
	struct bpf_object *obj = NULL;
	int err;

	if (!h)
		return -ENOMEM;
	h->tasks_fd = h->dmabufs_fd = h->psi_fd = -1;
	for (int i = 0; i < HOOK_ROWS; i++)
		h->row[i].link_fd = h->row[i].prog_fd = -1;
	memset(h->map_fd, -1, sizeof(h->map_fd));
	*why = 0;
	err = load(h, o, f, &obj, why, why_size);
	if (err)
		goto fail;
	attach(h, obj);
	err = keep_maps(h, obj);
	bpf_object__close(obj);
	if (err)
		goto fail;
	h->tier = tier_of(h);
	h->rss_error_kib = rss_error_pages(o, f) * o->knobs.page_kib;
	*ret = h;
	return 0;
fail:
	if (!*why)
		snprintf(why, why_size, "%s", strerror(-err));
	hook_free(h);
	return err;
}

struct hooks *hook_free(struct hooks *h)
{
	if (!h)
		return NULL;
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (h->row[i].link_fd >= 0)
			close(h->row[i].link_fd);
		if (h->row[i].prog_fd >= 0)
			close(h->row[i].prog_fd);
	}
	for (int i = 0; i < HOOK_MAPS; i++) {
		if (h->map_fd[i] >= 0)
			close(h->map_fd[i]);
	}
	if (h->psi_fd >= 0)
		close(h->psi_fd);
	if (h->board)
		munmap(h->board, sizeof(*h->board));
	if (h->latency)
		munmap(h->latency, LATENCY_STEPS * sizeof(*h->latency));
	free(h);
	return NULL;
}

char hook_tier(const struct hooks *h)
{
	return h->tier;
}

bool hook_classic(const struct hooks *h)
{
	return h->classic;
}

int hook_map_fd(const struct hooks *h, enum hook_map map)
{
	return h->map_fd[map];
}

struct board *hook_board(const struct hooks *h)
{
	return h->board;
}

struct latency *hook_latency(const struct hooks *h)
{
	return h->latency;
}

bool hook_watch(struct hooks *h, bool watch)
{
	bool changed = h->watch != watch;

	h->watch = watch;
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (h->row[i].prog_fd < 0)
			continue;
		if (watch && h->row[i].link_fd < 0) {
			h->row[i].link_fd = bpf_raw_tracepoint_open(NULL, h->row[i].prog_fd);
		} else if (!watch && h->row[i].link_fd >= 0) {
			close(h->row[i].link_fd);
			h->row[i].link_fd = -1;
		}
	}
	return changed;
}

bool hook_attached(const struct hooks *h, const char *name)
{
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (!strcmp(hook_table[i].name, name))
			return h->row[i].state == HOOK_ATTACHED || h->row[i].state == HOOK_IN_WATCH;
	}
	return false;
}

bool hook_live(const struct hooks *h, const char *name)
{
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (!strcmp(hook_table[i].name, name))
			return h->row[i].link_fd >= 0;
	}
	return false;
}

bool hook_answers(const struct hooks *h, const char *question)
{
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (h->row[i].state == HOOK_ATTACHED && !strcmp(hook_table[i].question, question))
			return true;
	}
	return false;
}

bool hook_row(const struct hooks *h, __u32 row, struct control_hook *ret)
{
	const struct hook_row *r = &hook_table[row];
	bool lacks;

	if (row >= HOOK_ROWS)
		return false;
	memset(ret, 0, sizeof(*ret));
	text_copy(ret->name, sizeof(ret->name), r->name);
	text_copy(ret->kind, sizeof(ret->kind), hook_kind_name(r->kind));
	/* Of a classic tracepoint without its group. */
	text_copy(ret->target, sizeof(ret->target),
		  r->kind == KIND_TP ? strchr(r->target, '/') + 1 : r->target);
	lacks = hook_is_last(r) ? h->row[row].state == HOOK_ATTACHED :
				  !hook_attached(h, r->name) && !answered(h, (int)row, HOOK_ROWS);
	if (lacks)
		text_copy(ret->lost, sizeof(ret->lost), r->lost);
	ret->state = h->row[row].state;
	ret->error = h->row[row].error;
	return true;
}

int hook_snapshot_open(const struct hooks *h)
{
	return h->tasks_fd < 0 ? -EOPNOTSUPP : bpf_iter_create(h->tasks_fd);
}

int hook_dmabufs_open(const struct hooks *h)
{
	return h->dmabufs_fd < 0 ? -EOPNOTSUPP : bpf_iter_create(h->dmabufs_fd);
}

int hook_psi_sample(const struct hooks *h)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	return h->psi_fd < 0 ? -EOPNOTSUPP : bpf_prog_test_run_opts(h->psi_fd, &opts);
}

__u64 hook_rss_error_kib(const struct hooks *h)
{
	return h->rss_error_kib;
}

__u64 hook_counter(const struct hooks *h, enum counter which)
{
	__u64 values[KNOB_MAX_CPUS], sum = 0;
	__u32 key = which;
	int cpus = libbpf_num_possible_cpus();

	if (cpus > KNOB_MAX_CPUS || bpf_map_lookup_elem(h->map_fd[HOOK_MAP_COUNTERS], &key, values))
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}
