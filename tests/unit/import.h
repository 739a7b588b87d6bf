/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import.h - what tests of the importers share: a run over some text, on a machine of 16 GiB with
 * 4 GiB of swap, whose result reapd must take.
 */
#ifndef REAPD_TEST_IMPORT_H
#define REAPD_TEST_IMPORT_H

#include "test.h"

#include "../../agent/config.h"
#include "../../agent/base/log.h"
#include "../../tools/import.h"
#include "../../tools/import_text.h"

static const struct import_host machine = { 16 << 20, 4 << 20 };

static struct import im;

/* reapd would take it. */
static inline void assert_loads(const char *text)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	char path[32];
	struct config c;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (config_load(&c, path))
		fail_msg("reapd refuses it:\n%s", text);
	config_done(&c);
	close(fd);
}

/* The end of a run: NULL, or what was complained of. Kept until the next run. */
static inline const char *ended(int err)
{
	import_end(&im);
	assert_true(!err == !*im.error);
	if (err)
		return im.error;
	assert_loads(im.text);
	return NULL;
}

static inline void begin(void)
{
	if (im.text)
		import_done(&im);
	import_begin(&im, &machine, "a test");
}

static inline int import_teardown(void **state)
{
	(void)state;
	if (im.text)
		import_done(&im);
	memset(&im, 0, sizeof(im));
	return 0;
}

/* One file; what it is called counts for systemd alone. */
static inline const char *import_text(import_fn *import, const char *path, const char *text)
{
	char *copy = strdup(text);
	struct import_file file = { path, copy };
	const char *wrong;

	begin();
	wrong = ended(import(&im, &file, 1));
	free(copy);
	return wrong;
}

/* The output has this line, whole. */
static inline bool has_line(const char *line)
{
	size_t len = strlen(line);

	for (const char *at = im.text; (at = strstr(at, line)); at += len) {
		if (at[-1] == '\n' && at[len] == '\n')
			return true;
	}
	return false;
}

static inline void assert_line(const char *line)
{
	if (!has_line(line))
		fail_msg("no line '%s' in\n%s", line, im.text);
}

static inline void assert_no(const char *text)
{
	if (strstr(im.text, text))
		fail_msg("there is '%s' in\n%s", text, im.text);
}

/* One of the notes (at this line), or of what was left out, has these words. */
static inline void assert_note(const char *line, const char *words)
{
	for (size_t i = 0; i < json_object_array_length(im.notes); i++) {
		struct json_object *note = json_object_array_get_idx(im.notes, i);
		int at = json_object_get_int(json_object_object_get(note, "line"));
		const char *text = im.text;

		if (!strstr(json_object_get_string(json_object_object_get(note, "text")), words))
			continue;
		while (--at)
			text = strchr(text, '\n') + 1;
		if (!strncmp(text, line, strlen(line)))
			return;
	}
	fail_msg("no note '%s' about '%s' in\n%s", words, line, im.text);
}

static inline bool is_left(const char *words)
{
	for (size_t i = 0; i < json_object_array_length(im.left); i++) {
		if (strstr(json_object_get_string(json_object_array_get_idx(im.left, i)), words))
			return true;
	}
	return false;
}

static inline void assert_left(const char *words)
{
	if (!is_left(words))
		fail_msg("'%s' is not left out of\n%s", words, im.text);
}

static inline void assert_wrong(const char *wrong, const char *words)
{
	if (!wrong || !strstr(wrong, words))
		fail_msg("not complained of with '%s': %s", words, wrong ? wrong : im.text);
}

#define IMPORT_TEST(name) cmocka_unit_test_teardown(name, import_teardown)

#endif
