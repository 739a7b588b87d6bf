/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * traced.h - one death, as the tracer sees it: its stages, and what it was found waiting for.
 *
 * Pure: fed with what BPF tells, asked for text. Times are CLOCK_MONOTONIC in ns, 0 = not (yet) seen.
 */
#ifndef REAPCTL_TRACED_H
#define REAPCTL_TRACED_H

#include <stdbool.h>
#include <stdio.h>

#include <json-c/json.h>

#include "ksymbols.h"
#include <reapd/trace.h>

/* What a thread was found doing; of several threads the highest number is told. */
enum wait {
	WAIT_NOBODY, /* no thread is left */
	WAIT_RUNS,
	WAIT_SLEEPS,
	WAIT_CPU,     /* could run, had no CPU */
	WAIT_STOPPED, /* a debugger has it */
	WAIT_DEEP,    /* D state */
	WAIT_DUMP,    /* its core is being dumped */
	WAIT_LOCK,    /* the mmap_lock */
	WAIT_FROZEN,
	WAIT_THROTTLED,
	WAIT_PINNED, /* no thread is left, and another process has the mm */
	WAITS,
};

enum wait_phase {
	PHASE_DELIVER, /* signal sent, no thread died of it yet */
	PHASE_EXIT,    /* not all threads are gone */
	PHASE_FREE,    /* they are; the memory is not back */
	PHASE_RELEASE, /* process_mrelease was called and waits for the mmap_lock */
	PHASES,
};

struct traced {
	struct trace_stage kill;
	bool oom, freed_elsewhere;
	bool told;    /* as it was so far: the caller's own note */
	__s32 answer; /* of process_mrelease */
	__u64 delivered_ns, first_exit_ns, last_exit_ns, called_ns, returned_ns, reaping_ns,
		reaped_ns, freed_ns;
	struct trace_who releaser, freer;
	struct trace_look pin; /* role 0: none was found */
	__u32 policy[PHASES];  /* of the thread that waited for a CPU */
	__u32 looks[PHASES][WAITS];
	char where[PHASES][72]; /* kernel functions of the last that slept */
	/* of the pass of looks that is under way */
	enum wait seen;
	bool seen_any, seen_pin;
};

/* A thread's state and stack in one word. */
enum wait wait_of(const struct trace_task *t, const struct ksymbols *k);

void traced_begin(struct traced *d, const struct trace_stage *kill);
void traced_stage(struct traced *d, const struct trace_stage *e);

/* A pass of looks: begin; all that is about this death; end. */
void traced_look_begin(struct traced *d);
void traced_look(struct traced *d, const struct trace_look *l, const struct ksymbols *k);
void traced_look_end(struct traced *d);

/* All is known that there is to be known. `sees_freed`: exit_mmap is told by this kernel. */
bool traced_over(const struct traced *d, bool sees_freed);
/* Its threads are gone, its memory is not back. */
bool traced_pinned(const struct traced *d);

/* Stages over columns of traced_head(), then a line for each phase that took slow_ns or longer. */
void traced_head(FILE *f);
void traced_print(FILE *f, const struct traced *d, __u64 wall_ns, __u64 slow_ns);
struct json_object *traced_json(const struct traced *d, __u64 wall_ns);

#endif
