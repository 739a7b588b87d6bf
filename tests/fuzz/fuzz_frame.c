// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_frame.c - tools/client: any bytes in place of a recording. */
#include "fuzz.h"

#include <errno.h>

#include "../../agent/decide/strategy.h"
#include "../../tools/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct frame frame;
	size_t used = 0;
	FILE *f;
	int got;

	if (!size)
		return 0;
	f = fmemopen((void *)data, size, "r");
	MUST(f);
	while ((got = frame_read(f, &frame)) > 0) {
		MUST(frame.hdr.size <= CONTROL_FRAME_MAX);
		used += sizeof(frame.hdr) + frame.hdr.size;
		MUST(!frame_as(&frame, CONTROL_FACTS, sizeof(struct facts)) ||
		     (frame.hdr.type == CONTROL_FACTS && frame.hdr.size == sizeof(struct facts)));
	}
	MUST(got == -EPROTO || (!got && used == size));
	fclose(f);
	return 0;
}
