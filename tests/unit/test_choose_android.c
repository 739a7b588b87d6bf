// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_choose_android.c - decide/choose with the orders of Android: who dies first by importance,
 * benefit and use, and never anybody below what the reason of the kill allows.
 */
#include "test.h"

#include "../../agent/decide/choose.h"
#include "../../agent/decide/rank.h"

#define MS  1000000ULL
#define S   (1000 * MS)
#define MIB 1024

/* 1 GiB: one thousandth, within which use decides, is 1,048 KiB. */
static const struct facts facts = { .time_ns = 100 * S, .mem_total_kib = 1024 * MIB };
static struct choose_policy policy;
static struct proc procs[128];
static struct verdict v;
static __u32 n;

static int begin(void **state)
{
	(void)state;
	policy = (struct choose_policy){ .order = ORDER_BENEFIT,
					 .growth_horizon_ms = 1000,
					 .least_kib = 4 * MIB };
	choose_default_bands(&policy);
	memset(&v, 0, sizeof(v));
	memset(procs, 0, sizeof(procs));
	n = 0;
	return 0;
}

static struct proc *add(int adj, __u32 anon_kib)
{
	struct proc *p = &procs[n];

	*p = (struct proc){ .tgid = 1000 + n,
			    .mm_id = 0x1000 + n,
			    .start_ns = 1,
			    .anon_kib = anon_kib,
			    .oom_score_adj = (__s16)adj,
			    .updated_ns = facts.time_ns,
			    .prio_ns = 50 * S,
			    .flags = PROC_REGISTERED,
			    .rule = PROC_NO_RULE };
	n++;
	return p;
}

/* With a reason that allows this much. */
static void reason(int min_score_adj)
{
	v.reason = 1;
	v.min_score_adj = (__s16)min_score_adj;
}

static void decide_now(void)
{
	struct view view = { .facts = &facts, .procs = procs, .nprocs = n };

	choose(&policy, NULL, &view, NULL, &v);
}

static __u32 victim(void)
{
	decide_now();
	return v.victim;
}

/* Indices in the order in which they die, each by a choice of its own: "3 0 1". */
static const char *dying(void)
{
	static char text[256];
	size_t len = 0;

	*text = 0;
	for (__u32 i = 0; i < n && victim() != NO_VICTIM; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u", len ? " " : "",
					v.victim);
		procs[v.victim].flags |= PROC_DYING;
	}
	return text;
}

/* What lmkd spends 100 kills on: a hog below 100 small cached processes. */
static void by_benefit_the_hog_dies_before_all_small_ones_above_it(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		add(901 + i % 99, 216 + (__u32)i * 8);
	add(900, 600 * MIB);
	reason(701);
	assert_int_equal(victim(), 100);
	assert_int_equal(v.candidate[0].index, 100);
	assert_int_equal(v.candidate[0].score, 600 * MIB);
	assert_int_equal(v.considered, 101);
	/* When it is gone, those that are small are all there is. */
	procs[100].flags |= PROC_DYING;
	assert_int_not_equal(victim(), NO_VICTIM);
}

static void by_lmkd_all_small_ones_die_before_the_hog_below_them(void **state)
{
	(void)state;
	policy.order = ORDER_LMKD;
	for (int i = 0; i < 100; i++)
		add(901 + i % 99, 216);
	add(900, 600 * MIB);
	reason(701);
	for (int i = 0; i < 100; i++) {
		assert_int_not_equal(victim(), 100);
		procs[v.victim].flags |= PROC_DYING;
	}
	assert_int_equal(victim(), 100);
}

/* Of each band of the defaults its least and its most; the size must not matter between bands. */
static void less_important_bands_die_first_whatever_the_size(void **state)
{
	static const int adjs[] = { -1,	 0,   49,  50,	99,  100, 199, 200, 224,
				    225, 249, 250, 299, 300, 399, 400, 499, 500,
				    599, 600, 699, 700, 799, 800, 899, 900, 1000 };

	for (size_t i = 1; i < countof(adjs); i += 2) {
		begin(state);
		add(adjs[i], 5 * MIB); /* the least of the band */
		add(adjs[i + 1 < countof(adjs) ? i + 1 : i], 5 * MIB);
		add(adjs[i - 1], 900 * MIB); /* the most of the band below */
		procs[1].prio_ns = 40 * S;
		reason(-1);
		assert_string_equal(dying(), "1 0 2");
	}
}

static void inside_a_band_who_gives_back_the_most_dies_first(void **state)
{
	(void)state;
	add(990, 30 * MIB);
	add(901, 20 * MIB)->swap_kib = 20 * MIB;
	add(950, 10 * MIB)->shmem_kib = 25 * MIB;
	add(999, 20 * MIB)->file_kib = 8 * MIB;
	assert_string_equal(dying(), "1 2 0 3");
}

