// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * dmabuf.bpf.c - what does the file of a dma-buf look like?
 *
 * Its f_op tells it from all others, but has no name that BPF may use. The kernel's list of dma-bufs (6.16,
 * iter/dmabuf) leads to a file of one, and f_op never changes once there is a first. So the agent runs this
 * when it prepares a pass over the processes (tasks.bpf.c), until it knows; who has which buffers is then
 * that pass's question (dmabuf.bpf.h).
 *
 * Cost. Nothing while no pass is prepared; then some us, and a reference taken and dropped for each buffer,
 * once. The list has a mutex: never between an edge and its decision.
 *
 * Accepted races. None: each buffer is held while it is looked at. A dma-buf that comes first just after
 * is seen at the next time.
 */
#include "emit.bpf.h"

/* Not in vmlinux.h, whose kernels are older. */
struct bpf_iter__dmabuf {
	struct bpf_iter_meta *meta;
	struct dma_buf *dmabuf;
} __attribute__((preserve_access_index));

SEC("?iter/dmabuf")
int dmabufs(struct bpf_iter__dmabuf *ctx)
{
	struct dma_buf *buffer = ctx->dmabuf;

	if (buffer && !board.dmabuf_ops)
		board.dmabuf_ops = (__u64)BPF_CORE_READ(buffer, file, f_op);
	return 0;
}
