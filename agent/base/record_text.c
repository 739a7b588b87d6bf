// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "record_text.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "owner.h"
#include "text.h"

#define countof(a) (sizeof(a) / sizeof((a)[0]))

const char *veto_text(__u32 veto)
{
	static const char *const texts[VETOES] = {
		[VETO_NONE] = "may be killed",
		[VETO_INIT] = "PID 1",
		[VETO_KTHREAD] = "kernel thread",
		[VETO_SELF] = "reapd or an ancestor of it",
		[VETO_ADJ] = "oom_score_adj -1000",
		[VETO_SCOPE] = "outside the scope",
		[VETO_IDENTITY] = "not the process that was measured",
		[VETO_DYING] = "already dying",
		[VETO_FILTER] = "protected by a filter",
		[VETO_SHARES] = "shares memory with a spared process",
		[VETO_EMPTY] = "no memory to give back",
		[VETO_OMIT] = "its cgroup asks to be left out",
		[VETO_CONTAINS] = "all processes in it are spared",
		[VETO_UNREGISTERED] = "not registered at the lmkd socket",
		[VETO_FLOOR] = "oom_score_adj below the least of the reason",
	};

	return veto < VETOES ? texts[veto] : "?";
}

const char *outcome_name(__u32 outcome)
{
	static const char *const names[OUTCOMES] = {
		[OUTCOME_PENDING] = "pending", [OUTCOME_FREED] = "freed",
		[OUTCOME_EXITED] = "exited",   [OUTCOME_RELEASED] = "released",
		[OUTCOME_STUCK] = "stuck",     [OUTCOME_GONE] = "gone",
		[OUTCOME_FAILED] = "failed",   [OUTCOME_DRY_RUN] = "dry-run",
		[OUTCOME_NONE] = "nobody",
	};

	return outcome < OUTCOMES ? names[outcome] : "?";
}

const char *stage_name(__u32 stage)
{
	static const char *const names[STAGES] = {
		[STAGE_EDGE] = "edge",	       [STAGE_WAKE] = "wake",
		[STAGE_DECIDED] = "decided",   [STAGE_SIGNALLED] = "signalled",
		[STAGE_RELEASED] = "released", [STAGE_EXITED] = "exited",
		[STAGE_FREED] = "freed",
	};

	return stage < STAGES ? names[stage] : "?";
}

const char *latency_name(__u32 step)
{
	static const char *const names[LATENCY_STEPS] = {
		[LATENCY_EDGE_WAKE] = "edge to wake",
		[LATENCY_WAKE_DECIDED] = "wake to decided",
		[LATENCY_DECIDED_SIGNALLED] = "decided to signalled",
		[LATENCY_SIGNALLED_RELEASED] = "signalled to released",
		[LATENCY_SIGNALLED_EXITED] = "signalled to exited",
		[LATENCY_SIGNALLED_FREED] = "signalled to freed",
		[LATENCY_EDGE_FREED] = "edge to freed",
	};

	return step < LATENCY_STEPS ? names[step] : "?";
}

const char *kind_name(__u32 kind)
{
	static const char *const names[] = {
		[0] = "?",
		[RECORD_KILL] = "kill",
		[RECORD_KERNEL_OOM] = "kernel-oom",
		[RECORD_NO_VICTIM] = "no-victim",
		[RECORD_STEP] = "step",
		[RECORD_SHADOW] = "shadow",
	};

	return kind < countof(names) ? names[kind] : "?";
}

const char *step_name(__u32 step)
{
	static const char *const names[STEP_KINDS] = {
		[0] = "?",
		[STEP_NOTIFY] = "notify",
		[STEP_RECLAIM] = "reclaim",
		[STEP_FREEZE] = "freeze",
		[STEP_CLAMP] = "clamp",
		[STEP_WAIT] = "wait",
		[STEP_TERM] = "term",
		[STEP_RUN] = "run",
		[STEP_KILL] = "kill",
	};

	return step < STEP_KINDS ? names[step] : "?";
}

const char *what_name(__u32 what)
{
	static const char *const names[CHOOSE_WHATS] = {
		[CHOOSE_PROCESS] = "process",
		[CHOOSE_CGROUP] = "cgroup",
		[CHOOSE_GROUP] = "group",
	};

	return what < CHOOSE_WHATS ? names[what] : "?";
}

const char *order_name(__u32 order)
{
	static const char *const names[ORDERS] = {
		[ORDER_BADNESS] = "badness", [ORDER_SIZE] = "size",	  [ORDER_GROWTH] = "growth",
		[ORDER_SWAP] = "swap",	     [ORDER_STALL] = "stall",	  [ORDER_PGSCAN] = "pgscan",
		[ORDER_LMKD] = "lmkd",	     [ORDER_BENEFIT] = "benefit",
	};

	return order < ORDERS ? names[order] : "?";
}

