// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * traced_text.c - a traced death in 80 columns, or as JSON.
 */
#include "traced.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "../agent/base/clock.h"
#include "../agent/base/text.h"
#include "out.h"

#define SI_KERNEL 0x80
/* Of the looks of a phase: less than this share is chance. */
#define SHARE_PCT 10
#define COLUMNS	  80

static const char *const wait_names[WAITS] = {
	[WAIT_NOBODY] = "nobody",   [WAIT_RUNS] = "runs",
	[WAIT_SLEEPS] = "sleeps",   [WAIT_CPU] = "cpu",
	[WAIT_STOPPED] = "stopped", [WAIT_DEEP] = "d-state",
	[WAIT_DUMP] = "core-dump",  [WAIT_LOCK] = "mmap_lock",
	[WAIT_FROZEN] = "frozen",   [WAIT_THROTTLED] = "throttled",
	[WAIT_PINNED] = "pinned",
};

static const char *const wait_words[WAITS] = {
	[WAIT_NOBODY] = "no thread left; who has its mm was not found",
	[WAIT_RUNS] = "on a CPU",
	[WAIT_SLEEPS] = "asleep",
	[WAIT_CPU] = "runnable without a CPU",
	[WAIT_STOPPED] = "stopped, or held by a debugger",
	[WAIT_DEEP] = "D state",
	[WAIT_DUMP] = "its core is dumped",
	[WAIT_LOCK] = "mmap_lock",
	[WAIT_FROZEN] = "frozen",
	[WAIT_THROTTLED] = "throttled by the CPU quota of its cgroup",
	[WAIT_PINNED] = "its mm is held",
};

static const char *const phase_words[PHASES] = {
	[PHASE_DELIVER] = "until it began to die",
	[PHASE_EXIT] = "until its last thread exited",
	[PHASE_FREE] = "from there until its memory was back",
	[PHASE_RELEASE] = "in process_mrelease before it could reap",
};

static const char *const phase_names[PHASES] = {
	[PHASE_DELIVER] = "deliver",
	[PHASE_EXIT] = "exit",
	[PHASE_FREE] = "free",
	[PHASE_RELEASE] = "release",
};

static const char *policy_name(__u32 policy)
{
	static const char *const names[] = { "SCHED_OTHER",    "SCHED_FIFO", "SCHED_RR",
					     "SCHED_BATCH",    "",	     "SCHED_IDLE",
					     "SCHED_DEADLINE", "SCHED_EXT" };

	return policy < sizeof(names) / sizeof(names[0]) ? names[policy] : "";
}

/* "name[pid]", fit to be printed. */
static char *who(char *buf, size_t size, const struct trace_who *w)
{
	char comm[REAPD_COMM_LEN + 1] = "";

	memcpy(comm, w->comm, REAPD_COMM_LEN);
	text_clean(comm);
	snprintf(buf, size, "%s[%u]", comm, w->tgid);
	return buf;
}

static __u64 later(__u64 from, __u64 to)
{
	return from && to > from ? to - from : 0;
}

/* How long a phase took, as far as it is known. */
static __u64 phase_ns(const struct traced *d, enum wait_phase phase)
{
	__u64 began = d->delivered_ns ? d->delivered_ns : d->first_exit_ns;
	__u64 reaped = d->reaping_ns ? d->reaping_ns : d->returned_ns;

	switch (phase) {
	case PHASE_DELIVER:
		return later(d->kill.time_ns, began);
	case PHASE_EXIT:
		return later(began, d->last_exit_ns);
	case PHASE_FREE:
		return later(d->last_exit_ns, d->freed_ns);
	default:
		return later(d->called_ns, reaped);
	}
}

static bool phase_open(const struct traced *d, enum wait_phase phase)
{
	switch (phase) {
	case PHASE_DELIVER:
		return !d->delivered_ns && !d->first_exit_ns;
	case PHASE_EXIT:
		return !d->last_exit_ns && !phase_open(d, PHASE_DELIVER);
	case PHASE_FREE:
		return traced_pinned(d);
	default:
		return d->called_ns && !d->reaping_ns && !d->returned_ns;
	}
}

void traced_head(FILE *f)
{
	fprintf(f, "%s%12s%12s%12s%12s%12s%12s%s\n", out_bold(), "DELIVERED", "FIRST EXIT",
		"LAST EXIT", "REAPING", "REAPED", "FREED", out_plain());
}

