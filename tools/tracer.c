// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * tracer.c - each hook is optional: what a kernel takes is found by doing it, one program at a time.
 */
#include "tracer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace.skel.h"

#define HOOKS	     16
#define LOOKS_A_READ 64

/* Of programs with the same answer the first that works is taken; `with` goes with it or not at all. */
static const struct hook {
	enum tracer_answer answer;
	const char *program, *with, *target;
} hooks[] = {
	{ TRACER_KILLS, "killed", NULL, "tp_btf signal_generate" },
	{ TRACER_OOM, "marked", NULL, "tp_btf mark_victim" },
	{ TRACER_DELIVERED, "delivered", NULL, "tp_btf signal_deliver" },
	{ TRACER_EXITS, "exited", NULL, "tp_btf sched_process_exit" },
	{ TRACER_FREED, "freed_tp", NULL, "tp_btf exit_mmap" },
	{ TRACER_FREED, "freed_fexit", NULL, "fexit exit_mmap" },
	{ TRACER_FREED, "freed_kprobe", NULL, "kprobe exit_mmap" },
	{ TRACER_REAPS, "reap_fentry", "reap_fexit", "fentry __oom_reap_task_mm" },
	{ TRACER_REAPS, "reap_kprobe", "reap_kretprobe", "kprobe __oom_reap_task_mm" },
	{ TRACER_REAPS, "reaper_start", "reaper_finish", "tp_btf start_task_reaping" },
	{ TRACER_CALLS, "mrelease_enter", "mrelease_exit", "tp sys_enter_process_mrelease" },
	{ TRACER_LOOKS, "look", NULL, "iter task" },
};
#define HOOK_COUNT (sizeof(hooks) / sizeof(hooks[0]))
_Static_assert(HOOK_COUNT <= HOOKS, "links");

static const char *const lost_without[TRACER_ANSWERS] = {
	[TRACER_KILLS] = "who kills",
	[TRACER_OOM] = "which kills are the kernel's own",
	[TRACER_DELIVERED] = "when a victim begins to die",
	[TRACER_EXITS] = "when its threads exit",
	[TRACER_FREED] = "when its memory is back",
	[TRACER_REAPS] = "when its memory is reaped",
	[TRACER_CALLS] = "who calls process_mrelease (Linux 5.15; needs tracefs)",
	[TRACER_LOOKS] = "what it waits for",
};

struct tracer {
	struct trace_bpf *skel;
	struct ring_buffer *ring;
	struct bpf_link *link[HOOKS][2];
	struct tracer_ear ear;
	const char *target[TRACER_ANSWERS];
	int iterator; /* link of the program `look`; -1 */
};

static int be_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static struct bpf_link *attach(struct trace_bpf *skel, const char *program)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(skel->obj, program);
	struct bpf_link *link = prog ? bpf_program__attach(prog) : NULL;

	return libbpf_get_error(link) ? NULL : link;
}

static void choose(struct trace_bpf *skel, const struct hook *h)
{
	bpf_program__set_autoload(bpf_object__find_program_by_name(skel->obj, h->program), true);
	if (h->with)
		bpf_program__set_autoload(bpf_object__find_program_by_name(skel->obj, h->with),
					  true);
}

/* Does the kernel take this hook? Loaded and attached for a moment, alone. */
static bool works(const struct hook *h)
{
	struct trace_bpf *skel = trace_bpf__open();
	struct bpf_link *one = NULL, *two = NULL;
	bool ok;

	if (!skel)
		return false;
	choose(skel, h);
	if (!trace_bpf__load(skel)) {
		one = attach(skel, h->program);
		two = h->with ? attach(skel, h->with) : NULL;
	}
	ok = one && (two || !h->with);
	bpf_link__destroy(one);
	bpf_link__destroy(two);
	trace_bpf__destroy(skel);
	return ok;
}

static void destroy(struct tracer *t)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		bpf_link__destroy(t->link[i][0]);
		bpf_link__destroy(t->link[i][1]);
		t->link[i][0] = t->link[i][1] = NULL;
	}
	trace_bpf__destroy(t->skel);
	t->skel = NULL;
	t->iterator = -1;
}

static int attach_hook(struct tracer *t, size_t i)
{
	const struct hook *h = &hooks[i];

	t->link[i][0] = attach(t->skel, h->program);
	if (t->link[i][0] && h->with)
		t->link[i][1] = attach(t->skel, h->with);
	if (!t->link[i][0] || (h->with && !t->link[i][1]))
		return -EIO;
	if (h->answer == TRACER_LOOKS)
		t->iterator = bpf_link__fd(t->link[i][0]);
	return 0;
}

