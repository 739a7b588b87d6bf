// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "filters.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "../base/text.h"

void filters_init(struct filters *f, const int fd[FILTER_KINDS])
{
	memcpy(f->fd, fd, sizeof(f->fd));
	f->hash = 0;
	f->set.n = 0; /* the rows stay untouched: most of them are never used */
}

/* FNV-1a, 64 bits: to see a change, not to resist an attacker (who may edit the maps anyway). */
static __u64 hash_add(__u64 hash, const void *data, size_t size)
{
	const unsigned char *p = data;

	while (size--)
		hash = (hash ^ *p++) * 0x100000001b3ULL;
	return hash;
}

/* Append every entry of one map. An entry removed while we walk ends the walk early: once more. */
static int read_map(const struct filters *f, __u32 kind, struct filter_set *set)
{
	struct filter *filter, *last = NULL;
	__u32 first = set->n;
	int err, tries = 0;

	for (;;) {
		if (set->n - first == FILTERS_MAX)
			return 0;
		filter = &set->filter[set->n];
		memset(filter, 0, sizeof(*filter));
		filter->kind = kind;
		err = bpf_map_get_next_key(f->fd[kind], last ? &last->key : NULL, &filter->key);
		if (err == -ENOENT)
			return 0;
		if (err)
			return err;
		err = bpf_map_lookup_elem(f->fd[kind], &filter->key, &filter->value);
		if (err == -ENOENT && tries++ < FILTERS_MAX) {
			set->n = first;
			last = NULL;
			continue;
		}
		if (err)
			return err;
		last = filter;
		set->n++;
	}
}

int filters_refresh(struct filters *f)
{
	/* Too large for the stack and needed at each decision: kept, not allocated. */
	static struct filter_set fresh;
	__u64 hash = 0xcbf29ce484222325ULL;
	int err;

	fresh.n = 0;
	for (__u32 kind = 0; kind < FILTER_KINDS; kind++) {
		err = read_map(f, kind, &fresh);
		if (err)
			return err;
	}
	hash = hash_add(hash, fresh.filter, fresh.n * sizeof(fresh.filter[0]));
	if (hash == f->hash)
		return 0;
	f->hash = hash;
	f->set.n = fresh.n;
	memcpy(f->set.filter, fresh.filter, fresh.n * sizeof(fresh.filter[0]));
	return 1;
}

static bool protects(int fd, const void *key)
{
	__u32 value, action;
	int err = bpf_map_lookup_elem(fd, key, &value);

	if (err)
		return err != -ENOENT;
	action = value & FILTER_ACTION_MASK;
	return action == FILTER_PROTECT || action >= FILTER_ACTIONS;
}

static bool name_protected(int fd, const char *name)
{
	struct filter_key_package key = { .prefixlen_bits = 8 * sizeof(key.name) };

	return text_copy(key.name, sizeof(key.name), name) && *name && protects(fd, &key);
}

static bool cgroup_protected(int fd, const char *path)
{
	struct filter_key_cgroup key = { .prefixlen_bits = 8 * sizeof(key.path) };

	snprintf(key.path, sizeof(key.path), "%s%s", path, path[1] ? "/" : "");
	return protects(fd, &key);
}

bool filters_protect(const int fd[FILTER_KINDS], const struct filter_subject *subject)
{
	return name_protected(fd[FILTER_PACKAGE], subject->name) ||
	       name_protected(fd[FILTER_PACKAGE], subject->comm) ||
	       (subject->cgroup && cgroup_protected(fd[FILTER_CGROUP], subject->cgroup)) ||
	       protects(fd[FILTER_UID], &subject->uid);
}

static const struct filter *find(const struct filter_set *set, const struct filter *wanted)
{
	for (__u32 i = 0; i < set->n; i++) {
		if (filter_same_key(&set->filter[i], wanted))
			return &set->filter[i];
	}
	return NULL;
}

/* Will the live entries and these fit into the maps? */
static bool fits(const struct filter_set *live, const struct filter_set *config)
{
	__u32 n[FILTER_KINDS] = {};

	for (__u32 i = 0; i < live->n; i++)
		n[live->filter[i].kind] += !(live->filter[i].value & FILTER_FROM_CONFIG);
	for (__u32 i = 0; i < config->n; i++) {
		const struct filter *there = find(live, &config->filter[i]);

		n[config->filter[i].kind] += !there || there->value & FILTER_FROM_CONFIG;
	}
	for (__u32 kind = 0; kind < FILTER_KINDS; kind++) {
		if (n[kind] > FILTERS_MAX)
			return false;
	}
	return true;
}

int filters_reconcile(struct filters *f, const struct filter_set *config, __u32 *kept)
{
	const struct filter *filter, *there;
	__u32 value;
	int err;

	*kept = 0;
	err = filters_refresh(f);
	if (err < 0)
		return err;
	if (!fits(&f->set, config))
		return -ENOSPC;
	for (__u32 i = 0; i < f->set.n; i++) {
		filter = &f->set.filter[i];
		if (!(filter->value & FILTER_FROM_CONFIG) || find(config, filter))
			continue;
		err = bpf_map_delete_elem(f->fd[filter->kind], &filter->key);
		if (err && err != -ENOENT)
			return err;
	}
	for (__u32 i = 0; i < config->n; i++) {
		filter = &config->filter[i];
		there = find(&f->set, filter);
		if (there && !(there->value & FILTER_FROM_CONFIG)) {
			++*kept;
			continue;
		}
		value = (filter->value & FILTER_ACTION_MASK) | FILTER_FROM_CONFIG;
		err = bpf_map_update_elem(f->fd[filter->kind], &filter->key, &value, BPF_ANY);
		if (err)
			return err;
	}
	err = filters_refresh(f);
	return err < 0 ? err : 0;
}
