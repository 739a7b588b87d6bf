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
	NUMBER,
	SIZE,
	TIME,
	SHARE
};

struct config_key {
	const char *section, *name;
	enum type type;
	size_t offset, size;	  /* of the member */
	uint64_t min, max;	  /* of NUMBER, SIZE (KiB), TIME (ns), SHARE; max 0: no limits */
	const char *const *words; /* what a WORD may be; a NUMBER with words is an enum */
};

static const char *const strategies[] = { "host", NULL };
static const char *const orders[] = { "badness", "size", "growth", NULL };

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
	{ "agent", "realtime", BOOL, AT(realtime) },
	{ "agent", "verbose", BOOL, AT(verbose) },
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
	{ "host", "thrashing", BOOL, AT(thrashing) },
	{ "host", "thrashing_psi_full", SHARE, AT(thrashing_psi_full), .min = 1, .max = 1000 },
	/* 10 ms to 10 min: what the history of decide/assess.c holds. */
	{ "host", "thrashing_window", TIME, AT(thrashing_window_ns), .min = 10 * NS_PER_MS,
	  .max = 600 * NS_PER_S },
	{ "host", "thrashing_mem_available", SHARE, AT(thrashing_mem_available), .max = 1000 },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

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
		[NUMBER] = "a number",
		[SIZE] = "a size like 64M",
		[TIME] = "a time like 500ms or 2s, whole milliseconds",
		[SHARE] = "a percentage like 5% or 12.5%",
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
	if (k->type == PATH && len < size)
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
		snprintf(buf + len, size - len, ", from %u.%u%% to 100%%", (unsigned)k->min / 10,
			 (unsigned)k->min % 10);
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

bool config_key_set(struct config *c, const struct config_key *k, const char *value)
{
	void *member = (char *)c + k->offset;

	switch (k->type) {
	case BOOL:
		return !text_to_bool(value, member);
	case WORD:
		return word_index(k->words, value) >= 0 && text_copy(member, k->size, value);
	case PATH:
		return value[0] == '/' && strlen(value) < k->size &&
		       text_copy(member, k->size, value);
	default:
		return set_number(k, member, value);
	}
}

static void print_value(const struct config *c, const struct config_key *k, FILE *f)
{
	const void *member = (const char *)c + k->offset;
	uint64_t n = 0;

	if (k->type != BOOL && k->size == sizeof(uint32_t))
		n = *(const uint32_t *)member;
	else if (k->type == SIZE || k->type == TIME)
		n = *(const uint64_t *)member;
	switch (k->type) {
	case BOOL:
		fprintf(f, "%s", *(const bool *)member ? "yes" : "no");
		break;
	case WORD:
	case PATH:
		fprintf(f, "%s", (const char *)member);
		break;
	case NUMBER:
		if (k->words)
			fprintf(f, "%s", k->words[n]);
		else
			fprintf(f, "%llu", (unsigned long long)n);
		break;
	case SIZE:
		if (n && !(n & 1023))
			fprintf(f, "%lluM", (unsigned long long)n >> 10);
		else
			fprintf(f, "%lluK", (unsigned long long)n);
		break;
	case TIME:
		if (n && !(n % NS_PER_S))
			fprintf(f, "%llus", (unsigned long long)(n / NS_PER_S));
		else if (!(n % NS_PER_MS))
			fprintf(f, "%llums", (unsigned long long)(n / NS_PER_MS));
		else
			fprintf(f, "%lluus", (unsigned long long)(n / NS_PER_US));
		break;
	case SHARE:
		if (n % 10)
			fprintf(f, "%u.%u%%", (unsigned int)n / 10, (unsigned int)n % 10);
		else
			fprintf(f, "%u%%", (unsigned int)n / 10);
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
		fprintf(f, "%s = ", keys[i].name);
		print_value(c, &keys[i], f);
		fprintf(f, "\n");
	}
}
