// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_kernel_files.c - sense/psi, sense/meminfo: any text in place of the kernel's. */
#include "fuzz.h"

#include "../../agent/sense/meminfo.h"
#include "../../agent/sense/psi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	const struct psi no_psi = { 4711, 4712 };
	const struct meminfo no_meminfo = { 1, 2, 3, 4, 5 };
	const struct vmstat no_vmstat = { 6, 7 };
	struct psi psi = no_psi;
	struct meminfo m = no_meminfo;
	struct vmstat v = no_vmstat;
	uint64_t n = 4711;

	if (psi_parse(text, &psi))
		MUST(!memcmp(&psi, &no_psi, sizeof(psi)));
	if (meminfo_parse(text, &m))
		MUST(!memcmp(&m, &no_meminfo, sizeof(m)));
	else
		MUST(m.total_kib);
	if (vmstat_parse(text, &v))
		MUST(!memcmp(&v, &no_vmstat, sizeof(v)));
	if (stat_field(text, "inactive_file", &n))
		MUST(n == 4711);
	free(text);
	return 0;
}
