/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hook_table.h - every BPF program of ours, what it hangs on, and what is lost without it.
 *
 * Rows that answer the same question are a ladder: the first one that attaches serves. The last rungs
 * (hook_is_last) do without the kernel's types and serve all together, where it has no BTF or refuses
 * the iterator: identities of the two kinds do not mix. To add a hook, write its program in bpf/ and a
 * row here.
 */
#ifndef REAPD_HOOK_TABLE_H
#define REAPD_HOOK_TABLE_H

#include "features.h"

enum hook_kind {
	KIND_TP_BTF,
	KIND_FENTRY,
	KIND_KPROBE,
	KIND_SYSCALL,
	KIND_ITER,
	KIND_TP,   /* classic tracepoint: bpf/classic.bpf.h */
	KIND_FILES /* no program: sense/procs.c */
};

struct hook_row {
	const char *name;   /* of the program */
	const char *target; /* tracepoint or function */
	const char *question;
	const char *lost; /* without it; of the last rung of a ladder: with it, beside those above */
	enum hook_kind kind;
	char tier; /* the tier that needs it: 'A' or 'B'; 0 = all */
	char when; /* 'w': in watch only, too dear for calm (hook_watch); 'b': where buffers are counted */
};

#define HOOK_ROWS 52

extern const struct hook_row hook_table[HOOK_ROWS];

/* Can this kernel have the hook at all? 0, or why not: -ENOENT when there is nothing to hook. */
int hook_possible(const struct hook_row *row, const struct features *f);

static inline bool hook_is_last(const struct hook_row *row)
{
	return row->kind == KIND_TP || row->kind == KIND_FILES;
}

const char *hook_kind_name(enum hook_kind kind);

#endif
