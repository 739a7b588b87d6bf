// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "filter.h"

#include <stdio.h>
#include <string.h>

#include "../base/text.h"

static const char *const kinds[FILTER_KINDS] = { "package", "cgroup", "uid" };
static const char *const actions[FILTER_ACTIONS] = { "normal", "protect", "avoid", "prefer" };

const char *filter_kind_name(__u32 kind)
{
	return kind < FILTER_KINDS ? kinds[kind] : NULL;
}

const char *filter_action_name(__u32 action)
{
	return action < FILTER_ACTIONS ? actions[action] : NULL;
}

static int find(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}

int filter_kind_find(const char *name)
{
	return find(kinds, FILTER_KINDS, name);
}

int filter_action_find(const char *name)
{
	return find(actions, FILTER_ACTIONS, name);
}

static const char *parse_package(const char *text, struct filter_key_package *key)
{
	size_t len = strlen(text);
	bool prefix = len && text[len - 1] == '*';

	len -= prefix;
	if (!len)
		return prefix ? "a lone * would match everything" : "empty";
	if (len > sizeof(key->name) - 1)
		return "longer than 127 bytes: no process has such a name";
	if (memchr(text, '*', len))
		return "* is allowed only at the end";
	if (memchr(text, '/', len))
		return "a name has no '/': give the last part of a path, or use kind cgroup";
	memcpy(key->name, text, len);
	key->prefixlen_bits = (__u32)(8 * (len + !prefix));
	return NULL;
}

/* No part of it is empty, "." or "..". */
static bool is_plain_path(const char *path)
{
	size_t part;

	for (; *path; path += part) {
		part = 1 + strcspn(path + 1, "/");
		if ((part == 1 && path[1]) || (part == 2 && path[1] == '.') ||
		    (part == 3 && path[1] == '.' && path[2] == '.'))
			return false;
	}
	return true;
}

static const char *parse_cgroup(const char *text, struct filter_key_cgroup *key)
{
	size_t len = strlen(text);

	if (text[0] != '/')
		return "a cgroup path begins with '/' (below the cgroup2 mount)";
	if (!is_plain_path(text))
		return "not a plain path";
	if (len > 1 && text[len - 1] == '/')
		len--;
	if (len > sizeof(key->path) - 2)
		return "longer than 250 bytes";
	memcpy(key->path, text, len);
	if (len > 1)
		key->path[len++] = '/';
	key->prefixlen_bits = (__u32)(8 * len);
	return NULL;
}

static const char *parse_uid(const char *text, __u32 *uid)
{
	uint64_t n;

	if (text_to_u64(text, &n))
		return "not a number";
	if (n >= UINT32_MAX)
		return "not a user id";
	*uid = (__u32)n;
	return NULL;
}

const char *filter_parse(__u32 kind, const char *text, struct filter *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->kind = kind;
	if (!*text)
		return "empty";
	if (!text_is_clean(text))
		return "not valid text (control characters or broken UTF-8)";
	switch (kind) {
	case FILTER_PACKAGE:
		return parse_package(text, &ret->key.package);
	case FILTER_CGROUP:
		return parse_cgroup(text, &ret->key.cgroup);
	default:
		return parse_uid(text, &ret->key.uid);
	}
}

/* The bytes of a trie key, and how many of them count; a foreign length is cut to what fits. */
static size_t trie_bytes(const struct filter *f, const char **bytes)
{
	size_t len, max;

	if (f->kind == FILTER_PACKAGE) {
		*bytes = f->key.package.name;
		len = f->key.package.prefixlen_bits / 8;
		max = sizeof(f->key.package.name);
	} else {
		*bytes = f->key.cgroup.path;
		len = f->key.cgroup.prefixlen_bits / 8;
		max = sizeof(f->key.cgroup.path);
	}
	return len < max ? len : max;
}

char *filter_text(const struct filter *f, char *buf, size_t size)
{
	const char *bytes;
	size_t len;

	if (f->kind == FILTER_UID) {
		snprintf(buf, size, "%u", f->key.uid);
		return buf;
	}
	len = trie_bytes(f, &bytes);
	if (f->kind == FILTER_CGROUP && len > 1 && bytes[len - 1] == '/')
		len--;
	if (f->kind == FILTER_PACKAGE && len && !bytes[len - 1])
		snprintf(buf, size, "%.*s", (int)len - 1, bytes);
	else
		snprintf(buf, size, "%.*s%s", (int)len, bytes,
			 f->kind == FILTER_PACKAGE ? "*" : "");
	text_clean(buf);
	return buf;
}

