/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test.h - what every unit test includes: cmocka, a scratch directory, captured stderr, files.
 *
 * A test program is one C file, so helpers live here as inline functions.
 */
#ifndef REAPD_TEST_H
#define REAPD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tools/tool.h"

#define countof(a)	 (sizeof(a) / sizeof((a)[0]))
#define RUN(name, tests) cmocka_run_group_tests_name(name, tests, NULL, NULL)

/* A test with a scratch directory of its own. */
#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

/* reapctl.c has the real one, beside its main(). */
__attribute__((weak)) void complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("reapctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputs("\n", stderr);
	va_end(args);
}

/*
 * In a child: crash for real. cmocka's handlers would jump back into the test, which would then go
 * on twice.
 */
static inline void crash_for_real(void)
{
	static const int signals[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGABRT };

	for (size_t i = 0; i < countof(signals); i++)
		signal(signals[i], SIG_DFL);
}

/* A directory for one test: setup, teardown, and paths in it (four live at once). */
static char scratch[64];

static inline int scratch_make(void **state)
{
	(void)state;
	strcpy(scratch, "/tmp/reapd-unit.XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
				     struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline int scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *in_scratch(const char *name)
{
	static char path[4][4096];
	static unsigned int turn;
	char *p = path[turn++ % countof(path)];

	snprintf(p, sizeof(path[0]), "%s/%s", scratch, name);
	return p;
}

static inline void put_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static inline const char *put_file(const char *name, const char *text)
{
	const char *path = in_scratch(name);

	put_bytes(path, text, strlen(text));
	return path;
}

/* Between these two, what is written to a descriptor is kept; no assertions in between. */
static int caught_fd, caught_saved;

static inline void catch_begin(int fd)
{
	int mem = memfd_create("caught", MFD_CLOEXEC);

	fflush(NULL);
	caught_fd = fd;
	caught_saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	dup2(mem, fd);
	close(mem);
}

static inline const char *catch_end(void)
{
	static char text[16384];
	ssize_t n;

	fflush(NULL);
	n = pread(caught_fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = 0;
	dup2(caught_saved, caught_fd);
	close(caught_saved);
	return text;
}

/* How many descriptors are open: what a test opened it must have closed. */
static inline int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Numbers that look random and are the same in every run (xorshift64). */
static inline uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif
