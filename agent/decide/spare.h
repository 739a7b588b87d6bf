/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * spare.h - who must not die, whatever the rules say.
 */
#ifndef REAPD_SPARE_H
#define REAPD_SPARE_H

#include "verdict.h"
#include "view.h"

/*
 * Why this process is spared, VETO_NONE when it may be killed. Looks at the process and, if it
 * shares its memory, at those it shares with: killing one of them kills no memory, so all or none.
 */
enum veto spare(const struct view *view, __u32 index);

/*
 * The others that share the memory of procs[index]; at most VERDICT_SHARERS are written to ret.
 * Returns how many there are.
 */
__u32 spare_sharers(const struct view *view, __u32 index, __u32 *ret);

#endif
