// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_props.c - props: any text in place of getprop's output becomes a configuration that loads. */
#include "fuzz.h"

#include "../../agent/config.h"
#include "../../agent/props.h"

static int file_of(const void *data, size_t size, char path[32])
{
	int fd = input_file(data, size);

	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32], *out = NULL;
	struct config c = {};
	size_t len;
	FILE *f = open_memstream(&out, &len);
	int fd = file_of(data, size, path);

	MUST(f && !props_import(path, f));
	fclose(f);
	close(fd);
	fd = file_of(out, len, path);
	MUST(!config_load(&c, path));
	config_done(&c);
	close(fd);
	free(out);
	return 0;
}
