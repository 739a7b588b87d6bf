// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_sd.c - systemd-oomd: oomd.conf, and the files of units (with their drop-ins) and rules
 * (.oomrule) that say where it acts.
 */
#include "import_sd.h"

#include <stdlib.h>
#include <string.h>

#include "../agent/base/text.h"
#include "import.h"
#include "import_sd_rules.h"
#include "import_text.h"

/* A line of a file, for errors. */
struct at {
	const char *file;
	unsigned int line;
	const char *key, *value;
};

static int bad_value(struct import *im, const struct at *at, const char *allowed)
{
	return import_error(im, "%s:%u: %s=%s: must be %s", at->file, at->line, at->key, at->value,
			    allowed);
}

/* "60%", or in thousandths, or in ten-thousandths. */
static int parse_percent(struct import *im, const struct at *at, double *ret)
{
	static const struct {
		const char *sign;
		double parts;
	} units[] = { { "%", 100 }, { "‰", 1000 }, { "‱", 10000 } };
	char number[32];
	size_t len;
	double n;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strcspn(at->value, "%\xe2");
		if (len >= sizeof(number) || strcmp(at->value + len, units[i].sign))
			continue;
		memcpy(number, at->value, len);
		number[len] = 0;
		if (!import_number(number, &n) || n < 0 || n > units[i].parts)
			break;
		*ret = n * 100 / units[i].parts;
		return 0;
	}
	return bad_value(im, at, "a share with its %, from 0% to 100%");
}

/* A time span: "2min 30s", "500ms"; a bare number is seconds. */
static bool parse_span(const char *s, double *ret)
{
	static const struct {
		const char *names;
		double seconds;
	} units[] = { { " s sec second seconds ", 1 }, { " ms msec ", 1e-3 },
		      { " us usec ", 1e-6 },	       { " m min minute minutes ", 60 },
		      { " h hr hour hours ", 3600 },   { " d day days ", 86400 } };
	char number[32], unit[16];
	double n, sum = 0;
	size_t len;

	do {
		len = strspn(s, "0123456789.");
		if (!len || len >= sizeof(number))
			return false;
		memcpy(number, s, len);
		number[len] = 0;
		s += len + strspn(s + len, " \t");
		len = strcspn(s, " \t0123456789.");
		if (!import_number(number, &n) || len > sizeof(unit) - 3)
			return false;
		snprintf(unit, sizeof(unit), " %.*s ", len ? (int)len : 1, len ? s : "s");
		for (len = 0; len < 6 && !strstr(units[len].names, unit);)
			len++;
		if (len == 6)
			return false;
		sum += n * units[len].seconds;
		s += strcspn(s, " \t0123456789.");
		s += strspn(s, " \t");
	} while (*s);
	*ret = sum;
	return true;
}

/* How long a limit must have been passed: none is the default, else at least a second. */
static int parse_duration(struct import *im, const struct at *at, double unset, double *ret)
{
	*ret = unset;
	if (!*at->value)
		return 0;
	if (!parse_span(at->value, ret) || (*ret > 0 && *ret < 1))
		return bad_value(im, at, "a time of at least 1s, or 0 for the default");
	if (*ret == 0)
		*ret = unset;
	return 0;
}

static int parse_oom(struct import *im, struct sd *sd, const struct at *at)
{
	if (!strcmp(at->key, "SwapUsedLimit"))
		return *at->value ? parse_percent(im, at, &sd->swap_limit) : 0;
	if (!strcmp(at->key, "DefaultMemoryPressureLimit"))
		return *at->value ? parse_percent(im, at, &sd->limit) : 0;
	if (!strcmp(at->key, "DefaultMemoryPressureDurationSec"))
		return parse_duration(im, at, SD_LASTING_S, &sd->lasting_s);
	if (!strcmp(at->key, "PrekillHookTimeoutSec"))
		import_left(
			im,
			"%s=%s: hooks before a kill are in prekill_dir, and are told in another way",
			at->key, at->value);
	else
		import_left(im, "%s:%u: %s=: not a key of oomd.conf(5) that is known here",
			    at->file, at->line, at->key);
	return 0;
}

static int parse_rule(struct import *im, struct sd_rule *rule, const struct at *at)
{
	if (!strcmp(at->key, "MemoryPressureAbove"))
		return parse_percent(im, at, &rule->pressure);
	if (!strcmp(at->key, "SwapUsageMax"))
		return parse_percent(im, at, &rule->swap);
	if (!strcmp(at->key, "LastingSec"))
		return parse_span(at->value, &rule->lasting_s) ? 0 : bad_value(im, at, "a time");
	if (strcmp(at->key, "Action"))
		return 0;
	rule->action = !strcmp(at->value, "kill-all")	    ? SD_KILL_ALL :
		       !strcmp(at->value, "kill-by-pgscan") ? SD_KILL_PGSCAN :
		       !strcmp(at->value, "kill-by-swap")   ? SD_KILL_SWAP :
							      SD_KILL_NONE;
	return rule->action ? 0 : bad_value(im, at, "kill-all, kill-by-pgscan or kill-by-swap");
}

