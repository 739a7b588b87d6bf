/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * killinfo_text.h - lmkd's event `killinfo` and its lines about a kill, in words.
 */
#ifndef REAPD_KILLINFO_TEXT_H
#define REAPD_KILLINFO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/record.h>

#define KILLINFO_LINE 512 /* the longest there is */

/* "mem_free_kib" */
const char *killinfo_name(__u32 field);

/* Is this field a share, in hundredths? */
bool killinfo_is_share(__u32 field);

/* "killinfo: [1234,10123,900,...,0.12]", as Android's event log shows it. Returns buf. */
char *killinfo_line(char *buf, size_t size, const struct killinfo *k);

/*
 * "Kill 'com.a' (1234), uid 10123, oom_score_adj 900 to free 51200kB rss, 0kB swap; reason: WHY", with
 * this uid. Returns buf.
 */
char *killinfo_kill_line(char *buf, size_t size, const struct kill_record *r, __u32 uid);

#endif
