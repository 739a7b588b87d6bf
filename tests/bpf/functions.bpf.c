// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * functions.bpf.c - the BPF functions that do more than copy fields, each behind a syscall program,
 * so that test_bpf.c can run them one by one (BPF_PROG_RUN).
 */
#include "../../bpf/name.bpf.h"

const volatile struct knobs knobs;
struct board board SEC(".data.board");

/* What goes in and what comes out. */
static struct argv0 argv0;
char in_text[ARGV0_MAX];
__u32 out_begin, out_end;
__u32 in_tid;
__u32 in_kind;
__u64 out;

SEC("syscall")
int run_find_name(void *ctx)
{
	bpf_probe_read_kernel(argv0.text, sizeof(argv0.text), in_text);
	find_name(&argv0);
	out_begin = argv0.begin;
	out_end = argv0.end;
	return 0;
}

SEC("syscall")
int run_slot_begin(void *ctx)
{
	slot_begin(board.stalls, in_tid, in_kind);
	return 0;
}

SEC("syscall")
int run_slot_end(void *ctx)
{
	out = slot_end(board.stalls, in_tid);
	return 0;
}

SEC("syscall")
int run_edge(void *ctx)
{
	edge(in_kind, 7);
	return 0;
}

SEC("syscall")
int run_bulk(void *ctx)
{
	struct event_exit *e = bulk_reserve(EV_EXIT, sizeof(*e));

	out = e != NULL;
	if (!e)
		return 0;
	e->tgid = in_tid;
	e->pad = 0;
	e->start_ns = 0;
	bulk_submit(e);
	return 0;
}

SEC("syscall")
int run_in_scope(void *ctx)
{
	out = in_scope((void *)bpf_get_current_task());
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
