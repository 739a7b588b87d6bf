/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dmabuf.bpf.h - how much memory has a process in buffers that it shares with devices?
 *
 * Dma-bufs (of cameras, video, the screen) are in no process's RSS. They are found as file descriptors: all
 * files of dma-bufs have the same f_op, which dmabuf.bpf.c has noted on the board. A buffer counts once in a
 * process, whole, however many descriptors and other processes have it, as pages of files do in RSS. What
 * is mapped while no descriptor is open any more is not seen, nor are those of a process whose first thread
 * is dead.
 *
 * Cost. Five reads for a process, two for 64 slots of its table of descriptors, one for each file in it, and
 * for each dma-buf three and two of a hash (measured, a pass over 1,000 processes: 0.5 ms without, 2.5 ms
 * with 29 files in each, 4.5 ms with 119). Only strategy android pays it.
 *
 * Accepted races. Nothing is locked: files are closed and opened meanwhile, and a struct file is used again
 * at once. A buffer counts only if it says itself that this is its file; so the worst is one that another
 * process has.
 */
#ifndef REAPD_DMABUF_BPF_H
#define REAPD_DMABUF_BPF_H

#include "emit.bpf.h"

#define FDS_READ   64 /* at once: a word of the kernel's bitmap of those in use */
/* Of them: twice Android's limit of open files; what is beyond is not seen. */
#define CHUNKS_MAX 1024

/* More buffers in one process may count twice. */
#define BUFFERS_KNOWN 4096

/* Which buffer was counted last by which walk. Made only where it is needed (sense/maps.c). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, BUFFERS_KNOWN);
	__type(key, __u64);
	__type(value, __u64);
} dmabufs_counted SEC(".maps");

/* Passes run one at a time. */
static struct file *some_files[FDS_READ];
static __u64 walks;

struct walk {
	struct file **files;
	__u64 *in_use;
	__u64 bytes;
};

static __always_inline void count_file(struct file *file, struct walk *w)
{
	__u64 buffer, *counted, now = walks;

	if (!file || (__u64)BPF_CORE_READ(file, f_op) != board.dmabuf_ops)
		return;
	buffer = (__u64)BPF_CORE_READ(file, private_data);
	if (BPF_CORE_READ((struct dma_buf *)buffer, file) != file)
		return;
	counted = bpf_map_lookup_elem(&dmabufs_counted, &buffer);
	if (counted && *counted == now)
		return;
	bpf_map_update_elem(&dmabufs_counted, &buffer, &now, BPF_ANY);
	w->bytes += BPF_CORE_READ((struct dma_buf *)buffer, size);
}

static long count_files(__u32 chunk, struct walk *w)
{
	__u64 in_use = 0;

	bpf_probe_read_kernel(&in_use, sizeof(in_use), w->in_use + chunk);
	if (!in_use)
		return 0;
	if (bpf_probe_read_kernel(some_files, sizeof(some_files), w->files + chunk * FDS_READ))
		return 1;
	/* Not a callback for each, which costs more than what it does. Most of a table is behind its last file. */
	for (__u32 i = 0; i < FDS_READ && in_use >> i; i++)
		count_file(some_files[i], w);
	return 0;
}

static __always_inline __u32 dmabuf_kib(struct task_struct *leader)
{
	struct fdtable *table = BPF_CORE_READ(leader, files, fdt);
	struct walk w = { .files = BPF_CORE_READ(table, fd),
			  .in_use = (__u64 *)BPF_CORE_READ(table, open_fds) };
	__u32 chunks = BPF_CORE_READ(table, max_fds) / FDS_READ;

	if (!board.dmabuf_ops || !w.files)
		return 0;
	walks++;
	bpf_loop(chunks < CHUNKS_MAX ? chunks : CHUNKS_MAX, count_files, &w, 0);
	return w.bytes >> 10;
}

#endif
