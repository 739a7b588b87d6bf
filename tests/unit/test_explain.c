// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_explain.c - tools/explain_kill: the paragraph about a kill says all that is in its record, and
 * nothing that is not.
 */
#include "test.h"

#include <errno.h>
#include <time.h>

#include <reapd/choice.h>

#include "../../tools/explain_kill.h"

static char text[EXPLAIN_MAX];

static const struct record_term full = {
	.signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 2000, .value = 712, .limit = 600
};
static const struct record_term no_swap = { .signal = SIGNAL_SWAP_FREE,
					    .flags = TERM_NA,
					    .limit = 100 };

static struct kill_record hog_killed(void)
{
	return (struct kill_record){
		.kind = RECORD_KILL,
		.outcome = OUTCOME_FREED,
		.kill_id = 17,
		.wall_ns = 1790000000000000000,
		.stage_ns = { [STAGE_EDGE] = 1000000,
			      [STAGE_DECIDED] = 35000000,
			      [STAGE_SIGNALLED] = 35045000,
			      [STAGE_RELEASED] = 40045000,
			      [STAGE_FREED] = 42945000 },
		.tgid = 42,
		.uid = 1000,
		.oom_score_adj = -100,
		.threads = 12,
		.anon_kib = 1 << 20,
		.swap_kib = 2048,
		.expected_kib = 1 << 20,
		.returned_kib = 1 << 19,
		.mem_total_kib = 4 << 20,
		.mem_available_kib = 65536,
		.rule = "thrashing",
		.terms = 2,
		.term = { full, no_swap },
		.considered = 20,
		.vetoed = 2,
		.candidates = 4,
		.candidate = { { .tgid = 7,
				 .veto = VETO_FILTER,
				 .size_kib = 2 << 20,
				 .name = "postgres",
				 .rule = "package postgres" },
			       { .tgid = 42,
				 .action = 3,
				 .size_kib = 1050624,
				 .name = "hog",
				 .rule = "uid 1000" },
			       { .tgid = 8, .size_kib = 2048, .name = "small" },
			       { .tgid = 1, .veto = VETO_INIT, .size_kib = 1024, .name = "init" } },
		.comm = "hog-comm",
		.name = "hog",
		.cgroup = "/system.slice/batch.service",
	};
}

static const char *explain(const struct kill_record *r)
{
	return explain_paragraph(text, sizeof(text), r, NULL);
}

#define SAYS(r, what)	assert_non_null(strstr(explain(r), what))
#define SILENT(r, what) assert_null(strstr(explain(r), what))

static void a_kill_is_told_whole(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	assert_string_equal(
		explain_paragraph(text, sizeof(text), &r, "alice"),
		"Kill 17: on Monday 2026-09-21 at 14:13:20 (UTC) reapd killed hog (pid 42, uid 1000 "
		"alice, oom_score_adj -100). It had 1.0 GiB of memory: 1.0 GiB anonymous, 2.0 MiB "
		"in swap, and 12 threads, and ran in batch.service, cgroup "
		"/system.slice/batch.service. The rule was thrashing: psi.full (full memory "
		"stall) was 71.2% over 2.0 s, the limit being at least 60%; and "
		"swap.free (free swap) does not apply here and counts as met. Of 4.0 GiB of memory 64 MiB were "
		"available then, and there was no swap. 20 processes were considered and 2 of them "
		"spared. Before it in the ranking came postgres (pid 7, 2.0 GiB; spared: protected "
		"by a filter: package postgres). A filter marked it prefer: uid 1000. After it came "
		"small (pid 8, 2.0 MiB) and init (pid 1, 1.0 MiB; spared: PID 1). It took 34.0 ms "
		"from the first sign of pressure to the decision, 45 us from there to SIGKILL, "
		"5.0 ms from SIGKILL until process_mrelease had its memory, 7.9 ms from SIGKILL "
		"until all its memory was free. All of its memory came back. 1.0 GiB were expected "
		"back; until the end available memory grew by 512 MiB.");
}

static void buffers_are_told_where_there_are_any(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	SILENT(&r, "buffers");
	r.dmabuf_kib = 1 << 20;
	SAYS(&r, "It had 2.0 GiB of memory: 1.0 GiB anonymous, 2.0 MiB in swap, 1.0 GiB in buffers "
		 "shared with devices, and 12 threads");
}