static void column(FILE *f, const struct traced *d, __u64 at_ns)
{
	char text[32];

	fprintf(f, "%12s",
		at_ns ? text_ns(text, sizeof(text), later(d->kill.time_ns, at_ns)) : "-");
}

static const char *sender(const struct traced *d)
{
	if (d->oom)
		return "kernel-oom";
	return d->kill.value == SI_KERNEL ? "kernel" : "process";
}

static void print_who(FILE *f, const struct traced *d, __u64 wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	char victim[48], by[48], size[32], when[16], line[256];
	struct trace_who self = d->kill.task.who;
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	fprintf(f, "%s%s.%03u%s ", out_bold(), when, (unsigned int)(wall_ns / NS_PER_MS % 1000),
		out_plain());
	snprintf(line, sizeof(line), "%s %s, %u thread%s: %s%s", who(victim, sizeof(victim), &self),
		 text_kib(size, sizeof(size), d->kill.kib), d->kill.threads,
		 d->kill.threads == 1 ? "" : "s",
		 d->oom			    ? "kernel OOM kill in " :
		 d->kill.value == SI_KERNEL ? "kernel, in " :
					      "by ",
		 who(by, sizeof(by), &d->kill.by));
	text_wrap(f, "             ", COLUMNS, line);
}

/* The share of each cause in the looks of a phase, largest first, two at most. */
static int causes(const struct traced *d, enum wait_phase phase, enum wait *cause,
		  unsigned int *pct)
{
	unsigned int total = 0;
	int n = 0;

	for (int w = 0; w < WAITS; w++)
		total += d->looks[phase][w];
	for (int w = 0; w < WAITS && total; w++) {
		unsigned int share = d->looks[phase][w] * 100 / total;

		if (share < SHARE_PCT)
			continue;
		if (n == 2 && share <= pct[1])
			continue;
		if (n == 2)
			n = 1;
		if (n && share > pct[0]) {
			cause[n] = cause[0];
			pct[n] = pct[0];
			cause[0] = (enum wait)w;
			pct[0] = share;
		} else {
			cause[n] = (enum wait)w;
			pct[n] = share;
		}
		n++;
	}
	return n;
}

static void pin_text(char *buf, size_t size, const struct traced *d)
{
	char by[48], file[TRACE_FILE + 1] = "";

	memcpy(file, d->pin.file, TRACE_FILE);
	text_clean(file);
	who(by, sizeof(by), &d->pin.task.who);
	if (d->pin.role == TRACE_SHARER)
		snprintf(buf, size, " by %s, which shares it", by);
	else if (!strcmp(file, "process_vm"))
		snprintf(buf, size, " by %s, in process_vm_readv or _writev", by);
	else
		snprintf(buf, size, " by %s, in a call on /proc/%u/%s", by, d->kill.tgid, file);
}

/* What stands behind a cause: policy, functions of the kernel, who. Empty: nothing. */
static void detail(char *buf, size_t size, const struct traced *d, enum wait_phase phase,
		   enum wait cause)
{
	const char *where = d->where[phase];

	buf[0] = 0;
	if (cause == WAIT_PINNED)
		pin_text(buf, size, d);
	else if (cause == WAIT_CPU)
		snprintf(buf, size, " (%s)", policy_name(d->policy[phase]));
	else if ((cause == WAIT_DEEP || cause == WAIT_LOCK || cause == WAIT_SLEEPS) && where[0])
		snprintf(buf, size, " in %s", where);
}

static void print_phase(FILE *f, const struct traced *d, enum wait_phase phase, __u64 slow_ns)
{
	__u64 ns = phase_ns(d, phase);
	bool open = phase_open(d, phase);
	char took[32], text[256], line[320];
	const char *words;
	unsigned int pct[2];
	enum wait cause[2];
	int n;

	if (ns < slow_ns && !open)
		return;
	n = causes(d, phase, cause, pct);
	words = phase == PHASE_RELEASE && !d->reaping_ns ? "in process_mrelease" :
							   phase_words[phase];
	if (open)
		fprintf(f, "  %s: not yet\n", words);
	else
		fprintf(f, "  %s %s%s\n", text_ns(took, sizeof(took), ns), words, n ? ":" : "");
	for (int i = 0; i < n; i++) {
		detail(text, sizeof(text), d, phase, cause[i]);
		snprintf(line, sizeof(line), "%s%s", wait_words[cause[i]], text);
		fprintf(f, "    %3u %% ", pct[i]);
		text_wrap(f, "          ", COLUMNS, line);
	}
}

