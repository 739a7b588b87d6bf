// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_bpf.c - BPF functions, run in the kernel one by one: names, slots, the calm gate, loss counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../agent/sense/cgroup.h"
#include "../../agent/sense/names.h"
#include "../../agent/sense/stream.h"
#include <reapd/board.h>
#include <reapd/counters.h>
#include <reapd/knobs.h>
#include <reapd/note.h>

#include "tests/bpf/functions.skel.h"

#define INTERVAL_NS 3600000000000ULL /* an hour: never passes during a test */
#define RING_BYTES  4096

static struct functions *load(const struct knobs *knobs)
{
	struct functions *skel = functions__open();

	assert_non_null(skel);
	memcpy((void *)&skel->rodata->knobs, knobs, sizeof(*knobs));
	bpf_map__set_max_entries(skel->maps.critical, RING_BYTES);
	bpf_map__set_max_entries(skel->maps.bulk, RING_BYTES);
	bpf_map__set_max_entries(skel->maps.names, 16);
	assert_int_equal(functions__load(skel), 0);
	return skel;
}

static void run(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(prog), &opts), 0);
}

static __u64 counter(struct functions *skel, __u32 which)
{
	__u64 values[KNOB_MAX_CPUS], sum = 0;

	assert_int_equal(bpf_map_lookup_elem(bpf_map__fd(skel->maps.counters), &which, values), 0);
	for (int i = 0; i < libbpf_num_possible_cpus(); i++)
		sum += values[i];
	return sum;
}

static void count_event(void *ctx, const struct event *e)
{
	struct event *last = ctx;

	last->size++;
	last->type = e->type;
	last->time_ns = e->time_ns;
}

/* How many records are in the ring; their last type. */
static int drained(struct bpf_map *map, __u16 *type)
{
	struct event last = {};
	struct stream *s;

	assert_int_equal(stream_open(&s, bpf_map__fd(map), count_event, &last), 0);
	stream_drain(s, 1000);
	assert_int_equal(stream_malformed(s), 0);
	stream_free(s);
	if (type)
		*type = last.type;
	return last.size;
}

static const char *const argv0s[] = {
	"sshd",
	"/usr/sbin/nginx",
	"/usr/sbin/nginx -g daemon off;",
	"nginx: worker process",
	"-bash",
	"com.example.app:remote",
	"/",
	"",
	"//a//",
	" leading",
	"/nix/store/0123456789abcdef0123456789abcdef-chromium-unwrapped-120.0.6099.129/libexec/chromium/"
	"chromium --type=renderer",
	"x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789"
	"x123456789x123456789x123456789x123456789x123456789x123456789",
};

static void names_are_cut_as_in_user_space(__u32 flags)
{
	struct knobs knobs = { .flags = flags };
	struct functions *skel = load(&knobs);
	char wanted[256], got[256];
	__u32 len;

	for (size_t i = 0; i < sizeof(argv0s) / sizeof(argv0s[0]); i++) {
		snprintf(skel->bss->in_text, sizeof(skel->bss->in_text), "%s", argv0s[i]);
		run(skel->progs.run_find_name);
		len = skel->bss->out_end - skel->bss->out_begin;
		/* note_name() cuts what is too long. */
		if (len > REAPD_NAME_LEN - 1)
			len = REAPD_NAME_LEN - 1;
		snprintf(got, sizeof(got), "%.*s", (int)len,
			 skel->bss->in_text + skel->bss->out_begin);
		strcpy(wanted, argv0s[i]);
		names_cut(wanted, !(flags & KNOB_BASENAME));
		assert_string_equal(got, wanted);
	}
	functions__destroy(skel);
}

static void a_host_name_is_the_last_component_of_the_first_word(void **state)
{
	(void)state;
	names_are_cut_as_in_user_space(KNOB_BASENAME);
}

static void an_android_name_is_all_of_argv0(void **state)
{
	(void)state;
	names_are_cut_as_in_user_space(0);
}

static void a_slot_is_found_again_and_freed(void **state)
{
	struct knobs knobs = {};
	struct functions *skel = load(&knobs);

	(void)state;
	skel->bss->in_tid = 4711;
	skel->bss->in_kind = EDGE_STALL;
	run(skel->progs.run_slot_end);
	assert_int_equal(skel->bss->out, 0); /* never begun */
	run(skel->progs.run_slot_begin);
	run(skel->progs.run_slot_begin); /* begun anew: still one slot */
	run(skel->progs.run_slot_end);
	assert_int_not_equal(skel->bss->out, 0);
	run(skel->progs.run_slot_end);
	assert_int_equal(skel->bss->out, 0);
	functions__destroy(skel);
}

