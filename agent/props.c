// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "props.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "config_keys.h"

#define SECTION	    "android"
#define OVERRIDE    "persist.device_config.lmkd_native."
#define PREFIX	    "ro.lmk."
#define NAME_ROOM   128
/* All properties of a phone are some 60 KiB. */
#define GETPROP_MAX (1 << 20)

/* Of bionic. Weak: NULL with any other C library, also a static one. */
int property_get(const char *name, char *value) __asm__("__system_property_get")
	__attribute__((weak));

static bool from_system(void *ctx, const char *name, char value[PROP_VALUE_ROOM])
{
	(void)ctx;
	return property_get(name, value) > 0;
}

prop_get *props_system(void)
{
	return &property_get ? from_system : NULL;
}

/* The properties of a key, the first that is set counts; NULL: there is no second. */
static void names_of(const char *key, char first[NAME_ROOM], const char **second)
{
	static const struct {
		const char *key, *property;
	} others[] = {
		{ "low_ram", "ro.config.low_ram" },
		{ "per_app_memcg", "ro.config.per_app_memcg" },
		{ "log_stats", "ro.lmk.log_stats" },
	};
	static char second_name[NAME_ROOM];

	*second = NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i].key, key))
			continue;
		text_copy(first, NAME_ROOM, others[i].property);
		return;
	}
	snprintf(first, NAME_ROOM, OVERRIDE "%s", key);
	snprintf(second_name, sizeof(second_name), PREFIX "%s", key);
	*second = second_name;
}

enum taken {
	TAKEN_NOT = 0, /* the property is not set */
	TAKEN,
	TAKEN_NEAREST, /* it was out of range */
	TAKEN_NOT_ONE, /* it is no value of this key */
};

struct taking {
	char property[NAME_ROOM], was[PROP_VALUE_ROOM], value[PROP_VALUE_ROOM];
};

static enum taken take(struct config *c, const struct config_key *k, const char *name,
		       prop_get *get, void *ctx, struct taking *t)
{
	const char *second;

	names_of(name, t->property, &second);
	if (!get(ctx, t->property, t->was)) {
		if (!second || !get(ctx, second, t->was))
			return TAKEN_NOT;
		text_copy(t->property, sizeof(t->property), second);
	}
	text_copy(t->value, sizeof(t->value), t->was);
	/* Android's short forms. */
	if (!strcmp(t->value, "y") || !strcmp(t->value, "n"))
		text_copy(t->value, sizeof(t->value), *t->value == 'y' ? "yes" : "no");
	if (config_key_set(c, k, t->value))
		return TAKEN;
	if (config_key_clamp(k, t->was, t->value, sizeof(t->value)) &&
	    config_key_set(c, k, t->value))
		return TAKEN_NEAREST;
	return TAKEN_NOT_ONE;
}

void props_apply(struct config *c, prop_get *get, void *ctx)
{
	const struct config_key *k;
	const char *section, *name;
	struct taking t;

	for (size_t i = 0; (k = config_key_at(i, &section, &name)); i++) {
		if (strcmp(section, SECTION) || config_key_written(c, section, name))
			continue;
		switch (take(c, k, name, get, ctx, &t)) {
		case TAKEN_NEAREST:
			log_warn("property %s = %s is out of range, taken as %s", t.property, t.was,
				 t.value);
			break;
		case TAKEN_NOT_ONE:
			log_warn("property %s = %s is no value of %s, ignoring", t.property, t.was,
				 name);
			break;
		default:
			break;
		}
	}
}

/* "[name]: [value]" at the begin of a line. False: it is another line. */
static bool split(const char *line, char name[NAME_ROOM], char value[PROP_VALUE_ROOM])
{
	size_t len = strcspn(line, "\n"), name_len, value_len;
	const char *middle = memmem(line, len, "]: [", 4);

	if (!len || *line != '[' || !middle || line[len - 1] != ']' || middle + 4 > line + len - 1)
		return false;
	name_len = (size_t)(middle - line) - 1;
	value_len = (size_t)(line + len - 1 - (middle + 4));
	if (name_len >= NAME_ROOM || value_len >= PROP_VALUE_ROOM)
		return false;
	memcpy(name, line + 1, name_len);
	name[name_len] = 0;
	memcpy(value, middle + 4, value_len);
	value[value_len] = 0;
	return true;
}

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

static bool from_text(void *ctx, const char *name, char value[PROP_VALUE_ROOM])
{
	char found[NAME_ROOM];

	for (const char *line = ctx; line; line = next_line(line)) {
		if (split(line, found, value) && !strcmp(found, name) && *value)
			return true;
	}
	return false;
}

/* One key, if there is a property for it. A line of a configuration is at most 198 bytes, comment or not. */
static void import_key(struct config *c, const struct config_key *k, const char *name,
		       const char *text, FILE *out)
{
	char form[256];
	struct taking t;

	switch (take(c, k, name, from_text, (void *)text, &t)) {
	case TAKEN:
		fprintf(out, "%s = %s\n", name, t.value);
		break;
	case TAKEN_NEAREST:
		config_key_form(k, form, sizeof(form));
		fprintf(out, "# %s = %.60s: must be %s\n%s = %s\n", t.property, t.was, form, name,
			t.value);
		break;
	case TAKEN_NOT_ONE:
		config_key_form(k, form, sizeof(form));
		fprintf(out, "# %s = %.60s: must be %s\n", t.property, t.was, form);
		break;
	default:
		break;
	}
}

/* Properties of lmkd's that are no key. */
static void import_unknown(const char *text, FILE *out)
{
	char name[NAME_ROOM], value[PROP_VALUE_ROOM];
	bool known;

	for (const char *line = text; line; line = next_line(line)) {
		const char *key = NULL;

		if (!split(line, name, value))
			continue;
		if (!strncmp(name, PREFIX, strlen(PREFIX)))
			key = name + strlen(PREFIX);
		else if (!strncmp(name, OVERRIDE, strlen(OVERRIDE)))
			key = name + strlen(OVERRIDE);
		if (key && !config_key_find(SECTION, key, &known))
			fprintf(out, "# %.90s = %.60s: not known\n", name, value);
	}
}

int props_import(const char *path, FILE *out)
{
	static char text[GETPROP_MAX];
	static struct config c;
	ssize_t len = file_read_at(AT_FDCWD, path, text, sizeof(text));
	const struct config_key *k;
	const char *section, *name;

	if (len < 0) {
		log_err("%s: %s", path, strerror((int)-len));
		return (int)len;
	}
	config_defaults(&c);
	fputs("[agent]\nstrategy = android\n\n[android]\n", out);
	for (size_t i = 0; (k = config_key_at(i, &section, &name)); i++) {
		if (!strcmp(section, SECTION))
			import_key(&c, k, name, text, out);
	}
	import_unknown(text, out);
	return 0;
}
