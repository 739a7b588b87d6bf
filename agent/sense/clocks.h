/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * clocks.h - where the kernel's own pressure clocks are (system_group_pcpu): see bpf/stall.bpf.c.
 *
 * Each CPU's clocks are at a fixed distance from its run queue, and the task that runs on a CPU leads to
 * that. Nothing is looked up by name, so this does not depend on what kallsyms lists.
 */
#ifndef REAPD_CLOCKS_H
#define REAPD_CLOCKS_H

#include <stdint.h>

struct bpf_object;
struct bpf_program;
struct btf;

/* Bytes from runqueues to system_group_pcpu. -ENOENT: BTF (may be NULL) lacks either. */
int clocks_distance(const struct btf *btf, int64_t *ret);

/* The program that finds them: loaded where psi_sample is. */
struct bpf_program *clocks_program(const struct bpf_object *obj);

/*
 * Run it, once loaded, on each CPU that is online; the others are learnt when they come.
 * -ENODATA: what it found on one is not this CPU's run queue; other negative errno: it does not run.
 */
int clocks_find(const struct bpf_object *obj);

#endif
