// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * latency_trace.c - reapctl latency --trace: every SIGKILL of this machine from signal to memory, told by
 * the kernel itself, whoever sent it.
 *
 * While a death is under way its threads are looked at now and then: what they were found waiting for is
 * the reason of what took long. When none is, this program sleeps.
 */
#include "latency.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../agent/base/clock.h"
#include "../agent/base/text.h"
#include "out.h"
#include "traced.h"
#include "tracer.h"

/* First look, and then: ten looks explain a wait of 100 ms. */
#define LOOK_NS	      (10 * NS_PER_MS)
/* What takes long needs no such detail: a pass over 10,000 tasks takes some ms. */
#define LOOK_SLOW_NS  (100 * NS_PER_MS)
#define SLOW_AFTER_NS NS_PER_S
/* One that is not over by then is told as it is so far, once: who waits for it wants to know why. */
#define SO_FAR_NS     NS_PER_S
/* A phase is explained from here on: one look at least was taken. */
#define EXPLAIN_NS    (20 * NS_PER_MS)
/* An mm that another process keeps may never come back. */
#define GIVE_UP_NS    (60 * NS_PER_S)
#define PIDS_MOST     256

struct trace_run {
	const struct tool *tool;
	struct tracer *tracer;
	struct ksymbols *symbols;
	struct traced *death[TRACE_DEATHS];
	size_t deaths;
	__u64 next_look_ns;
	unsigned long printed, most;
	bool sees_freed;
};

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

static struct traced *find(struct trace_run *r, __u32 tgid)
{
	for (size_t i = 0; i < r->deaths; i++) {
		if (r->death[i]->kill.tgid == tgid)
			return r->death[i];
	}
	return NULL;
}

/* Processes may share an mm: what happens to it happens to all of them. */
static bool about(const struct traced *d, const struct trace_stage *e)
{
	bool of_mm = e->type == TRACE_REAPING || e->type == TRACE_REAPED || e->type == TRACE_FREED;

	return d->kill.tgid == e->tgid || (of_mm && e->mm_id && d->kill.mm_id == e->mm_id);
}

static void on_stage(void *arg, const struct trace_stage *e)
{
	struct trace_run *r = arg;
	struct traced *d;

	if (e->type == TRACE_KILL && r->deaths < TRACE_DEATHS && !find(r, e->tgid)) {
		d = malloc(sizeof(*d));
		if (!d)
			return;
		traced_begin(d, e);
		if (!r->deaths)
			r->next_look_ns = clock_now_ns() + LOOK_NS;
		r->death[r->deaths++] = d;
		return;
	}
	for (size_t i = 0; i < r->deaths; i++) {
		if (about(r->death[i], e))
			traced_stage(r->death[i], e);
	}
}

static void on_look(void *arg, const struct trace_look *l)
{
	struct trace_run *r = arg;
	struct traced *d = find(r, l->victim);

	if (d)
		traced_look(d, l, r->symbols);
}

static void look(struct trace_run *r, __u64 now_ns)
{
	__u64 oldest = now_ns;
	bool pinned = false;

	for (size_t i = 0; i < r->deaths; i++) {
		traced_look_begin(r->death[i]);
		pinned |= r->sees_freed && traced_pinned(r->death[i]);
		if (r->death[i]->kill.time_ns < oldest)
			oldest = r->death[i]->kill.time_ns;
	}
	if (!tracer_look(r->tracer, pinned)) {
		for (size_t i = 0; i < r->deaths; i++)
			traced_look_end(r->death[i]);
	}
	r->next_look_ns =
		clock_now_ns() + (now_ns - oldest > SLOW_AFTER_NS ? LOOK_SLOW_NS : LOOK_NS);
}

static void tell(struct trace_run *r, const struct traced *d, bool over)
{
	__u64 wall_ns = clock_wall_ns() - (clock_now_ns() - d->kill.time_ns);
	struct json_object *o;

	if (r->tool->json) {
		o = traced_json(d, wall_ns);
		out_bool(o, "over", over);
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		traced_print(stdout, d, wall_ns, EXPLAIN_NS);
	}
	fflush(stdout);
}

