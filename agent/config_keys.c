// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_keys.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum type {
	BOOL,
	WORD,
	PATH,
	PATH_OR_NONE,
	NUMBER,
	SIZE,
	TIME,
	SHARE,
	BANDS
};

struct config_key {
	const char *section, *name;
	enum type type;
	size_t offset, size;	  /* of the member */
	uint64_t min, max;	  /* of NUMBER, SIZE (KiB), TIME (ns), SHARE; max 0: no limits */
	const char *const *words; /* what a WORD may be; a NUMBER with words is an enum */
};

static const char *const strategies[] = { "host", "android", NULL };
static const char *const watchdogs[] = { "auto", "yes", "no", NULL };
static const char *const orders[] = { "badness", "size", "growth", "benefit", "lmkd", NULL };

#define AT(member) \
	.offset = offsetof(struct config, member), .size = sizeof(((struct config *)0)->member)

/* A number with its reason: why not less, why not more. */
static const struct config_key keys[] = {
	{ "agent", "strategy", WORD, AT(strategy), .words = strategies },
	{ "agent", "scope", PATH, AT(scope) },
	{ "agent", "dry_run", BOOL, AT(dry_run) },
	{ "agent", "bpf_dir", PATH, AT(bpf_dir) },
	{ "agent", "run_dir", PATH, AT(run_dir) },
	{ "agent", "state_dir", PATH, AT(state_dir) },
	{ "agent", "metrics_file", PATH_OR_NONE, AT(metrics_file) },
	{ "agent", "lmkd_socket", PATH_OR_NONE, AT(lmkd_socket) },
	{ "agent", "realtime", BOOL, AT(realtime) },
	{ "agent", "watchdog", NUMBER, AT(watchdog), .words = watchdogs },
	{ "agent", "verbose", BOOL, AT(verbose) },
	{ "agent", "trace_marker", BOOL, AT(trace_marker) },
	/* 64: a container. 4194304: the largest pid_max there is. */
	{ "agent", "max_processes", NUMBER, AT(max_processes), .min = 64, .max = 4194304 },
	/* 8: more deaths at once than CPUs can work on. */
	{ "agent", "reapers", NUMBER, AT(reapers), .min = 1, .max = 8 },
	/* 64 KiB: the least error of a counter. 1 GiB: more would hide any growth. */
	{ "agent", "rss_quantum", SIZE, AT(rss_quantum_kib), .min = 64, .max = 1 << 20 },
	/* 100 ms: the pause between two bursts of kswapd. 10 min: more would be no calm at all. */
	{ "agent", "calm_after", TIME, AT(calm_after_ns), .min = 100 * NS_PER_MS,
	  .max = 600 * NS_PER_S },
	/* 50 ms: freeing 1 GiB of small pages on a fast machine. 60 s: 700 GiB of them. */
	{ "agent", "kill_timeout", TIME, AT(kill_timeout_ns), .min = 50 * NS_PER_MS,
	  .max = 60 * NS_PER_S },
	{ "agent", "prekill_dir", PATH_OR_NONE, AT(prekill_dir) },
	/* 10 ms: a hook that is asked at all. 10 s: a machine out of memory has not more. */
	{ "agent", "prekill_timeout", TIME, AT(prekill_timeout_ns), .min = 10 * NS_PER_MS,
	  .max = 10 * NS_PER_S },
	{ "agent", "post_kill", PATH_OR_NONE, AT(post_kill) },
	{ "choose", "order", NUMBER, AT(order), .words = orders },
	/* Of a minute ahead nobody knows anything. */
	{ "choose", "growth_horizon", TIME, AT(growth_horizon_ns), .max = 60 * NS_PER_S },
	/* 1 TiB: larger than any process so far. */
	{ "choose", "least_size", SIZE, AT(least_size_kib), .max = 1 << 30 },
	{ "host", "exhausted", BOOL, AT(exhausted) },
	{ "host", "exhausted_mem_available", SHARE, AT(exhausted_mem_available), .max = 1000 },
	{ "host", "exhausted_swap_free", SHARE, AT(exhausted_swap_free), .max = 1000 },
	/* 1 ms: a tick is longer. 60 s: as for growth_horizon. */
	{ "host", "exhausted_within", TIME, AT(exhausted_within_ns), .min = NS_PER_MS,
	  .max = 60 * NS_PER_S },
	{ "host", "swap_full", BOOL, AT(swap_full) },
	{ "host", "swap_full_mem_available", SHARE, AT(swap_full_mem_available), .max = 1000 },
	{ "host", "swap_full_within", TIME, AT(swap_full_within_ns), .min = NS_PER_MS,
	  .max = 60 * NS_PER_S },
	{ "host", "starving", BOOL, AT(starving) },
	{ "host", "starving_mem_available", SHARE, AT(starving_mem_available), .max = 1000 },
	{ "host", "starving_psi_full", SHARE, AT(starving_psi_full), .min = 1, .max = 1000 },
	/* 10 ms to 10 min: what the history of decide/assess.c holds. */
	{ "host", "starving_window", TIME, AT(starving_window_ns), .min = 10 * NS_PER_MS,
	  .max = 600 * NS_PER_S },
	{ "host", "thrashing", BOOL, AT(thrashing) },
	{ "host", "thrashing_psi_full", SHARE, AT(thrashing_psi_full), .min = 1, .max = 1000 },
	{ "host", "thrashing_window", TIME, AT(thrashing_window_ns), .min = 10 * NS_PER_MS,
	  .max = 600 * NS_PER_S },
	{ "host", "thrashing_mem_available", SHARE, AT(thrashing_mem_available), .max = 1000 },
	{ "host", "thrashing_swap_full", TIME, AT(thrashing_swap_full_ns), .max = 60 * NS_PER_S },
/* Limits are lmkd's where it has any; else what the kernel, or a percentage, can be. */
#define ANDROID(name) "android", #name
#define FLAG(name)                                    \
	{                                             \
		ANDROID(name), BOOL, AT(android.name) \
	}
#define RANGE(name, low, high)                                                       \
	{                                                                            \
		ANDROID(name), NUMBER, AT(android.name), .min = (low), .max = (high) \
	}
	FLAG(low_ram),
	FLAG(use_psi),
	FLAG(use_new_strategy),
	FLAG(use_minfree_levels),
	/* 1001: above all scores, so never. */
	RANGE(low, 0, 1001),
	RANGE(medium, 0, 1001),
	RANGE(critical, 0, 1001),
	FLAG(critical_upgrade),
	RANGE(upgrade_pressure, 0, 100),
	RANGE(downgrade_pressure, 0, 100),
	FLAG(kill_heaviest_task),
	/* 60 s: as for kill_timeout. */
	RANGE(kill_timeout_ms, 0, 60000),
	RANGE(pressure_after_kill_min_score, 0, 1000),
	RANGE(swap_free_low_percentage, 0, 100),
	/* 500 ms to 10 s: windows that the kernel takes; stalls are shorter. */
	RANGE(psi_partial_stall_ms, 0, 10000),
	RANGE(psi_complete_stall_ms, 0, 10000),
	RANGE(psi_window_size_ms, 500, ANDROID_WINDOW_MAX_MS),
	/* 100000 %: all file pages read again a thousand times in a second. */
	RANGE(thrashing_limit, 0, 100000),
	RANGE(thrashing_limit_decay, 0, 100),
	RANGE(thrashing_limit_critical, 0, 300000),
	RANGE(swap_util_max, 0, 100),
	/* 1 TiB */
	RANGE(filecache_min_kb, 0, 1 << 30),
	RANGE(stall_limit_critical, 0, 100),
	RANGE(direct_reclaim_threshold_ms, 0, 60000),
	/* 1000: no memory compresses so well. */
	RANGE(swap_compression_ratio, 0, ANDROID_RATIO_MAX),
	RANGE(swap_compression_ratio_div, 1, ANDROID_RATIO_MAX),
	FLAG(relaxed_available_memory),
	/* 201: perceptible apps are not for this reason. 1001: it never is one. */
	RANGE(lowmem_min_oom_score, 201, 1001),
	RANGE(score_floor, 0, 1000),
	{ ANDROID(bands), BANDS, AT(android.bands) },
	FLAG(kill_unregistered),
	{ ANDROID(foreground_cpuset), PATH_OR_NONE, AT(android.foreground_cpuset) },
	FLAG(delay_monitors_until_boot),
	FLAG(debug),
	FLAG(log_stats),
	FLAG(per_app_memcg),
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(KEYS <= CONFIG_KEYS, "config.written");

const struct config_key *config_key_find(const char *section, const char *name, bool *section_known)
{
	*section_known = false;
	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].section, section))
			continue;
		*section_known = true;
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

