// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_config.c - config: any file loads or fails; one that loads is printed, and loads again. */
#include "fuzz.h"

#include "../../agent/config.h"

/* inih's line; a name and " = " in front may make a printed line longer than it was. */
#define LINE_MAX_LOADED 198

static int load(struct config *c, int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return config_load(c, path);
}

static char *print(const struct config *c, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	MUST(f);
	config_print(c, f);
	fclose(f);
	return text;
}

static bool lines_fit(const char *text)
{
	size_t len;

	for (; *text; text += len + (text[len] != 0)) {
		len = strcspn(text, "\n");
		if (len > LINE_MAX_LOADED)
			return false;
	}
	return true;
}

static void check_round_trip(const struct config *c)
{
	size_t size, size_again;
	char *text = print(c, &size), *text_again;
	struct config again;
	int fd;

	if (lines_fit(text)) {
		fd = input_file(text, size);
		MUST(!load(&again, fd));
		text_again = print(&again, &size_again);
		MUST(size == size_again && !memcmp(text, text_again, size));
		MUST(!memcmp(&c->policy, &again.policy, sizeof(again.policy)));
		free(text_again);
		config_done(&again);
		close(fd);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = input_file(data, size);
	struct config c;

	if (!load(&c, fd)) {
		check_round_trip(&c);
		config_done(&c);
	}
	close(fd);
	return 0;
}
