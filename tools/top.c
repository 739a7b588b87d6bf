// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * top.c - reapctl top: who would be next, who grows, which cgroups stall. Refreshed on a terminal,
 * once when piped.
 */
#include "client.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../agent/base/text.h"
#include "out.h"

struct screen {
	const struct tool *t;
	struct json_object *json, *procs, *stalls;
	int rank;
	bool stalls_head;
};

static void print_status(const struct control_status *s)
{
	char available[32], total[32];

	printf("%stier %c, %s%s  %s available of %s  some %u.%u%% full %u.%u%%\n\n", out_bold(),
	       s->tier, out_state(s->state), out_plain(),
	       text_kib(available, sizeof(available), s->mem_available_kib),
	       text_kib(total, sizeof(total), s->mem_total_kib), s->some_permille / 10,
	       s->some_permille % 10, s->full_permille / 10, s->full_permille % 10);
	out_candidate_head();
}

static void print_stall(struct screen *s, const struct control_cgroup_stall *c)
{
	char time[32];

	if (!s->stalls_head)
		printf("\n%s%12s %10s %s%s\n", out_bold(), "STALLED", "TIMES", "CGROUP",
		       out_plain());
	s->stalls_head = true;
	printf("%12s %10llu %.54s\n", text_ns(time, sizeof(time), c->stall_ns), c->stalls,
	       c->cgroup);
}

static void on_text(struct screen *s, const struct frame *f)
{
	const struct control_cgroup_stall *stall =
		frame_as(f, CONTROL_CGROUP_STALL, sizeof(*stall));
	const struct control_status *status = frame_as(f, CONTROL_STATUS_IS, sizeof(*status));
	const struct control_proc *proc = frame_as(f, CONTROL_PROC, sizeof(*proc));

	if (status)
		print_status(status);
	if (proc)
		out_candidate_row(++s->rank, &proc->candidate,
				  *proc->name ? proc->name : proc->comm);
	if (stall)
		print_stall(s, stall);
}

static struct json_object *proc_json(const struct control_proc *p)
{
	struct json_object *o = out_candidate_json(&p->candidate);

	out_str(o, "name", *p->name ? p->name : p->comm);
	out_str(o, "comm", p->comm);
	out_str(o, "cgroup", p->cgroup);
	out_int(o, "uid", p->uid);
	out_int(o, "anon_kib", p->anon_kib);
	out_int(o, "file_kib", p->file_kib);
	out_int(o, "shmem_kib", p->shmem_kib);
	out_int(o, "swap_kib", p->swap_kib);
	out_int(o, "dmabuf_kib", p->dmabuf_kib);
	out_int(o, "threads", p->threads);
	return o;
}

static void on_json(struct screen *s, const struct frame *f)
{
	const struct control_cgroup_stall *stall =
		frame_as(f, CONTROL_CGROUP_STALL, sizeof(*stall));
	const struct control_status *status = frame_as(f, CONTROL_STATUS_IS, sizeof(*status));
	const struct control_proc *proc = frame_as(f, CONTROL_PROC, sizeof(*proc));
	struct json_object *o;

	if (status)
		json_object_object_add(s->json, "status", out_status_json(status));
	if (proc)
		json_object_array_add(s->procs, proc_json(proc));
	if (stall) {
		o = json_object_new_object();
		out_str(o, "cgroup", stall->cgroup);
		out_int(o, "stall_ns", (long long)stall->stall_ns);
		out_int(o, "stalls", (long long)stall->stalls);
		json_object_array_add(s->stalls, o);
	}
}

static void on_frame(void *ctx, const struct frame *f)
{
	struct screen *s = ctx;

	if (s->t->json)
		on_json(s, f);
	else
		on_text(s, f);
}

static int show(const struct tool *t)
{
	struct screen s = { .t = t };
	int code;

	if (t->json) {
		s.json = json_object_new_object();
		s.procs = json_object_new_array();
		s.stalls = json_object_new_array();
		json_object_object_add(s.json, "processes", s.procs);
		json_object_object_add(s.json, "cgroup_stalls", s.stalls);
	}
	code = client_ask(t, CONTROL_TOP, 0, on_frame, &s);
	if (t->json && !code)
		out_json(s.json);
	else if (t->json)
		json_object_put(s.json);
	return code;
}

static int usage(void)
{
	complain("usage: reapctl top [-d SECONDS] [-n TIMES]");
	return EXIT_USAGE;
}

int verb_top(const struct tool *t, int argc, char **argv)
{
	bool live = isatty(STDOUT_FILENO) && !t->json;
	uint64_t delay = 1, times = live ? UINT64_MAX : 1;
	int c, code = 0;

	while ((c = getopt(argc, argv, "d:n:")) != -1) {
		if ((c != 'd' && c != 'n') || text_to_u64(optarg, c == 'd' ? &delay : &times))
			return usage();
	}
	if (optind < argc || !delay || !times)
		return usage();
	for (uint64_t i = 0; !code && i < times; i++) {
		if (i)
			nanosleep(&(struct timespec){ .tv_sec = (time_t)delay }, NULL);
		if (live)
			fputs("\033[H\033[2J", stdout);
		code = show(t);
		fflush(stdout);
	}
	return code;
}
