/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filters.h - the pinned filter maps, read and reconciled.
 *
 * Read whole at each decision (filters_refresh): bpftool, reapctl or anyone else may have changed
 * them since. Entries that the configuration file put there carry FILTER_FROM_CONFIG and are
 * replaced when it is loaded; all others are left alone.
 */
#ifndef REAPD_FILTERS_H
#define REAPD_FILTERS_H

#include "../decide/filter.h"

struct filters {
	int fd[FILTER_KINDS]; /* the maps; borrowed */
	__u64 hash;	      /* of the set: the policy version of a decision */
	struct filter_set set;
};

/* Take the maps; nothing is read yet. */
void filters_init(struct filters *f, const int fd[FILTER_KINDS]);

/*
 * Read all maps. Returns 1 when anything changed since the last time, 0 when not, or a negative
 * errno: then the set is the last one that could be read.
 */
int filters_refresh(struct filters *f);

/*
 * Is this process protected, as the maps say now? Also when it cannot be asked. Of any thread; keeps
 * nothing. Where its name and its comm match filters of different length, either may protect it.
 */
bool filters_protect(const int fd[FILTER_KINDS], const struct filter_subject *subject);

/*
 * Make the maps hold these filters of the configuration: entries of an earlier configuration that
 * are not among them go, new ones come, and where a live entry has the same key it stays. *kept is
 * how many were. 0 or negative errno (-ENOSPC: they would not fit; nothing was changed).
 */
int filters_reconcile(struct filters *f, const struct filter_set *config, __u32 *kept);

#endif
