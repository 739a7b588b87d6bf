/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * props.h - Android's properties as configuration: section [android].
 *
 * persist.device_config.lmkd_native.NAME goes before ro.lmk.NAME (but for log_stats), as in lmkd; low_ram
 * and per_app_memcg are ro.config's. A number out of range is taken as the nearest limit.
 */
#ifndef REAPD_PROPS_H
#define REAPD_PROPS_H

#include <stdbool.h>
#include <stdio.h>

struct config;

#define PROP_VALUE_ROOM 92 /* of a value, with its NUL */

/* The value of a property; false when it is not set. */
typedef bool prop_get(void *ctx, const char *name, char value[PROP_VALUE_ROOM]);

/* From Android's C library; NULL where that is another one. */
prop_get *props_system(void);

/* Every key of [android] that the files do not have, from its property. Says in the log what it cannot take. */
void props_apply(struct config *c, prop_get *get, void *ctx);

/*
 * The output of getprop, as a configuration. What cannot be taken, and what lmkd does not know, is a
 * comment. 0 or the negative errno of the file, which is logged.
 */
int props_import(const char *path, FILE *out);

#endif
