/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notify_text.h - what reapd-notify says of a record, without any bus.
 */
#ifndef REAPD_NOTIFY_TEXT_H
#define REAPD_NOTIFY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reapd/control.h>

/* What a signal of ours carries: strings are valid UTF-8, whatever a process has called itself. */
struct notice {
	bool killed; /* else a warning: nobody died */
	int dry_run; /* nobody died who would have */
	uint64_t kill_id;
	uint64_t time_usec;   /* on the wall */
	uint64_t freed_bytes; /* that became available from signal to end */
	uint32_t pid, uid;
	uint32_t processes; /* that were to die; the victim is the largest */
	char kind[16];	    /* "kill", "kernel-oom", "no-victim"; of a step its name: "notify" */
	char outcome[16];   /* as reapctl kills has it: "freed" */
	char rule[32];
	char name[REAPD_NAME_LEN];
	char cgroup[REAPD_PATH_LEN];
	char why[640]; /* the comparisons that held, or whose limit was reached */
};

void notice_of(struct notice *ret, const struct kill_record *r);

/* Is it one that systemd-oomd would have told: did we kill, not the kernel, not in a dry run? */
bool notice_of_oomd(const struct notice *n);

/* "memory-pressure", "memory-used", as systemd-oomd says it, or else "rule NAME". Returns buf. */
char *notice_reason(char *buf, size_t size, const struct kill_record *r);

/* A level of the agent as GMemoryMonitor counts them: 0, 50, 100, 255. */
uint8_t notice_level(int level);

/* Is it for the desktop of this user? With `all` kills of other users are as well. */
bool notice_wanted(const struct notice *n, uint32_t uid, bool all);

/* A desktop notification: plain text; text with its markup escaped. Both return buf. */
char *notice_summary(char *buf, size_t size, const struct notice *n);
char *notice_body(char *buf, size_t size, const struct notice *n);

#endif
