// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* test_strategy_swap.c - decide/strategy: a rush into swap, that ends by itself and that does not. */
#include "strategy.h"

/* Goes on for so long with memory at its least and swap filling by so much in all. */
static void fill_swap(__u64 ns, __u64 full_permille, __u64 fill_kib)
{
	for (__u64 t = 0; t < ns; t += 10 * MS) {
		now.swap_free_kib -= fill_kib * (10 * MS) / ns;
		go_on(10 * MS, full_permille, 0);
	}
}

/* mem.available below 10 %, and swap full within 750 ms at the rate of 500 ms. */
static void swap_full_fires_when_the_rest_of_swap_goes_in_a_blink(void **state)
{
	now.mem_available_kib = 20000;
	now.swap_free_kib = 500000;
	go_on(S, 0, 0);
	fill_swap(500 * MS, 0, 200000); /* 300,000 left at 400,000 a second */
	assert_string_equal(fires(), "none");
	fill_swap(10 * MS, 0, 4000);
	assert_string_equal(fires(), "swap-full");
	assert_int_equal(v.terms, 2);
	assert_int_equal(v.term[1].value, 740);
	begin(state);
	now.mem_available_kib = 100000; /* 10 % */
	now.swap_free_kib = 300000;
	go_on(S, 0, 0);
	fill_swap(250 * MS, 0, 200000);
	assert_string_equal(fires(), "none");
}

/* Two seconds of stall, in which an idle program makes way; then it has, and all goes on. */
static void thrashing_lets_a_rush_into_swap_pass(void **state)
{
	now.mem_available_kib = 20000;
	go_on(3 * S, 0, 0);
	fill_swap(3 * S, 1000, 600000); /* 400,000 left at 200,000 a second */
	assert_string_equal(fires(), "none");
	go_on(790 * MS, 0, 0);
	assert_string_equal(fires(), "none");
	go_on(2 * S, 0, 0);
	assert_string_equal(fires(), "none");
	begin(state);
	now.mem_available_kib = 20000;
	go_on(3 * S, 0, 0);
	fill_swap(3 * S, 1000, 300000); /* 700,000 left at 100,000 a second: 7 s */
	assert_string_equal(fires(), "thrashing");
	assert_int_equal(v.term[2].value, 7000);
	begin(state);
	now.mem_available_kib = 20000;
	places.place[0].rules &= ~4u; /* or "starving" comes before it */
	now.swap_free_kib = 600000;
	go_on(3 * S, 0, 0);
	fill_swap(3 * S, 1000, 600000); /* full, and nothing fills it any more */
	go_on(10 * MS, 1000, 0);
	assert_string_equal(fires(), "thrashing");
	assert_int_equal(v.term[2].value, SIGNAL_NEVER_MS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(swap_full_fires_when_the_rest_of_swap_goes_in_a_blink),
		TEST(thrashing_lets_a_rush_into_swap_pass),
	};

	return RUN("decide/strategy swap", tests);
}
