/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * name.bpf.h - the package name in an argv[0].
 */
#ifndef REAPD_NAME_BPF_H
#define REAPD_NAME_BPF_H

#include "emit.bpf.h"

#define ARGV0_MAX 256 /* read this much of argv[0] to find its last component (long store paths) */

struct argv0 {
	char text[ARGV0_MAX];
	volatile __u32 begin; /* of the package name in it */
	volatile __u32 end;
	struct task_note note;
	volatile __u64 owner; /* pid_tgid of who uses this now */
};

static __always_inline bool whole_name(void)
{
	return !(knobs.flags & KNOB_BASENAME);
}

/*
 * Where the package name is in argv[0]: behind the last '/' of its first word on a host
 * ("/usr/sbin/nginx -g" and "nginx: worker" are both nginx), all of it on Android. Kept in memory
 * and not in registers (volatile), or the verifier would follow every place that it can begin at.
 */
static __always_inline void find_name(struct argv0 *a)
{
	__u32 i;

	a->begin = 0;
	for (i = 0; i < ARGV0_MAX; i++) {
		char c = a->text[i];

		if (!c || (!whole_name() && (c == ' ' || c == ':')))
			break;
		if (!whole_name() && c == '/')
			a->begin = i + 1;
	}
	a->end = i;
}

#endif
