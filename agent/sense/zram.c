// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "zram.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"

#define MM_STAT_MAX 256

void zram_init(struct zram *z)
{
	for (int i = 0; i < ZRAM_MAX; i++)
		z->fd[i] = -1;
	z->looked_ns = 0;
}

void zram_close(struct zram *z)
{
	for (int i = 0; i < ZRAM_MAX; i++) {
		if (z->fd[i] >= 0)
			close(z->fd[i]);
	}
	zram_init(z);
}

int zram_parse(const char *text, uint64_t *ret_kib)
{
	unsigned long long n = 0;
	char *end;

	for (int i = 0; i < 3; i++) {
		text += strspn(text, " ");
		if (*text < '0' || *text > '9')
			return -EINVAL;
		errno = 0;
		n = strtoull(text, &end, 10);
		if (errno || (*end && !strchr(" \n", *end)))
			return -EINVAL;
		text = end;
	}
	*ret_kib = n >> 10;
	return 0;
}

static void look(struct zram *z)
{
	char path[64];

	for (int i = 0; i < ZRAM_MAX; i++) {
		if (z->fd[i] >= 0)
			continue;
		snprintf(path, sizeof(path), "/sys/block/zram%d/mm_stat", i);
		z->fd[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

bool zram_read(struct zram *z, uint64_t now_ns, uint64_t *ret_kib)
{
	char text[MM_STAT_MAX];
	uint64_t one, sum = 0;
	bool any = false;

	if (!z->looked_ns || now_ns >= z->looked_ns + NS_PER_S) {
		z->looked_ns = now_ns;
		look(z);
	}
	for (int i = 0; i < ZRAM_MAX; i++) {
		if (z->fd[i] < 0)
			continue;
		if (file_pread(z->fd[i], text, sizeof(text)) < 0) {
			close(z->fd[i]); /* the device was removed */
			z->fd[i] = -1;
			continue;
		}
		if (zram_parse(text, &one))
			continue;
		sum += one;
		any = true;
	}
	*ret_kib = sum;
	return any;
}
