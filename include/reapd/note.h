/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * note.h - what the kernel side remembers of a process between its exec and its exit.
 *
 * Map `names`: u32 tgid -> struct task_note. A process's own words (argv[0]) can only be read while
 * it runs, so BPF notes them at exec and rename, gives the child its parent's at fork, and the
 * `tasks` iterator hands them out. Pinned, so that an agent restarted under pressure still knows
 * who is who. The agent itself writes an entry only in calm, for processes older than the map.
 */
#ifndef REAPD_NOTE_H
#define REAPD_NOTE_H

#include <reapd/event.h>

struct task_note {
	__u64 start_ns; /* whose note it is; another start_ns under the same tgid: stale; 0: the tgid's */
	__u64 prio_ns; /* when its oom_score_adj was last written, CLOCK_MONOTONIC */
	__u64 cgroup_id; /* noted where no iterator tells it (bpf/classic_life.bpf.c); 0 = not known */
	__u32 name_len; /* without NUL, 0 = none */
	__u32 looks; /* not 0: renamed lately, argv[0] may change yet and is read so often again */
	char name[REAPD_NAME_LEN];
};
_Static_assert(sizeof(struct task_note) == 160, "task_note");

#endif
