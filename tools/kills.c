// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * kills.c - reapctl kills: the history. Read from the file, so that it also answers when no agent
 * runs; --follow waits for inotify.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "../agent/base/killlog.h"
#include "../agent/base/owner.h"
#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "history.h"
#include "out.h"

/* Without --all that many are shown. */
#define SHOWN 20

static char *when(char *buf, size_t size, __u64 wall_ns)
{
	time_t t = (time_t)(wall_ns / 1000000000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

static void print_head(void)
{
	printf("%s%4s %-19s %-15s %7s %8s %-10s %s%s\n", out_bold(), "ID", "WHEN", "VICTIM", "PID",
	       "SIZE", "RULE", "OUTCOME", out_plain());
}

/* Of a cgroup its last part. */
static const char *victim_name(const struct kill_record *r)
{
	const char *last = strrchr(r->cgroup, '/');

	return r->what == CHOOSE_CGROUP && last ? last + 1 : history_name(r);
}

/* What came of it; of what was no kill, what it was. */
static const char *result(const struct kill_record *r)
{
	if (r->kind == RECORD_STEP)
		return step_name(r->step);
	return r->kind == RECORD_SHADOW ? "shadow" : outcome_name(r->outcome);
}

static void print_row(const struct kill_record *r)
{
	char time[32], size[32], pid[16];

	/* Of many how many they are stands where one has its number. */
	snprintf(pid, sizeof(pid), r->what == CHOOSE_PROCESS ? "%u" : "(%u)",
		 r->what == CHOOSE_PROCESS ? r->tgid : r->processes);
	printf("%4llu %-19s %-15.15s %7s %8s %-10.10s %s\n", r->kill_id,
	       when(time, sizeof(time), r->wall_ns), victim_name(r), pid,
	       text_kib(size, sizeof(size), record_size_kib(r)), r->rule, result(r));
	fflush(stdout);
}

/*
 * Each stage with its distance to the first, and to the one before it. Since 6.16 the exit is told before
 * memory goes, so it may come before "released".
 */
static void print_stages(const struct kill_record *r)
{
	__u64 zero = r->stage_ns[STAGE_EDGE], last = zero, now;
	char since[32], step[32];

	printf("\n%s%-10s %12s %12s%s\n", out_bold(), "STAGE", "SINCE EDGE", "STEP", out_plain());
	for (int i = 0; i < STAGES; i++) {
		now = r->stage_ns[i];
		if (!now) {
			printf("%-10s %12s\n", stage_name(i), "-");
			continue;
		}
		printf("%-10s %12s %12s\n", stage_name(i),
		       text_ns(since, sizeof(since), now > zero ? now - zero : 0),
		       now >= last ? text_ns(step, sizeof(step), now - last) : "-");
		last = now > last ? now : last;
	}
}

static void print_candidates(const struct kill_record *r)
{
	if (!r->candidates)
		return;
	printf("\n%u processes considered, %u spared; the first of them\n", r->considered,
	       r->vetoed);
	out_candidate_head();
	for (__u32 i = 0; i < r->candidates && i < RECORD_CANDIDATES; i++)
		out_candidate_row((int)i + 1, &r->candidate[i], r->candidate[i].name);
}

static void print_memory(const struct kill_record *r)
{
	char a[32], b[32], c[32], d[32];

	printf("memory     %s available of %s", text_kib(a, sizeof(a), r->mem_available_kib),
	       text_kib(b, sizeof(b), r->mem_total_kib));
	if (r->swap_total_kib)
		printf(", swap %s free of %s", text_kib(c, sizeof(c), r->swap_free_kib),
		       text_kib(d, sizeof(d), r->swap_total_kib));
	puts("");
}

/* Whose it was. */
static void print_owner(const struct kill_record *r)
{
	struct owner o;
	char text[128];

	printf("cgroup     ");
	out_wrapped(11, *r->cgroup ? r->cgroup : "-");
	owner_of(r->cgroup, &o);
	if (o.unit[0]) {
		printf("unit       ");
		out_wrapped(11, o.unit);
	}
	if (o.user != OWNER_NO_USER)
		printf("user       %u\n", o.user);
	if (o.container[0]) {
		printf("container  ");
		snprintf(text, sizeof(text), "%s%s%s", o.container, *o.runtime ? " of " : "",
			 o.runtime);
		out_wrapped(11, text);
	}
	if (o.pod[0])
		printf("pod        %s, %s\n", o.pod, o.qos);
}

static void print_size(const struct kill_record *r)
{
	char a[32], b[32], c[32], d[32];

	printf("size       anon %s, file %s, shmem %s, swap %s",
	       text_kib(a, sizeof(a), r->anon_kib), text_kib(b, sizeof(b), r->file_kib),
	       text_kib(c, sizeof(c), r->shmem_kib), text_kib(d, sizeof(d), r->swap_kib));
	if (r->dmabuf_kib)
		printf(", dmabuf %s", text_kib(a, sizeof(a), r->dmabuf_kib));
	printf("; %u threads\n", r->threads);
}

static void print_whole(const struct kill_record *r)
{
	char text[RECORD_LINE], why[300], time[32], a[32], b[32];

	printf("%skill %llu%s  %s, policy %016llx\n", out_bold(), r->kill_id, out_plain(),
	       when(time, sizeof(time), r->wall_ns), r->policy);
	out_wrapped(0, record_line(text, sizeof(text), r));
	record_why(why, sizeof(why), r);
	snprintf(text, sizeof(text), "%s%s%s%s%s", r->rule, *r->place ? " in " : "", r->place,
		 *why ? ": " : "", why);
	printf("\nrule       ");
	out_wrapped(11, text);
	print_memory(r);
	if (r->kind != RECORD_NO_VICTIM) {
		print_owner(r);
		print_size(r);
		printf("expected   %s back, %s%s came\n", text_kib(a, sizeof(a), r->expected_kib),
		       r->returned_kib < 0 ? "-" : "",
		       text_kib(b, sizeof(b), (uint64_t)llabs(r->returned_kib)));
		if (r->error)
			printf("error      %s (process_mrelease tried %u times)\n",
			       strerror(-r->error), r->mrelease_tries);
		if (r->what != CHOOSE_PROCESS)
			printf("in all     %u processes, %s\n", r->processes,
			       text_kib(a, sizeof(a), record_size_kib(r)));
		if (r->sharers)
			printf("with it    %u processes that shared its memory\n", r->sharers);
		print_stages(r);
	}
	print_candidates(r);
}

static void print_one(const struct tool *t, const struct kill_record *r)
{
	if (!t->json) {
		print_row(r);
		return;
	}
	struct json_object *o = history_json(r);

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(stdout);
	json_object_put(o);
}

static int show_one(const struct tool *t, const struct kill_record *r)
{
	if (!r)
		return EXIT_FAILURE;
	if (t->json)
		out_json(history_json(r));
	else
		print_whole(r);
	return 0;
}

static void show_all(const struct tool *t, const struct history *h, bool all)
{
	size_t first = all || h->n < SHOWN ? 0 : h->n - SHOWN;
	struct json_object *list;

	if (!t->json) {
		print_head();
		for (size_t i = first; i < h->n; i++)
			print_row(&h->record[i]);
		return;
	}
	list = json_object_new_array();
	for (size_t i = first; i < h->n; i++)
		json_object_array_add(list, history_json(&h->record[i]));
	out_json(list);
}

/* Print what is new in the file; follow it through a rotation. One line (or JSON value) a record. */
static int follow(const struct tool *t)
{
	char path[PATH_MAX], events[4096];
	struct kill_record r;
	__u64 offset = 0, seen = 0;
	int in = inotify_init1(IN_CLOEXEC), fd = -1;

	if (in < 0 ||
	    inotify_add_watch(in, t->state_dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		complain("cannot watch %s: %s", t->state_dir, strerror(errno));
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s/" KILLLOG_FILE, t->state_dir);
	for (bool first = true;; first = false) {
		/* Anew each time: a rotation puts another file there. */
		fd = open(path, O_RDONLY | O_CLOEXEC);
		for (offset = 0; fd >= 0 && killlog_read(fd, &offset, &r) > 0;) {
			if (r.seq <= seen)
				continue;
			seen = r.seq;
			if (!first)
				print_one(t, &r);
		}
		if (fd >= 0)
			close(fd);
		if (read(in, events, sizeof(events)) <= 0)
			return 0;
	}
}

int verb_kills(const struct tool *t, int argc, char **argv)
{
	static const struct option options[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "all", no_argument, NULL, 'a' },
		{},
	};
	bool follows = false, all = false;
	struct history h = {};
	uint64_t id = 0;
	int c, code;

	while ((c = getopt_long(argc, argv, "fa", options, NULL)) != -1) {
		if (c == '?')
			return EXIT_USAGE;
		follows |= c == 'f';
		all |= c == 'a';
	}
	if (optind < argc && (text_to_u64(argv[optind], &id) || !id || optind + 1 < argc)) {
		complain("usage: reapctl kills [--follow] [--all] [ID]");
		return EXIT_USAGE;
	}
	if (follows)
		return follow(t);
	code = history_read(&h, t->state_dir);
	if (!code && id)
		code = show_one(t, history_find(&h, id, t->state_dir));
	else if (!code)
		show_all(t, &h, all);
	history_free(&h);
	return code;
}