/* It will be the larger one by the time its memory is back. */
static void who_grows_counts_as_what_it_soon_is(void **state)
{
	(void)state;
	add(900, 100 * MIB);
	add(900, 80 * MIB)->growth_kib_s = 40 * MIB;
	decide_now();
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.candidate[0].score, 120 * MIB);
	procs[1].growth_kib_s = 900 * MIB; /* at most its own size */
	decide_now();
	assert_int_equal(v.candidate[0].score, 160 * MIB);
	policy.growth_horizon_ms = 0;
	assert_int_equal(victim(), 0);
}

static void of_the_same_benefit_the_least_recently_used_dies_first(void **state)
{
	(void)state;
	add(900, 50 * MIB)->prio_ns = 70 * S;
	add(999, 50 * MIB + 100)->prio_ns = 80 * S;
	add(950, 50 * MIB + 50)->prio_ns = 60 * S;
	assert_string_equal(dying(), "2 0 1");
}

/* Whatever their importance: that many small ones give nothing back. */
static void who_is_smaller_than_useful_dies_only_when_nobody_useful_is_left(void **state)
{
	(void)state;
	add(999, 4 * MIB - 1);
	add(0, 4 * MIB);
	add(-1, 900 * MIB);
	add(950, 3 * MIB);
	reason(0);
	assert_string_equal(dying(), "1 0 3"); /* and the one below the floor not at all */
	for (__u32 i = 0; i < n; i++)
		procs[i].flags = 0;
	policy.least_kib = 0;
	assert_string_equal(dying(), "0 3 1");
}

static void without_bands_benefit_alone_decides(void **state)
{
	(void)state;
	add(999, 50 * MIB);
	add(-500, 60 * MIB);
	assert_string_equal(dying(), "0 1");
	procs[0].flags = procs[1].flags = 0;
	policy.bands = 0;
	assert_string_equal(dying(), "1 0");
}

static void bands_are_as_they_are_set(void **state)
{
	(void)state;
	policy.bands = 2;
	policy.band[0] = 950;
	policy.band[1] = 901;
	add(949, 90 * MIB);
	add(950, 10 * MIB);
	add(900, 900 * MIB);
	add(901, 80 * MIB);
	add(-999, 950 * MIB);
	assert_string_equal(dying(), "1 0 3 4 2");
}

/* A recording may hold anything. */
static void bands_that_cannot_be_do_no_harm(void **state)
{
	static const __s16 odd[] = { 32767, -32768, 500, 700, 500, -1000, 1000, 0 };

	(void)state;
	for (__u32 i = 0; i < CHOOSE_BANDS; i++)
		policy.band[i] = odd[i % countof(odd)];
	policy.bands = UINT32_MAX;
	add(32767, 10 * MIB);
	add(-32768, 10 * MIB);
	add(1000, 10 * MIB);
	add(500, 20 * MIB);
	add(499, 30 * MIB);
	procs[1].oom_score_adj = -999;
	assert_string_equal(dying(), "3 2 4 1 0");
}

static void filters_go_before_importance_and_the_floor_before_filters(void **state)
{
	static const __u32 orders[] = { ORDER_BENEFIT, ORDER_LMKD };

	for (size_t i = 0; i < countof(orders); i++) {
		begin(state);
		policy.order = orders[i];
		add(999, 50 * MIB)->action = FILTER_AVOID;
		add(900, 50 * MIB);
		add(100, 50 * MIB)->action = FILTER_PREFER;
		add(99, 50 * MIB)->action = FILTER_PREFER;
		add(950, 50 * MIB)->action = FILTER_PROTECT;
		reason(100);
		assert_string_equal(dying(), "2 1 0");
	}
}

/* lmkd: slots from 1000 down; the record of the longest ago is at the tail of its slot. */
static void by_lmkd_the_highest_adj_then_the_least_recently_prioritised(void **state)
{
	(void)state;
	policy.order = ORDER_LMKD;
	add(900, 900 * MIB)->prio_ns = 10 * S;
	add(905, 1)->prio_ns = 60 * S;
	add(905, 700 * MIB)->prio_ns = 61 * S;
	add(905, 2)->prio_ns = 59 * S;
	add(1000, 1)->prio_ns = 99 * S;
	add(201, 10 * MIB)->prio_ns = 80 * S;
	add(201, 900 * MIB)->prio_ns = 81 * S;
	reason(0);
	decide_now();
	assert_int_equal(v.candidate[0].score, 1000); /* ms since its priority was set */
	assert_int_equal(v.candidate[1].score, 41000);
	assert_string_equal(dying(), "4 3 1 2 0 5 6");
}

