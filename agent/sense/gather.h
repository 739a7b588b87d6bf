/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * gather.h - one set of facts from all sources: board, pressure, meminfo, the scope's cgroup.
 *
 * Cheap sources are read at each call, files that must not be read too often (pressure) or that are
 * large (vmstat) at most every PSI_READ_MIN_NS; in between their last values stand.
 */
#ifndef REAPD_GATHER_H
#define REAPD_GATHER_H

#include "../decide/facts.h"
#include "cgroup.h"
#include "hook.h"
#include "meminfo.h"
#include "psi.h"
#include "zram.h"

struct gather {
	const struct hooks *hooks; /* borrowed, as is the next */
	struct cgroups *cgroups;
	int meminfo_fd;
	int vmstat_fd;
	int pressure_fd;    /* -1: the scope has no such file */
	bool psi_in_kernel; /* psi_sample; only for the whole machine */
	__u64 slow_ns;	    /* when the slow files were last read */
	struct psi psi;
	struct vmstat vmstat;
	bool zram_wanted; /* a rule looks at it; set by the caller at any time */
	bool zram_there;
	uint64_t zram_kib;
	struct zram zram;
	__u32 retry_loops; /* and when that many were met */
	__u64 retry_ns;
};

/* Open what is read again and again. 0 or negative errno. */
int gather_open(struct gather *g, const struct hooks *hooks, struct cgroups *cgroups);
void gather_close(struct gather *g);

/* Memory came back: what reclaim met before says nothing any more. */
void gather_forget(struct gather *g);

/*
 * Read everything that is due. 0 or negative errno: -ENODEV when the scope's cgroup is gone. *ret
 * is then not touched.
 */
int gather_facts(struct gather *g, struct facts *ret);

#endif