/* Load and attach the hooks that t->target names. */
static int load(struct tracer *t, bool filtered)
{
	int err;

	t->skel = trace_bpf__open();
	if (!t->skel)
		return -errno;
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (t->target[hooks[i].answer] == hooks[i].target)
			choose(t->skel, &hooks[i]);
	}
	t->skel->rodata->filtered = filtered;
	t->skel->rodata->page_kib = (__u32)(sysconf(_SC_PAGESIZE) / 1024);
	err = trace_bpf__load(t->skel);
	for (size_t i = 0; i < HOOK_COUNT && !err; i++) {
		if (t->target[hooks[i].answer] == hooks[i].target)
			err = attach_hook(t, i);
	}
	if (err)
		destroy(t);
	return err;
}

/* The best of all, if it works at once; else each by itself. */
static int load_what_works(struct tracer *t, bool filtered)
{
	for (size_t i = HOOK_COUNT; i-- > 0;)
		t->target[hooks[i].answer] = hooks[i].target;
	if (!load(t, filtered))
		return 0;
	memset(t->target, 0, sizeof(t->target));
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (!t->target[hooks[i].answer] && works(&hooks[i]))
			t->target[hooks[i].answer] = hooks[i].target;
	}
	return t->target[TRACER_KILLS] ? load(t, filtered) : -EOPNOTSUPP;
}

static int on_stage(void *arg, void *data, size_t size)
{
	struct tracer *t = arg;

	if (size >= sizeof(struct trace_stage))
		t->ear.stage(t->ear.arg, data);
	return 0;
}

int tracer_open(struct tracer **ret, const struct tracer_ear *ear, const int *pids, size_t n)
{
	struct tracer *t = calloc(1, sizeof(*t));
	__u32 one = 1, pid;
	int err;

	if (!t)
		return -ENOMEM;
	t->ear = *ear;
	t->iterator = -1;
	libbpf_set_print(be_silent);
	err = load_what_works(t, n > 0);
	for (size_t i = 0; i < n && !err; i++) {
		pid = (__u32)pids[i];
		err = bpf_map_update_elem(bpf_map__fd(t->skel->maps.wanted), &pid, &one, BPF_ANY);
	}
	if (!err) {
		t->ring = ring_buffer__new(bpf_map__fd(t->skel->maps.events), on_stage, t, NULL);
		err = t->ring ? 0 : -errno;
	}
	if (err) {
		tracer_close(t);
		return err;
	}
	*ret = t;
	return 0;
}

void tracer_close(struct tracer *t)
{
	if (!t)
		return;
	ring_buffer__free(t->ring);
	destroy(t);
	free(t);
}

const char *tracer_hook(const struct tracer *t, enum tracer_answer answer)
{
	return t->target[answer];
}

const char *tracer_lost_without(enum tracer_answer answer)
{
	return lost_without[answer];
}

int tracer_wait(struct tracer *t, int timeout_ms)
{
	int n = ring_buffer__poll(t->ring, timeout_ms);

	return n < 0 ? n : 0;
}

int tracer_look(struct tracer *t, bool seek_pins)
{
	struct trace_look look[LOOKS_A_READ];
	ssize_t got = -EOPNOTSUPP;
	int fd;

	if (t->iterator < 0)
		return -EOPNOTSUPP;
	t->skel->bss->seek_pins = seek_pins;
	fd = bpf_iter_create(t->iterator);
	if (fd < 0)
		return fd;
	while ((got = read(fd, look, sizeof(look))) > 0 || (got < 0 && errno == EAGAIN)) {
		for (ssize_t i = 0; i < got / (ssize_t)sizeof(look[0]); i++)
			t->ear.look(t->ear.arg, &look[i]);
	}
	close(fd);
	return 0;
}

void tracer_forget(struct tracer *t, __u32 tgid, __u64 mm_id)
{
	bpf_map_delete_elem(bpf_map__fd(t->skel->maps.deaths), &tgid);
	if (mm_id)
		bpf_map_delete_elem(bpf_map__fd(t->skel->maps.mms), &mm_id);
}

__u64 tracer_lost(const struct tracer *t)
{
	return t->skel->bss->lost;
}
