/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * object.h - our BPF objects: opened, configured, loaded.
 *
 * The only file that sees the skeletons. reapd.bpf.o is relocated against the kernel's BTF, classic.bpf.o
 * against what the format files of tracepoints tell (format.h). Maps have the same names in both.
 */
#ifndef REAPD_OBJECT_H
#define REAPD_OBJECT_H

#include "hook.h"
#include "hook_table.h"

struct bpf_object;
struct bpf_program;

struct object_plan {
	bool classic; /* which of the two */
	struct {
		bool load;
		int error; /* why the kernel refused it; then load is false */
	} row[HOOK_ROWS];
};

/*
 * Load what is planned, with maps sized and pinned. What the kernel refuses is left out, and the plan
 * says so. 0 or negative errno; what went wrong is then in `why`.
 */
int object_load(struct bpf_object **ret, struct object_plan *plan, const struct hook_options *o,
		const struct features *f, char *why, size_t why_size);

/* Program of a row of the table; NULL when this object has none. */
struct bpf_program *object_program(const struct bpf_object *obj, int row);

#endif
