/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * format.h - what a tracepoint's record looks like, from its `format` file in tracefs.
 *
 * Where the kernel has no BTF, these files are all that it tells of its types. Made into BTF of our own
 * (a struct classic_EVENT for each), they let libbpf relocate the programs of bpf/classic.bpf.h as it
 * does the others against the kernel's, and a field that is not there is found missing the same way.
 */
#ifndef REAPD_FORMAT_H
#define REAPD_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define FORMAT_FIELDS 32 /* the longest event that we hook has 14, 5 of them common to all */

struct format_field {
	char name[32];
	uint32_t offset;
	uint32_t size;
	uint8_t is_signed;
};

/*
 * The numbers in a record, in order: fields of 1, 2, 4 or 8 bytes. Arrays are left out; of a text of any
 * length (__data_loc) the word that says where it is counts. How many, or -EINVAL: not such a file,
 * -E2BIG: more than FORMAT_FIELDS.
 */
int format_parse(const char *text, struct format_field ret[FORMAT_FIELDS]);

/* 0: there is such an event ("vmscan/mm_vmscan_kswapd_wake"); else negative errno. */
int format_probe(const char *event);

/*
 * BTF of all these events (those that are not there are left out), in a memory file, whose path is
 * written to `path`. Its descriptor, to be closed when libbpf has read it, or a negative errno.
 */
int format_types(const char *const events[], size_t n, char path[32]);

#endif
