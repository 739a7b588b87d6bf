/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filter.h - one filter: from text to map key and back, and what it matches.
 *
 * Text, as in the configuration and on the command line:
 *   package  NAME, or PREFIX*
 *   cgroup   /PATH (with everything below it)
 *   uid      NUMBER
 * The maps and the bytes of their keys are described in include/reapd/policy.h.
 */
#ifndef REAPD_FILTER_H
#define REAPD_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/policy.h>

struct filter {
	__u32 kind;  /* enum filter_kind */
	__u32 value; /* as in the map: action and flags */
	union {
		struct filter_key_package package;
		struct filter_key_cgroup cgroup;
		__u32 uid;
	} key;
};
_Static_assert(sizeof(struct filter) == 264, "filter");

/* All filters, as they were read from the maps at one moment. */
struct filter_set {
	__u32 n;
	__u32 pad;
	struct filter filter[FILTER_KINDS * FILTERS_MAX];
};

/* What filters look at in a process. */
struct filter_subject {
	const char *name;   /* package name, "" when not known */
	const char *comm;   /* what it calls its first thread */
	const char *cgroup; /* path below the cgroup2 root, NULL when not known */
	__u32 uid;	    /* UID_NOT_READ: not known */
	bool users;	    /* Android: uid is that of an app in one of several users */
};

/* "package", "cgroup", "uid"; "protect" and so on. Indexed by the enums; NULL beyond. */
const char *filter_kind_name(__u32 kind);
const char *filter_action_name(__u32 action);

/* The number of a name, -1 when there is none. */
int filter_kind_find(const char *name);
int filter_action_find(const char *name);

/*
 * Make the key of a filter from its text. Returns NULL, or what is wrong with it, in words ("longer
 * than 127 bytes"); *ret is then undefined. The value is left 0.
 */
const char *filter_parse(__u32 kind, const char *text, struct filter *ret);

/* The text it was made from ("com.example.*"). Returns buf. */
char *filter_text(const struct filter *f, char *buf, size_t size);

/* With its kind: "package com.example.*". Returns buf. */
char *filter_describe(const struct filter *f, char *buf, size_t size);

/* Size of the key of this kind in its map. */
size_t filter_key_size(__u32 kind);

/* The same entry of the same map? Bytes behind a trie key's prefix do not count. */
bool filter_same_key(const struct filter *a, const struct filter *b);

/*
 * What is to be done with this process: the longest match of each kind, protect before all, then
 * package, cgroup, uid. *rule is the filter's index or the size of the set when none matched.
 * A process answers to its name and to its comm; of two equally long matches the name's counts. A whole
 * name matches the process PACKAGE:PROCESS of a package too (on hosts no name has a ':'); a uid filter,
 * where there are users, the app in each of them unless one has a filter of its own.
 */
enum filter_action filter_match(const struct filter_set *set, const struct filter_subject *subject,
				__u32 *rule);

#endif