static void what_importance_ranked_is_told_with_the_order(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	SILENT(&r, "First goes");
	r.order = ORDER_BADNESS + 1;
	SILENT(&r, "First goes");
	SILENT(&r, "may be killed");
	r.order = ORDER_BENEFIT + 1;
	r.reason = 9;
	r.min_score_adj = 701;
	r.candidate[2].oom_score_adj = 905;
	r.candidate[2].score = 3072;
	SAYS(&r, "nobody with an oom_score_adj below 701 may be killed. First goes who gives back "
		 "the most in the least important band");
	SAYS(&r, "After it came small (pid 8, 2.0 MiB, oom_score_adj 905, soon 3.0 MiB) and");
	r.candidate[2].score = 2048;
	SAYS(&r, "small (pid 8, 2.0 MiB, oom_score_adj 905) and");
	r.order = ORDER_LMKD + 1;
	SAYS(&r, "As in lmkd the highest oom_score_adj goes first");
	SAYS(&r, "small (pid 8, 2.0 MiB, oom_score_adj 905) and");
	r.candidate[2].score = 41000;
	SAYS(&r, "small (pid 8, 2.0 MiB, oom_score_adj 905, its priority set 41.0 s before) and");
	r.order = 200;
	SILENT(&r, "goes first");
}

static void nobody_above_the_floor_is_told(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.kind = RECORD_NO_VICTIM;
	r.outcome = OUTCOME_NONE;
	r.reason = 1;
	r.min_score_adj = 0;
	r.considered = r.candidates = r.vetoed = 0;
	SAYS(&r, "nobody with an oom_score_adj below 0 may be killed. ");
	SILENT(&r, "considered");
}

static void a_user_without_a_name_is_a_number(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	SAYS(&r, "(pid 42, uid 1000, oom_score_adj -100)");
}

static void the_kernels_kill_is_not_called_ours(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.kind = RECORD_KERNEL_OOM;
	r.considered = r.candidates = r.terms = 0;
	SAYS(&r, " the kernel killed hog (");
	SAYS(&r, "the kernel's own OOM killer, not a rule of reapd: whose limit was reached is not "
		 "known. ");
	SILENT(&r, "reapd killed");
	SILENT(&r, "thrashing");
	SILENT(&r, "considered");
	SILENT(&r, "decision");
	r.oom_limit = OOM_LIMIT_CGROUP;
	r.oom_level = 1;
	SAYS(&r, "a rule of reapd: the limit of /system.slice was reached. ");
	/* It is dead, whatever we run as. */
	r.dry_run = 1;
	r.outcome = OUTCOME_DRY_RUN;
	SAYS(&r, " the kernel killed hog (");
	SILENT(&r, "Nobody was killed");
}

static void a_dry_run_killed_nobody(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.dry_run = 1;
	r.outcome = OUTCOME_DRY_RUN;
	SAYS(&r, "reapd, in a dry run, would have killed hog (");
	SAYS(&r, "Nobody was killed: this was a dry run.");
	SILENT(&r, "SIGKILL");
	SILENT(&r, "expected back");
}

static void a_signal_that_failed_killed_nobody(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.outcome = OUTCOME_FAILED;
	r.error = -EPERM;
	SAYS(&r, "reapd tried to kill hog (");
	SAYS(&r, "could not be sent. The kernel's answer was: Operation not permitted.");
	SILENT(&r, "SIGKILL");
	r.outcome = OUTCOME_GONE;
	SAYS(&r, "reapd tried to kill hog (");
}

static void nobody_to_kill_has_no_victim(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.kind = RECORD_NO_VICTIM;
	r.outcome = OUTCOME_NONE;
	r.candidates = 1;
	r.returned_kib = 0;
	SAYS(&r, "reapd had to kill but found nobody that it may kill. The rule was thrashing");
	SAYS(&r, "First in the ranking came postgres (pid 7, 2.0 GiB; spared: protected by a "
		 "filter: package postgres). ");
	SILENT(&r, "hog");
}

static void what_is_not_known_is_not_said(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	memset(r.stage_ns, 0, sizeof(r.stage_ns));
	r.cgroup[0] = r.name[0] = r.comm[0] = 0;
	r.candidates = 0;
	r.returned_kib = 0;
	r.outcome = OUTCOME_PENDING;
	SAYS(&r, "reapd killed - (");
	SILENT(&r, "It took");
	SILENT(&r, "ran in");
	SILENT(&r, "came");
	SILENT(&r, "expected");
	SAYS(&r, "How it ended is not recorded (yet).");
}

static void sharers_are_counted_and_a_loss_is_one(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.sharers = 2;
	r.returned_kib = -2048;
	SAYS(&r, "2 more processes that shared its memory were killed with it.");
	SAYS(&r, "available memory fell by 2.0 MiB.");
}