static void slots_that_are_full_are_counted(void **state)
{
	struct knobs knobs = {};
	struct functions *skel = load(&knobs);

	(void)state;
	/* All of them fall on the same place: a probe finds room for BOARD_PROBE. */
	for (__u32 i = 0; i <= BOARD_PROBE; i++) {
		skel->bss->in_tid = 5 + i * BOARD_SLOTS;
		run(skel->progs.run_slot_begin);
	}
	assert_int_equal(counter(skel, COUNT_SLOTS_FULL), 1);
	functions__destroy(skel);
}

static void the_first_edge_ends_calm_and_the_next_is_no_news(void **state)
{
	struct knobs knobs = { .edge_interval_ns = INTERVAL_NS };
	struct functions *skel = load(&knobs);
	__u16 type;

	(void)state;
	skel->bss->in_kind = EDGE_DIRECT;
	assert_int_equal(skel->data_board->board.state, STATE_CALM);
	run(skel->progs.run_edge);
	assert_int_equal(skel->data_board->board.state, STATE_WATCH);
	run(skel->progs.run_edge);
	assert_int_equal(skel->data_board->board.edges, 2);
	assert_int_equal(drained(skel->maps.critical, &type), 1);
	assert_int_equal(type, EV_EDGE);
	functions__destroy(skel);
}

static void in_pressure_the_state_is_not_lowered(void **state)
{
	struct knobs knobs = { .edge_interval_ns = INTERVAL_NS };
	struct functions *skel = load(&knobs);

	(void)state;
	skel->data_board->board.state = STATE_PRESSURE;
	run(skel->progs.run_edge);
	assert_int_equal(skel->data_board->board.state, STATE_PRESSURE);
	functions__destroy(skel);
}

static void an_edge_that_finds_the_ring_full_is_counted_and_still_ends_calm(void **state)
{
	struct knobs knobs = {}; /* no interval: each is published */
	struct functions *skel = load(&knobs);
	int edges = 0;

	(void)state;
	skel->bss->in_kind = EDGE_STALL;
	while (!counter(skel, COUNT_LOST_FIRST + EV_EDGE) && edges++ < 1000)
		run(skel->progs.run_edge);
	assert_int_equal(counter(skel, COUNT_LOST_FIRST + EV_EDGE), 1);
	skel->data_board->board.state = STATE_CALM;
	run(skel->progs.run_edge);
	assert_int_equal(skel->data_board->board.state, STATE_WATCH);
	assert_int_equal(counter(skel, COUNT_LOST_FIRST + EV_EDGE), 2);
	functions__destroy(skel);
}

static void a_loss_in_bulk_shows_on_the_board(void **state)
{
	struct knobs knobs = { .bulk_mark_bytes = RING_BYTES };
	struct functions *skel = load(&knobs);
	int sent = 0;

	(void)state;
	do {
		run(skel->progs.run_bulk);
		sent += skel->bss->out;
	} while (skel->bss->out && sent < 1000);
	assert_int_equal(skel->data_board->board.bulk_lost, 1);
	assert_int_equal(counter(skel, COUNT_LOST_FIRST + EV_EXIT), 1);
	assert_int_equal(drained(skel->maps.bulk, NULL), sent);
	functions__destroy(skel);
}

static void the_scope_is_the_cgroup_at_its_level(void **state)
{
	struct knobs knobs = { .scope_id = 1 }; /* kernfs id of the root */
	struct functions *skel = load(&knobs);

	(void)state;
	run(skel->progs.run_in_scope);
	assert_int_equal(skel->bss->out, 1);
	functions__destroy(skel);

	knobs.scope_id = 0x7fffffffffffffffULL;
	skel = load(&knobs);
	run(skel->progs.run_in_scope);
	assert_int_equal(skel->bss->out, 0);
	functions__destroy(skel);

	knobs = (struct knobs){ .scope_id = 1, .scope_level = 200 }; /* deeper than we are */
	skel = load(&knobs);
	run(skel->progs.run_in_scope);
	assert_int_equal(skel->bss->out, 0);
	functions__destroy(skel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_name_is_the_last_component_of_the_first_word),
		cmocka_unit_test(an_android_name_is_all_of_argv0),
		cmocka_unit_test(a_slot_is_found_again_and_freed),
		cmocka_unit_test(slots_that_are_full_are_counted),
		cmocka_unit_test(the_first_edge_ends_calm_and_the_next_is_no_news),
		cmocka_unit_test(in_pressure_the_state_is_not_lowered),
		cmocka_unit_test(an_edge_that_finds_the_ring_full_is_counted_and_still_ends_calm),
		cmocka_unit_test(a_loss_in_bulk_shows_on_the_board),
		cmocka_unit_test(the_scope_is_the_cgroup_at_its_level),
	};

	if (geteuid()) {
		puts("SKIP: needs root");
		return 77;
	}
	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
