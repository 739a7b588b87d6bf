// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_oomd_detect.c - oomd's detectors as comparisons. One that has no counterpart is dropped, and
 * the rule, which would then fire more often, becomes a shadow.
 */
#include "import_oomd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/base/text.h"
#include "import_text.h"

#define WINDOW_MAX_S 600

void oomd_say(struct oomd_group *g, const char *fmt, ...)
{
	bool known = false;
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	for (size_t i = 0; i < json_object_array_length(g->said) && !known; i++)
		known = !strcmp(text,
				json_object_get_string(json_object_array_get_idx(g->said, i)));
	if (!known)
		json_object_array_add(g->said, json_object_new_string(text));
	free(text);
}

/* A comparison of the cgroups that the arguments name; NULL: there is no room, and that is said. */
static struct oomd_term *add_term(struct oomd_group *g, struct json_object *args, const char *text,
				  const char *note)
{
	const char *cgroups = oomd_arg(args, "cgroup"), *own = oomd_arg(args, "ruleset_cgroup");
	struct oomd_term *t;

	if (g->terms == OOMD_TERMS) {
		oomd_say(g, "Of so many detectors the last ones are dropped.");
		g->shadow = true;
		return NULL;
	}
	t = &g->term[g->terms++];
	if (!cgroups)
		cgroups = own && strcmp(own, ".") ? own : "";
	t->cgroups = cgroups;
	t->machine = !strcmp(cgroups, "/");
	t->note = note;
	snprintf(t->text, sizeof(t->text), "%s", text);
	return t;
}

/* A number among the arguments; what it must be, in words, when it is not. */
static int number(struct import *im, const struct oomd_group *g, const char *plugin,
		  struct json_object *args, const char *name, double most, double *ret)
{
	const char *text = oomd_arg(args, name);

	if (!text)
		return import_error(im, "ruleset '%s': %s: no \"%s\"", g->ruleset, plugin, name);
	if (!import_number(text, ret) || *ret < 0 || *ret > most)
		return import_error(
			im, "ruleset '%s': %s: \"%s\" is '%s', must be a number from 0 to %.0f",
			g->ruleset, plugin, name, text, most);
	return 0;
}

/* " for Ns"; nothing for 0. */
static const char *held(struct oomd_group *g, double seconds, char *buf, size_t size)
{
	if (seconds > IMPORT_HOLD_MAX_S)
		oomd_say(g, "%.0f s shortened: a comparison can be held for an hour.", seconds);
	return import_held(buf, size, seconds);
}

/* Pressure on memory, or what is on other things: that we do not look at. */
static int pressure(struct import *im, struct oomd_group *g, const char *plugin,
		    struct json_object *args, char share[16], char hold[32], bool *is_memory)
{
	const char *resource = oomd_arg(args, "resource");
	double threshold = 0, duration = 0;
	int err;

	*is_memory = resource && !strcmp(resource, "memory");
	if (!*is_memory && (!resource || strcmp(resource, "io")))
		return import_error(im, "ruleset '%s': %s: \"resource\" must be memory or io",
				    g->ruleset, plugin);
	err = number(im, g, plugin, args, "threshold", 100, &threshold);
	if (!err)
		err = number(im, g, plugin, args, "duration", 1e9, &duration);
	if (err)
		return err;
	if (!*is_memory) {
		oomd_say(g, "%s on io is dropped: reapd looks at memory.", plugin);
		g->shadow = true;
		return 0;
	}
	if (import_share_rounds(threshold))
		oomd_say(g, "%g%% rounded: reapd counts in tenths.", threshold);
	import_share(share, 16, threshold);
	held(g, duration, hold, 32);
	return 0;
}

static int pressure_above(struct import *im, struct oomd_group *g, struct json_object *args)
{
	char share[16], hold[32], text[96];
	bool is_memory;
	int err = pressure(im, g, "pressure_above", args, share, hold, &is_memory);

	if (err || !is_memory)
		return err;
	snprintf(text, sizeof(text), "psi.full > %s over 10s%s", share, hold);
	add_term(g, args, text,
		 "oomd takes avg10, which lags behind; reapd exactly the last 10 s.");
	return 0;
}

static int pressure_rising(struct import *im, struct oomd_group *g, struct json_object *args)
{
	char share[16], hold[32], text[96];
	bool is_memory;
	int err = pressure(im, g, "pressure_rising_beyond", args, share, hold, &is_memory);

	if (err || !is_memory)
		return err;
	snprintf(text, sizeof(text), "psi.full > %s over 60s%s", share, hold);
	add_term(
		g, args, text,
		"pressure_rising_beyond: averages that lag behind; reapd takes exactly the last 60 s "
		"and 10 s. That it is not falling fast is the last 2 s here (fast_fall_ratio there).");
	snprintf(text, sizeof(text), "psi.full > %s over 10s", share);
	add_term(g, args, text, NULL);
	snprintf(text, sizeof(text), "psi.full > %s over 2s", share);
	add_term(g, args, text, NULL);
	return 0;
}

