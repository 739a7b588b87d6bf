// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_nohang.c - nohang.conf. A line that begins with a blank, a tab or '#' is a comment there;
 * lines that begin with '@' can come many times, everything else is key = value.
 */
#include "import_nohang.h"

#include <string.h>

#include "import_text.h"

enum type {
	YES,	 /* True or False */
	NUMBER,	 /* with limits */
	LIMIT,	 /* of memory: with % or M, from min to max percent */
	SWAP,	 /* of swap: with % (to 100) or M */
	METRICS, /* of pressure */
	WORD
};

struct key {
	const char *name;
	enum type type;
	double min, max;
	const char *unset; /* nohang's own value */
};

#define ANY 1e9

static const struct key keys[NH_KEYS] = {
	[NH_ZRAM] = { "zram_checking_enabled", YES, 0, 0, "False" },
	[NH_PSI] = { "psi_checking_enabled", YES, 0, 0, "False" },
	[NH_PSI_PATH] = { "psi_path", WORD, 0, 0, "/proc/pressure/memory" },
	[NH_PSI_METRICS] = { "psi_metrics", METRICS, 0, 0, "some_avg10" },
	[NH_PSI_EXCESS_S] = { "psi_excess_duration", NUMBER, 0, ANY, "30" },
	[NH_PSI_DELAY_S] = { "psi_post_action_delay", NUMBER, 10, ANY, "15" },
	[NH_WARN] = { "low_memory_warnings_enabled", YES, 0, 0, "False" },
	[NH_WARN_EXE] = { "warning_exe", WORD, 0, 0, "" },
	[NH_WARN_DELAY_S] = { "min_post_warning_delay", NUMBER, 1, ANY, "60" },
	[NH_WARN_MEM] = { "warning_threshold_min_mem", LIMIT, 0, 100, "20 %" },
	[NH_WARN_SWAP] = { "warning_threshold_min_swap", SWAP, 0, 0, "25 %" },
	[NH_WARN_ZRAM] = { "warning_threshold_max_zram", LIMIT, 0, 100, "45 %" },
	[NH_WARN_PSI] = { "warning_threshold_max_psi", NUMBER, 1, 100, "10" },
	[NH_SOFT_MEM] = { "soft_threshold_min_mem", LIMIT, 0, 50, "5 %" },
	[NH_SOFT_SWAP] = { "soft_threshold_min_swap", SWAP, 0, 0, "10 %" },
	[NH_SOFT_ZRAM] = { "soft_threshold_max_zram", LIMIT, 10, 90, "55 %" },
	[NH_SOFT_PSI] = { "soft_threshold_max_psi", NUMBER, 1, 100, "40" },
	[NH_HARD_MEM] = { "hard_threshold_min_mem", LIMIT, 0, 50, "2 %" },
	[NH_HARD_SWAP] = { "hard_threshold_min_swap", SWAP, 0, 0, "4 %" },
	[NH_HARD_ZRAM] = { "hard_threshold_max_zram", LIMIT, 10, 90, "60 %" },
	[NH_HARD_PSI] = { "hard_threshold_max_psi", NUMBER, 1, 100, "90" },
	[NH_SOFT_EXIT_S] = { "max_soft_exit_time", NUMBER, 0.1, ANY, "10" },
	[NH_POST_KILL] = { "post_kill_exe", WORD, 0, 0, "" },
};

/* Settings without a counterpart: named when they are not as nohang has them by itself. */
static const struct {
	const char *name, *unset, *why;
} others[] = {
	{ "fill_rate_mem", "6000", "reapd is woken by the kernel and does not poll" },
	{ "fill_rate_swap", "2000", "reapd is woken by the kernel and does not poll" },
	{ "fill_rate_zram", "4000", "reapd is woken by the kernel and does not poll" },
	{ "max_sleep", "3", "reapd is woken by the kernel and does not poll" },
	{ "min_sleep", "0.1", "reapd is woken by the kernel and does not poll" },
	{ "post_action_gui_notifications", "False", "desktop notifications are reapd-notify(8)'s" },
	{ "hide_corrective_action_type", "False", "desktop notifications are reapd-notify(8)'s" },
	{ "env_cache_time", "300", "desktop notifications are reapd-notify(8)'s" },
	{ "ignore_positive_oom_score_adj", "False",
	  "reapd either counts oom_score_adj (order = badness) or not at all (order = size)" },
	{ "min_badness", "1", "see least_size of [choose]" },
	{ "post_soft_action_delay", "3", "reapd waits until the victim's memory is back" },
	{ "post_zombie_delay", "0.1", "reapd waits until the victim's memory is back" },
	{ "victim_cache_time", "10", "reapd waits until the victim's memory is back" },
	{ "exe_timeout", "20", "reapd does not wait for what it runs" },
	{ "print_config_at_startup", "False", "reapd --check-config prints it" },
	{ "print_mem_check_results", "False", "see reapctl status, or metrics" },
	{ "min_mem_report_interval", "60", "see reapctl status, or metrics" },
	{ "print_proc_table", "False", "see reapctl top" },
	{ "extra_table_info", "None", "see reapctl top" },
	{ "print_victim_status", "True", "see reapctl kills" },
	{ "print_victim_cmdline", "False", "see reapctl kills" },
	{ "max_victim_ancestry_depth", "3", "see reapctl kills" },
	{ "print_statistics", "True", "see reapctl kills" },
	{ "debug_psi", "False", "see verbose of [agent]" },
	{ "debug_gui_notifications", "False", "see verbose of [agent]" },
	{ "debug_sleep", "False", "see verbose of [agent]" },
	{ "debug_threading", "False", "see verbose of [agent]" },
	{ "separate_log", "False", "reapd logs to standard error, which systemd keeps" },
};
#define OTHERS (sizeof(others) / sizeof(others[0]))