/* Tell those that are over (all of them at the end), and forget them. */
static void settle(struct trace_run *r, bool all)
{
	__u64 now = clock_now_ns();
	struct traced *d;
	size_t kept = 0;
	bool over;

	for (size_t i = 0; i < r->deaths; i++) {
		d = r->death[i];
		over = traced_over(d, r->sees_freed);
		if (!all && !over && now < d->kill.time_ns + GIVE_UP_NS) {
			if (!d->told && now > d->kill.time_ns + SO_FAR_NS)
				tell(r, d, false);
			d->told |= now > d->kill.time_ns + SO_FAR_NS;
			r->death[kept++] = d;
			continue;
		}
		if (!r->most || r->printed < r->most)
			tell(r, d, over);
		r->printed++;
		tracer_forget(r->tracer, d->kill.tgid, d->kill.mm_id);
		free(d);
	}
	r->deaths = kept;
}

static void say_hooks(struct trace_run *r)
{
	const char *freed = tracer_hook(r->tracer, TRACER_FREED);
	const char *reaps = tracer_hook(r->tracer, TRACER_REAPS);
	FILE *f = r->tool->json ? stderr : stdout;

	fprintf(f, "# tracing every SIGKILL; memory back: %s\n# reaping: %s%s\n",
		freed ? freed : "not told", reaps ? reaps : "not told",
		reaps && strstr(reaps, "start_task") ? " (the kernel's own reaper alone)" : "");
	for (int i = 0; i < TRACER_ANSWERS; i++) {
		if (!tracer_hook(r->tracer, (enum tracer_answer)i))
			fprintf(f, "# not told here: %s\n",
				tracer_lost_without((enum tracer_answer)i));
	}
	if (!r->tool->json)
		traced_head(f);
	fflush(f);
}

static int follow(struct trace_run *r)
{
	__u64 now;
	int err = 0, timeout_ms;

	say_hooks(r);
	while (!ended && (!r->most || r->printed < r->most)) {
		now = clock_now_ns();
		timeout_ms = -1;
		if (r->deaths)
			timeout_ms = now < r->next_look_ns ?
					     (int)((r->next_look_ns - now) / NS_PER_MS) + 1 :
					     0;
		err = tracer_wait(r->tracer, timeout_ms);
		if (err && err != -EINTR)
			break;
		err = 0;
		now = clock_now_ns();
		if (r->deaths && now >= r->next_look_ns)
			look(r, now);
		settle(r, false);
	}
	settle(r, true);
	if (tracer_lost(r->tracer))
		complain("%llu stages were missed: too many at once", tracer_lost(r->tracer));
	return err;
}

static int parse_pids(int argc, char **argv, int *pids)
{
	uint64_t pid;

	if (argc > PIDS_MOST) {
		complain("more than %d processes", PIDS_MOST);
		return -EINVAL;
	}
	for (int i = 0; i < argc; i++) {
		if (text_to_u64(argv[i], &pid) || !pid || pid > INT32_MAX) {
			complain("not a process id: %s", argv[i]);
			return -EINVAL;
		}
		pids[i] = (int)pid;
	}
	return 0;
}

static void read_symbols(struct trace_run *r)
{
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		return;
	r->symbols = ksymbols_read(f);
	fclose(f);
}

int latency_trace(const struct tool *t, unsigned long most, int argc, char **argv)
{
	struct trace_run r = { .tool = t, .most = most };
	struct sigaction action = { .sa_handler = end }; /* no SA_RESTART: it ends the wait */
	struct tracer_ear ear = { .stage = on_stage, .look = on_look, .arg = &r };
	int pids[PIDS_MOST], err;

	if (parse_pids(argc, argv, pids))
		return EXIT_USAGE;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	read_symbols(&r);
	err = tracer_open(&r.tracer, &ear, pids, (size_t)argc);
	if (err) {
		complain("cannot trace: %s%s", strerror(-err),
			 err == -EPERM || err == -EACCES ? " (needs root)" :
			 err == -EOPNOTSUPP		 ? " (needs root, and a kernel with BTF)" :
							   "");
		ksymbols_free(r.symbols);
		return EXIT_UNAVAILABLE;
	}
	r.sees_freed = tracer_hook(r.tracer, TRACER_FREED);
	err = follow(&r);
	tracer_close(r.tracer);
	ksymbols_free(r.symbols);
	return err ? EXIT_FAILURE : 0;
}