static void by_lmkd_the_heaviest_from_perceptible_down(void **state)
{
	(void)state;
	policy.order = ORDER_LMKD;
	add(200, 10 * MIB)->prio_ns = 1;
	add(200, 9 * MIB)->swap_kib = MIB + 1; /* by a KiB, and in swap */
	add(199, 900 * MIB);
	add(0, 10 * MIB);
	add(0, 20 * MIB);
	reason(0);
	decide_now();
	assert_int_equal(v.candidate[0].score, 10 * MIB + 1);
	assert_string_equal(dying(), "1 0 2 4 3");
}

static void by_lmkd_the_heaviest_everywhere_if_that_is_set(void **state)
{
	(void)state;
	policy.order = ORDER_LMKD;
	policy.flags = CHOOSE_HEAVIEST;
	add(900, 10 * MIB)->prio_ns = 1;
	add(900, 20 * MIB);
	add(901, 1);
	assert_string_equal(dying(), "2 1 0");
}

/* Small by what is resident, large by what it shares with devices. */
static void a_process_with_large_buffers_is_the_heaviest(void **state)
{
	(void)state;
	add(900, 40 * MIB);
	add(900, 3 * MIB)->dmabuf_kib = 60 * MIB;
	decide_now();
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.member_kib, 63 * MIB);
	assert_int_equal(v.candidate[0].score, 63 * MIB);
	policy.order = ORDER_LMKD;
	policy.flags = CHOOSE_HEAVIEST;
	assert_int_equal(victim(), 1);
	procs[1].dmabuf_kib = 36 * MIB;
	assert_int_equal(victim(), 0);
}

static void who_has_buffers_enough_is_not_too_small_to_help(void **state)
{
	(void)state;
	add(800, 5 * MIB);
	add(900, 1)->dmabuf_kib = 4 * MIB;
	assert_int_equal(victim(), 1);
	procs[1].dmabuf_kib = 4 * MIB - 2;
	assert_int_equal(victim(), 0);
}

static void nobody_below_the_floor_is_a_candidate(void **state)
{
	static const __u32 orders[] = { ORDER_BENEFIT, ORDER_LMKD, ORDER_BADNESS, ORDER_SIZE };

	for (size_t i = 0; i < countof(orders); i++) {
		begin(state);
		policy.order = orders[i];
		add(200, 900 * MIB);
		add(201, 5 * MIB);
		add(-1000, 5 * MIB);
		reason(201);
		decide_now();
		assert_int_equal(v.victim, 1);
		assert_int_equal(v.considered, 1);
		assert_int_equal(v.vetoed, 0);
		assert_int_equal(v.candidates, 1);
		reason(202);
		decide_now();
		assert_int_equal(v.victim, NO_VICTIM);
		assert_int_equal(v.considered, 0);
		v.reason = 0; /* a rule of a person's own: no floor */
		decide_now();
		assert_int_equal(v.considered, 3);
	}
}

static void the_reason_stays_in_the_verdict(void **state)
{
	(void)state;
	add(900, 5 * MIB);
	reason(701);
	v.reason = 9;
	decide_now();
	assert_int_equal(v.reason, 9);
	assert_int_equal(v.min_score_adj, 701);
}

static void who_is_not_registered_is_listed_and_spared(void **state)
{
	(void)state;
	policy.flags = CHOOSE_REGISTERED;
	add(900, 50 * MIB)->flags = 0;
	add(900, 40 * MIB);
	decide_now();
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.considered, 2);
	assert_int_equal(v.vetoed, 1);
	assert_int_equal(v.candidate[0].index, 0);
	assert_int_equal(v.candidate[0].veto, VETO_UNREGISTERED);
	policy.flags = 0;
	assert_int_equal(victim(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(by_benefit_the_hog_dies_before_all_small_ones_above_it),
		TEST(by_lmkd_all_small_ones_die_before_the_hog_below_them),
		TEST(less_important_bands_die_first_whatever_the_size),
		TEST(inside_a_band_who_gives_back_the_most_dies_first),
		TEST(who_grows_counts_as_what_it_soon_is),
		TEST(of_the_same_benefit_the_least_recently_used_dies_first),
		TEST(who_is_smaller_than_useful_dies_only_when_nobody_useful_is_left),
		TEST(without_bands_benefit_alone_decides),
		TEST(bands_are_as_they_are_set),
		TEST(bands_that_cannot_be_do_no_harm),
		TEST(filters_go_before_importance_and_the_floor_before_filters),
		TEST(by_lmkd_the_highest_adj_then_the_least_recently_prioritised),
		TEST(by_lmkd_the_heaviest_from_perceptible_down),
		TEST(by_lmkd_the_heaviest_everywhere_if_that_is_set),
		TEST(a_process_with_large_buffers_is_the_heaviest),
		TEST(who_has_buffers_enough_is_not_too_small_to_help),
		TEST(nobody_below_the_floor_is_a_candidate),
		TEST(the_reason_stays_in_the_verdict),
		TEST(who_is_not_registered_is_listed_and_spared),
	};

	return RUN("decide/choose: Android's orders", tests);
}
