// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "import_sd.h"

#include <stdio.h>
#include <string.h>

#include "../agent/base/text.h"

#define UNIT_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@"
#define USERS	   "/user.slice/user-*.slice/user@*.service"

static const char *const types[] = { "slice",  "service", "scope", "socket", "mount",	 "swap",
				     "target", "timer",	  "path",  "device", "automount" };

static bool is_type(const char *word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcmp(types[i], word))
			return true;
	}
	return false;
}

bool sd_unit_of(const char *path, struct sd_unit *ret)
{
	const char *base = strrchr(path, '/'), *dir, *dot;
	size_t len;

	memset(ret, 0, sizeof(*ret));
	ret->limit = ret->lasting_s = -1;
	ret->user = strstr(path, "systemd/user/");
	text_copy(ret->name, sizeof(ret->name), base ? base + 1 : path);
	/* In a directory UNIT.d: a drop-in. */
	if (base && base - path > 2 && !strncmp(base - 2, ".d", 2)) {
		for (dir = base - 2; dir > path && dir[-1] != '/'; dir--)
			;
		len = (size_t)(base - 2 - dir);
		if (!len || len >= sizeof(ret->name))
			return false;
		memcpy(ret->name, dir, len);
		ret->name[len] = 0;
	}
	if (ret->name[strspn(ret->name, UNIT_CHARS)])
		return false;
	dot = strrchr(ret->name, '.');
	return is_type(dot ? dot + 1 : ret->name);
}

bool sd_unit_is_type(const struct sd_unit *u)
{
	return !strchr(u->name, '.');
}

/* Append a string; false when it did not fit. */
static bool add(char *buf, size_t size, const char *text, size_t len)
{
	size_t at = strlen(buf);

	if (at + len + 1 > size)
		return false;
	memcpy(buf + at, text, len);
	buf[at + len] = 0;
	return true;
}

/* "a-b.slice" is /a.slice/a-b.slice; "-.slice" is the top. A drop-in of "a-.slice" is of all a-*. */
static bool add_slice(char *buf, size_t size, const char *name)
{
	size_t len = strlen(name) - strlen(".slice");

	if (!strcmp(name, "-.slice"))
		return true;
	for (size_t i = 1; i <= len; i++) {
		const char *star = i == len && name[i - 1] == '-' ? "*" : "";

		if (i < len && name[i] != '-')
			continue;
		if (!add(buf, size, "/", 1) || !add(buf, size, name, i) ||
		    !add(buf, size, star, strlen(star)) || !add(buf, size, ".slice", 6))
			return false;
	}
	return true;
}

/* "foo@.service" is of all its instances, "foo-.service" of all that begin so. */
static bool add_unit(char *buf, size_t size, const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t stem = (size_t)(dot - name);
	const char *star = stem && strchr("@-", name[stem - 1]) ? "*" : "";

	return add(buf, size, "/", 1) && add(buf, size, name, stem) &&
	       add(buf, size, star, strlen(star)) && add(buf, size, dot, strlen(dot));
}

static bool is_slice(const char *name)
{
	size_t len = strlen(name);

	return len > 6 && !name[strspn(name, UNIT_CHARS "%")] && !strcmp(name + len - 6, ".slice");
}

/* Where units go that do not say it: templates into a slice of their own. */
static void default_slice(const struct sd_unit *u, char *buf, size_t size)
{
	const char *top = u->user ? "app" : "system", *at = strchr(u->name, '@');

	if (!u->user && (!strncmp(u->name, "user@", 5) || !strncmp(u->name, "session-", 8)))
		snprintf(buf, size, "user-.slice");
	else if (at)
		snprintf(buf, size, "%s-%.*s.slice", top, (int)(at - u->name), u->name);
	else
		snprintf(buf, size, "%s.slice", top);
}

/* Specifiers are known to systemd alone; a backslash is a sign of its own in patterns. */
static void make_pattern(char *s)
{
	char *to = s;

	for (; *s; s++) {
		bool unknown = *s == '\\' || (*s == '%' && s[1]);

		s += *s == '%' && s[1];
		if (!unknown)
			*to++ = *s;
		else if (to[-1] != '*')
			*to++ = '*';
	}
	*to = 0;
}

bool sd_unit_cgroup(const struct sd_unit *u, char *buf, size_t size)
{
	char slice[300];

	*buf = 0;
	if (u->user && !add(buf, size, USERS, strlen(USERS)))
		return false;
	if (is_slice(u->name)) {
		if (!add_slice(buf, size, u->name))
			return false;
	} else {
		default_slice(u, slice, sizeof(slice));
		if (!add_slice(buf, size, is_slice(u->slice) ? u->slice : slice) ||
		    !add_unit(buf, size, u->name))
			return false;
	}
	if (!*buf)
		return add(buf, size, "/", 1);
	make_pattern(buf);
	return true;
}
