// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "features.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "../base/log.h"
#include "../base/mount.h"
#include "clocks.h"
#include "kallsyms.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static const struct {
	const char *name;
	const char *lost;
} texts[FEATURES] = {
	[FEATURE_BTF] = { "BTF", "tier C: classic tracepoints, sizes from /proc" },
	[FEATURE_BPF] = { "BPF", "everything" },
	[FEATURE_PSI] = { "PSI", "everything" },
	[FEATURE_CGROUP_PSI] = { "cgroup pressure",
				 "psi of a scope or a rule's cgroups does not apply" },
	[FEATURE_FENTRY] = { "fentry", "tier B at best; kprobes are tried instead" },
	[FEATURE_KPROBE] = { "kprobe", "stall edges, where fentry is missing too" },
	[FEATURE_SYSCALL] = { "syscall program", "pressure is read from files every 50 ms" },
	[FEATURE_PERCPU_VAR] = { "per-CPU variables", "pressure is read from files every 50 ms" },
	[FEATURE_VM_STAT] = { "sums of pages",
			      "falling memory is seen when kswapd wakes, not before" },
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

/* The root has it where any cgroup has. */
static int probe_cgroup_psi(void)
{
	char mount[PATH_MAX], path[PATH_MAX + 20];

	if (!mount_find("cgroup2", NULL, mount, sizeof(mount)))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/memory.pressure", mount);
	return access(path, F_OK) ? -errno : 0;
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

bool features_has_iterator(const struct features *f, const char *target)
{
	char name[64];

	snprintf(name, sizeof(name), "bpf_iter_%s", target);
	return features_has_function(f, name);
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

static int probe_vm_stat(struct features *f)
{
	static const char *const names[] = { "vm_zone_stat", "vm_node_stat" };
	__u64 address[2];
	int err = kallsyms_find(NULL, names, address, 2);

	if (err)
		return err;
	if (!address[0] || !address[1])
		return -ENOENT;
	f->zone_stat = address[0];
	f->node_stat = address[1];
	return 0;
}

/* libbpf explains failures we expect (no fentry, no kprobe) at length: only with --verbose. */
static int print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (log_get_level() < LOG_LEVEL_DEBUG || level == LIBBPF_DEBUG)
		return 0;
	return vfprintf(stderr, fmt, args);
}

void features_probe(struct features *f, bool no_btf)
{
	libbpf_set_print(print);
	memset(f, 0, sizeof(*f));
	f->missing[FEATURE_BTF] = no_btf ? -ENOENT : probe_btf(f);
	f->missing[FEATURE_BPF] = probe_bpf();
	f->missing[FEATURE_PSI] = probe_psi();
	f->missing[FEATURE_CGROUP_PSI] = probe_cgroup_psi();
	f->missing[FEATURE_FENTRY] = probe_fentry(f);
	f->missing[FEATURE_KPROBE] = probe_kprobe();
	f->missing[FEATURE_SYSCALL] = probe_syscall();
	f->missing[FEATURE_PERCPU_VAR] = clocks_distance(f->btf, &f->psi_from_rq);
	f->missing[FEATURE_VM_STAT] = probe_vm_stat(f);
	f->missing[FEATURE_MEM_ALLOC] = probe_mem_alloc(f);
	f->missing[FEATURE_MRELEASE] = probe_mrelease();
	f->missing[FEATURE_PIDFD] = probe_pidfd();
}

void features_done(struct features *f)
{
	btf__free(f->btf);
	f->btf = NULL;
}
