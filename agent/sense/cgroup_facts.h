/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup_facts.h - one set of facts about a cgroup that a rule is about.
 *
 * Its files stay open while it is watched. Memory is that of its own limit, or of the machine where it
 * has none. On a hybrid host the v1 cgroup of the same path has the memory, and events and reclaim are
 * not known. Without pressure of cgroups (cgroup_disable=pressure) stall times are not known: FACT_NO_PSI.
 */
#ifndef REAPD_CGROUP_FACTS_H
#define REAPD_CGROUP_FACTS_H

#include "../decide/facts.h"
#include "scope.h"

struct cgroup_facts {
	int pressure_fd; /* -1: not there, as all of them */
	int stat_fd;
	int events_fd;
	struct scope memory;
};

void cgroup_facts_init(struct cgroup_facts *c);

/* Open the files of a path ("/a/b") below the mount. 0, or -ENOENT: nothing to be known of it. */
int cgroup_facts_open(struct cgroup_facts *c, const char *mount, const char *path);
void cgroup_facts_close(struct cgroup_facts *c);

/*
 * Read all. *f comes with the facts of the machine, and what the cgroup has of its own is put in their
 * place. 0, or -ENODEV when the cgroup was removed. Not more often than PSI_READ_MIN_NS (psi.h).
 */
int cgroup_facts_read(struct cgroup_facts *c, struct facts *f);

/* The numbers of memory.stat and memory.events; what is not there is 0. */
void cgroup_facts_parse_stat(const char *text, struct facts *f);
void cgroup_facts_parse_events(const char *text, struct facts *f);

#endif
