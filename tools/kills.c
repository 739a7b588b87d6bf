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
#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include "out.h"

/* The second record of a kill comes at most so many kills later: as many as are followed at once. */
#define DEATHS_FOLLOWED 8
/* Without --all that many are shown. */
#define SHOWN		20

struct history {
	struct kill_record *record;
	size_t n, room;
};

/* A later record of the same kill replaces the earlier one. */
static void history_add(struct history *h, const struct kill_record *r)
{
	for (size_t i = h->n; i-- > 0;) {
		if (h->record[i].kill_id == r->kill_id) {
			h->record[i] = *r;
			return;
		}
		if (h->record[i].kill_id + DEATHS_FOLLOWED < r->kill_id)
			break;
	}
	if (h->n == h->room) {
		h->room = h->room ? 2 * h->room : 64;
		h->record = realloc(h->record, h->room * sizeof(*h->record));
		if (!h->record)
			abort();
	}
	h->record[h->n++] = *r;
}

static int history_read(struct history *h, const char *dir)
{
	static const char *const files[] = { KILLLOG_OLD, KILLLOG_FILE };
	struct kill_record r;
	char path[PATH_MAX];
	int found = 0;

	for (int i = 0; i < 2; i++) {
		__u64 offset = 0;
		int fd;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found++;
		while (killlog_read(fd, &offset, &r) > 0)
			history_add(h, &r);
		close(fd);
	}
	if (found)
		return 0;
	complain("no kill records in %s: %s", dir, strerror(errno));
	return EXIT_FAILURE;
}