/* "60%", "1.5G 128M", or a bare number, which is MiB. */
static bool parse_amount(const char *s, uint64_t total_kib, double *ret_kib)
{
	static const char letters[] = "KMGT";
	char text[64], *word, *save;
	double n, kib = 0;
	size_t len = strlen(s);

	if (!len || len >= sizeof(text))
		return false;
	strcpy(text, s);
	if (text[len - 1] == '%') {
		text[len - 1] = 0;
		*ret_kib = import_number(text, &n) ? n * (double)total_kib / 100 : -1;
		return *ret_kib >= 0 && n <= 100;
	}
	if (import_number(text, &n)) {
		*ret_kib = n * 1024;
		return n >= 0 && n < 1e9;
	}
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *end = word + strlen(word) - 1;
		const char *letter = strchr(letters, *end >= 'a' ? *end - 'a' + 'A' : *end);

		if (letter && *letter)
			*end = 0;
		if (!import_number(word, &n) || n < 0 || n > 1e9)
			return false;
		kib += letter && *letter ? n * (double)(UINT64_C(1) << (10 * (letter - letters))) :
					   n / 1024;
	}
	*ret_kib = kib;
	return kib < 1e15;
}

static int memory_above(struct import *im, struct oomd_group *g, struct json_object *args)
{
	const char *anon = oomd_arg(args, "threshold_anon");
	const char *threshold = anon ? anon : oomd_arg(args, "threshold");
	const char *cgroups = oomd_arg(args, "cgroup");
	char hold[32], size[32], text[96];
	double kib, duration = 0;
	bool machine = cgroups && !strcmp(cgroups, "/");

	if (!threshold || !parse_amount(threshold, im->host.mem_total_kib, &kib))
		return import_error(im,
				    "ruleset '%s': memory_above: \"threshold\" must be a size or a "
				    "share of memory",
				    g->ruleset);
	if (number(im, g, "memory_above", args, "duration", 1e9, &duration))
		return -EINVAL;
	if (strchr(threshold, '%'))
		oomd_say(g, "%s of the memory of the machine this was imported on.", threshold);
	if (anon) {
		oomd_say(g,
			 "threshold_anon: anonymous memory alone; here all that the cgroup uses.");
		g->shadow = true;
	}
	held(g, duration, hold, sizeof(hold));
	text_kib_exact(size, sizeof(size), kib < 1 ? 1 : (uint64_t)kib);
	snprintf(text, sizeof(text), "%s > %s%s", machine ? "mem.used" : "memory.current", size,
		 hold);
	add_term(g, args, text, NULL);
	return 0;
}

static int memory_reclaim(struct import *im, struct oomd_group *g, struct json_object *args)
{
	struct oomd_term *t;
	double duration = 0;
	char time[32], text[96];

	if (number(im, g, "memory_reclaim", args, "duration", 1e9, &duration))
		return -EINVAL;
	duration = duration < 1 ? 1 : import_least(duration, WINDOW_MAX_S);
	snprintf(text, sizeof(text), "pgscan > 0 over %s",
		 import_time(time, sizeof(time), duration));
	t = add_term(g, args, text, "memory_reclaim: reclaim anywhere in the scope counts.");
	if (t && !*t->cgroups && !g->cgroup)
		t->machine = true; /* as it once was, without a cgroup */
	else if (t)
		t->here = true;
	return 0;
}

static int swap_free(struct import *im, struct oomd_group *g, struct json_object *args)
{
	const char *rate = oomd_arg(args, "swapout_bps_threshold");
	double threshold = 0, bytes = 0;
	struct oomd_term *t;
	char share[16], text[96];

	if (number(im, g, "swap_free", args, "threshold_pct", 100, &threshold) ||
	    (rate && number(im, g, "swap_free", args, "swapout_bps_threshold", 1e18, &bytes)))
		return -EINVAL;
	if (bytes > 0) {
		oomd_say(g, "swapout_bps_threshold is dropped: reapd does not measure that rate.");
		g->shadow = true;
	}
	if (import_share_rounds(threshold))
		oomd_say(g, "%g%% rounded: reapd counts in tenths.", threshold);
	/* Without swap this never holds, as there. */
	snprintf(text, sizeof(text), "swap.used > %s",
		 import_share(share, sizeof(share), 100 - threshold));
	t = add_term(g, args, text, NULL);
	if (t)
		t->machine = true;
	return 0;
}

static int nothing(struct import *im, struct oomd_group *g, struct json_object *args)
{
	(void)im, (void)g, (void)args;
	return 0;
}

static int never(struct import *im, struct oomd_group *g, struct json_object *args)
{
	(void)im, (void)args;
	g->never = true;
	return 0;
}

#define CGROUP " cgroup ruleset_cgroup "

static const struct {
	const char *name;
	int (*detect)(struct import *im, struct oomd_group *g, struct json_object *args);
	const char *args;
} detectors[] = {
	{ "pressure_above", pressure_above, CGROUP "resource threshold duration " },
	{ "pressure_rising_beyond", pressure_rising,
	  CGROUP "resource threshold duration fast_fall_ratio " },
	{ "memory_above", memory_above,
	  CGROUP "threshold threshold_anon duration debug meminfo_location " },
	{ "memory_reclaim", memory_reclaim, CGROUP "duration " },
	{ "swap_free", swap_free, " threshold_pct swapout_bps_threshold " },
	{ "dump_cgroup_overview", nothing, CGROUP "always " },
	{ "continue", nothing, " " },
	{ "stop", never, " " },
};

int oomd_detect(struct import *im, struct oomd_group *g, const char *name, struct json_object *args)
{
	for (size_t i = 0; i < sizeof(detectors) / sizeof(detectors[0]); i++) {
		if (strcmp(detectors[i].name, name))
			continue;
		oomd_check_args(im, g->ruleset, name, args, detectors[i].args);
		return detectors[i].detect(im, g, args);
	}
	/* exists, nr_dying_descendants, and what others added to oomd. */
	oomd_say(g, "The detector %s is dropped: it has no counterpart.", name);
	g->shadow = true;
	return 0;
}
