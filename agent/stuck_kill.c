// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * stuck_kill.c - what the watchdog does when the loop is stuck, and what the loop makes of it later.
 */
#include "stuck_kill.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/record.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "death.h"
#include "lmkd_link.h"
#include "report.h"
#include "stuck.h"

#define RELEASE_TRIES 20 /* a millisecond each: the rest comes by its exit */

static bool was_killed(const struct stuck *s, const struct stuck_one *one)
{
	for (__u32 i = 0; i < STUCK_MAX && i < s->kills; i++) {
		if (s->killed[i] == one->proc.start_ns)
			return true;
	}
	return false;
}

static void to_clients(struct stuck *s, const struct stuck_one *one)
{
	const struct proc *p = &one->proc;
	__u64 rss_kib = (__u64)p->anon_kib + p->file_kib + p->shmem_kib;
	struct lmkd_kill kill = {
		.pid = p->tgid,
		.uid = one->uid,
		.rss_kib = (__u32)rss_kib,
		.pgfault = -1,
		.pgmajfault = -1,
		.rss_bytes = (__s64)rss_kib << 10,
		.cache_bytes = (__s64)p->file_kib << 10,
		.swap_bytes = (__s64)p->swap_kib << 10,
		.start_ns = (__s64)p->start_ns,
		.adj = p->oom_score_adj,
		.min_adj = -1,
		.free_mem_kib = -1,
		.free_swap_kib = -1,
		.reason = -1,
		.thrashing = -1,
		.max_thrashing = -1,
	};

	text_copy(kill.name, sizeof(kill.name), one->name[0] ? one->name : one->comm);
	atomic_store(&s->told[atomic_fetch_add(&s->tellings, 1) % STUCK_MAX], p->start_ns);
	if (s->lmkd)
		lmkd_killed(s->lmkd, LMKD_WATCHDOG, &kill);
}

static void say(const struct kill_record *r)
{
	log_warn("lowmemorykiller: lmkd watchdog %s process %u, oom_score_adj %d",
		 r->dry_run ? "would have killed" : "killed", r->tgid, r->oom_score_adj);
}

/* The log may be what the loop is stuck in: then the loop says it. */
static bool say_now(const struct kill_record *r)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&p, 1, 0) != 1 || p.revents != POLLOUT)
		return false;
	say(r);
	return true;
}

/* What is known of it here; the loop adds the rest. */
static void to_loop(struct stuck *s, const struct stuck_list *list, const struct stuck_one *one,
		    __u64 signalled_ns, __u64 released_ns)
{
	unsigned int head = atomic_load(&s->head);
	struct verdict v = { .rule = NO_RULE, .members = 1 };
	static const struct policy none;
	struct kill_record *r = &s->record[head % STUCK_RECORDS];
	const __u64 beat = 1;

	if (head - atomic_load(&s->tail) == STUCK_RECORDS)
		return; /* clients know of it; it has no record */
	record_begin(r, &none, 0, &list->facts, &v);
	record_victim(r, &one->proc);
	r->outcome = list->dry_run ? OUTCOME_DRY_RUN :
		     released_ns   ? OUTCOME_RELEASED :
				     OUTCOME_EXITED;
	r->dry_run = list->dry_run;
	strcpy(r->rule, "watchdog");
	text_copy(r->comm, sizeof(r->comm), one->comm);
	text_copy(r->name, sizeof(r->name), one->name);
	text_copy(r->cgroup, sizeof(r->cgroup), one->cgroup);
	r->stage_ns[STAGE_DECIDED] = r->stage_ns[STAGE_SIGNALLED] = signalled_ns;
	r->stage_ns[STAGE_RELEASED] = released_ns;
	s->said[head % STUCK_RECORDS] = say_now(r);
	atomic_store(&s->head, head + 1);
	if (write(s->told_fd, &beat, sizeof(beat)) < 0)
		return; /* it was told before */
}

