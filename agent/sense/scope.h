/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * scope.h - how much memory the cgroup has that the agent is confined to.
 *
 * Every limit on the way down to it counts, its own and those of the cgroups above: the one that has
 * the least left binds. Files of the memory controller, cgroup v2 or v1, stay open.
 */
#ifndef REAPD_SCOPE_H
#define REAPD_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#define SCOPE_NO_LIMIT UINT64_MAX

/* cgroups on the way down that are looked at; "at most 15 levels deep" (reapd.conf(5)). */
#define SCOPE_LEVELS 15

enum scope_file {
	SCOPE_LIMIT,
	SCOPE_SOFT,
	SCOPE_USAGE,
	SCOPE_STAT,
	SCOPE_SWAP_LIMIT,
	SCOPE_SWAP,
	SCOPE_FILES
};

struct scope {
	bool v1;
	unsigned int levels;
	int fd[SCOPE_LEVELS][SCOPE_FILES]; /* -1: not there */
};

struct scope_memory {
	bool limited;		 /* false: no limit but the machine's memory; the rest is not set */
	bool soft;		 /* the limit that binds is memory.high, which throttles */
	uint64_t total_kib;	 /* the limit that binds */
	uint64_t available_kib;	 /* what is left of it, with cache that can be dropped */
	uint64_t swap_total_kib; /* SCOPE_NO_LIMIT: as much as the machine has */
	uint64_t swap_free_kib;
	uint64_t usage_kib; /* of the cgroup itself, with its cache; known with a limit or not */
	uint64_t swap_usage_kib; /* of it itself; 0 when it is not known */
};

/*
 * Open the files of a path ("/a/b") below a mount of the memory controller. False when the path has no
 * memory controller there; the scope is then as after scope_init().
 */
void scope_init(struct scope *s);
bool scope_open(struct scope *s, const char *mount, const char *path, bool v1);

/* Its own files alone, without those of the cgroups above. */
bool scope_open_one(struct scope *s, const char *mount, const char *path, bool v1);
void scope_close(struct scope *s);

/* 0, or -ENODEV when the cgroup was removed. What cannot be read or understood is no limit. */
int scope_read(const struct scope *s, struct scope_memory *ret);

#endif
