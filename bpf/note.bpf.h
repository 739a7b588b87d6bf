/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * note.bpf.h - the map `names`: what a process calls itself, read from its own memory while it runs.
 *
 * exec leaves argv[0] as it will stay. A rename (prctl) only announces it: zygote's children, and
 * programs that set a title, call prctl first and write over argv[0] then, which no hook sees. So after
 * a rename the next few events of the process read argv[0] again: a thread of it that starts or is
 * named, a child, growth by a quantum.
 *
 * What is missed: one that renames itself, writes its argv[0], and then does none of these things. The
 * agent reads those in calm, when it is awake anyway (sense/names.h).
 */
#ifndef REAPD_NOTE_BPF_H
#define REAPD_NOTE_BPF_H

#include "name.bpf.h"

/*
 * An app starts threads between its prctl and the write, and renames itself anew before the name that
 * stays: a few looks behind the last rename are enough.
 */
#define NAME_LOOKS 8

/*
 * Per CPU, because the stack is too small. Since 7.0 tracepoint programs can be preempted, by one that
 * uses the same scratch: each signs it, and one that finds another's name there withdraws its note.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct argv0);
} scratch SEC(".maps") __weak;

static __always_inline struct argv0 *take_scratch(void)
{
	__u32 zero = 0;
	struct argv0 *a = bpf_map_lookup_elem(&scratch, &zero);

	if (a)
		a->owner = bpf_get_current_pid_tgid();
	return a;
}

static __always_inline void keep_note(struct argv0 *a, __u32 tgid)
{
	if (bpf_map_update_elem(&names, &tgid, &a->note, BPF_ANY))
		count(COUNT_NAMES_FULL);
	if (a->owner != bpf_get_current_pid_tgid())
		bpf_map_delete_elem(&names, &tgid);
}

static __always_inline bool same_name(const struct task_note *a, const struct task_note *b)
{
	const __u64 *x = (const __u64 *)a->name, *y = (const __u64 *)b->name;
	__u32 i;

	for (i = 0; i < REAPD_NAME_LEN / sizeof(*x); i++) {
		if (x[i] != y[i])
			return false;
	}
	return true;
}

/* The package name in the current process's argv[0], into a->note. False: it cannot be read. */
static __always_inline bool read_name(struct argv0 *a, struct task_struct *leader)
{
	unsigned long arg_start = BPF_CORE_READ(leader, mm, arg_start);
	__u32 begin, len;

	if (!arg_start || bpf_probe_read_user_str(a->text, sizeof(a->text), (void *)arg_start) <= 0)
		return false;
	find_name(a);
	begin = a->begin;
	len = a->end - begin;
	if (begin >= ARGV0_MAX || !len)
		return false;
	if (len > REAPD_NAME_LEN - 1)
		len = REAPD_NAME_LEN - 1;
	__builtin_memset(&a->note, 0, sizeof(a->note));
	a->note.start_ns = BPF_CORE_READ(leader, start_boottime);
	a->note.name_len = len;
	bpf_probe_read_kernel(a->note.name, len, a->text + begin);
	return true;
}

/* The current process has execed: its priority counts as set now. */
static __always_inline void note_exec(struct task_struct *leader)
{
	__u32 tgid = BPF_CORE_READ(leader, tgid);
	struct argv0 *a = take_scratch();

	if (!a || !read_name(a, leader))
		return;
	a->note.prio_ns = bpf_ktime_get_ns();
	keep_note(a, tgid);
}

/* Read the current process's name again. True: it is another one. */
static __always_inline bool note_again(struct task_struct *leader, struct task_note *old)
{
	__u32 tgid = BPF_CORE_READ(leader, tgid);
	struct argv0 *a = take_scratch();

	if (!a || !read_name(a, leader))
		return false;
	if (!old || old->start_ns != a->note.start_ns) {
		a->note.looks = NAME_LOOKS;
	} else {
		if (same_name(old, &a->note))
			return false;
		a->note.looks = old->looks;
		a->note.prio_ns = old->prio_ns;
	}
	keep_note(a, tgid);
	return true;
}

/* The current process, by its first thread, renames itself. */
static __always_inline void note_rename(struct task_struct *leader)
{
	__u32 tgid = BPF_CORE_READ(leader, tgid);
	struct task_note *old = bpf_map_lookup_elem(&names, &tgid);

	if (old)
		old->looks = NAME_LOOKS;
	note_again(leader, old);
}

/* Something else happens in the current process: is a look due? True: it has another name by now. */
static __always_inline bool look_again(struct task_struct *leader)
{
	__u32 tgid = BPF_CORE_READ(leader, tgid);
	struct task_note *old = bpf_map_lookup_elem(&names, &tgid);

	if (!old || !old->looks)
		return false;
	old->looks--;
	return note_again(leader, old);
}

#endif
