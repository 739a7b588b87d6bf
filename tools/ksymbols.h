/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ksymbols.h - names for addresses of the running kernel's code.
 */
#ifndef REAPCTL_KSYMBOLS_H
#define REAPCTL_KSYMBOLS_H

#include <stdint.h>
#include <stdio.h>

struct ksymbols;

/* From /proc/kallsyms or a file like it. NULL: no memory, or a kernel that hides its addresses. */
struct ksymbols *ksymbols_read(FILE *f);
void ksymbols_free(struct ksymbols *k);

/* The function at this address; "?" when there is none, or k is NULL. Lives as long as k. */
const char *ksymbols_name(const struct ksymbols *k, uint64_t address);

#endif