const struct config_key *config_key_at(size_t i, const char **section, const char **name)
{
	if (i >= KEYS)
		return NULL;
	*section = keys[i].section;
	*name = keys[i].name;
	return &keys[i];
}

bool config_key_clamp(const struct config_key *k, const char *value, char *buf, size_t size)
{
	bool negative = *value == '-';
	uint64_t n;

	if (k->type != NUMBER || k->words || !k->max || text_to_u64(value + negative, &n))
		return false;
	n = negative || n < k->min ? k->min : n > k->max ? k->max : n;
	snprintf(buf, size, "%llu", (unsigned long long)n);
	return true;
}

static int word_index(const char *const *words, const char *value)
{
	for (int i = 0; words[i]; i++) {
		if (!strcmp(words[i], value))
			return i;
	}
	return -1;
}

/* What a value of this key looks like, for an error message. */
void config_key_form(const struct config_key *k, char *buf, size_t size)
{
	static const char *const forms[] = {
		[BOOL] = "yes or no",
		[WORD] = "",
		[PATH] = "an absolute path of at most ",
		[PATH_OR_NONE] = "nothing, or an absolute path of at most ",
		[NUMBER] = "a number",
		[SIZE] = "a size like 64M",
		[TIME] = "a time like 500ms or 2s, whole milliseconds",
		[SHARE] = "a percentage like 5% or 12.5%",
		[BANDS] = "at most 16 numbers from -999 to 1000, each less than the one before",
	};
	size_t len = 0;
	char low[32], high[32];

	if (k->words) {
		for (int i = 0; k->words[i] && len < size; i++)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						i ? ", " : "one of: ", k->words[i]);
		return;
	}
	len = (size_t)snprintf(buf, size, "%s", forms[k->type]);
	if ((k->type == PATH || k->type == PATH_OR_NONE) && len < size)
		snprintf(buf + len, size - len, "%zu bytes", k->size - 1);
	if (!k->max || len >= size)
		return;
	if (k->type == SIZE)
		snprintf(buf + len, size - len, ", from %s to %s",
			 text_kib(low, sizeof(low), k->min), text_kib(high, sizeof(high), k->max));
	else if (k->type == TIME)
		snprintf(buf + len, size - len, ", from %s to %s",
			 text_ns(low, sizeof(low), k->min), text_ns(high, sizeof(high), k->max));
	else if (k->type == SHARE)
		snprintf(buf + len, size - len, ", from %s to %s",
			 text_permille(low, sizeof(low), k->min),
			 text_permille(high, sizeof(high), k->max));
	else if (k->type == NUMBER)
		snprintf(buf + len, size - len, " from %llu to %llu", (unsigned long long)k->min,
			 (unsigned long long)k->max);
}