const char *order_explained(__u32 order)
{
	if (order == ORDER_BENEFIT)
		return "First goes who gives back the most in the least important band of "
		       "oom_score_adj; who is too small to help goes last";
	if (order == ORDER_LMKD)
		return "As in lmkd the highest oom_score_adj goes first, of equal ones who was used "
		       "the longest ago; at 200 and below, or if so set, the largest";
	return NULL;
}

/* What came of it: "freed after 7.9 ms", "exited", "stuck". */
static char *outcome_text(char *buf, size_t size, const struct kill_record *r)
{
	enum stage to = r->outcome == OUTCOME_FREED ? STAGE_FREED : STAGE_RELEASED;
	__u64 from_ns = r->stage_ns[STAGE_SIGNALLED], to_ns = r->stage_ns[to];
	char time[32];

	if ((r->outcome == OUTCOME_FREED || r->outcome == OUTCOME_RELEASED) && to_ns >= from_ns)
		snprintf(buf, size, "%s after %s", outcome_name(r->outcome),
			 text_ns(time, sizeof(time), to_ns - from_ns));
	else
		snprintf(buf, size, "%s", outcome_name(r->outcome));
	return buf;
}

#define PATH_SHOWN 60

/* The end of a path says more than its begin. */
static char *path_text(char *buf, size_t size, const char *path)
{
	size_t len = strlen(path), cut = len > PATH_SHOWN ? len - PATH_SHOWN : 0;

	snprintf(buf, size, "%s%.*s", cut ? "..." : "", PATH_SHOWN, path + cut);
	return buf;
}

__u64 record_size_kib(const struct kill_record *r)
{
	if (r->what != CHOOSE_PROCESS)
		return r->member_kib;
	return (__u64)r->anon_kib + r->file_kib + r->shmem_kib + r->swap_kib + r->dmabuf_kib;
}

/* "hog (pid 7, uid 0, adj 0, 2.0 GiB)", "cgroup /a (3 processes, 2.0 GiB)". */
static char *victim_text(char *buf, size_t size, const struct kill_record *r)
{
	const char *name = r->name[0] ? r->name : r->comm, *alone = "";
	const char *asked = r->flags & RECORD_F_ASKED ? ", SIGTERM did not end it" : "";
	char kib[32], path[80];

	text_kib(kib, sizeof(kib), record_size_kib(r));
	if (r->flags & RECORD_F_CAPPED)
		alone = ", alone: all of what it is in is more than the rule may kill";
	else if (r->flags & RECORD_F_ALONE)
		alone = ", alone: a spared process is with it";
	if (r->what == CHOOSE_CGROUP)
		snprintf(buf, size, "cgroup %s (%u processes, %s)%s",
			 path_text(path, sizeof(path), r->cgroup), r->processes, kib, asked);
	else if (r->what == CHOOSE_GROUP)
		snprintf(buf, size, "process group of %s (pid %u, %u processes, %s)%s", name,
			 r->tgid, r->processes, kib, asked);
	else
		snprintf(buf, size, "%s (pid %u, uid %u, adj %d, %s)%s%s", name, r->tgid, r->uid,
			 r->oom_score_adj, kib, alone, asked);
	return buf;
}

/* " 64 MiB of cgroup /a": what a step was done to. */
static char *object_text(char *buf, size_t size, const struct kill_record *r)
{
	char text[32], path[80];

	switch (r->kind == RECORD_STEP || r->kind == RECORD_SHADOW ? r->step : STEP_KILL) {
	case STEP_NOTIFY:
	case STEP_RUN:
		*buf = 0;
		break;
	case STEP_WAIT:
		snprintf(buf, size, " %s", text_ns(text, sizeof(text), r->step_amount * NS_PER_MS));
		break;
	case STEP_RECLAIM:
		snprintf(buf, size, " %s%s%s", text_kib(text, sizeof(text), r->step_amount),
			 *r->place ? " of cgroup " : "", path_text(path, sizeof(path), r->place));
		break;
	case STEP_FREEZE:
	case STEP_CLAMP:
		snprintf(buf, size, " cgroup %s", path_text(path, sizeof(path), r->cgroup));
		break;
	default:
		*buf = ' ';
		victim_text(buf + 1, size - 1, r);
		break;
	}
	return buf;
}