static char *when(char *buf, size_t size, __u64 wall_ns)
{
	time_t t = (time_t)(wall_ns / 1000000000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

static __u64 size_kib(const struct kill_record *r)
{
	return (__u64)r->anon_kib + r->file_kib + r->shmem_kib + r->swap_kib;
}

static const char *victim_name(const struct kill_record *r)
{
	return *r->name ? r->name : *r->comm ? r->comm : "-";
}

static void print_head(void)
{
	printf("%s%4s %-19s %-15s %7s %8s %-10s %s%s\n", out_bold(), "ID", "WHEN", "VICTIM", "PID",
	       "SIZE", "RULE", "OUTCOME", out_plain());
}

static void print_row(const struct kill_record *r)
{
	char time[32], size[32];

	printf("%4llu %-19s %-15.15s %7u %8s %-10.10s %s\n", r->kill_id,
	       when(time, sizeof(time), r->wall_ns), victim_name(r), r->tgid,
	       text_kib(size, sizeof(size), size_kib(r)), r->rule, outcome_name(r->outcome));
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

static void print_whole(const struct kill_record *r)
{
	char text[512], terms[256], time[32], a[32], b[32], c[32], d[32];

	printf("%skill %llu%s  %s, policy %016llx\n", out_bold(), r->kill_id, out_plain(),
	       when(time, sizeof(time), r->wall_ns), r->policy);
	out_wrapped(0, record_line(text, sizeof(text), r));
	terms_text(terms, sizeof(terms), r->term, r->terms);
	snprintf(text, sizeof(text), "%s%s%s", r->rule, *terms ? ": " : "", terms);
	printf("\nrule       ");
	out_wrapped(11, text);
	print_memory(r);
	if (r->kind != RECORD_NO_VICTIM) {
		printf("cgroup     ");
		out_wrapped(11, *r->cgroup ? r->cgroup : "-");
		printf("size       anon %s, file %s, shmem %s, swap %s; %u threads\n",
		       text_kib(a, sizeof(a), r->anon_kib), text_kib(b, sizeof(b), r->file_kib),
		       text_kib(c, sizeof(c), r->shmem_kib), text_kib(d, sizeof(d), r->swap_kib),
		       r->threads);
		printf("expected   %s back, %s%s came\n", text_kib(a, sizeof(a), r->expected_kib),
		       r->returned_kib < 0 ? "-" : "",
		       text_kib(b, sizeof(b), (uint64_t)llabs(r->returned_kib)));
		if (r->error)
			printf("error      %s (process_mrelease tried %u times)\n",
			       strerror(-r->error), r->mrelease_tries);
		if (r->sharers)
			printf("with it    %u processes that shared its memory\n", r->sharers);
		print_stages(r);
	}
	print_candidates(r);
}

static void add_victim_json(struct json_object *o, const struct kill_record *r)
{
	out_int(o, "pid", r->tgid);
	out_int(o, "uid", r->uid);
	out_str(o, "name", r->name);
	out_str(o, "comm", r->comm);
	out_str(o, "cgroup", r->cgroup);
	out_int(o, "oom_score_adj", r->oom_score_adj);
	out_int(o, "threads", r->threads);
	out_int(o, "sharers", r->sharers);
	out_int(o, "anon_kib", r->anon_kib);
	out_int(o, "file_kib", r->file_kib);
	out_int(o, "shmem_kib", r->shmem_kib);
	out_int(o, "swap_kib", r->swap_kib);
	out_int(o, "expected_kib", (long long)r->expected_kib);
	out_int(o, "returned_kib", r->returned_kib);
	out_int(o, "error", r->error);
	out_int(o, "mrelease_tries", r->mrelease_tries);
}

static void add_lists_json(struct json_object *o, const struct kill_record *r)
{
	struct json_object *stages = json_object_new_object();
	struct json_object *terms = json_object_new_array();
	struct json_object *candidates = json_object_new_array();

	for (int i = 0; i < STAGES; i++)
		out_int(stages, stage_name(i), (long long)r->stage_ns[i]);
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++)
		json_object_array_add(terms, out_term_json(&r->term[i]));
	for (__u32 i = 0; i < r->candidates && i < RECORD_CANDIDATES; i++)
		json_object_array_add(candidates, out_candidate_json(&r->candidate[i]));
	json_object_object_add(o, "stages_ns", stages);
	json_object_object_add(o, "terms", terms);
	json_object_object_add(o, "candidates", candidates);
}

static struct json_object *record_json(const struct kill_record *r)
{
	struct json_object *o = json_object_new_object();
	char text[512];

	out_int(o, "id", (long long)r->kill_id);
	out_int(o, "seq", (long long)r->seq);
	out_int(o, "wall_ns", (long long)r->wall_ns);
	out_str(o, "kind",
		r->kind == RECORD_KERNEL_OOM ? "kernel-oom" :
		r->kind == RECORD_NO_VICTIM  ? "no-victim" :
					       "kill");
	out_str(o, "outcome", outcome_name(r->outcome));
	out_bool(o, "dry_run", r->dry_run);
	add_victim_json(o, r);
	out_str(o, "strategy", r->strategy);
	out_str(o, "rule", r->rule);
	snprintf(text, sizeof(text), "%016llx", r->policy);
	out_str(o, "policy", text);
	out_int(o, "mem_total_kib", (long long)r->mem_total_kib);
	out_int(o, "mem_available_kib", (long long)r->mem_available_kib);
	out_int(o, "swap_total_kib", (long long)r->swap_total_kib);
	out_int(o, "swap_free_kib", (long long)r->swap_free_kib);
	out_int(o, "considered", r->considered);
	out_int(o, "vetoed", r->vetoed);
	add_lists_json(o, r);
	out_str(o, "text", record_line(text, sizeof(text), r));
	return o;
}

static void print_one(const struct tool *t, const struct kill_record *r)
{
	if (!t->json) {
		print_row(r);
		return;
	}
	struct json_object *o = record_json(r);

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(stdout);
	json_object_put(o);
}

static int show_id(const struct tool *t, const struct history *h, uint64_t id)
{
	for (size_t i = 0; i < h->n; i++) {
		if (h->record[i].kill_id != id)
			continue;
		if (t->json)
			out_json(record_json(&h->record[i]));
		else
			print_whole(&h->record[i]);
		return 0;
	}
	complain("no kill %llu in %s", (unsigned long long)id, t->state_dir);
	return EXIT_FAILURE;
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
		json_object_array_add(list, record_json(&h->record[i]));
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
		code = show_id(t, &h, id);
	else if (!code)
		show_all(t, &h, all);
	free(h.record);
	return code;
}
