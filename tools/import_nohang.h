/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_nohang.h - nohang's settings as they were read, and writing them.
 */
#ifndef REAPCTL_IMPORT_NOHANG_H
#define REAPCTL_IMPORT_NOHANG_H

#include "import.h"

/* The settings that rules are made of; the table in import_nohang.c has their names. */
enum nohang_key {
	NH_ZRAM,
	NH_PSI,
	NH_PSI_PATH,
	NH_PSI_METRICS,
	NH_PSI_EXCESS_S,
	NH_PSI_DELAY_S,
	NH_WARN,
	NH_WARN_EXE,
	NH_WARN_DELAY_S,
	NH_WARN_MEM,
	NH_WARN_SWAP,
	NH_WARN_ZRAM,
	NH_WARN_PSI,
	NH_SOFT_MEM,
	NH_SOFT_SWAP,
	NH_SOFT_ZRAM,
	NH_SOFT_PSI,
	NH_HARD_MEM,
	NH_HARD_SWAP,
	NH_HARD_ZRAM,
	NH_HARD_PSI,
	NH_SOFT_EXIT_S,
	NH_POST_KILL,
	NH_KEYS,
};

/* A number; one with "M" behind it is MiB, else percent, seconds or 0 and 1. */
struct nohang_value {
	double n;
	bool mib;
	const char *text;
};

struct nohang {
	struct nohang_value value[NH_KEYS];
};

/* "10", "60" or "300" of psi_metrics; NULL: there is no such. */
const char *nohang_psi_window(const char *metrics);

void nohang_write(struct import *im, const struct nohang *nh);

/* A line that begins with '@': who is to be chosen. `where`: "FILE:LINE". */
int nohang_adjust(struct import *im, const char *where, char *line);

#endif
