// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "features.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "../base/log.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static const struct {
	const char *name;
	const char *lost;
} texts[FEATURES] = {
	[FEATURE_BTF] = { "BTF", "everything" },
	[FEATURE_BPF] = { "BPF", "everything" },
	[FEATURE_PSI] = { "PSI", "everything" },
	[FEATURE_FENTRY] = { "fentry", "tier B at best; kprobes are tried instead" },
	[FEATURE_KPROBE] = { "kprobe", "stall edges, where fentry is missing too" },
	[FEATURE_SYSCALL] = { "syscall program", "pressure is read from files every 50 ms" },
	[FEATURE_PERCPU_VAR] = { "per-CPU variables", "pressure is read from files every 50 ms" },
	[FEATURE_MEM_ALLOC] = { "BPF allocator", "name table is preallocated" },
	[FEATURE_MRELEASE] = { "process_mrelease",
			       "memory comes back only as fast as victims exit" },
	[FEATURE_PIDFD] = { "pidfd_open", "everything" },
};

const char *feature_name(enum feature which)
{
	return texts[which].name;
}

const char *feature_lost(enum feature which)
{
	return texts[which].lost;
}

/* r0 = 0; exit. The smallest program there is. */
static const struct bpf_insn nothing[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};
#define NOTHING_LEN (sizeof(nothing) / sizeof(nothing[0]))

static int probe_bpf(void)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "probe", "GPL", nothing, NOTHING_LEN,
			       NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int probe_btf(struct features *f)
{
	f->btf = btf__load_vmlinux_btf();
	if (!libbpf_get_error(f->btf))
		return 0;
	f->btf = NULL;
	return -ENOENT; /* libbpf says ESRCH, which means nothing to people */
}

static int probe_psi(void)
{
	char line[256];
	int fd = open("/proc/pressure/memory", O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (read(fd, line, sizeof(line)) < 0)
		err = -errno; /* EOPNOTSUPP: built in but off at boot */
	close(fd);
	return err;
}

bool features_has_function(const struct features *f, const char *name)
{
	return f->btf && btf__find_by_name_kind(f->btf, name, BTF_KIND_FUNC) > 0;
}

bool features_has_tracepoint(const struct features *f, const char *name)
{
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return f->btf && btf__find_by_name_kind(f->btf, type, BTF_KIND_TYPEDEF) > 0;
}

bool features_has_type(const struct features *f, const char *name)
{
	return f->btf && btf__find_by_name_kind(f->btf, name, BTF_KIND_STRUCT) > 0;
}

/* Loading is not enough: arm64 without direct ftrace calls refuses only the attachment (-524). */
static int probe_fentry(const struct features *f)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	int prog, link;

	if (!features_has_function(f, "psi_memstall_enter"))
		return -ENOENT;
	opts.attach_btf_id =
		(__u32)btf__find_by_name_kind(f->btf, "psi_memstall_enter", BTF_KIND_FUNC);
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "probe", "GPL", nothing, NOTHING_LEN, &opts);
	if (prog < 0)
		return prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	close(prog);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

static int probe_kprobe(void)
{
	if (!access("/sys/bus/event_source/devices/kprobe/type", R_OK))
		return 0;
	return -errno;
}

static int probe_syscall(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "probe", "GPL", nothing, NOTHING_LEN, &opts);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/*
 * BTF may list the variable although kallsyms, where the verifier looks its address up, has only
 * functions: load a program that names it.
 */
static int probe_percpu_var(const struct features *f)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_BTF_ID },
		{},
		nothing[0],
		nothing[1],
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int id, fd;

	if (!f->btf)
		return -ENOENT;
	id = btf__find_by_name_kind(f->btf, "system_group_pcpu", BTF_KIND_VAR);
	if (id < 0)
		return -ENOENT;
	insns[0].imm = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "probe", "GPL", insns, 4, &opts);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int probe_mem_alloc(const struct features *f)
{
	return features_has_type(f, "bpf_mem_alloc") ? 0 : -ENOENT;
}

static int probe_mrelease(void)
{
	/* -1 is no pidfd: EBADF means that the call is there. */
	return syscall(SYS_process_mrelease, -1, 0) < 0 && errno == EBADF ? 0 : -ENOSYS;
}

static int probe_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* libbpf explains failures we expect (no fentry, no kprobe) at length: only with --verbose. */
static int print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (log_get_level() < LOG_LEVEL_DEBUG || level == LIBBPF_DEBUG)
		return 0;
	return vfprintf(stderr, fmt, args);
}

void features_probe(struct features *f)
{
	libbpf_set_print(print);
	memset(f, 0, sizeof(*f));
	f->missing[FEATURE_BTF] = probe_btf(f);
	f->missing[FEATURE_BPF] = probe_bpf();
	f->missing[FEATURE_PSI] = probe_psi();
	f->missing[FEATURE_FENTRY] = probe_fentry(f);
	f->missing[FEATURE_KPROBE] = probe_kprobe();
	f->missing[FEATURE_SYSCALL] = probe_syscall();
	f->missing[FEATURE_PERCPU_VAR] = probe_percpu_var(f);
	f->missing[FEATURE_MEM_ALLOC] = probe_mem_alloc(f);
	f->missing[FEATURE_MRELEASE] = probe_mrelease();
	f->missing[FEATURE_PIDFD] = probe_pidfd();
}

void features_done(struct features *f)
{
	btf__free(f->btf);
	f->btf = NULL;
}
