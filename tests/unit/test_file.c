// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_file.c - base/file: small files whole, directories with their parents.
 */
#include "test.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../agent/base/file.h"

static void a_file_is_read_whole_and_ends_in_nul(void **state)
{
	const char *path = put_file("f", "some words\n");
	char buf[64];

	(void)state;
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(file_read_at(AT_FDCWD, path, buf, sizeof(buf)), 11);
	assert_string_equal(buf, "some words\n");
}

static void an_empty_file_is_no_error(void **state)
{
	char buf[4] = "xxx";

	(void)state;
	assert_int_equal(file_read_at(AT_FDCWD, put_file("f", ""), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
}

/* Half of /proc/meminfo must not pass for the whole. */
static void a_file_without_room_for_its_nul_is_refused(void **state)
{
	const char *path = put_file("f", "12345678");
	char buf[10];

	(void)state;
	assert_int_equal(file_read_at(AT_FDCWD, path, buf, 10), 8);
	assert_int_equal(file_read_at(AT_FDCWD, path, buf, 9), 8);
	assert_int_equal(file_read_at(AT_FDCWD, path, buf, 8), -EFBIG);
	assert_int_equal(file_read_at(AT_FDCWD, path, buf, 1), -EFBIG);
}

static void a_missing_file_or_a_directory_is_an_error(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(file_read_at(AT_FDCWD, in_scratch("none"), buf, sizeof(buf)), -ENOENT);
	assert_int_equal(file_read_at(AT_FDCWD, scratch, buf, sizeof(buf)), -EISDIR);
	assert_int_equal(file_pread(-1, buf, sizeof(buf)), -EBADF);
}

static void a_relative_path_is_below_the_directory_given(void **state)
{
	int dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char buf[8];

	(void)state;
	put_file("f", "here");
	assert_int_equal(file_read_at(dir, "f", buf, sizeof(buf)), 4);
	assert_string_equal(buf, "here");
	close(dir);
}

static void an_open_file_is_read_from_its_start_each_time(void **state)
{
	const char *path = put_file("f", "one");
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char buf[16];

	(void)state;
	assert_int_equal(file_pread(fd, buf, sizeof(buf)), 3);
	assert_int_equal(file_pread(fd, buf, sizeof(buf)), 3);
	assert_string_equal(buf, "one");
	assert_int_equal(pwrite(fd, " and more", 9, 3), 9);
	assert_int_equal(file_pread(fd, buf, sizeof(buf)), 12);
	assert_string_equal(buf, "one and more");
	assert_int_equal(pwrite(fd, " than fits", 10, 12), 10);
	assert_int_equal(file_pread(fd, buf, sizeof(buf)), -EFBIG);
	close(fd);
}

static void all_of_a_buffer_is_written_or_an_error_says_why(void **state)
{
	int fd = open(in_scratch("f"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int read_only = open(in_scratch("f"), O_RDONLY | O_CLOEXEC);
	char big[70000], back[70001];

	(void)state;
	memset(big, 'b', sizeof(big));
	assert_int_equal(file_write(fd, big, sizeof(big)), 0);
	assert_int_equal(file_pread(fd, back, sizeof(back)), sizeof(big));
	assert_memory_equal(big, back, sizeof(big));
	assert_int_equal(file_write(fd, big, 0), 0);
	assert_int_equal(file_write(read_only, "x", 1), -EBADF);
	close(read_only);
	close(fd);
}

/* A pipe takes a part and then no more: the part is not taken for the whole. */
static void a_write_that_stops_half_way_is_an_error(void **state)
{
	static char big[1 << 21];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(file_write(fds[1], big, sizeof(big)), -EAGAIN);
	close(fds[0]);
	close(fds[1]);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static void directories_are_made_with_their_parents(void **state)
{
	(void)state;
	assert_int_equal(file_mkdirs(in_scratch("a/b/c"), 0700), 0);
	assert_true(is_dir(in_scratch("a/b/c")));
	assert_int_equal(file_mkdirs(in_scratch("a/b/c"), 0700), 0);
	assert_int_equal(file_mkdirs(in_scratch("a//d///e/"), 0700), 0);
	assert_true(is_dir(in_scratch("a/d/e")));
	assert_int_equal(file_mkdirs("/", 0700), 0);
}

static void what_cannot_be_a_directory_is_an_error(void **state)
{
	char longest[5000];

	(void)state;
	put_file("f", "");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = 0;
	assert_int_equal(file_mkdirs(in_scratch("f/below"), 0700), -ENOTDIR);
	assert_int_equal(file_mkdirs("", 0700), -ENOENT);
	assert_int_equal(file_mkdirs(longest, 0700), -ENAMETOOLONG);
	longest[300] = 0;
	assert_int_equal(file_mkdirs(longest, 0700), -ENAMETOOLONG);
}

/* As mkdir -p: "exists" is fine only of a directory. */
static void a_file_in_the_place_of_the_directory_is_an_error(void **state)
{
	(void)state;
	assert_true(file_mkdirs(put_file("f", ""), 0700) < 0);
}

static void check_holds(const char *path, const char *text)
{
	char buf[64];

	assert_int_equal(file_read_at(AT_FDCWD, path, buf, sizeof(buf)), strlen(text));
	assert_string_equal(buf, text);
	assert_int_equal(access(in_scratch("f.tmp"), F_OK), -1);
}

static void a_file_is_replaced_as_a_whole(void **state)
{
	const char *path = in_scratch("f");
	struct stat st;
	int old;

	(void)state;
	umask(022);
	assert_int_equal(file_replace(path, "first\n", 6, 0644), 0);
	check_holds(path, "first\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	/* Who has it open reads the old one to its end. */
	old = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(file_replace(path, "2\n", 2, 0600), 0);
	check_holds(path, "2\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fstat(old, &st), 0);
	assert_int_equal(st.st_size, 6);
	close(old);
}

/* A link in its place must not lead us to write somewhere else. */
static void what_has_the_name_of_the_new_one_is_not_written_to(void **state)
{
	char other[128], path[128]; /* in_scratch() is asked often below */

	(void)state;
	strcpy(other, put_file("other", "untouched"));
	strcpy(path, in_scratch("f"));
	assert_int_equal(symlink(other, in_scratch("f.tmp")), 0);
	assert_int_equal(file_replace(path, "text", 4, 0600), 0);
	check_holds(path, "text");
	check_holds(other, "untouched");
	assert_int_equal(link(other, in_scratch("f.tmp")), 0);
	assert_int_equal(file_replace(path, "more", 4, 0600), 0);
	check_holds(path, "more");
	check_holds(other, "untouched");
}

static void a_file_that_cannot_be_replaced_stays(void **state)
{
	char longest[PATH_MAX];

	(void)state;
	assert_int_equal(file_replace(in_scratch("none/f"), "x", 1, 0600), -ENOENT);
	assert_int_equal(file_mkdirs(in_scratch("f/in"), 0700), 0);
	assert_int_equal(file_replace(in_scratch("f"), "x", 1, 0600), -EISDIR);
	assert_int_equal(access(in_scratch("f.tmp"), F_OK), -1);
	assert_int_equal(mkdir(in_scratch("g.tmp"), 0700), 0);
	put_file("g", "stays");
	assert_int_equal(file_replace(in_scratch("g"), "x", 1, 0600), -EISDIR);
	check_holds(in_scratch("g"), "stays");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = 0;
	assert_int_equal(file_replace(longest, "x", 1, 0600), -ENAMETOOLONG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_file_is_read_whole_and_ends_in_nul),
		SCRATCH_TEST(an_empty_file_is_no_error),
		SCRATCH_TEST(a_file_without_room_for_its_nul_is_refused),
		SCRATCH_TEST(a_missing_file_or_a_directory_is_an_error),
		SCRATCH_TEST(a_relative_path_is_below_the_directory_given),
		SCRATCH_TEST(an_open_file_is_read_from_its_start_each_time),
		SCRATCH_TEST(all_of_a_buffer_is_written_or_an_error_says_why),
		SCRATCH_TEST(a_write_that_stops_half_way_is_an_error),
		SCRATCH_TEST(directories_are_made_with_their_parents),
		SCRATCH_TEST(what_cannot_be_a_directory_is_an_error),
		SCRATCH_TEST(a_file_in_the_place_of_the_directory_is_an_error),
		SCRATCH_TEST(a_file_is_replaced_as_a_whole),
		SCRATCH_TEST(what_has_the_name_of_the_new_one_is_not_written_to),
		SCRATCH_TEST(a_file_that_cannot_be_replaced_stays),
	};

	return RUN("base/file", tests);
}