/* Numbers that mean nothing, into buffers of any size. */
static void any_record_is_told_in_any_buffer(void **state)
{
	struct kill_record r;
	static char buf[EXPLAIN_MAX + 1];

	(void)state;
	memset(&r, 0xff, sizeof(r));
	r.rule[sizeof(r.rule) - 1] = r.name[sizeof(r.name) - 1] = 0;
	r.cgroup[sizeof(r.cgroup) - 1] = r.place[sizeof(r.place) - 1] = 0;
	for (int i = 0; i < RECORD_CANDIDATES; i++) {
		r.candidate[i].name[sizeof(r.candidate[i].name) - 1] = 0;
		r.candidate[i].rule[sizeof(r.candidate[i].rule) - 1] = 0;
		r.candidate[i].veto = i % 2 ? 0 : 255;
	}
	for (__u16 kind = 0; kind < 5; kind++) {
		for (size_t size = 1; size <= EXPLAIN_MAX; size += 97) {
			r.kind = kind;
			memset(buf, 'x', sizeof(buf));
			explain_paragraph(buf, size, &r, "user");
			assert_in_range(strlen(buf), 0, size - 1);
			assert_int_equal(buf[size], 'x');
		}
	}
	assert_non_null(strstr(buf, "Nobody was killed."));
	r.kind = RECORD_KILL;
	explain_paragraph(buf, EXPLAIN_MAX, &r, "user");
	assert_non_null(strstr(buf, "How it ended is not known."));
}

static void a_cgroup_is_told_with_all_that_died(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.what = CHOOSE_CGROUP;
	r.processes = 3;
	r.member_kib = 2097152;
	strcpy(r.place, "/system.slice");
	explain_paragraph(text, sizeof(text), &r, "alice");
	assert_non_null(strstr(text, "reapd killed all 3 processes of cgroup "
				     "/system.slice/batch.service, batch.service, which had 2.0 "
				     "GiB of memory; the largest was hog (pid 42). "));
	assert_non_null(strstr(text, "The rule was thrashing, in cgroup /system.slice: "));
}

static void what_was_no_kill_is_not_called_one(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.kind = RECORD_STEP;
	r.step = STEP_FREEZE;
	r.outcome = OUTCOME_NONE;
	explain_paragraph(text, sizeof(text), &r, NULL);
	assert_non_null(strstr(text, "reapd took a step of a rule short of killing (freeze): "));
	assert_null(strstr(text, "reapd killed"));
	r.kind = RECORD_SHADOW;
	explain_paragraph(text, sizeof(text), &r, NULL);
	assert_non_null(strstr(text, "reapd, by a shadow rule, would have killed hog"));
	assert_non_null(strstr(text, "Nobody was killed."));
}

static void one_in_place_of_all_is_said(void **state)
{
	struct kill_record r = hog_killed();

	(void)state;
	r.flags = RECORD_F_CAPPED | RECORD_F_ASKED;
	explain_paragraph(text, sizeof(text), &r, NULL);
	assert_non_null(strstr(text, "more than the rule may kill"));
	assert_non_null(strstr(text, "It was asked first (SIGTERM)"));
	r.flags = RECORD_F_ALONE;
	explain_paragraph(text, sizeof(text), &r, NULL);
	assert_non_null(strstr(text, "among them was one that is spared"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_is_told_whole),
		cmocka_unit_test(buffers_are_told_where_there_are_any),
		cmocka_unit_test(what_importance_ranked_is_told_with_the_order),
		cmocka_unit_test(nobody_above_the_floor_is_told),
		cmocka_unit_test(a_user_without_a_name_is_a_number),
		cmocka_unit_test(the_kernels_kill_is_not_called_ours),
		cmocka_unit_test(a_dry_run_killed_nobody),
		cmocka_unit_test(a_signal_that_failed_killed_nobody),
		cmocka_unit_test(nobody_to_kill_has_no_victim),
		cmocka_unit_test(what_is_not_known_is_not_said),
		cmocka_unit_test(sharers_are_counted_and_a_loss_is_one),
		cmocka_unit_test(any_record_is_told_in_any_buffer),
		cmocka_unit_test(a_cgroup_is_told_with_all_that_died),
		cmocka_unit_test(what_was_no_kill_is_not_called_one),
		cmocka_unit_test(one_in_place_of_all_is_said),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return RUN("tools/explain_kill", tests);
}
