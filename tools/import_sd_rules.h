/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_sd_rules.h - what was read of systemd-oomd's configuration, and writing it.
 */
#ifndef REAPCTL_IMPORT_SD_RULES_H
#define REAPCTL_IMPORT_SD_RULES_H

#include "import.h"
#include "import_sd.h"

#define SD_LASTING_S 30 /* of DefaultMemoryPressureDurationSec */

enum sd_action {
	SD_KILL_NONE,
	SD_KILL_ALL,
	SD_KILL_PGSCAN,
	SD_KILL_SWAP,
};

/* NAME.oomrule; percent, below 0 when not set. */
struct sd_rule {
	char name[64];
	double pressure, swap, lasting_s;
	enum sd_action action;
};

struct sd {
	double swap_limit, limit, lasting_s; /* of oomd.conf, percent */
	struct sd_unit *unit;
	struct sd_rule *rule;
	size_t nunits, nrules;
};

void sd_write(struct import *im, const struct sd *sd);

#endif
