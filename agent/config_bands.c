// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_bands.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The next number and where it ends; NULL: there is none. */
static const char *next_number(const char *at, int64_t *ret)
{
	size_t len = strcspn(at, " \t");
	char word[8];

	if (len >= sizeof(word))
		return NULL;
	memcpy(word, at, len);
	word[len] = 0;
	return text_to_i64(word, ret) ? NULL : at + len;
}

bool bands_parse(const char *text, struct config_bands *ret)
{
	struct config_bands bands = {};
	int64_t n, last = 1001;

	while (*(text += strspn(text, " \t"))) {
		text = next_number(text, &n);
		if (!text || bands.n == CHOOSE_BANDS || n >= last || n < -999)
			return false;
		bands.least[bands.n++] = (__s16)n;
		last = n;
	}
	*ret = bands;
	return true;
}

char *bands_text(const struct config_bands *bands, char *buf)
{
	size_t len = 0;

	*buf = 0;
	for (__u32 i = 0; i < bands->n; i++)
		len += (size_t)snprintf(buf + len, BANDS_TEXT - len, "%s%d", i ? " " : "",
					bands->least[i]);
	return buf;
}

void bands_of(const struct choose_policy *policy, struct config_bands *ret)
{
	ret->n = policy->bands;
	memcpy(ret->least, policy->band, sizeof(ret->least));
}

void bands_compile(const struct config_bands *bands, struct choose_policy *ret)
{
	ret->bands = bands->n;
	memcpy(ret->band, bands->least, sizeof(ret->band));
}
