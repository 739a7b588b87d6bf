// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "ksymbols.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Some 100,000 functions: the table doubles a few times from here. */
#define FIRST_SYMBOLS 4096

struct symbol {
	uint64_t address;
	size_t name; /* offset in names */
};

struct ksymbols {
	struct symbol *symbol;
	size_t n, room;
	char *names;
	size_t used, names_room;
};

static bool grow(void **array, size_t *room, size_t needed, size_t size)
{
	size_t more = *room ? *room : FIRST_SYMBOLS;
	void *bigger;

	if (needed <= *room)
		return true;
	while (more < needed)
		more *= 2;
	bigger = realloc(*array, more * size);
	if (!bigger)
		return false;
	*array = bigger;
	*room = more;
	return true;
}

static bool add(struct ksymbols *k, uint64_t address, const char *name)
{
	size_t len = strlen(name) + 1;

	if (!grow((void **)&k->symbol, &k->room, k->n + 1, sizeof(*k->symbol)) ||
	    !grow((void **)&k->names, &k->names_room, k->used + len, 1) || !k->names)
		return false;
	k->symbol[k->n++] = (struct symbol){ address, k->used };
	memcpy(k->names + k->used, name, len);
	k->used += len;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* "ffffffff81000000 T name" or "... T name\t[module]": 200,000 of them, so not by sscanf. */
static bool parse(char *line, uint64_t *address, char **name)
{
	char *at;

	*address = strtoull(line, &at, 16);
	if (!*address || at[0] != ' ' || !at[1] || !strchr("tTwW", at[1]) || at[2] != ' ')
		return false;
	*name = at + 3;
	(*name)[strcspn(*name, "\t\n")] = 0;
	return **name;
}

struct ksymbols *ksymbols_read(FILE *f)
{
	struct ksymbols *k = calloc(1, sizeof(*k));
	char line[512], *name;
	uint64_t address;

	while (k && fgets(line, sizeof(line), f)) {
		if (parse(line, &address, &name) && !add(k, address, name))
			break;
	}
	if (!k || !k->n || !feof(f)) {
		ksymbols_free(k);
		return NULL;
	}
	qsort(k->symbol, k->n, sizeof(*k->symbol), by_address);
	return k;
}

void ksymbols_free(struct ksymbols *k)
{
	if (!k)
		return;
	free(k->symbol);
	free(k->names);
	free(k);
}

const char *ksymbols_name(const struct ksymbols *k, uint64_t address)
{
	size_t low = 0, high = k ? k->n : 0, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (k->symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? k->names + k->symbol[low - 1].name : "?";
}