/* A value as a number of the key's unit; false when it is not of the form. */
static bool parse_number(const struct config_key *k, const char *value, uint64_t *ret)
{
	uint32_t share;
	int word;

	switch (k->type) {
	case NUMBER:
		if (!k->words)
			return !text_to_u64(value, ret);
		word = word_index(k->words, value);
		*ret = (uint64_t)word;
		return word >= 0;
	case SIZE:
		return !text_to_kib(value, ret);
	case TIME:
		return !text_to_ns(value, ret) && *ret % NS_PER_MS == 0;
	case SHARE:
		if (text_to_permille(value, &share))
			return false;
		*ret = share;
		return true;
	default:
		return false;
	}
}

static bool set_number(const struct config_key *k, void *member, const char *value)
{
	uint64_t n;

	if (!parse_number(k, value, &n) || (k->max && (n < k->min || n > k->max)))
		return false;
	if (k->size == sizeof(uint32_t))
		*(uint32_t *)member = (uint32_t)n;
	else
		*(uint64_t *)member = n;
	return true;
}

static bool set(struct config *c, const struct config_key *k, const char *value)
{
	void *member = (char *)c + k->offset;

	switch (k->type) {
	case BOOL:
		return !text_to_bool(value, member);
	case WORD:
		return word_index(k->words, value) >= 0 && text_copy(member, k->size, value);
	case BANDS:
		return bands_parse(value, member);
	case PATH_OR_NONE:
		if (!*value)
			return text_copy(member, k->size, value);
		/* fall through */
	case PATH:
		return value[0] == '/' && strlen(value) < k->size &&
		       text_copy(member, k->size, value);
	default:
		return set_number(k, member, value);
	}
}