/* What was done, or would have been. */
static char *deed_text(char *buf, size_t size, const struct kill_record *r)
{
	static const struct {
		const char *done, *would;
	} steps[STEP_KINDS] = {
		[0] = { "?", "done ?" },
		[STEP_NOTIFY] = { "warned", "warned" },
		[STEP_RECLAIM] = { "reclaimed", "reclaimed" },
		[STEP_FREEZE] = { "froze", "frozen" },
		[STEP_CLAMP] = { "clamped", "clamped" },
		[STEP_WAIT] = { "waited", "waited" },
		[STEP_TERM] = { "asked to end:", "asked to end:" },
		[STEP_RUN] = { "ran a program", "run a program" },
		[STEP_KILL] = { "killed", "killed" },
	};
	__u32 step = r->kind == RECORD_KILL ? STEP_KILL : r->step < STEP_KINDS ? r->step : 0;

	if (r->kind == RECORD_SHADOW)
		snprintf(buf, size, "shadow: would have %s", steps[step].would);
	else if (r->kind == RECORD_KILL || r->kind == RECORD_STEP)
		snprintf(buf, size, "%s%s", r->dry_run ? "would have " : "",
			 r->dry_run ? steps[step].would : steps[step].done);
	else
		snprintf(buf, size, "%s", r->kind == RECORD_KERNEL_OOM ? "kernel OOM killed" : "?");
	return buf;
}

/* What came of it, with "; " before it; a step has no outcome but an error. */
static char *end_text(char *buf, size_t size, const struct kill_record *r)
{
	char outcome[64];

	*buf = 0;
	if (r->kind == RECORD_NO_VICTIM && r->reason && !r->considered)
		snprintf(buf, size, "; nobody has an oom_score_adj of %d or more",
			 r->min_score_adj);
	else if (r->kind == RECORD_NO_VICTIM)
		snprintf(buf, size, "; all %u candidates are spared", r->considered);
	else if (r->kind == RECORD_STEP && r->error)
		snprintf(buf, size, "; failed: %s", strerror(-r->error));
	else if (r->kind != RECORD_STEP && r->kind != RECORD_SHADOW)
		snprintf(buf, size, "; %s", outcome_text(outcome, sizeof(outcome), r));
	return buf;
}

int oom_limit_path(const struct kill_record *r)
{
	int len = 0, level = 0;

	if (r->oom_limit != OOM_LIMIT_CGROUP)
		return 0;
	for (; r->cgroup[len] && (r->cgroup[len] != '/' || level < r->oom_level); len++)
		level += r->cgroup[len] == '/';
	return level == r->oom_level ? len : 0;
}

char *oom_limit_text(char *buf, size_t size, const struct kill_record *r)
{
	static const char *const texts[OOM_LIMITS] = {
		[OOM_LIMIT_UNKNOWN] = "",
		[OOM_LIMIT_MACHINE] = "the machine had no memory left",
		[OOM_LIMIT_CPUSET] = "the memory nodes of a cpuset were full",
		[OOM_LIMIT_MEMPOLICY] = "the memory nodes of a memory policy were full",
		[OOM_LIMIT_CGROUP] = "the limit of a cgroup was reached",
	};
	int len = oom_limit_path(r);

	if (len && !r->cgroup[len])
		snprintf(buf, size, "the limit of its cgroup was reached");
	else if (len)
		snprintf(buf, size, "the limit of %.*s was reached", len, r->cgroup);
	else
		snprintf(buf, size, "%s", r->oom_limit < OOM_LIMITS ? texts[r->oom_limit] : "?");
	return buf;
}

char *record_why(char *buf, size_t size, const struct kill_record *r)
{
	if (r->kind == RECORD_KERNEL_OOM)
		return oom_limit_text(buf, size, r);
	return terms_text(buf, size, r->term, r->terms);
}

char *record_line(char *buf, size_t size, const struct kill_record *r)
{
	char head[580], deed[64], object[320], in[96], place[80], why[RECORD_TERMS * TERM_TEXT];
	struct owner owner;
	char end[96];
	size_t rest;

	deed_text(deed, sizeof(deed), r);
	object_text(object, sizeof(object), r);
	if (r->kind == RECORD_NO_VICTIM) {
		strcpy(deed, "killed nobody");
		*object = 0;
	}
	owner_of(r->tgid ? r->cgroup : "", &owner);
	owner_text(in, sizeof(in), &owner);
	snprintf(head, sizeof(head), "%s%s%s%s: %s%s%s", deed, object, *in ? " in " : "", in,
		 r->rule, *r->place ? " in " : "", path_text(place, sizeof(place), r->place));
	record_why(why, sizeof(why), r);
	end_text(end, sizeof(end), r);
	rest = strlen(head) + strlen(end) + strlen(": ");
	snprintf(buf, size, "%s%s%.*s%s", head, *why ? ": " : "",
		 rest < size ? (int)(size - rest - 1) : 0, why, end);
	return buf;
}