/* When its memory was taken back; 0: it was not. */
static __u64 release(const struct target *t)
{
	struct pollfd p = { .fd = t->pidfd, .events = POLLIN };

	for (int i = 0; i < RELEASE_TRIES; i++) {
		int err = pidfd_release(t->pidfd);

		if (!err)
			return clock_now_ns();
		if ((err != -EAGAIN && err != -EINTR) || poll(&p, 1, 1) > 0)
			return 0;
	}
	return 0;
}

bool stuck_told(const struct agent *a, __u64 start_ns)
{
	for (int i = 0; a->stuck && i < STUCK_MAX; i++) {
		if (atomic_load(&a->stuck->told[i]) == start_ns)
			return true;
	}
	return false;
}

/*
 * Not more important than it was at the last look, which may be long ago: an app can have come to the
 * foreground since. Of a registered process the registration says it, else the kernel.
 */
static bool is_as_it_was(struct stuck *s, const struct stuck_one *one)
{
	const struct proc *p = &one->proc;
	char path[40], text[16];
	__s16 adj;

	if (p->flags & PROC_REGISTERED)
		return !registry_try_adj(s->registry, p->tgid, p->start_ns, &adj) &&
		       adj >= p->oom_score_adj;
	snprintf(path, sizeof(path), "/proc/%u/oom_score_adj", p->tgid);
	return file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0 &&
	       strtol(text, NULL, 10) >= p->oom_score_adj;
}

static bool kill_one(struct stuck *s, const struct stuck_list *list, const struct stuck_one *one)
{
	struct target t = { .tgid = one->proc.tgid,
			    .start_ns = one->proc.start_ns,
			    .mm_id = one->proc.mm_id,
			    .pidfs_ino = one->pidfs_ino };
	__u64 signalled_ns, released_ns = 0;

	if (target_open(&t))
		return false;
	if (!is_as_it_was(s, one) || !target_alive(&t) || (!list->dry_run && target_kill(&t))) {
		target_close(&t);
		return false;
	}
	signalled_ns = clock_now_ns();
	s->killed[s->kills++ % STUCK_MAX] = one->proc.start_ns;
	if (!list->dry_run) {
		to_clients(s, one);
		released_ns = release(&t);
	}
	target_close(&t);
	to_loop(s, list, one, signalled_ns, released_ns);
	return true;
}

void stuck_bite(struct stuck *s)
{
	const struct stuck_list *list = stuck_latest(&s->lists);

	for (__u32 i = 0; i < list->n; i++) {
		const struct stuck_one *one = &list->one[i];
		struct filter_subject subject = {
			.name = one->name,
			.comm = one->comm,
			.cgroup = one->cgroup[0] ? one->cgroup : NULL,
			.uid = one->proc.uid,
		};

		if (!was_killed(s, one) && !filters_protect(s->filter_fd, &subject) &&
		    kill_one(s, list, one))
			return;
	}
}

void stuck_on_told(void *ctx, uint32_t events)
{
	struct agent *a = ctx;
	struct stuck *s = a->stuck;
	__u32 row, uid;
	__u64 n;

	(void)events;
	if (read(s->told_fd, &n, sizeof(n)) < 0)
		return;
	while (atomic_load(&s->tail) != atomic_load(&s->head)) {
		unsigned int at = atomic_load(&s->tail) % STUCK_RECORDS;
		struct kill_record *r = &s->record[at];

		if (!s->said[at])
			say(r);
		r->kill_id = a->killlog.next_seq;
		text_copy(r->strategy, sizeof(r->strategy), a->config.strategy);
		lmkd_link_killinfo(a, r);
		row = table_find(&a->table, r->tgid, r->start_ns);
		if (row != TABLE_NONE && !r->dry_run)
			a->table.procs[row].flags |= PROC_KILLED;
		if (a->registry && !r->dry_run)
			registry_take(a->registry, r->tgid, r->start_ns, &uid);
		a->count.kills++;
		death_record(a, r);
		record_log(r);
		report_record(a, r);
		atomic_fetch_add(&s->tail, 1);
	}
}
