// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * stall.bpf.c - who stalls on memory, and for how long?
 *
 * The kernel's own notion of a memory stall is a pair of calls, psi_memstall_enter/leave, around
 * direct reclaim, compaction, refaults and swap-in. Hooked by fentry, else by kprobe, they give the
 * edge microseconds after it happened. The kernel's own accounting stays the truth: psi_sample
 * reads its per-CPU clocks (system_group_pcpu) and weighs them as psi.c does, without the side
 * effect that a read of /proc/pressure has (a CPU with less than a jiffy of work since the last read
 * loses its stall for every reader).
 *
 * Where those clocks are. Not by the variable's name: the verifier would look that up in kallsyms, which
 * on many kernels lists functions only (Debian's for arm64 among them). But every task points to the run
 * queue of the CPU it is on, another per-CPU variable, and BTF says how far apart the two are.
 *
 * Cost. The hooks fire once per stall: never on an idle machine, up to some 10,000 times a second
 * in a thrashing one, about 200 ns each against stalls of 100 us and more. psi_sample costs about
 * 150 ns per CPU and runs only when the agent asks, in watch.
 *
 * Accepted races. A leave whose enter was missed (the same program interrupted itself on this CPU)
 * is counted and adds nothing. psi_sample reads times[] without its seqcount: a sample torn by an
 * update is off by one slice and the next one corrects it, since only differences to the last good
 * value are added and a clock that seems to run backwards adds nothing.
 */
#include "emit.bpf.h"

/* Stall time by cgroup id, summed over tasks: two tasks stalling for 1 ms are 2 ms. */
struct cgroup_stall {
	__u64 stall_ns;
	__u64 stalls;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096); /* twice the cgroups of a large host; those beyond are counted */
	__type(key, __u64);
	__type(value, struct cgroup_stall);
} cgroup_stalls SEC(".maps");

/* kswapd and kcompactd stall by design. */
static __always_inline bool counts(struct task_struct *task)
{
	return !(BPF_CORE_READ(task, flags) & PF_KTHREAD) && in_scope(task);
}

static __always_inline int stall_enter(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	/* Nested sections belong to the outer one. */
	if (BPF_CORE_READ_BITFIELD_PROBED(task, in_memstall) || !counts(task))
		return 0;
	slot_begin(board.stalls, bpf_get_current_pid_tgid(), EDGE_STALL);
	edge(EDGE_STALL, 0);
	return 0;
}

static __always_inline int stall_leave(unsigned long *flags)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct cgroup_stall *sum, first = { .stalls = 1 };
	unsigned long nested = 0;
	__u64 since, id;

	if (calm())
		return 0;
	bpf_probe_read_kernel(&nested, sizeof(nested), flags);
	if (nested)
		return 0;
	since = slot_end(board.stalls, bpf_get_current_pid_tgid());
	if (!since) {
		if (counts(task))
			count(COUNT_MISSED_LEAVE);
		return 0;
	}
	first.stall_ns = bpf_ktime_get_ns() - since;
	id = cgroup_id_of(task);
	sum = bpf_map_lookup_elem(&cgroup_stalls, &id);
	if (sum) {
		__sync_fetch_and_add(&sum->stall_ns, first.stall_ns);
		__sync_fetch_and_add(&sum->stalls, 1);
	} else if (bpf_map_update_elem(&cgroup_stalls, &id, &first, BPF_NOEXIST)) {
		count(COUNT_CGROUP_FULL);
	}
	return 0;
}

SEC("?fentry/psi_memstall_enter")
int BPF_PROG(stall_enter_fentry)
{
	return stall_enter();
}

/* The verifier of 5.10 lets nobody touch an argument that points to a number: read as memory. */
SEC("?fentry/psi_memstall_leave")
int BPF_PROG(stall_leave_fentry)
{
	unsigned long *flags = NULL;

	bpf_probe_read_kernel(&flags, sizeof(flags), ctx);
	return stall_leave(flags);
}

SEC("?kprobe/psi_memstall_enter")
int BPF_KPROBE(stall_enter_kprobe)
{
	return stall_enter();
}

SEC("?kprobe/psi_memstall_leave")
int BPF_KPROBE(stall_leave_kprobe, unsigned long *flags)
{
	return stall_leave(flags);
}

enum clock_kind {
	CLOCK_SOME,
	CLOCK_FULL,
	CLOCK_NONIDLE,
	CLOCK_KINDS
};

/* Last reading of each CPU. */
struct cpu_clocks {
	__u32 time_ns[CLOCK_KINDS];
};

