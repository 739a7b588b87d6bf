// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * filter.c - reapctl filter: the pinned maps, edited. Works without a running agent, once a first one
 * made them.
 */
#include "client.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include "out.h"

static const char usage_text[] =
	"usage: reapctl filter list\n"
	"       reapctl filter add ACTION KIND MATCH\n"
	"       reapctl filter remove KIND MATCH\n"
	"       reapctl filter test NAME|PID\n"
	"       reapctl filter key KIND MATCH\n"
	"ACTION  protect, avoid, prefer, normal\n"
	"KIND    package (NAME or PREFIX*), cgroup (/PATH), uid (NUMBER)\n";

static int usage(void)
{
	fputs(usage_text, stderr);
	return EXIT_USAGE;
}

static const char *const pins[FILTER_KINDS] = { PIN_PACKAGE, PIN_CGROUP, PIN_UID };

/* The map of this kind, or -1 after saying why. */
static int open_map(const struct tool *t, int kind)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", t->bpf_dir, pins[kind]);
	fd = bpf_obj_get(path);
	if (fd < 0) {
		complain("%s: %s%s", path, strerror(-fd),
			 fd == -ENOENT ? " (made by the first start of reapd)" : "");
		return -1;
	}
	if (!bpf_obj_get_info_by_fd(fd, &info, &len) &&
	    info.key_size == filter_key_size((__u32)kind) && info.value_size == sizeof(__u32))
		return fd;
	complain("%s is not a filter map of this reapctl", path);
	close(fd);
	return -1;
}

/* Kind and match from two words; false after saying what is wrong. */
static bool parse(const char *kind_word, const char *match, struct filter *ret)
{
	int kind = filter_kind_find(kind_word);
	const char *wrong;

	if (kind < 0) {
		complain("unknown kind '%s'; one of: package, cgroup, uid", kind_word);
		return false;
	}
	wrong = filter_parse((__u32)kind, match, ret);
	if (wrong)
		complain("%s '%s': %s", kind_word, match, wrong);
	return !wrong;
}

static int add(const struct tool *t, const char *action_word, const char *kind, const char *match)
{
	int action = filter_action_find(action_word), fd, err;
	struct filter f;

	if (action < 0) {
		complain("unknown action '%s'; one of: protect, avoid, prefer, normal",
			 action_word);
		return EXIT_USAGE;
	}
	if (!parse(kind, match, &f))
		return EXIT_USAGE;
	fd = open_map(t, (int)f.kind);
	if (fd < 0)
		return EXIT_FAILURE;
	f.value = (__u32)action;
	err = bpf_map_update_elem(fd, &f.key, &f.value, BPF_ANY);
	close(fd);
	if (!err)
		return out_done(t);
	complain("cannot add: %s", err == -ENOSPC ? "the map is full" : strerror(-err));
	return EXIT_FAILURE;
}

static int drop(const struct tool *t, const char *kind, const char *match)
{
	struct filter f;
	int fd, err;

	if (!parse(kind, match, &f))
		return EXIT_USAGE;
	fd = open_map(t, (int)f.kind);
	if (fd < 0)
		return EXIT_FAILURE;
	err = bpf_map_delete_elem(fd, &f.key);
	close(fd);
	if (!err)
		return out_done(t);
	complain("cannot remove: %s", err == -ENOENT ? "there is no such filter" : strerror(-err));
	return EXIT_FAILURE;
}

/* The bytes of the key as bpftool takes them. */
static int key(const struct tool *t, const char *kind, const char *match)
{
	char hex[3 * sizeof(((struct filter *)0)->key) + 1];
	const unsigned char *bytes;
	struct json_object *o;
	struct filter f;

	if (!parse(kind, match, &f))
		return EXIT_USAGE;
	bytes = (const unsigned char *)&f.key;
	for (size_t i = 0; i < filter_key_size(f.kind); i++)
		snprintf(hex + 3 * i, 4, "%02x ", bytes[i]);
	hex[3 * filter_key_size(f.kind) - 1] = 0;
	if (!t->json) {
		puts(hex);
		return 0;
	}
	o = json_object_new_object();
	out_str(o, "key", hex);
	out_json(o);
	return 0;
}

