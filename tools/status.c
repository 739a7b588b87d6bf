// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * status.c - reapctl status, reapctl reload.
 */
#include "client.h"

#include <stdlib.h>

#include "../agent/base/text.h"
#include "out.h"

static void print_memory(const struct control_status *s)
{
	char available[32], total[32], swap_free[32], swap[32];

	printf("memory    %s available of %s (%.1f%%)\n",
	       text_kib(available, sizeof(available), s->mem_available_kib),
	       text_kib(total, sizeof(total), s->mem_total_kib),
	       s->mem_total_kib ? 100.0 * (double)s->mem_available_kib / (double)s->mem_total_kib :
				  0.0);
	if (s->swap_total_kib)
		printf("swap      %s free of %s\n",
		       text_kib(swap_free, sizeof(swap_free), s->swap_free_kib),
		       text_kib(swap, sizeof(swap), s->swap_total_kib));
	else
		puts("swap      none");
}

static void print(const struct control_status *s)
{
	char up[32], error[32];

	printf("%sreapd %s%s  pid %u, up %s, %stier %c, %s%s\n", out_bold(), s->version,
	       out_plain(), s->pid, out_duration(up, sizeof(up), s->now_ns - s->start_ns),
	       out_bold(), s->tier, out_state(s->state), out_plain());
	if (s->dry_run)
		printf("%sdry run   nobody will be killed%s\n", out_red(), out_plain());
	printf("policy    strategy %s, %u rules, %u filters, scope %s\n", s->strategy, s->rules,
	       s->filters, s->scope);
	print_memory(s);
	printf("pressure  some %u.%u%%, full %u.%u%% of the last second\n", s->some_permille / 10,
	       s->some_permille % 10, s->full_permille / 10, s->full_permille % 10);
	printf("kills     %llu by reapd, %llu by the kernel; nobody to kill %llu times\n", s->kills,
	       s->kernel_ooms, s->no_victim);
	printf("watched   %llu times, %llu snapshots, %u processes known (room for %u)\n",
	       s->watches, s->snapshots, s->processes, s->processes_max);
	printf("lost      %llu critical, %llu bulk, %llu malformed, %u processes\n",
	       s->lost_critical, s->lost_bulk, s->malformed, s->processes_full);
	printf("sizes     exact to %s each\n", text_kib(error, sizeof(error), s->rss_error_kib));
}

static void on_frame(void *ctx, const struct frame *f)
{
	const struct tool *t = ctx;
	const struct control_status *s = frame_as(f, CONTROL_STATUS_IS, sizeof(*s));

	if (!s)
		return;
	if (t->json)
		out_json(out_status_json(s));
	else
		print(s);
}

int verb_status(const struct tool *t, int argc, char **argv)
{
	if (argc > 1) {
		complain("status takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	return client_ask(t, CONTROL_STATUS, 0, on_frame, (void *)t);
}

static void nothing(void *ctx, const struct frame *f)
{
	(void)ctx;
	(void)f;
}

int verb_reload(const struct tool *t, int argc, char **argv)
{
	if (argc > 1) {
		complain("reload takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	return client_ask(t, CONTROL_RELOAD, 0, nothing, NULL);
}