/* Well below the wrap of the kernel's u32 clocks, well above the longest sampling period. */
#define REBASE_NS 2000000000ULL

static struct cpu_clocks clocks[KNOB_MAX_CPUS];

/* Addresses of struct rq; 0: a CPU that has not been online since the agent began. */
static __u64 rq_of[KNOB_MAX_CPUS];

/* Of this CPU, and it is noted down; NULL when the current task does not lead to it. */
static __always_inline struct rq *this_rq(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 cpu = bpf_get_smp_processor_id();
	struct rq *rq = BPF_CORE_READ(task, se.cfs_rq, rq);

	if (cpu >= KNOB_MAX_CPUS || BPF_CORE_READ(rq, cpu) != cpu)
		return NULL;
	rq_of[cpu] = (__u64)rq;
	return rq;
}

/* Run on each CPU before the first sample (hook.c). 0: found. */
SEC("?raw_tp")
int psi_clocks(void *ctx)
{
	return !this_rq();
}

/*
 * state_start is in sched_clock, BPF's clock is CLOCK_MONOTONIC. This CPU's rq->clock was set a few
 * microseconds ago, when the agent was switched in; the smallest difference seen is the offset.
 * Taken anew every second, because the two clocks drift apart.
 */
static __u64 clock_offset_ns;
static __u64 clock_offset_taken_ns;

static __always_inline __u64 sched_clock_now(struct rq *rq, __u64 now)
{
	__u64 offset = now - BPF_CORE_READ(rq, clock);

	if (now - clock_offset_taken_ns > 1000000000ULL || offset < clock_offset_ns) {
		clock_offset_ns = offset;
		clock_offset_taken_ns = now;
	}
	return now - clock_offset_ns;
}

static __always_inline __u32 clock_read(struct psi_group_cpu *g, __u32 state, __u64 now)
{
	__u64 since = BPF_CORE_READ(g, state_start);
	__u32 time_ns;

	bpf_probe_read_kernel(&time_ns, sizeof(time_ns), &g->times[state]);
	if (BPF_CORE_READ(g, state_mask) & (1u << state) && now > since)
		time_ns += now - since;
	return time_ns;
}

/* Difference to the last reading; a clock that seems to go back (torn sample) waits for the next. */
static __always_inline __u32 clock_step(__u32 *last_ns, __u32 time_ns)
{
	__s32 step = time_ns - *last_ns;

	if (step <= 0)
		return 0;
	*last_ns = time_ns;
	return step;
}

SEC("?syscall")
int psi_sample(void *ctx)
{
	__u64 now = bpf_ktime_get_ns(), clock, some = 0, full = 0, weight, weights = 0;
	__u32 cpu, nonidle = compat_psi_nonidle(), step[CLOCK_KINDS];
	struct rq *rq = this_rq();
	struct psi_group_cpu *g;
	struct cpu_clocks *last;
	bool rebase;

	if (!rq)
		return 0;
	/* The first sample after a calm only sets the base: u32 clocks wrap after 4.3 s. */
	rebase = now - board.psi_time_ns > REBASE_NS;
	clock = sched_clock_now(rq, now);
	for (cpu = 0; cpu < KNOB_MAX_CPUS; cpu++) {
		if (cpu >= knobs.cpus)
			break;
		if (!rq_of[cpu])
			continue;
		g = (void *)(rq_of[cpu] + knobs.psi_from_rq);
		last = &clocks[cpu];
		if (rebase) {
			last->time_ns[CLOCK_SOME] = clock_read(g, PSI_MEM_SOME, clock);
			last->time_ns[CLOCK_FULL] = clock_read(g, PSI_MEM_FULL, clock);
			last->time_ns[CLOCK_NONIDLE] = clock_read(g, nonidle, clock);
			continue;
		}
		step[CLOCK_SOME] =
			clock_step(&last->time_ns[CLOCK_SOME], clock_read(g, PSI_MEM_SOME, clock));
		step[CLOCK_FULL] =
			clock_step(&last->time_ns[CLOCK_FULL], clock_read(g, PSI_MEM_FULL, clock));
		step[CLOCK_NONIDLE] =
			clock_step(&last->time_ns[CLOCK_NONIDLE], clock_read(g, nonidle, clock));
		weight = step[CLOCK_NONIDLE] >> 10; /* about us, so that the products fit */
		weights += weight;
		some += (__u64)step[CLOCK_SOME] * weight;
		full += (__u64)step[CLOCK_FULL] * weight;
	}
	if (weights) {
		board.psi_some_ns += some / weights;
		board.psi_full_ns += full / weights;
	}
	board.psi_time_ns = now;
	return 0;
}
