/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_bands.h - [android] bands: the least oom_score_adj of each band of importance, as a list.
 */
#ifndef REAPD_CONFIG_BANDS_H
#define REAPD_CONFIG_BANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "decide/rule.h"

struct config_bands {
	__u32 n;
	__s16 least[CHOOSE_BANDS]; /* falling; what is behind the last is 0 */
};

#define BANDS_TEXT (CHOOSE_BANDS * sizeof("-1000"))

/* At most CHOOSE_BANDS numbers from -999 to 1000, each less than the one before. False: *ret is as it was. */
bool bands_parse(const char *text, struct config_bands *ret);

/* As bands_parse() reads it. Returns buf, of BANDS_TEXT. */
char *bands_text(const struct config_bands *bands, char *buf);

/* From the policy, and into it. */
void bands_of(const struct choose_policy *policy, struct config_bands *ret);
void bands_compile(const struct config_bands *bands, struct choose_policy *ret);

#endif
