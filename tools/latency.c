// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * latency.c - reapctl latency: the histograms in the pinned map, from stage to stage of a kill.
 */
#include "latency.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "out.h"

/* Upper end of a slot in ns. */
static uint64_t slot_ns(int slot)
{
	return (UINT64_C(1) << slot) * 1000;
}

/* The upper end of the slot that the given share of all falls into; never more than the maximum. */
static uint64_t quantile_ns(const struct latency *l, unsigned int permille)
{
	uint64_t seen = 0, wanted = (l->count * permille + 999) / 1000;

	for (int i = 0; i < LATENCY_SLOTS; i++) {
		seen += l->slots[i];
		if (seen >= wanted && wanted)
			return slot_ns(i) < l->max_ns ? slot_ns(i) : l->max_ns;
	}
	return l->max_ns;
}

static void print_row(const char *name, const struct latency *l)
{
	char p50[32], p90[32], p99[32], max[32];

	if (!l->count) {
		printf("%-22s %7s\n", name, "0");
		return;
	}
	printf("%-22s %7llu %11s %11s %11s %11s\n", name, l->count,
	       text_ns(p50, sizeof(p50), quantile_ns(l, 500)),
	       text_ns(p90, sizeof(p90), quantile_ns(l, 900)),
	       text_ns(p99, sizeof(p99), quantile_ns(l, 990)),
	       text_ns(max, sizeof(max), l->max_ns));
}

static struct json_object *latency_json(const char *name, const struct latency *l)
{
	struct json_object *o = json_object_new_object(), *slots = json_object_new_array();

	out_str(o, "step", name);
	out_int(o, "count", (long long)l->count);
	out_int(o, "sum_ns", (long long)l->sum_ns);
	out_int(o, "max_ns", (long long)l->max_ns);
	out_int(o, "p50_ns", (long long)quantile_ns(l, 500));
	out_int(o, "p90_ns", (long long)quantile_ns(l, 900));
	out_int(o, "p99_ns", (long long)quantile_ns(l, 990));
	for (int i = 0; i < LATENCY_SLOTS; i++)
		json_object_array_add(slots, json_object_new_int64((int64_t)l->slots[i]));
	json_object_object_add(o, "slots_log2_us", slots);
	return o;
}

static int open_map(const struct tool *t)
{
	char path[PATH_MAX];
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int fd;

	snprintf(path, sizeof(path), "%s/" PIN_LATENCY, t->bpf_dir);
	fd = bpf_obj_get(path);
	if (fd < 0) {
		complain("%s: %s%s", path, strerror(-fd),
			 fd == -ENOENT ? " (made by the first start of reapd)" : "");
		return -1;
	}
	if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.value_size == sizeof(struct latency) &&
	    info.max_entries == LATENCY_STEPS)
		return fd;
	complain("%s is not the map that this reapctl knows", path);
	close(fd);
	return -1;
}

static int reset(const struct tool *t, int fd)
{
	static const struct latency zero;

	for (__u32 i = 0; i < LATENCY_STEPS; i++) {
		if (bpf_map_update_elem(fd, &i, &zero, BPF_ANY)) {
			complain("cannot reset: %s", strerror(errno));
			return EXIT_FAILURE;
		}
	}
	return out_done(t);
}

static void draw(const struct latency *all)
{
	bool utf8;

	setlocale(LC_CTYPE, "");
	utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	for (__u32 i = 0; i < LATENCY_STEPS; i++)
		latency_bars(stdout, latency_name(i), &all[i], utf8);
}

static int show(const struct tool *t, int fd)
{
	struct json_object *list = json_object_new_array();
	struct latency all[LATENCY_STEPS];

	if (!t->json)
		printf("%s%-22s %7s %11s %11s %11s %11s%s\n", out_bold(), "STEP", "COUNT",
		       "P50 <=", "P90 <=", "P99 <=", "MAX", out_plain());
	for (__u32 i = 0; i < LATENCY_STEPS; i++) {
		if (bpf_map_lookup_elem(fd, &i, &all[i])) {
			complain("cannot read: %s", strerror(errno));
			json_object_put(list);
			return EXIT_FAILURE;
		}
		if (t->json)
			json_object_array_add(list, latency_json(latency_name(i), &all[i]));
		else
			print_row(latency_name(i), &all[i]);
	}
	if (t->json) {
		out_json(list);
	} else {
		json_object_put(list);
		draw(all);
	}
	return 0;
}

static int usage(void)
{
	complain("usage: reapctl latency [--reset] | --trace [--number N] [PID]...");
	return EXIT_USAGE;
}

int verb_latency(const struct tool *t, int argc, char **argv)
{
	static const struct option options[] = { { "reset", no_argument, NULL, 'r' },
						 { "trace", no_argument, NULL, 't' },
						 { "number", required_argument, NULL, 'n' },
						 {} };
	bool resets = false, traces = false;
	uint64_t most = 0;
	int c, fd, code;

	while ((c = getopt_long(argc, argv, "rtn:", options, NULL)) != -1) {
		if (c == '?')
			return EXIT_USAGE;
		if (c == 'n' && (text_to_u64(optarg, &most) || !most))
			return usage();
		resets |= c == 'r';
		traces |= c == 't';
	}
	if (traces && !resets)
		return latency_trace(t, most, argc - optind, argv + optind);
	if (traces || most || optind < argc)
		return usage();
	fd = open_map(t);
	if (fd < 0)
		return EXIT_FAILURE;
	code = resets ? reset(t, fd) : show(t, fd);
	close(fd);
	return code;
}
