/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procfs.h - what the files of one process in /proc say. Text in, numbers out; sizes in KiB.
 */
#ifndef REAPD_PROCFS_H
#define REAPD_PROCFS_H

#include <stdbool.h>

#include <reapd/event.h>

/* /proc/PID/stat counts in USER_HZ, which is 100 on every architecture we build for. */
#define PROCFS_TICK_NS 10000000ULL

struct proc_stat {
	__u64 start_ns; /* to a tick */
	__u32 tgid;
	__u32 ppid;
	__u32 pgid;
	__u32 threads;
	__u32 flags; /* the kernel's PF_*, of the first thread */
	char state;
	char comm[REAPD_COMM_LEN];
};

/* 0 or -EINVAL; *ret is then not touched. The name may hold anything: spaces, parentheses, newlines. */
int procfs_parse_stat(const char *text, struct proc_stat *ret);

static inline bool procfs_is_kthread(const struct proc_stat *s)
{
	return s->flags & 0x00200000; /* PF_KTHREAD */
}

/* Is all of it exiting? Of one whose first thread alone is, the others say nothing here. */
static inline bool procfs_is_exiting(const struct proc_stat *s)
{
	return s->flags & 0x00000004 && s->threads <= 1; /* PF_EXITING */
}

/* Its first thread exited, others live on: what is told of memory is told of the first. */
static inline bool procfs_leader_dead(const struct proc_stat *s)
{
	return (s->state == 'Z' || s->state == 'X') && s->threads > 1;
}

struct proc_status {
	__u32 uid; /* the real one */
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__u32 pgtables_kib;
	bool has_memory; /* the thread still has its mm */
	bool killed;	 /* has SIGKILL pending, and no core is being written */
};

/* 0 or -EINVAL; *ret is then not touched. Who has no memory has no lines about it: sizes are 0. */
int procfs_parse_status(const char *text, struct proc_status *ret);

/* The number in oom_score_adj. 0 or -EINVAL. */
int procfs_parse_adj(const char *text, __s16 *ret);

/* The path of the unified hierarchy in a cgroup file, ended in place; NULL: none. */
char *procfs_parse_cgroup(char *text);

#endif