static void print_mrelease(FILE *f, const struct traced *d)
{
	char by[48], took[32];

	fprintf(f, "  process_mrelease by %s: ", who(by, sizeof(by), &d->releaser));
	if (!d->returned_ns)
		fputs("not back yet\n", f);
	else
		fprintf(f, "%s after %s\n", d->answer ? strerror(-d->answer) : "done",
			text_ns(took, sizeof(took), later(d->called_ns, d->returned_ns)));
}

void traced_print(FILE *f, const struct traced *d, __u64 wall_ns, __u64 slow_ns)
{
	enum wait then = wait_of(&d->kill.task, NULL);
	char by[48];

	print_who(f, d, wall_ns);
	column(f, d, d->delivered_ns);
	column(f, d, d->first_exit_ns);
	column(f, d, d->last_exit_ns);
	column(f, d, d->reaping_ns);
	column(f, d, d->reaped_ns);
	column(f, d, d->freed_ns);
	fputc('\n', f);
	if (then >= WAIT_STOPPED && then != WAIT_DEEP)
		fprintf(f, "  when it was killed: %s\n", wait_words[then]);
	if (d->called_ns)
		print_mrelease(f, d);
	for (int phase = 0; phase < PHASES; phase++)
		print_phase(f, d, (enum wait_phase)phase, slow_ns);
	if (d->freed_elsewhere)
		fprintf(f, "  the last to let go of its mm: %s\n", who(by, sizeof(by), &d->freer));
}

static void add_time(struct json_object *o, const char *name, const struct traced *d, __u64 at_ns)
{
	if (at_ns)
		out_int(o, name, (long long)later(d->kill.time_ns, at_ns));
}

static struct json_object *who_json(const struct trace_who *w)
{
	struct json_object *o = json_object_new_object();
	char comm[REAPD_COMM_LEN + 1] = "";

	memcpy(comm, w->comm, REAPD_COMM_LEN);
	text_clean(comm);
	out_int(o, "pid", w->tgid);
	out_str(o, "name", comm);
	return o;
}

static struct json_object *waits_json(const struct traced *d)
{
	struct json_object *list = json_object_new_array();
	char text[256];

	for (int p = 0; p < PHASES; p++) {
		for (int w = 0; w < WAITS; w++) {
			struct json_object *o;

			if (!d->looks[p][w])
				continue;
			o = json_object_new_object();
			detail(text, sizeof(text), d, (enum wait_phase)p, (enum wait)w);
			out_str(o, "phase", phase_names[p]);
			out_str(o, "wait", wait_names[w]);
			out_int(o, "looks", d->looks[p][w]);
			if (text[0])
				out_str(o, "detail", text + 1);
			json_object_array_add(list, o);
		}
	}
	return list;
}

struct json_object *traced_json(const struct traced *d, __u64 wall_ns)
{
	struct json_object *o = who_json(&d->kill.task.who);

	out_int(o, "wall_ns", (long long)wall_ns);
	out_int(o, "kib", (long long)d->kill.kib);
	out_int(o, "threads", d->kill.threads);
	out_str(o, "sender", sender(d));
	json_object_object_add(o, "by", who_json(&d->kill.by));
	out_str(o, "state", wait_names[wait_of(&d->kill.task, NULL)]);
	add_time(o, "delivered_ns", d, d->delivered_ns);
	add_time(o, "first_exit_ns", d, d->first_exit_ns);
	add_time(o, "last_exit_ns", d, d->last_exit_ns);
	add_time(o, "called_ns", d, d->called_ns);
	add_time(o, "returned_ns", d, d->returned_ns);
	add_time(o, "reaping_ns", d, d->reaping_ns);
	add_time(o, "reaped_ns", d, d->reaped_ns);
	add_time(o, "freed_ns", d, d->freed_ns);
	if (d->called_ns) {
		json_object_object_add(o, "mrelease_by", who_json(&d->releaser));
		if (d->returned_ns)
			out_int(o, "mrelease", d->answer);
	}
	if (d->freed_ns)
		json_object_object_add(o, "freed_in", who_json(&d->freer));
	if (d->pin.role)
		json_object_object_add(o, "pinned_by", who_json(&d->pin.task.who));
	json_object_object_add(o, "waits", waits_json(d));
	return o;
}