char *filter_describe(const struct filter *f, char *buf, size_t size)
{
	int len = snprintf(buf, size, "%s ", f->kind < FILTER_KINDS ? kinds[f->kind] : "?");

	if (len > 0 && (size_t)len < size)
		filter_text(f, buf + len, size - (size_t)len);
	return buf;
}

size_t filter_key_size(__u32 kind)
{
	static const size_t sizes[FILTER_KINDS] = {
		sizeof(struct filter_key_package),
		sizeof(struct filter_key_cgroup),
		sizeof(__u32),
	};

	return sizes[kind];
}

bool filter_same_key(const struct filter *a, const struct filter *b)
{
	const char *bytes_a, *bytes_b;
	size_t len;

	if (a->kind != b->kind)
		return false;
	if (a->kind == FILTER_UID)
		return a->key.uid == b->key.uid;
	len = trie_bytes(a, &bytes_a);
	return len == trie_bytes(b, &bytes_b) && !memcmp(bytes_a, bytes_b, len);
}

/* Does the trie key match the start of these bytes? Like the kernel, but whole bytes only. */
static bool trie_matches(const struct filter *f, const char *text, size_t text_len)
{
	const char *bytes;
	size_t len = trie_bytes(f, &bytes);

	return len <= text_len && !memcmp(bytes, text, len);
}

/* Android: what lies between the same app of one user and the next (AID_USER_OFFSET). */
#define USER_UIDS 100000

/* A whole name, and this is a process of that package: "com.example.app" and "com.example.app:remote". */
static bool package_matches(const struct filter *f, const char *name)
{
	const char *bytes;
	size_t len = trie_bytes(f, &bytes);

	return len && !bytes[len - 1] && !strncmp(bytes, name, len - 1) && name[len - 1] == ':';
}

static __u32 uid_rank(__u32 filter, const struct filter_subject *s)
{
	if (filter == s->uid)
		return 2;
	return s->users && s->uid != UID_NOT_READ && filter == s->uid % USER_UIDS;
}

/*
 * How good is the match? Twice its bits, and one more for a package's name against its comm; 0 = none.
 */
static __u32 match_rank(const struct filter *f, const struct filter_subject *s, const char *path,
			size_t path_len)
{
	__u32 bits;

	switch (f->kind) {
	case FILTER_PACKAGE:
		/* The NUL takes part: it makes a whole name differ from a prefix. */
		bits = 2 * f->key.package.prefixlen_bits + 1;
		if (trie_matches(f, s->name, strlen(s->name) + 1))
			return bits + 1;
		/* Less than PACKAGE:*, which is as long and says more. */
		if (package_matches(f, s->name))
			return bits - 1;
		return trie_matches(f, s->comm, strlen(s->comm) + 1) ? bits : 0;
	case FILTER_CGROUP:
		bits = 2 * f->key.cgroup.prefixlen_bits + 1;
		return path && trie_matches(f, path, path_len) ? bits : 0;
	default:
		return uid_rank(f->key.uid, s);
	}
}

/* An action that we do not know was meant to do something: nobody dies of it. */
static enum filter_action action_of(const struct filter *f)
{
	__u32 action = f->value & FILTER_ACTION_MASK;

	return action < FILTER_ACTIONS ? (enum filter_action)action : FILTER_PROTECT;
}

enum filter_action filter_match(const struct filter_set *set, const struct filter_subject *subject,
				__u32 *rule)
{
	__u32 best[FILTER_KINDS] = {}, index[FILTER_KINDS] = {}, rank, kind;
	char path[REAPD_PATH_LEN + 2];
	enum filter_action action;
	size_t path_len = 0;

	if (subject->cgroup)
		path_len = (size_t)snprintf(path, sizeof(path), "%s%s", subject->cgroup,
					    subject->cgroup[1] ? "/" : "");
	if (path_len >= sizeof(path))
		path_len = sizeof(path) - 1;
	for (__u32 i = 0; i < set->n; i++) {
		kind = set->filter[i].kind;
		rank = match_rank(&set->filter[i], subject, subject->cgroup ? path : NULL,
				  path_len);
		if (rank > best[kind]) {
			best[kind] = rank;
			index[kind] = i;
		}
	}
	*rule = set->n;
	for (kind = 0; kind < FILTER_KINDS; kind++) {
		if (!best[kind])
			continue;
		action = action_of(&set->filter[index[kind]]);
		if (*rule == set->n || action == FILTER_PROTECT)
			*rule = index[kind];
		if (action == FILTER_PROTECT)
			return action;
	}
	return *rule < set->n ? action_of(&set->filter[*rule]) : FILTER_NORMAL;
}
