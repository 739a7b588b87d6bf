// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_zoneinfo.c - sense: any text in place of zoneinfo, meminfo, vmstat, pressure of strategy android. */
#include "fuzz.h"

#include "../../agent/sense/android.h"
#include "../../agent/sense/psi.h"
#include "../../agent/sense/zoneinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	const struct zoneinfo no_zoneinfo = { 1, 2, 3, 4, 5 };
	struct zoneinfo z = no_zoneinfo;
	struct android_facts f, was;
	uint32_t bp = 4711;

	if (zoneinfo_parse(text, &z))
		MUST(!memcmp(&z, &no_zoneinfo, sizeof(z)));
	else
		MUST(z.zones && z.nodes && z.nodes <= z.zones);
	memset(&f, 0xa5, sizeof(f));
	was = f;
	if (android_meminfo_parse(text, &f))
		MUST(!memcmp(&f, &was, sizeof(f)));
	was = f;
	if (android_vmstat_parse(text, &f))
		MUST(!memcmp(&f, &was, sizeof(f)));
	MUST(f.time_ns == was.time_ns && f.flags == was.flags);
	if (psi_average(text, "some", &bp))
		MUST(bp == 4711);
	else
		MUST(bp <= 10099);
	free(text);
	return 0;
}
