// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "latency.h"

#include "../agent/base/clock.h"
#include "../agent/base/text.h"

/* Beside "    1.0 ms  " and "  1234567" in 80 columns. */
#define BAR_COLUMNS 52
#define EIGHTHS	    8

/* A bar of so many eighths of a column; one that is not empty is seen. */
static void bar(FILE *f, unsigned long long eighths, bool utf8)
{
	static const char *const part[EIGHTHS] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	unsigned long long whole = eighths / EIGHTHS;
	unsigned int rest = eighths % EIGHTHS, columns = 0;

	for (; columns < whole; columns++)
		fputs(utf8 ? "█" : "#", f);
	if (rest && (utf8 || !columns || rest >= EIGHTHS / 2)) {
		fputs(utf8 ? part[rest] : "#", f);
		columns++;
	}
	fprintf(f, "%*s", (int)(BAR_COLUMNS - columns), "");
}

void latency_bars(FILE *f, const char *name, const struct latency *l, bool utf8)
{
	unsigned long long most = 0, eighths;
	int from = LATENCY_SLOTS, to = 0;
	char text[32];

	for (int i = 0; i < LATENCY_SLOTS; i++) {
		if (!l->slots[i])
			continue;
		from = i < from ? i : from;
		to = i;
		most = l->slots[i] > most ? l->slots[i] : most;
	}
	if (!most)
		return;
	fprintf(f, "\n%s\n", name);
	for (int i = from; i <= to; i++) {
		/* Its upper end; the last slot has none. */
		text_ns(text, sizeof(text), NS_PER_US << (i < LATENCY_SLOTS - 1 ? i : i - 1));
		eighths = l->slots[i] * BAR_COLUMNS * EIGHTHS / most;
		if (l->slots[i] && !eighths)
			eighths = 1;
		fprintf(f, "  %s %9s %s", i < LATENCY_SLOTS - 1 ? "<" : ">", text,
			utf8 ? "│" : "|");
		bar(f, eighths, utf8);
		fprintf(f, " %llu\n", l->slots[i]);
	}
}
