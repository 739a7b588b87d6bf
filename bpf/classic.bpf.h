/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * classic.bpf.h - programs on a kernel that does not describe its types (no BTF).
 *
 * There tracepoints can be hooked in the classic way alone: a program sees the event's record, as its
 * `format` file in tracefs describes it, and no kernel struct. sense/format.c makes types out of those
 * files, against which libbpf relocates each RECORD classic_EVENT; so no offset is written down here, and
 * a program that needs a field which the event lacks is refused by the verifier, alone.
 *
 * What cannot be asked this way: sizes (sense/procs.c reads /proc), start times (such a record has 0:
 * whoever has the number now), whether a task is a kernel thread, when memory is back.
 *
 * Accepted races. Programs of this kind do not run while another of them (or a kprobe's) runs on the
 * same CPU: what happens then is missed, and not counted.
 */
#ifndef REAPD_CLASSIC_BPF_H
#define REAPD_CLASSIC_BPF_H

#include "emit.bpf.h"

#define RECORD struct __attribute__((preserve_access_index))

/* The scope, for bpf_current_task_under_cgroup(); set by the agent before anything is attached. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} scope SEC(".maps") __weak;

static __always_inline bool runs_in_scope(void)
{
	return !knobs.scope_id || bpf_current_task_under_cgroup(&scope, 0) == 1;
}

/* Text in a record: offset in the lower half, length in the upper one. */
static __always_inline long record_text(void *dst, __u32 size, void *record, __u32 where)
{
	return bpf_probe_read_kernel_str(dst, size, record + (where & 0xffff));
}

#endif
