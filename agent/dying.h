/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dying.h - who is on the way out: our victims, and large processes that exit by themselves.
 */
#ifndef REAPD_DYING_H
#define REAPD_DYING_H

#include <stdbool.h>

#include "act/reap.h"

#define DEATHS_MAX  8 /* as many as there can be reapers */
#define LEAVING_MAX 8
/* Victims that were asked to go, by what pins them. */
struct asked {
	struct cgroup_target cgroup;
	__u32 targets;
	struct target target[1 + VERDICT_SHARERS];
};

/* A victim between its signal and its end. */
struct death {
	bool used;
	bool back; /* its memory is back, or given up: the next decision may be made */
	bool reaper_done;
	bool told;	      /* to the clients of the lmkd socket */
	bool followed;	      /* the kernel side tells when its memory is freed */
	__u64 give_up_ns;     /* deadline */
	__u64 wait_ns;	      /* the next decision waits no longer than this */
	__u64 available_kib;  /* at the signal, to compare */
	__u32 rule, place;    /* that decided; NO_RULE: the kernel did */
	__u64 place_id;	      /* the cgroup that the place was about */
	__u32 pgid;	      /* of the victim */
	__u64 grace_ns;	      /* not 0: SIGTERM was sent, SIGKILL follows so much later */
	struct reap_job *job; /* NULL: no reaper is on it */
	struct asked asked;   /* who had the SIGTERM, without a reaper */
	struct kill_record record;
};

/* A large process that exits by itself, and how long its memory is waited for. */
struct leaving {
	__u64 mm_id, until_ns; /* 0 = none */
};

#endif
