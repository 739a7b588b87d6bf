// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_import.c - reapctl import: any text in place of a peer's configuration is refused with a word, or
 * becomes a configuration that reapd takes. The first byte says whose it is.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../agent/config.h"
#include "../../tools/import.h"
#include "../../tools/import_text.h"

static const struct import_host host = { 16 << 20, 4 << 20 };

static import_fn *const peers[] = { import_earlyoom, import_systemd, import_oomd, import_nohang };

/* Files of systemd say by their path what they are of. */
static const char *const paths[] = { "oomd.conf",
				     "user.slice",
				     "user@.service.d/a.conf",
				     "a.oomrule",
				     "systemd/user/app.slice",
				     "a-b@c\\x2dd.service" };

/* Each line is a comment, a section or a key, and fits; nothing in it is but text. */
static void check_lines(const char *text)
{
	size_t len;

	for (; *text; text += len + 1) {
		len = strcspn(text, "\n");
		MUST(text[len] == '\n' && len <= IMPORT_LINE);
		for (size_t i = 0; i < len; i++)
			MUST((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
		if (len && *text != '#' && *text != '[')
			MUST(memmem(text, len, " = ", 3));
	}
}

/* reapd takes it; but the programs to run are not on this machine. */
static void check_loads(const char *text)
{
	int fd = input_file(text, strlen(text));
	struct config c;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!strstr(text, "= run ")) {
		MUST(!config_load(&c, path));
		config_done(&c);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_file files[2] = {};
	size_t n = 1, skip = 1;
	struct import im;
	char *text;
	int err;

	if (!size)
		return 0;
	text = input_text(data + skip, size - skip);
	import_recognise(text);
	import_begin(&im, &host, "fuzz\n");
	files[0] = (struct import_file){ paths[(data[0] >> 2) % 6], text };
	/* Two files of systemd: the text is cut where a line is '---'. */
	files[1] = (struct import_file){ "system.slice", strstr(text, "\n---\n") };
	if (data[0] % 4 == 1 && files[1].text) {
		*files[1].text = 0;
		files[1].text += 5;
		n = 2;
	}
	err = peers[data[0] % 4](&im, files, n);
	MUST(err ? err == -EINVAL && *im.error : !*im.error);
	import_end(&im);
	check_lines(im.text);
	if (!err)
		check_loads(im.text);
	import_done(&im);
	free(text);
	return 0;
}