/* All entries of all maps. 0 or an exit code after saying why. */
static int read_all(const struct tool *t, struct filter_set *set)
{
	struct filter *f, *last;
	int fd;

	set->n = 0;
	for (__u32 kind = 0; kind < FILTER_KINDS; kind++) {
		fd = open_map(t, (int)kind);
		if (fd < 0)
			return EXIT_FAILURE;
		for (last = NULL; set->n < FILTER_KINDS * FILTERS_MAX; last = f) {
			f = &set->filter[set->n];
			memset(f, 0, sizeof(*f));
			f->kind = kind;
			if (bpf_map_get_next_key(fd, last ? &last->key : NULL, &f->key))
				break;
			if (!bpf_map_lookup_elem(fd, &f->key, &f->value))
				set->n++;
		}
		close(fd);
	}
	return 0;
}

static void print_filter(const struct tool *t, struct json_object *list, const struct filter *f)
{
	const char *action = filter_action_name(f->value & FILTER_ACTION_MASK);
	const char *origin = f->value & FILTER_FROM_CONFIG ? "config" : "live";
	char text[REAPD_PATH_LEN];
	struct json_object *o;

	/* What nobody understands protects: see filter_match(). */
	if (!action)
		action = "protect?";
	filter_text(f, text, sizeof(text));
	if (!t->json) {
		printf("%-8s %-8s %-6s ", action, filter_kind_name(f->kind), origin);
		out_wrapped(25, text);
		return;
	}
	o = json_object_new_object();
	out_str(o, "action", action);
	out_str(o, "kind", filter_kind_name(f->kind));
	out_str(o, "match", text);
	out_str(o, "origin", origin);
	json_object_array_add(list, o);
}

static int list(const struct tool *t)
{
	struct filter_set *set = calloc(1, sizeof(*set));
	struct json_object *all = json_object_new_array();
	int code = set ? read_all(t, set) : EXIT_FAILURE;

	if (!code && !t->json)
		printf("%s%-8s %-8s %-6s %s%s\n", out_bold(), "ACTION", "KIND", "ORIGIN", "MATCH",
		       out_plain());
	for (__u32 i = 0; !code && i < set->n; i++)
		print_filter(t, all, &set->filter[i]);
	if (!code && t->json)
		out_json(all);
	else
		json_object_put(all);
	free(set);
	return code;
}

static void print_test(const struct tool *t, const struct control_test_is *is)
{
	const char *action = filter_action_name(is->action);
	char line[REAPD_PATH_LEN + 64];
	struct json_object *o;

	if (t->json) {
		o = json_object_new_object();
		out_str(o, "action", action ? action : "?");
		out_bool(o, "matched", is->matched);
		out_str(o, "rule", is->rule);
		out_str(o, "name", is->name);
		out_str(o, "comm", is->comm);
		out_str(o, "cgroup", is->cgroup);
		out_json(o);
		return;
	}
	if (is->matched)
		snprintf(line, sizeof(line), "%s: by the filter '%s'", action, is->rule);
	out_wrapped(0, is->matched ? line : "normal: no filter matches");
	if (!*is->name && !*is->comm)
		return;
	printf("  name %s, comm %s\n  cgroup ", *is->name ? is->name : "-",
	       *is->comm ? is->comm : "-");
	out_wrapped(9, *is->cgroup ? is->cgroup : "-");
}

static void on_test(void *ctx, const struct frame *f)
{
	const struct control_test_is *is = frame_as(f, CONTROL_TEST_IS, sizeof(*is));

	if (is)
		print_test(ctx, is);
}

/* A name alone: package filters decide. */
static int test_name(const struct tool *t, const char *name)
{
	struct filter_subject subject = { .name = name, .comm = "", .uid = UID_NOT_READ };
	struct filter_set *set = calloc(1, sizeof(*set));
	struct control_test_is is = {};
	int code = set ? read_all(t, set) : EXIT_FAILURE;
	__u32 rule;

	if (!code) {
		is.action = filter_match(set, &subject, &rule);
		is.matched = rule < set->n;
		if (is.matched)
			filter_describe(&set->filter[rule], is.rule, sizeof(is.rule));
		print_test(t, &is);
	}
	free(set);
	return code;
}

int verb_filter(const struct tool *t, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	uint64_t pid;

	if (!strcmp(what, "list") && argc == 2)
		return list(t);
	if (!strcmp(what, "add") && argc == 5)
		return add(t, argv[2], argv[3], argv[4]);
	if (!strcmp(what, "remove") && argc == 4)
		return drop(t, argv[2], argv[3]);
	if (!strcmp(what, "key") && argc == 4)
		return key(t, argv[2], argv[3]);
	if (!strcmp(what, "test") && argc == 3 && !text_to_u64(argv[2], &pid) && pid <= INT32_MAX)
		return client_ask(t, CONTROL_TEST, (int)pid, on_test, (void *)t);
	if (!strcmp(what, "test") && argc == 3)
		return test_name(t, argv[2]);
	return usage();
}
