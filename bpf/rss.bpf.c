// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * rss.bpf.c - who is growing?
 *
 * kmem:rss_stat fires when a counter of an mm changes: before 6.2 once in 64 faults, since then at
 * every fault, which makes it the hottest hook here. A tracepoint with a program that only returns
 * costs 50 to 100 ns, more than calm may cost; so the agent attaches this one when watch begins and
 * takes it off in calm. In watch it looks closer at one event in RSS_SAMPLE on each CPU, and
 * publishes a process that changed by a quantum since it was last published. What was last published
 * is kept in a small table hashed by mm, in .bss: no helper call, no allocation. Only tp_btf is used:
 * the classic tracepoint sums all CPUs' counters at every event since 6.2.
 *
 * Sizes are those of compat_rss_pages, with its error; the quantum should not be smaller than it.
 *
 * Accepted races. Two mms that share a slot push each other out and are published more often; two
 * CPUs that fault in one mm may publish it twice. Neither is wrong, both are rare.
 */
#include "note.bpf.h"

#define RSS_SLOTS 4096 /* 64 KiB; live mms beyond that only cost extra records */

/*
 * One fault in 16 is looked at: 64 KiB of small pages, little beside a quantum of 1 MiB. Where events
 * come in batches already (before 6.2), all are.
 */
#define RSS_SAMPLE 16

struct rss_slot {
	__u64 mm_id;
	__u64 kib;
};

static struct rss_slot published[RSS_SLOTS];

/* mm_structs come from a slab of objects of about 1 KiB: the low bits say nothing. */
static __always_inline struct rss_slot *slot_of(__u64 mm_id)
{
	return &published[((mm_id >> 10) ^ (mm_id >> 22)) % RSS_SLOTS];
}

/*
 * Whose memory is it? Mostly the task that runs; kswapd and others change the counters of mms they
 * do not own, and then the kernel's note of the owner tells (memcg kernels only; NULL otherwise).
 */
static __always_inline struct task_struct *owner_of(__u64 mm_id)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mm_struct *mm = (void *)mm_id;

	if (BPF_CORE_READ(task, mm) == mm)
		return task;
	if (!bpf_core_field_exists(mm->owner))
		return NULL;
	return BPF_CORE_READ(mm, owner);
}

static __always_inline bool is_current(struct task_struct *task)
{
	return task == (void *)bpf_get_current_task();
}

/* On a cache line of its own for each CPU; a lost count moves the sample by one. */
static struct {
	__u32 events;
	__u32 pad[15];
} sampled[KNOB_MAX_CPUS];

static __always_inline bool skip(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	if (bpf_core_type_exists(struct mm_rss_stat___before_6_2) || cpu >= KNOB_MAX_CPUS)
		return false;
	return sampled[cpu].events++ % RSS_SAMPLE;
}

static __always_inline __u32 kib(struct mm_struct *mm, int member)
{
	return compat_rss_pages_trusted(mm, member) * knobs.page_kib;
}

SEC("?tp_btf/rss_stat")
int BPF_PROG(rss_stat, struct mm_struct *mm)
{
	__u32 anon, file, shmem, swap;
	struct task_struct *task;
	__u64 mm_id, all, change;
	struct rss_slot *slot;
	struct event_rss *e;
	bool renamed;

	if (calm() || skip())
		return 0;
	anon = kib(mm, RSS_ANON);
	file = kib(mm, RSS_FILE);
	shmem = kib(mm, RSS_SHMEM);
	swap = kib(mm, RSS_SWAP);
	all = (__u64)anon + file + shmem + swap;

	/* Read back as a number: the verifier allows no arithmetic on the pointer itself. */
	bpf_probe_read_kernel(&mm_id, sizeof(mm_id), ctx);
	slot = slot_of(mm_id);
	change = slot->kib > all ? slot->kib - all : all - slot->kib;
	if (slot->mm_id == mm_id && change < knobs.rss_quantum_kib)
		return 0;
	task = owner_of(mm_id);
	if (!task || !in_scope(task))
		return 0;
	slot->mm_id = mm_id;
	slot->kib = all;
	renamed = is_current(task) && look_again(BPF_CORE_READ(task, group_leader));

	e = bulk_reserve(EV_RSS, sizeof(*e));
	if (!e)
		return 0;
	e->tgid = BPF_CORE_READ(task, tgid);
	e->uid = BPF_CORE_READ(task, cred, uid.val);
	e->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	e->mm_id = mm_id;
	e->anon_kib = anon;
	e->file_kib = file;
	e->shmem_kib = shmem;
	e->swap_kib = swap;
	e->oom_score_adj = BPF_CORE_READ(task, signal, oom_score_adj);
	e->renamed = renamed;
	e->dmabuf_kib = DMABUF_NOT_READ;
	bulk_submit(e);
	return 0;
}
