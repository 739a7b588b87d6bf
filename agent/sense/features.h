/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * features.h - what this kernel lets us do, found by trying it, never by its version.
 *
 * Each feature is tried once, with the smallest thing that needs it, and the answer is kept. A probe
 * that itself fails counts as missing.
 */
#ifndef REAPD_FEATURES_H
#define REAPD_FEATURES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

struct btf;

enum feature {
	FEATURE_BTF,	    /* /sys/kernel/btf/vmlinux: without it tier C, with /proc */
	FEATURE_BPF,	    /* may we load programs and make maps at all? */
	FEATURE_PSI,	    /* /proc/pressure/memory is there and switched on */
	FEATURE_CGROUP_PSI, /* memory.pressure of cgroups (not with cgroup_disable=pressure) */
	FEATURE_FENTRY,	    /* fentry loads and attaches (not on GKI, not without ftrace) */
	FEATURE_KPROBE,	    /* kernel built with kprobes */
	FEATURE_SYSCALL,    /* BPF_PROG_TYPE_SYSCALL (5.14) */
	FEATURE_PERCPU_VAR, /* BTF says where per-CPU kernel variables are */
	FEATURE_VM_STAT,    /* the kernel's sums of pages by address: needs KALLSYMS_ALL */
	FEATURE_MEM_ALLOC,  /* BPF's own allocator (6.1): hashes need not be preallocated */
	FEATURE_MRELEASE,   /* process_mrelease(2) (5.15) */
	FEATURE_PIDFD,	    /* pidfd_open(2) */
	FEATURES,
};

struct features {
	/* 0 = there; else negative errno of the trial. */
	int missing[FEATURES];
	struct btf *btf;	    /* the kernel's types; NULL when FEATURE_BTF is missing */
	int64_t psi_from_rq;	    /* what knobs.h says; valid when FEATURE_PERCPU_VAR is there */
	__u64 zone_stat, node_stat; /* addresses; 0 when FEATURE_VM_STAT is missing */
};

/* Try everything, without BTF if so wanted. Needs root; else FEATURE_BPF is missing with -EPERM. */
void features_probe(struct features *f, bool no_btf);

/* Drop the BTF, some 10 MiB; the answers stay. */
void features_done(struct features *f);

static inline bool features_has(const struct features *f, enum feature which)
{
	return !f->missing[which];
}

/* Is there a function of this name in the kernel's BTF? */
bool features_has_function(const struct features *f, const char *name);

/* Is there a tracepoint of this name that BTF programs can attach to? */
bool features_has_tracepoint(const struct features *f, const char *name);

/* Can a BPF program be called for each of these ("task")? */
bool features_has_iterator(const struct features *f, const char *target);

/* Is there a struct of this name? */
bool features_has_type(const struct features *f, const char *name);

const char *feature_name(enum feature which);

/* What is lost without it, in a few words. */
const char *feature_lost(enum feature which);

#endif
