// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "psi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"

#define PSI_FILE_MAX 512 /* two lines of at most 110 characters */

/* The total, in us, of the line that begins with this word. */
static int total_ns(const char *text, const char *word, uint64_t *ret)
{
	const char *line = text, *total, *end;
	size_t len = strlen(word);
	char *rest;
	unsigned long long us;

	for (; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, word, len) || line[len] != ' ')
			continue;
		total = strstr(line, " total=");
		if (!total || (end && total > end))
			return -EINVAL;
		total += strlen(" total=");
		if (*total < '0' || *total > '9')
			return -EINVAL;
		errno = 0;
		us = strtoull(total, &rest, 10);
		if (errno || (*rest && *rest != '\n') || us > UINT64_MAX / NS_PER_US)
			return -EINVAL;
		*ret = us * NS_PER_US;
		return 0;
	}
	return -EINVAL;
}

int psi_parse(const char *text, struct psi *ret)
{
	struct psi psi;
	int err = total_ns(text, "some", &psi.some_ns);

	if (!err)
		err = total_ns(text, "full", &psi.full_ns);
	if (!err)
		*ret = psi;
	return err;
}

int psi_read(int fd, struct psi *ret)
{
	char text[PSI_FILE_MAX];
	ssize_t len = file_pread(fd, text, sizeof(text));

	return len < 0 ? (int)len : psi_parse(text, ret);
}

/* "12.34": as hundredths. -EINVAL: it is not of this form. */
static int hundredths(const char *text, uint32_t *ret)
{
	unsigned long whole;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	whole = strtoul(text, &end, 10);
	if (whole > 100 || end[0] != '.' || strspn(end + 1, "0123456789") != 2)
		return -EINVAL;
	*ret = (uint32_t)(whole * 100) + (uint32_t)(end[1] - '0') * 10 + (uint32_t)(end[2] - '0');
	return 0;
}

int psi_average(const char *text, const char *word, uint32_t *ret)
{
	static const char key[] = " avg10=";
	size_t len = strlen(word);

	for (const char *line = text; line;
	     line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, word, len) || line[len] != ' ')
			continue;
		if (strncmp(line + len, key, strlen(key)) != 0)
			return -EINVAL;
		return hundredths(line + len + strlen(key), ret);
	}
	return -EINVAL;
}

void psi_averages(int fd, uint32_t *some_bp, uint32_t *full_bp)
{
	char text[PSI_FILE_MAX];

	if (fd < 0 || file_pread(fd, text, sizeof(text)) < 0)
		return;
	psi_average(text, "some", some_bp);
	psi_average(text, "full", full_bp);
}

int psi_trigger_open(const char *path, const char *what, uint64_t stall_ns, uint64_t window_ns)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK), err;
	char line[64];
	int len;

	if (fd < 0)
		return -errno;
	len = snprintf(line, sizeof(line), "%s %llu %llu", what,
		       (unsigned long long)(stall_ns / NS_PER_US),
		       (unsigned long long)(window_ns / NS_PER_US));
	/* With its NUL: the kernel wants a terminated string. */
	if (write(fd, line, (size_t)len + 1) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
