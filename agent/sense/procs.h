/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procs.h - all processes from the files of /proc, where the kernel has no iterator for us.
 *
 * A pass reads three files of each process (stat, status, oom_score_adj) into records like the iterator's.
 * That takes some 13 times as long as the iterator does (reapd(8) has the figures), so passes are rationed.
 *
 * To open a file here makes the kernel allocate. So of the largest processes `status` is kept open and has
 * been read once: to read it again needs no memory, and reads that process and none that has its number
 * since. Where a pass takes long, a decision has sizes from these, and from who is new since the pass.
 *
 * Reading holds a process's mm for some us. Should it die just then, its memory is freed by us, in the
 * loop. So the files of one that has had its SIGKILL are left alone.
 *
 * What /proc does not tell: who shares memory with whom (each gets an mm_id of its own), the inode of a
 * pidfd, when oom_score_adj was written. Start times are to a tick of 10 ms.
 */
#ifndef REAPD_PROCS_H
#define REAPD_PROCS_H

#include <dirent.h>

#include "proc_read.h"
#include "table.h"

#define PROCS_KEPT     32   /* file descriptors, and some 6 KiB of the kernel each */
#define PROCS_KTHREADS 1024 /* some 100, and a few for each CPU; what is beyond is read once more */

struct procs {
	DIR *dir; /* private from here */
	struct proc_reader reader;
	__u64 begun_ns; /* the last pass, and how long it took */
	__u64 took_ns;
	bool goes_on; /* it is not over */
	__u32 kthreads;
	__u32 kthread[PROCS_KTHREADS]; /* that the last pass met, as it met them: in order */
	bool keep_anew;		       /* there was a pass since the largest were looked for */
	__u32 n;
	struct procs_file {
		__u32 tgid;
		int fd; /* of its status */
		__u64 start_ns;
	} kept[PROCS_KEPT];
};

/* root: "/proc". 0 or negative errno. Descriptors are borrowed. */
int procs_open(struct procs *p, const char *root, int names_fd, int cgroup_fd);
void procs_close(struct procs *p);

/* Is it time for another pass? Seldom while memory is short. */
bool procs_due(const struct procs *p, __u64 now_ns, bool memory_short);

/*
 * A pass over all; who vanishes meanwhile or whose files are no such files is left out. 0 or negative
 * errno.
 */
int procs_pass(struct procs *p, struct table *t);

/*
 * Some ms of a pass, when one is due, with its sweep; the next call goes on. True: it is over now. So the
 * loop is never held up for as long as a pass over thousands takes.
 */
bool procs_go_on(struct procs *p, struct table *t, bool memory_short);

/* While there is memory: keep the largest of the table open. */
void procs_keep(struct procs *p, const struct table *t);

/*
 * Before a decision: a pass where that is soon done (and was not just done), else the sizes of those kept
 * open, and who is new. 0 or negative errno.
 */
int procs_look(struct procs *p, struct table *t);

#endif
