// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "object.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "classic.skel.h"
#include "clocks.h"
#include "format.h"
#include "maps.h"
#include "reapd.skel.h"

#define KNOBS_MAP ".rodata.knobs"
#define SCOPE_MAP "scope" /* of bpf/classic.bpf.h */

/* What every attempt to load is made of. */
struct source {
	const struct hook_options *o;
	const struct features *f;
	struct object_plan *plan;
	char types[32]; /* path of the BTF to relocate against */
};

struct bpf_program *object_program(const struct bpf_object *obj, int row)
{
	return bpf_object__find_program_by_name(obj, hook_table[row].name);
}

static const void *elf_of(bool classic, size_t *size)
{
	return classic ? classic_bpf__elf_bytes(size) : reapd_bpf__elf_bytes(size);
}

/*
 * Loaded, it is not looked at again, and mlockall(2) need not keep its third of a megabyte. The pages are those
 * of our own file: where that fails, or somebody reads it all the same, nothing is lost.
 */
static void let_go_of(bool classic)
{
	size_t size, page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t elf = (uintptr_t)elf_of(classic, &size);
	uintptr_t from = (elf + page - 1) / page * page, to = (elf + size) / page * page;

	if (from >= to)
		return;
	munlock((void *)from, to - from);
	madvise((void *)from, to - from, MADV_DONTNEED);
}

static struct bpf_object *open_elf(const struct source *s)
{
	/* Given a path, libbpf does not look through every module's types for those that are missing. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "reapd_bpf",
		    .btf_custom_path = s->types);
	size_t size;
	const void *elf = elf_of(s->plan->classic, &size);
	struct bpf_object *obj = bpf_object__open_mem(elf, size, &opts);

	return libbpf_get_error(obj) ? NULL : obj;
}

/* Opened, with knobs and sizes set and only the planned programs (or one) to be loaded. */
static struct bpf_object *open_object(const struct source *s, int only_row)
{
	struct bpf_object *obj = open_elf(s);
	struct knobs knobs = s->o->knobs;
	struct bpf_program *prog;
	bool wanted;

	if (!obj)
		return NULL;
	knobs.psi_from_rq = s->f->psi_from_rq;
	knobs.zone_stat = s->f->zone_stat;
	knobs.node_stat = s->f->node_stat;
	if (bpf_map__set_initial_value(bpf_object__find_map_by_name(obj, KNOBS_MAP), &knobs,
				       sizeof(knobs))) {
		bpf_object__close(obj);
		return NULL;
	}
	maps_size(obj, s->o, s->f);
	for (int i = 0; i < HOOK_ROWS; i++) {
		prog = object_program(obj, i);
		if (!prog)
			continue;
		wanted = s->plan->row[i].load && (only_row < 0 || only_row == i);
		bpf_program__set_autoload(prog, wanted);
		if (hook_table[i].kind == KIND_SYSCALL)
			bpf_program__set_autoload(clocks_program(obj), wanted);
	}
	return obj;
}

/*
 * Something of the plan does not load, and libbpf gives up on all of it: try each program alone and
 * leave out those that the kernel refuses. Slow (some 50 ms each), but only ever on such a kernel.
 */
static void drop_refused(const struct source *s)
{
	struct bpf_object *obj;

	for (int i = 0; i < HOOK_ROWS; i++) {
		if (!s->plan->row[i].load || hook_table[i].kind == KIND_FILES)
			continue;
		obj = open_object(s, i);
		s->plan->row[i].error = obj ? bpf_object__load(obj) : -ENOMEM;
		s->plan->row[i].load = !s->plan->row[i].error;
		bpf_object__close(obj);
	}
}

static int load(const struct source *s, struct bpf_object **ret, char *why, size_t why_size)
{
	struct bpf_object *obj;
	int err = 0;

	for (int attempt = 0; attempt < 2; attempt++) {
		if (attempt)
			drop_refused(s);
		obj = open_object(s, -1);
		if (!obj)
			return -ENOMEM;
		if (s->o->bpf_dir) {
			err = maps_pin(obj, s->o->bpf_dir, !s->plan->classic, why, why_size);
			if (err) {
				bpf_object__close(obj);
				return err;
			}
		}
		err = bpf_object__load(obj);
		if (!err) {
			*ret = obj;
			return 0;
		}
		bpf_object__close(obj);
	}
	snprintf(why, why_size, "the kernel refuses our BPF programs: %s", strerror(-err));
	return err;
}

/* A descriptor that keeps s->types there, -1 when none is needed; or negative errno. */
static int find_types(struct source *s)
{
	const char *events[HOOK_ROWS];
	size_t n = 0;

	if (!s->plan->classic) {
		strcpy(s->types, "/sys/kernel/btf/vmlinux");
		return -1;
	}
	for (int i = 0; i < HOOK_ROWS; i++) {
		if (hook_table[i].kind == KIND_TP)
			events[n++] = hook_table[i].target;
	}
	return format_types(events, n, s->types);
}

int object_load(struct bpf_object **ret, struct object_plan *plan, const struct hook_options *o,
		const struct features *f, char *why, size_t why_size)
{
	struct source s = { .o = o, .f = f, .plan = plan };
	int types = find_types(&s), err, zero = 0, scope;

	if (plan->classic && types < 0)
		return types;
	err = load(&s, ret, why, why_size);
	let_go_of(true);
	let_go_of(false);
	if (plan->classic)
		close(types);
	if (err || !plan->classic || o->scope_fd < 0)
		return err;
	scope = bpf_object__find_map_fd_by_name(*ret, SCOPE_MAP);
	err = bpf_map_update_elem(scope, &zero, &o->scope_fd, BPF_ANY);
	if (err)
		bpf_object__close(*ret);
	return err;
}
