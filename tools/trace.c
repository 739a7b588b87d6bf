// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "trace.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROW_NS		100000000ULL
#define KIB_IN_MIB	1024
#define LONGEST_TIME_S	1e6
#define LARGEST_MIB	1e9
#define LARGEST_PERCENT 1e6 /* a gap of hours, accounted in one row */

struct row {
	double time_s, available_mib, swap_free_mib, some_pct, full_pct;
};

/* A row begins with a number and has two '|'; everything else in such a file is decoration. */
static bool is_row(const char *line)
{
	const char *bar = strchr(line, '|');

	line += strspn(line, " \t");
	return isdigit((unsigned char)*line) && bar && strchr(bar + 1, '|');
}

/* The next number in *at, below limit; steps over one '|' before it. */
static bool number(const char **at, double limit, double *ret)
{
	char *end;

	*at += strspn(*at, " \t");
	if (**at == '|')
		*at += 1 + strspn(*at + 1, " \t");
	if (!isdigit((unsigned char)**at))
		return false;
	*ret = strtod(*at, &end);
	*at = end;
	return *ret < limit;
}

static bool parse(const char *line, struct row *r)
{
	double unused;

	return number(&line, LONGEST_TIME_S, &r->time_s) &&
	       number(&line, LARGEST_MIB, &r->available_mib) &&
	       number(&line, LARGEST_MIB, &r->swap_free_mib) &&
	       number(&line, LARGEST_PERCENT, &r->some_pct) &&
	       number(&line, LARGEST_PERCENT, &unused) &&
	       number(&line, LARGEST_PERCENT, &r->full_pct) &&
	       number(&line, LARGEST_PERCENT, &unused) && !line[strspn(line, " \t\r\n")];
}

/* 1 with a row, 0 at the end, -EINVAL. */
static int next_row(struct trace *t, struct row *r)
{
	char line[512];
	int c;

	while (fgets(line, sizeof(line), t->f)) {
		t->line++;
		/* What does not fit is no row; its tail must not pass for one. */
		c = strchr(line, '\n') ? '\n' : getc(t->f);
		while (c != '\n' && c != EOF)
			c = getc(t->f);
		if (!is_row(line))
			continue;
		return parse(line, r) ? 1 : -EINVAL;
	}
	return 0;
}

int trace_open(struct trace *t, FILE *f, __u64 mem_total_kib)
{
	__u64 available, swap;
	int got, rows = 0;
	struct row r;

	memset(t, 0, sizeof(*t));
	t->f = f;
	t->facts.mem_total_kib = mem_total_kib;
	while ((got = next_row(t, &r)) > 0) {
		available = (__u64)r.available_mib * KIB_IN_MIB;
		swap = (__u64)r.swap_free_mib * KIB_IN_MIB;
		if (!mem_total_kib && available > t->facts.mem_total_kib)
			t->facts.mem_total_kib = available;
		if (swap > t->facts.swap_total_kib)
			t->facts.swap_total_kib = swap;
		rows++;
	}
	if (got)
		return got;
	if (!rows)
		return -ENODATA;
	rewind(f);
	t->line = 0;
	return 0;
}

bool trace_next(struct trace *t)
{
	struct row r;
	int got = next_row(t, &r);

	if (got <= 0) {
		t->error = got;
		return false;
	}
	t->facts.time_ns = (__u64)(r.time_s * 10 + 0.5) * ROW_NS + ROW_NS;
	t->facts.some_ns += (__u64)r.some_pct * (ROW_NS / 100);
	t->facts.full_ns += (__u64)r.full_pct * (ROW_NS / 100);
	t->facts.mem_available_kib = t->facts.mem_free_kib = (__u64)r.available_mib * KIB_IN_MIB;
	t->facts.swap_free_kib = (__u64)r.swap_free_mib * KIB_IN_MIB;
	return true;
}
