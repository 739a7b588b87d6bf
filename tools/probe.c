// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * probe.c - reapctl probe: tier, hooks, features, and what is lost without each.
 *
 * A running agent is asked. Without one, reapd itself is started for a moment (--probe-fd), since
 * only loading and attaching tells the truth.
 */
#include "client.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "out.h"

struct report {
	const struct tool *t;
	struct json_object *json, *hooks, *features;
	bool features_head;
};

static const char *state_name(__u32 state)
{
	static const char *const names[] = {
		[HOOK_ATTACHED] = "attached", [HOOK_IN_WATCH] = "in watch",
		[HOOK_SPARE] = "spare",	      [HOOK_OFF] = "off",
		[HOOK_ABSENT] = "absent",     [HOOK_REFUSED] = "refused",
	};

	return state >= HOOK_ATTACHED && state <= HOOK_REFUSED ? names[state] : "?";
}

static void print_hook(const struct control_hook *h)
{
	bool bad = *h->lost;

	printf("%-18s %-7s %s%-8s%s %.43s\n", h->name, h->kind, bad ? out_red() : "",
	       state_name(h->state), bad ? out_plain() : "", h->lost);
	if (bad && h->state == HOOK_REFUSED)
		printf("%36s(%s)\n", "", strerror(-h->error));
}

static void print_feature(struct report *r, const struct control_feature *f)
{
	if (!r->features_head)
		printf("\n%s%-18s %s%s\n", out_bold(), "FEATURE", "STATE", out_plain());
	r->features_head = true;
	if (f->error)
		printf("%-18s %smissing%s  %s\n", f->name, out_red(), out_plain(), f->lost);
	else
		printf("%-18s there\n", f->name);
}

static void on_text(struct report *r, const struct frame *f)
{
	const struct control_status *status = frame_as(f, CONTROL_STATUS_IS, sizeof(*status));
	const struct control_feature *feature = frame_as(f, CONTROL_FEATURE, sizeof(*feature));
	const struct control_hook *hook = frame_as(f, CONTROL_HOOK, sizeof(*hook));

	if (status)
		printf("%stier %c%s\n\n%s%-18s %-7s %-8s %s%s\n", out_bold(), status->tier,
		       out_plain(), out_bold(), "HOOK", "KIND", "STATE", "LOST WITHOUT IT",
		       out_plain());
	if (hook)
		print_hook(hook);
	if (feature)
		print_feature(r, feature);
}

static void on_json(struct report *r, const struct frame *f)
{
	const struct control_status *status = frame_as(f, CONTROL_STATUS_IS, sizeof(*status));
	const struct control_feature *feature = frame_as(f, CONTROL_FEATURE, sizeof(*feature));
	const struct control_hook *hook = frame_as(f, CONTROL_HOOK, sizeof(*hook));
	struct json_object *o = hook || feature ? json_object_new_object() : NULL;

	if (status)
		out_str(r->json, "tier", (char[]){ status->tier, 0 });
	if (hook) {
		out_str(o, "name", hook->name);
		out_str(o, "kind", hook->kind);
		out_str(o, "target", hook->target);
		out_str(o, "state", state_name(hook->state));
		out_int(o, "error", hook->error);
		out_str(o, "lost", hook->lost);
		json_object_array_add(r->hooks, o);
	}
	if (feature) {
		out_str(o, "name", feature->name);
		out_int(o, "error", feature->error);
		out_str(o, "lost", feature->lost);
		json_object_array_add(r->features, o);
	}
}

static void on_frame(void *ctx, const struct frame *f)
{
	struct report *r = ctx;

	if (r->t->json)
		on_json(r, f);
	else
		on_text(r, f);
}

/* reapd lies beside reapctl in the build tree, and in sbin when installed. */
static void exec_reapd(int fd)
{
	char self[PATH_MAX], path[PATH_MAX + 16], number[16];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	snprintf(number, sizeof(number), "%d", fd);
	if (len > 0) {
		self[len] = 0;
		snprintf(path, sizeof(path), "%s/reapd", dirname(self));
		execl(path, "reapd", "--probe-fd", number, (char *)NULL);
	}
	execlp("reapd", "reapd", "--probe-fd", number, (char *)NULL);
	complain("cannot run reapd: %s", strerror(errno));
	_exit(EXIT_FAILURE);
}

static int probe_anew(struct report *r)
{
	static struct frame frame;
	int pair[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		return EXIT_FAILURE;
	pid = fork();
	if (!pid) {
		close(pair[0]);
		exec_reapd(pair[1]);
	}
	close(pair[1]);
	while (pid > 0 && client_next(pair[0], &frame) > 0)
		on_frame(r, &frame);
	close(pair[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return EXIT_FAILURE;
	return WEXITSTATUS(status);
}

int verb_probe(const struct tool *t, int argc, char **argv)
{
	struct report r = { .t = t };
	int code;

	if (argc > 1) {
		complain("probe takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	r.json = json_object_new_object();
	r.hooks = json_object_new_array();
	r.features = json_object_new_array();
	json_object_object_add(r.json, "hooks", r.hooks);
	json_object_object_add(r.json, "features", r.features);
	if (client_agent_runs(t))
		code = client_ask(t, CONTROL_PROBE, 0, on_frame, &r);
	else
		code = probe_anew(&r);
	if (!code && t->json)
		puts(json_object_to_json_string_ext(r.json, JSON_C_TO_STRING_PRETTY |
								    JSON_C_TO_STRING_SPACED));
	json_object_put(r.json);
	return code;
}
