/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracer.h - the tracer's BPF programs: loaded as far as this kernel takes them, and listened to.
 *
 * tracer.c alone sees their skeleton.
 */
#ifndef REAPCTL_TRACER_H
#define REAPCTL_TRACER_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/trace.h>

struct tracer;

/* What a tracer may be able to tell. */
enum tracer_answer {
	TRACER_KILLS, /* without it there is nothing */
	TRACER_OOM,
	TRACER_DELIVERED,
	TRACER_EXITS,
	TRACER_FREED,
	TRACER_REAPS,
	TRACER_CALLS,
	TRACER_LOOKS,
	TRACER_ANSWERS,
};

struct tracer_ear {
	void (*stage)(void *arg, const struct trace_stage *e);
	void (*look)(void *arg, const struct trace_look *l);
	void *arg;
};

/* n > 0: of these processes only. 0 or negative errno. *ret keeps a copy of *ear. */
int tracer_open(struct tracer **ret, const struct tracer_ear *ear, const int *pids, size_t n);
void tracer_close(struct tracer *t);

/* By which program (its target) this is told; NULL: not at all. */
const char *tracer_hook(const struct tracer *t, enum tracer_answer answer);
/* What is lost without it, in words. */
const char *tracer_lost_without(enum tracer_answer answer);

/* Hand on the stages that came, waiting for them as long; 0 or negative errno (-EINTR: a signal). */
int tracer_wait(struct tracer *t, int timeout_ms);
/* One pass over all tasks; also looks for who has the mm of processes that are gone. */
int tracer_look(struct tracer *t, bool seek_pins);
/* Over: take it off the lists of deaths under way. */
void tracer_forget(struct tracer *t, __u32 tgid, __u64 mm_id);
/* Stages and deaths that were missed. */
__u64 tracer_lost(const struct tracer *t);

#endif
