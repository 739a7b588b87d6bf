/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * emit.bpf.h - the way out: rings, loss counters, the calm gate, the scope.
 *
 * Every BPF file includes it. Maps are weak, so that the linked object has one of each.
 *
 * Wake-ups. `critical` wakes the agent with each record. `bulk` never does in calm; otherwise only
 * when it holds more than knobs.bulk_mark_bytes, because a watching agent comes by on its own timer.
 *
 * Accepted races. The state word, last_edge_ns and the slots are plain words written from all CPUs.
 * Two CPUs that meet the first edge together both publish it; a slot taken twice loses one of two
 * measurements. Neither can lose the edge that ends calm: the word only goes up here, and the agent
 * looks at `edges` after it has written calm (see agent/watch.c).
 */
#ifndef REAPD_EMIT_BPF_H
#define REAPD_EMIT_BPF_H

#include "compat.bpf.h"
#include <reapd/board.h>
#include <reapd/counters.h>
#include <reapd/event.h>
#include <reapd/knobs.h>
#include <reapd/note.h>

extern const volatile struct knobs knobs;
extern struct board board;

/* Sizes are set by the agent before load (agent/kernel.h, max_processes). */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} critical SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024);
} bulk SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, struct task_note);
} names SEC(".maps") __weak;

static __always_inline void count(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &which);

	if (n)
		*n += 1;
}

static __always_inline bool calm(void)
{
	return *(volatile __u32 *)&board.state == STATE_CALM;
}

static __always_inline void event_init(struct event *hdr, __u32 type, __u32 size)
{
	hdr->type = (__u16)type;
	hdr->size = size;
	hdr->cpu = bpf_get_smp_processor_id();
	hdr->time_ns = bpf_ktime_get_ns();
}

static __always_inline void *critical_reserve(__u32 type, __u32 size)
{
	struct event *e = bpf_ringbuf_reserve(&critical, size, 0);

	if (!e) {
		count(COUNT_LOST_FIRST + type);
		return NULL;
	}
	event_init(e, type, size);
	return e;
}

static __always_inline void critical_submit(void *e)
{
	bpf_ringbuf_submit(e, BPF_RB_FORCE_WAKEUP);
}

static __always_inline void bulk_lost(__u32 type)
{
	count(COUNT_LOST_FIRST + type);
	__sync_fetch_and_add(&board.bulk_lost, 1);
}

static __always_inline void *bulk_reserve(__u32 type, __u32 size)
{
	struct event *e = bpf_ringbuf_reserve(&bulk, size, 0);

	if (!e) {
		bulk_lost(type);
		return NULL;
	}
	event_init(e, type, size);
	return e;
}

static __always_inline __u64 bulk_wakeup(void)
{
	return bpf_ringbuf_query(&bulk, BPF_RB_AVAIL_DATA) >= knobs.bulk_mark_bytes ?
		       BPF_RB_FORCE_WAKEUP :
		       BPF_RB_NO_WAKEUP;
}

static __always_inline void bulk_submit(void *e)
{
	bpf_ringbuf_submit(e, bulk_wakeup());
}

static __always_inline __u64 cgroup_id_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/* Is the task in the cgroup subtree that the agent is confined to? */
static __always_inline bool in_scope(struct task_struct *task)
{
	if (!knobs.scope_id)
		return true;
	return compat_ancestor_id(BPF_CORE_READ(task, cgroups, dfl_cgrp), knobs.scope_level) ==
	       knobs.scope_id;
}

/* End calm. True: it was calm. */
static __always_inline bool edge_raise(__u64 now)
{
	bool was = calm();

	board.last_edge_ns = now;
	__sync_fetch_and_add(&board.edges, 1);
	if (was)
		board.state = STATE_WATCH;
	return was;
}

static __always_inline void edge_publish(__u32 kind, __u32 arg)
{
	struct event_edge *e = critical_reserve(EV_EDGE, sizeof(*e));
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	if (!e)
		return;
	e->kind = kind;
	e->arg = arg;
	e->tgid = pid_tgid >> 32;
	e->tid = pid_tgid;
	e->cgroup_id = bpf_get_current_cgroup_id();
	critical_submit(e);
}

/*
 * Pressure shows itself, to the task that runs. In calm: raise the state and wake the agent. Later: let
 * it know at most every edge_interval_ns, since it is looking anyway.
 */
static __always_inline void edge(__u32 kind, __u32 arg)
{
	__u64 now = bpf_ktime_get_ns();

	if (!edge_raise(now) && now - board.published_ns < knobs.edge_interval_ns)
		return;
	board.published_ns = now;
	edge_publish(kind, arg);
}

/* Note on the board that this task stalls or reclaims from now on. */
static __always_inline void slot_begin(struct board_slot *slots, __u32 tid, __u32 kind)
{
	struct board_slot *slot;
	__u32 i;

	for (i = 0; i < BOARD_PROBE; i++) {
		slot = &slots[(tid + i) % BOARD_SLOTS];
		if (!slot->tid || slot->tid == tid) {
			slot->kind = kind;
			slot->since_ns = bpf_ktime_get_ns();
			slot->tid = tid;
			return;
		}
	}
	count(COUNT_SLOTS_FULL);
}

/* Take this task off the board; returns since when it was there, 0 when it was not. */
static __always_inline __u64 slot_end(struct board_slot *slots, __u32 tid)
{
	struct board_slot *slot;
	__u32 i;

	for (i = 0; i < BOARD_PROBE; i++) {
		slot = &slots[(tid + i) % BOARD_SLOTS];
		if (slot->tid == tid) {
			slot->tid = 0;
			return slot->since_ns;
		}
	}
	return 0;
}

#endif
