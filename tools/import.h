/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import.h - a peer's configuration as one of ours: the importers, and how they write.
 *
 * An importer reads, then writes sections and lines. A line that does not mean exactly what the peer
 * meant has a note, a comment above it (or, of a filter, behind it); what has no line at all is left
 * out, and said at the end. A rule that would fire more often than the peer's, or for which anything
 * could be the victim, has `shadow = yes`: it kills nobody until the user takes that line away.
 *
 * Input is anyone's: nothing of it gets into the output but as clean text within a line. Functions
 * that return int return 0, or -EINVAL after import_error(). Nothing is printed.
 */
#ifndef REAPCTL_IMPORT_H
#define REAPCTL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#define IMPORT_LINE    198	 /* bytes that a line of reapd.conf may have */
#define IMPORT_RULES   32	 /* rules that reapd can hold */
#define IMPORT_PROTECT INT32_MAX /* weight of a filter that protects */

struct import_file {
	const char *path;
	char *text; /* changed while read */
};

/* The machine that the configuration is for. */
struct import_host {
	uint64_t mem_total_kib;
	uint64_t swap_total_kib; /* 0: none */
};

struct import_filter {
	uint32_t kind;	/* enum filter_kind */
	int32_t weight; /* below 0 avoid, above 0 prefer, IMPORT_PROTECT */
	char text[256];
	char note[96]; /* or empty */
};

struct import {
	struct import_host host;
	FILE *out;
	char *text; /* all of it, after import_end() */
	size_t size;
	unsigned int rules;
	bool off; /* what is written is commented out */
	char rule[IMPORT_RULES][32];
	struct json_object *notes; /* {line, text}; the last `pending` are of the next line */
	size_t pending, filters;
	struct json_object *left; /* array of strings */
	struct import_filter *filter;
	const char *protect_note, *avoid_note, *prefer_note; /* of all filters there, or NULL */
	char error[512];
};

/* One per peer. A file's text is read once. */
typedef int import_fn(struct import *im, struct import_file *files, size_t n);
import_fn import_earlyoom, import_systemd, import_oomd, import_nohang;
/* earlyoom's command line, argv[0] left out; the array is reordered. */
int import_earlyoom_args(struct import *im, int argc, char **argv);

/* `from`: what is imported, in words. Where memory fails the tool ends. */
void import_begin(struct import *im, const struct import_host *host, const char *from);
void import_end(struct import *im); /* filters, and what was left out */
void import_done(struct import *im);
void import_filters(struct import *im); /* import_end() calls it */

/* Keys, sections, and what is to be said of them. import_error() keeps the first one. */
void import_section(struct import *im, const char *name);
void import_line(struct import *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void import_note(struct import *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void import_note_inline(struct import *im, const char *text); /* what the next line has in it */
void import_note_rounding(struct import *im, double percent); /* if a share is not exactly this */
void import_left(struct import *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int import_error(struct import *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Begin [rule BASE-SUFFIX], changed as far as a rule's name must be valid and unique. A rule that
 * reapd could not hold (too many, too long) is commented out, and left out; `scope` may be empty.
 */
void import_rule(struct import *im, const char *base, const char *suffix, const char *scope,
		 const char *when);

/* A filter; the same one again adds its weight. One that cannot be written is left out. */
void import_filter(struct import *im, uint32_t kind, int32_t weight, const char *text,
		   const char *note);

/*
 * Package filters for all names that a regular expression matches, as far as it names them; `what`
 * is the option or key that it comes from. -EINVAL: no valid expression.
 */
int import_regex(struct import *im, const char *what, const char *regex, bool python,
		 int32_t weight);

#endif
