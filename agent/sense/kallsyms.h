/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kallsyms.h - where the kernel keeps variables that neither BTF nor a file tells of.
 */
#ifndef REAPD_KALLSYMS_H
#define REAPD_KALLSYMS_H

#include <linux/types.h>

/*
 * Addresses of n symbols, 0 for those that are not there: kernels without KALLSYMS_ALL list functions
 * only, and without privilege all addresses are 0. Reads up to 10 MiB, some 20 ms: only at the start.
 * 0, or negative errno when the file cannot be read (path: for tests, else NULL).
 */
int kallsyms_find(const char *path, const char *const *names, __u64 *ret, __u32 n);

#endif