bool config_key_set(struct config *c, const struct config_key *k, const char *value)
{
	if (!set(c, k, value))
		return false;
	c->written[k - keys] = true;
	return true;
}

bool config_key_written(const struct config *c, const char *section, const char *name)
{
	bool section_known;
	const struct config_key *k = config_key_find(section, name, &section_known);

	return k && c->written[k - keys];
}

/* With a blank before it, if there is anything. */
static void print_word(const char *word, FILE *f)
{
	fprintf(f, "%s%s", *word ? " " : "", word);
}

/* As print_word(). */
static void print_value(const struct config *c, const struct config_key *k, FILE *f)
{
	const void *member = (const char *)c + k->offset;
	char text[32], bands[BANDS_TEXT];
	uint64_t n = 0;

	if (k->type != BOOL && k->size == sizeof(uint32_t))
		n = *(const uint32_t *)member;
	else if (k->type == SIZE || k->type == TIME)
		n = *(const uint64_t *)member;
	switch (k->type) {
	case BOOL:
		fprintf(f, " %s", *(const bool *)member ? "yes" : "no");
		break;
	case WORD:
	case PATH:
		fprintf(f, " %s", (const char *)member);
		break;
	case PATH_OR_NONE:
		print_word(member, f);
		break;
	case NUMBER:
		if (k->words)
			fprintf(f, " %s", k->words[n]);
		else
			fprintf(f, " %llu", (unsigned long long)n);
		break;
	case SIZE:
		if (n && !(n & 1023))
			fprintf(f, " %lluM", (unsigned long long)n >> 10);
		else
			fprintf(f, " %lluK", (unsigned long long)n);
		break;
	case TIME:
		fprintf(f, " %s", text_ms_exact(text, sizeof(text), n / NS_PER_MS));
		break;
	case SHARE:
		fprintf(f, " %s", text_permille(text, sizeof(text), n));
		break;
	case BANDS:
		print_word(bands_text(member, bands), f);
		break;
	}
}

void config_keys_print(const struct config *c, FILE *f)
{
	const char *section = "";

	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(section, keys[i].section)) {
			fprintf(f, "%s[%s]\n", *section ? "\n" : "", keys[i].section);
			section = keys[i].section;
		}
		fprintf(f, "%s =", keys[i].name);
		print_value(c, &keys[i], f);
		fprintf(f, "\n");
	}
}
