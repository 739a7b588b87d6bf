/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_sd.h - units of systemd: whose file this is, and in which cgroup the unit lives.
 */
#ifndef REAPCTL_IMPORT_SD_H
#define REAPCTL_IMPORT_SD_H

#include <stdbool.h>
#include <stddef.h>

struct sd_unit {
	char name[256];
	char slice[256]; /* Slice=, or empty */
	bool user;	 /* of the users' managers */
	/* Properties; a limit, in percent, or a time below 0 is not set. */
	bool on_swap, on_pressure, avoid, omit;
	double limit, lasting_s;
	char rules[256]; /* OOMRules= */
};

/*
 * The unit that a file is of, from its path: .../UNIT, or .../UNIT.d/NAME.conf. False when it is
 * none. A path with "systemd/user/" in it is of the users' managers.
 */
bool sd_unit_of(const char *path, struct sd_unit *ret);

/* It stands for all units of its type ("slice.d"): there is no cgroup of it. */
bool sd_unit_is_type(const struct sd_unit *u);

/* Its cgroup, with a '*' for what only systemd knows; false when that is longer than `size`. */
bool sd_unit_cgroup(const struct sd_unit *u, char *buf, size_t size);

#endif
