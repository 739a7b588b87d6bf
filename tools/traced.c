// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "traced.h"

#include <string.h>

/* task->__state, the same in every kernel. */
#define TASK_DEEP    0x02
#define TASK_STOPPED 0x0c  /* stopped or traced */
#define TASK_LOADED  0x400 /* TASK_NOLOAD: sleeps deeply, but for nothing that is busy */

static bool in(const char *name, const char *const *list)
{
	for (; *list; list++) {
		if (!strncmp(name, *list, strlen(*list)))
			return true;
	}
	return false;
}

/* Frames that only say that it sleeps: the same in every stack. */
static const char *const sleeping[] = {
	"__schedule",  "schedule", "preempt_schedule", "__cond_resched",
	"rwsem_down_", "__rwsem",  "down_read",	       "down_write",
	"?",	       NULL
};

/* Where a sleeping thread really is: three functions, the innermost first. */
static void where(char *buf, size_t size, const struct trace_task *t, const struct ksymbols *k)
{
	size_t len = 0;
	int shown = 0;

	buf[0] = 0;
	for (__u32 i = 0; i < t->frames && i < TRACE_STACK && shown < 3 && len < size; i++) {
		const char *name = ksymbols_name(k, t->stack[i]);

		if (in(name, sleeping))
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%s%.28s", shown ? " < " : "", name);
		shown++;
	}
}

static bool stack_has(const struct trace_task *t, const struct ksymbols *k, const char *const *list)
{
	for (__u32 i = 0; i < t->frames && i < TRACE_STACK; i++) {
		if (in(ksymbols_name(k, t->stack[i]), list))
			return true;
	}
	return false;
}

enum wait wait_of(const struct trace_task *t, const struct ksymbols *k)
{
	static const char *const freezer[] = { "__refrigerator", "do_freezer_trap", NULL };
	static const char *const dump[] = { "do_coredump", "vfs_coredump", "coredump_", NULL };
	static const char *const rwsem[] = { "rwsem_down_", "down_read", "down_write", NULL };
	/* Who takes the mmap_lock: faults, calls that change or read mappings, exit, reaping. */
	static const char *const mmap_lock[] = { "exit_mm",
						 "mmput",
						 "__mmput",
						 "do_exit",
						 "do_user_addr",
						 "lock_mm_",
						 "mmap_read_lock",
						 "mmap_write_lock",
						 "vm_mmap",
						 "__vm_munm",
						 "__do_sys_brk",
						 "do_mprotect",
						 "do_madvise",
						 "oom_reap",
						 "__do_sys_process_mre",
						 "__x64_sys_process_mre",
						 "__arm64_sys_process_mre",
						 "access_remote_vm",
						 "__access_remote_vm",
						 "mm_access",
						 "m_start",
						 "do_page_fault",
						 NULL };

	/* Until it has left the freezer, though a signal woke it. */
	if (t->flags & TRACE_F_FROZEN)
		return WAIT_FROZEN;
	if (t->flags & TRACE_F_THROTTLED && !t->state)
		return WAIT_THROTTLED;
	if (!t->state)
		return t->flags & TRACE_F_ON_CPU ? WAIT_RUNS : WAIT_CPU;
	if (stack_has(t, k, freezer))
		return WAIT_FROZEN;
	if (stack_has(t, k, dump))
		return WAIT_DUMP;
	if (stack_has(t, k, rwsem) && stack_has(t, k, mmap_lock))
		return WAIT_LOCK;
	if (t->state & TASK_STOPPED)
		return WAIT_STOPPED;
	return t->state & TASK_DEEP && !(t->state & TASK_LOADED) ? WAIT_DEEP : WAIT_SLEEPS;
}

void traced_begin(struct traced *d, const struct trace_stage *kill)
{
	memset(d, 0, sizeof(*d));
	d->kill = *kill;
}

static void first(__u64 *at, __u64 time_ns)
{
	if (!*at)
		*at = time_ns;
}

void traced_stage(struct traced *d, const struct trace_stage *e)
{
	switch (e->type) {
	case TRACE_OOM:
		d->oom = true;
		break;
	case TRACE_DELIVERED:
		first(&d->delivered_ns, e->time_ns);
		break;
	case TRACE_EXIT:
		first(&d->first_exit_ns, e->time_ns);
		if (!e->value)
			d->last_exit_ns = e->time_ns;
		break;
	case TRACE_CALLED:
		first(&d->called_ns, e->time_ns);
		d->returned_ns = 0;
		d->releaser = e->by;
		break;
	case TRACE_RETURNED:
		d->returned_ns = e->time_ns;
		d->answer = e->value;
		break;
	case TRACE_REAPING:
		first(&d->reaping_ns, e->time_ns);
		if (!d->releaser.tgid)
			d->releaser = e->by;
		break;
	case TRACE_REAPED:
		d->reaped_ns = e->time_ns;
		break;
	case TRACE_FREED:
		d->freed_ns = e->time_ns;
		d->freer = e->by;
		d->freed_elsewhere = e->by.tgid != d->kill.tgid;
		break;
	}
}

static enum wait_phase phase_of(const struct traced *d)
{
	if (!d->delivered_ns && !d->first_exit_ns)
		return PHASE_DELIVER;
	return d->last_exit_ns ? PHASE_FREE : PHASE_EXIT;
}

void traced_look_begin(struct traced *d)
{
	d->seen = WAIT_NOBODY;
	d->seen_any = d->seen_pin = false;
}

void traced_look(struct traced *d, const struct trace_look *l, const struct ksymbols *k)
{
	enum wait_phase phase = l->role == TRACE_RELEASER ? PHASE_RELEASE : phase_of(d);
	enum wait w = wait_of(&l->task, k);

	if (l->role == TRACE_SHARER || l->role == TRACE_READER) {
		d->pin = *l;
		d->seen_pin = true;
		return;
	}
	if (w == WAIT_LOCK || w == WAIT_DEEP || w == WAIT_SLEEPS)
		where(d->where[phase], sizeof(d->where[phase]), &l->task, k);
	if (w == WAIT_CPU)
		d->policy[phase] = l->task.policy;
	if (l->role == TRACE_RELEASER) {
		d->looks[PHASE_RELEASE][w]++;
		return;
	}
	d->seen_any = true;
	if (w > d->seen)
		d->seen = w;
}

void traced_look_end(struct traced *d)
{
	/* A pin matters where no thread of its own holds the mm any more. */
	d->looks[phase_of(d)][!d->seen_any && d->seen_pin ? WAIT_PINNED : d->seen]++;
}

bool traced_pinned(const struct traced *d)
{
	return d->last_exit_ns && !d->freed_ns && d->kill.mm_id;
}

bool traced_over(const struct traced *d, bool sees_freed)
{
	bool freed = d->freed_ns || !sees_freed || !d->kill.mm_id;

	return freed && d->last_exit_ns && (!d->called_ns || d->returned_ns);
}
