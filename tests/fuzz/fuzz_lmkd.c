// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_lmkd.c - serve/lmkd_packet: any bytes in place of a client's packet. */
#include "fuzz.h"

#include "../../agent/serve/lmkd_packet.h"

static void check_prio(const struct lmkd_prio *p)
{
	MUST(p->pid && p->pid <= INT32_MAX);
	MUST(p->adj >= LMKD_ADJ_MIN && p->adj <= LMKD_ADJ_MAX);
}

static void check(const struct lmkd_request *r, size_t size)
{
	MUST(r->command < LMKD_COMMANDS && r->command != LMKD_PROCKILL &&
	     r->command != LMKD_STAT_KILL_OCCURRED);
	if (r->command == LMKD_TARGET) {
		MUST(r->n && r->n <= LMKD_TARGETS && size == 4 + 8 * r->n);
		for (__u32 i = 0; i < r->n; i++)
			MUST(r->level[i].adj >= LMKD_ADJ_MIN && r->level[i].adj <= LMKD_ADJ_MAX);
	} else if (r->command == LMKD_PROCPRIO || r->command == LMKD_PROCS_PRIO) {
		MUST(r->n + r->skipped && r->n + r->skipped <= LMKD_PRIOS);
		for (__u32 i = 0; i < r->n; i++)
			check_prio(&r->prio[i]);
	} else {
		MUST(!r->n && !r->skipped);
	}
	MUST(r->command != LMKD_SUBSCRIBE || r->event < LMKD_EVENTS);
	MUST(r->command != LMKD_PROCREMOVE || (r->pid && r->pid <= INT32_MAX));
}

/* The same bytes as what is told of a kill: the packet never leaves its room. */
static void check_stat(const uint8_t *data, size_t size)
{
	struct lmkd_kill kill;
	unsigned char *buf = malloc(LMKD_STAT_MAX);
	size_t len;

	MUST(buf);
	memset(&kill, 0xff, sizeof(kill));
	memcpy(&kill, data, size < sizeof(kill) ? size : sizeof(kill));
	len = lmkd_put_stat(buf, &kill);
	MUST(len >= 87 && len <= LMKD_STAT_MAX && len == 87U + (buf[84] << 8 | buf[85]));
	MUST(lmkd_put_kill(buf, &kill) == LMKD_KILL_SIZE);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lmkd_request r;
	char *packet = input_text(data, size); /* of its exact size, but for a NUL */

	if (!lmkd_parse(packet, size, &r))
		check(&r, size);
	free(packet);
	check_stat(data, size);
	return 0;
}