static const char *allowed(const struct key *k, char *buf, size_t size)
{
	switch (k->type) {
	case YES:
		return "True or False";
	case NUMBER:
		if (k->max == ANY)
			snprintf(buf, size, "a number of at least %g", k->min);
		else
			snprintf(buf, size, "a number from %g to %g", k->min, k->max);
		return buf;
	case LIMIT:
		snprintf(buf, size, "a number with %% or M, from %g%% to %g%% of memory", k->min,
			 k->max);
		return buf;
	case METRICS:
		return "some or full with _avg10, _avg60 or _avg300";
	case SWAP:
		return "a number with % (at most 100) or M";
	default:
		return "a word";
	}
}

/* "5 %" or "512 M". Memory's is checked as a share of what this machine has. */
static bool parse_limit(const struct import *im, const struct key *k, struct nohang_value *v)
{
	char text[64];
	size_t len = strlen(v->text);
	double percent, n;

	if (!len || len >= sizeof(text))
		return false;
	memcpy(text, v->text, len + 1);
	v->mib = text[len - 1] == 'M';
	if (!v->mib && text[len - 1] != '%')
		return false;
	text[len - 1] = 0;
	if (!import_number(import_trim(text), &n) || n < 0 || n > ANY)
		return false;
	v->n = n;
	if (k->type == SWAP)
		return v->mib || n <= 100;
	percent = v->mib ? n * 1024 * 100 / (double)im->host.mem_total_kib : n;
	return percent >= k->min && percent <= k->max;
}

static bool parse_value(const struct import *im, const struct key *k, struct nohang_value *v)
{
	switch (k->type) {
	case YES:
		v->n = !strcmp(v->text, "True");
		return v->n || !strcmp(v->text, "False");
	case NUMBER:
		return import_number(v->text, &v->n) && v->n >= k->min && v->n <= k->max;
	case LIMIT:
	case SWAP:
		return parse_limit(im, k, v);
	case METRICS:
		return nohang_psi_window(v->text);
	default:
		return true;
	}
}

/* A key that is known but makes no rule, or is not known. */
static void take_other(struct import *im, const char *key, const char *value)
{
	for (size_t i = 0; i < OTHERS; i++) {
		if (strcmp(others[i].name, key))
			continue;
		if (strcmp(others[i].unset, value))
			import_left(im, "%s = %s: %s", key, value, others[i].why);
		return;
	}
	import_left(im, "%s = %s: not a key that is known here", key, value);
}

static int take_key(struct import *im, struct nohang *nh, const char *where, const char *key,
		    const char *value)
{
	char buf[96];

	for (int i = 0; i < NH_KEYS; i++) {
		struct nohang_value *v = &nh->value[i];

		if (strcmp(keys[i].name, key))
			continue;
		if (v->text)
			return import_error(im, "%s: %s is set a second time", where, key);
		v->text = value;
		if (!parse_value(im, &keys[i], v))
			return import_error(im, "%s: %s = %s: must be %s", where, key, value,
					    allowed(&keys[i], buf, sizeof(buf)));
		return 0;
	}
	take_other(im, key, value);
	return 0;
}

/* nohang would not start; its own value is what was meant. */
static void fill_in(struct import *im, struct nohang *nh)
{
	for (int i = 0; i < NH_KEYS; i++) {
		struct nohang_value *v = &nh->value[i];

		if (v->text)
			continue;
		v->text = keys[i].unset;
		parse_value(im, &keys[i], v);
		import_left(im, "%s is not set: taken as '%s'; nohang would not start",
			    keys[i].name, v->text);
	}
}

int import_nohang(struct import *im, struct import_file *files, size_t n)
{
	char *at = files[0].text, *line, *key, *value, where[256];
	struct nohang nh = {};
	unsigned int number = 0;
	int err = 0;

	if (n > 1)
		return import_error(im, "%s: one file is enough", files[1].path);
	while (!err && (line = import_next_line(&at, &number, false))) {
		if (!*line || strchr("# \t\r", *line))
			continue;
		snprintf(where, sizeof(where), "%s:%u", files[0].path, number);
		if (*line == '@')
			err = nohang_adjust(im, where, line);
		else if (import_key_value(line, &key, &value))
			err = take_key(im, &nh, where, key, value);
		else
			err = import_error(im, "%s: neither a comment nor key = value", where);
	}
	if (err)
		return err;
	fill_in(im, &nh);
	nohang_write(im, &nh);
	return 0;
}
