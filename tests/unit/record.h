/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record.h - the record of a kill, for the tests of what is said of it.
 */
#ifndef REAPD_TEST_RECORD_H
#define REAPD_TEST_RECORD_H

#include <reapd/record.h>

static const struct record_term full = {
	.signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 2000, .value = 712, .limit = 600
};

/* Of a process of 2 GiB, freed 7.9 ms after SIGKILL; the caller changes what it wants otherwise. */
static inline struct kill_record hog_killed(void)
{
	return (struct kill_record){
		.kind = RECORD_KILL,
		.outcome = OUTCOME_FREED,
		.stage_ns = { [STAGE_SIGNALLED] = 5000000,
			      [STAGE_RELEASED] = 6000000,
			      [STAGE_FREED] = 12900000 },
		.tgid = 42,
		.uid = 1000,
		.oom_score_adj = -100,
		.anon_kib = 1 << 19,
		.file_kib = 1 << 19,
		.shmem_kib = 1 << 19,
		.swap_kib = 1 << 19,
		.rule = "thrashing",
		.terms = 1,
		.term = { full },
		.comm = "hog-comm",
		.name = "hog",
	};
}

#endif