/* "kill", or "auto": only where a unit above asks for it. */
static int parse_managed(struct import *im, const struct at *at, bool *ret)
{
	*ret = !strcmp(at->value, "kill");
	return *ret || !strcmp(at->value, "auto") ? 0 : bad_value(im, at, "kill or auto");
}

static int parse_preference(struct import *im, const struct at *at, struct sd_unit *u)
{
	u->avoid = !strcmp(at->value, "avoid");
	u->omit = !strcmp(at->value, "omit");
	if (u->avoid || u->omit || !strcmp(at->value, "none"))
		return 0;
	return bad_value(im, at, "none, avoid or omit");
}

static bool is_ours(const char *key)
{
	return !strncmp(key, "ManagedOOM", 10) || !strcmp(key, "OOMRules");
}

static int parse_unit(struct import *im, struct sd_unit *u, const struct at *at)
{
	if (!u && is_ours(at->key))
		return import_error(im,
				    "%s:%u: %s=: the file's path must tell the unit: UNIT, or "
				    "UNIT.d/NAME.conf",
				    at->file, at->line, at->key);
	if (!u)
		return 0;
	if (!strcmp(at->key, "Slice"))
		text_copy(u->slice, sizeof(u->slice), at->value);
	else if (!strcmp(at->key, "OOMRules"))
		text_copy(u->rules, sizeof(u->rules), at->value);
	else if (!strcmp(at->key, "ManagedOOMSwap"))
		return parse_managed(im, at, &u->on_swap);
	else if (!strcmp(at->key, "ManagedOOMMemoryPressure"))
		return parse_managed(im, at, &u->on_pressure);
	else if (!strcmp(at->key, "ManagedOOMMemoryPressureLimit"))
		return *at->value ? parse_percent(im, at, &u->limit) : (u->limit = -1, 0);
	else if (!strcmp(at->key, "ManagedOOMMemoryPressureDurationSec"))
		return parse_duration(im, at, -1, &u->lasting_s);
	else if (!strcmp(at->key, "ManagedOOMPreference"))
		return parse_preference(im, at, u);
	else if (is_ours(at->key))
		import_left(im, "%s:%u: %s=: not a property that is known here", at->file, at->line,
			    at->key);
	return 0;
}

/* The unit of this file, a new one or that of an earlier file; NULL: it is no unit's. */
static struct sd_unit *unit_of(struct sd *sd, const char *path)
{
	struct sd_unit u;

	if (!sd_unit_of(path, &u))
		return NULL;
	for (size_t i = 0; i < sd->nunits; i++) {
		if (!strcmp(sd->unit[i].name, u.name) && sd->unit[i].user == u.user)
			return &sd->unit[i];
	}
	sd->unit[sd->nunits] = u;
	return &sd->unit[sd->nunits++];
}

static struct sd_rule *rule_of(struct sd *sd, const char *path)
{
	struct sd_rule *rule = &sd->rule[sd->nrules++];
	const char *base = strrchr(path, '/');
	char *dot;

	rule->pressure = rule->swap = -1;
	text_copy(rule->name, sizeof(rule->name), base ? base + 1 : path);
	dot = strstr(rule->name, ".oomrule");
	if (dot)
		*dot = 0;
	return rule;
}

static int parse_file(struct import *im, struct sd *sd, struct import_file *f)
{
	struct sd_unit *unit = unit_of(sd, f->path);
	struct at at = { .file = f->path };
	struct sd_rule *rule = NULL;
	char *text = f->text, *line, *key, *value, section[64] = "";
	int err = 0;

	while (!err && (line = import_next_line(&text, &at.line, true))) {
		line = import_trim(line);
		if (!*line || *line == '#' || *line == ';')
			continue;
		if (*line == '[') {
			text_copy(section, sizeof(section), line);
			if (!strcmp(section, "[Rule]") && !rule)
				rule = rule_of(sd, f->path);
			continue;
		}
		if (!import_key_value(line, &key, &value))
			return import_error(im, "%s:%u: neither [SECTION] nor KEY=VALUE", f->path,
					    at.line);
		at.key = key;
		at.value = value;
		if (!strcmp(section, "[OOM]"))
			err = parse_oom(im, sd, &at);
		else if (rule && !strcmp(section, "[Rule]"))
			err = parse_rule(im, rule, &at);
		else
			err = parse_unit(im, unit, &at);
	}
	return err;
}

int import_systemd(struct import *im, struct import_file *files, size_t n)
{
	struct sd sd = { .swap_limit = 90, .limit = 60, .lasting_s = SD_LASTING_S };
	int err = 0;

	sd.unit = calloc(n, sizeof(*sd.unit));
	sd.rule = calloc(n, sizeof(*sd.rule));
	if (!sd.unit || !sd.rule)
		abort();
	for (size_t i = 0; i < n && !err; i++)
		err = parse_file(im, &sd, &files[i]);
	if (!err)
		sd_write(im, &sd);
	free(sd.unit);
	free(sd.rule);
	return err;
}
