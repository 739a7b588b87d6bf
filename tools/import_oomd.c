// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_oomd.c - Meta's oomd: JSON (with comments) of rulesets. Each is groups of detectors, any of
 * which fires it, and a chain of actions.
 */
#include "import_oomd.h"

#include <string.h>

#include "import_text.h"

#define PAUSE_S 15 /* post_action_delay */

const char *oomd_arg(struct json_object *args, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(args, name, &value) ||
	    json_object_is_type(value, json_type_null))
		return NULL;
	return json_object_get_string(value);
}

bool oomd_flag(struct json_object *args, const char *name)
{
	const char *text = oomd_arg(args, name);

	return text && (!strcmp(text, "true") || !strcmp(text, "True") || !strcmp(text, "1"));
}

void oomd_check_args(struct import *im, const char *ruleset, const char *plugin,
		     struct json_object *args, const char *known)
{
	char word[64];

	if (!args)
		return;
	json_object_object_foreach(args, key, value)
	{
		snprintf(word, sizeof(word), " %s ", key);
		if (!strstr(known, word))
			import_left(
				im,
				"ruleset '%s': %s: \"%s\": %s: not an argument that is known here",
				ruleset, plugin, key, json_object_get_string(value));
	}
}

#define COMMON                                                                          \
	" cgroup ruleset_cgroup recursive post_action_delay dry always_continue debug " \
	"kernelkill reap_memory log_kmemalloc_prekill "

static const struct kill_plugin {
	const char *name, *order, *args, *note;
	bool same; /* the victim is, but for details, oomd's */
} kill_plugins[] = {
	{ "kill_by_memory_size_or_growth", "size",
	  COMMON "size_threshold min_growth_ratio growing_size_percentile ",
	  "oomd takes the largest one if it is above size_threshold of its siblings together, else "
	  "the one that grew most; reapd the largest.",
	  true },
	{ "kill_by_swap_usage", "swap", COMMON "threshold biased_swap_kill meminfo_location ", NULL,
	  true },
	{ "kill_by_pressure", "stall", COMMON "resource ", NULL, true },
	{ "kill_by_pg_scan", "pgscan", COMMON, NULL, true },
	{ "kill_by_io_cost", "size", COMMON, "By io cost: reapd does not measure io.", false },
};

static const struct kill_plugin *kill_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kill_plugins) / sizeof(kill_plugins[0]); i++) {
		if (!strcmp(kill_plugins[i].name, name))
			return &kill_plugins[i];
	}
	return NULL;
}

static int take_pause(struct import *im, const char *where, const char *text, double *ret)
{
	if (!text)
		return 0;
	if (!import_number(text, ret) || *ret < 0)
		return import_error(im,
				    "ruleset '%s': \"post_action_delay\" is '%s', must be seconds",
				    where, text);
	return 0;
}

/* The action of a kill plugin. a->pause_s is the ruleset's. */
static int take_kill(struct import *im, const char *ruleset, const struct kill_plugin *k,
		     struct json_object *args, struct oomd_action *a)
{
	const char *resource = oomd_arg(args, "resource"), *threshold = oomd_arg(args, "threshold");
	int err;

	oomd_check_args(im, ruleset, k->name, args, k->args);
	a->name = k->name;
	a->order = k->order;
	a->note = k->note;
	a->shadow = !k->same;
	a->cgroups = oomd_arg(args, "cgroup");
	a->recursive = oomd_flag(args, "recursive");
	a->dry = oomd_flag(args, "dry");
	if (!strcmp(k->order, "stall") && resource && strcmp(resource, "memory")) {
		a->note = "By pressure on io: here by pressure on memory.";
		a->shadow = true;
	}
	if (!strcmp(k->order, "swap") && threshold)
		a->note =
			"threshold: oomd wants a victim to have at least so much swap; reapd takes "
			"whoever has the most.";
	err = take_pause(im, ruleset, oomd_arg(args, "post_action_delay"), &a->pause_s);
	if (oomd_flag(args, "always_continue"))
		a->pause_s = 0;
	return err;
}

/* "name" and "args" of a plugin. */
static int plugin_of(struct import *im, const char *ruleset, struct json_object *plugin,
		     const char **name, struct json_object **args)
{
	*name = oomd_arg(plugin, "name");
	*args = NULL;
	if (!json_object_is_type(plugin, json_type_object) || !*name)
		return import_error(im, "ruleset '%s': a plugin without a \"name\"", ruleset);
	if (json_object_object_get_ex(plugin, "args", args) &&
	    !json_object_is_type(*args, json_type_object))
		return import_error(im, "ruleset '%s': %s: \"args\" is not an object", ruleset,
				    *name);
	return 0;
}

/* The first action that kills; a->name stays NULL when there is none. */
static int take_actions(struct import *im, const char *ruleset, struct json_object *list,
			struct oomd_action *a)
{
	size_t n = list ? json_object_array_length(list) : 0;
	struct json_object *args;
	const char *name;
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		err = plugin_of(im, ruleset, json_object_array_get_idx(list, i), &name, &args);
		if (err || !strcmp(name, "continue") || !strcmp(name, "dump_cgroup_overview"))
			continue;
		if (!strcmp(name, "stop"))
			break;
		if (a->name)
			import_left(im,
				    "ruleset '%s': the action %s, for when there was nothing to "
				    "kill before",
				    ruleset, name);
		else if (kill_find(name))
			err = take_kill(im, ruleset, kill_find(name), args, a);
		else
			import_left(im,
				    "ruleset '%s': the action %s: it has no counterpart; 'run' "
				    "starts a program",
				    ruleset, name);
	}
	return err;
}

static int take_detectors(struct import *im, struct oomd_group *g, struct json_object *list)
{
	size_t n = json_object_array_length(list);
	struct json_object *item, *args;
	const char *name;
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		item = json_object_array_get_idx(list, i);
		if (!i && json_object_is_type(item, json_type_string))
			continue;
		err = plugin_of(im, g->ruleset, item, &name, &args);
		if (!err)
			err = oomd_detect(im, g, name, args);
	}
	return err;
}

static int take_group(struct import *im, const char *ruleset, struct json_object *from,
		      struct json_object *list, const struct oomd_action *a)
{
	struct oomd_group g = { .ruleset = ruleset, .cgroup = oomd_arg(from, "cgroup") };
	int err;

	if (!json_object_is_type(list, json_type_array))
		return import_error(im, "ruleset '%s': a group of detectors is not an array",
				    ruleset);
	g.said = json_object_new_array();
	if (oomd_arg(from, "xattr_filter")) {
		oomd_say(&g, "xattr_filter: oomd looks only at cgroups with this mark.");
		g.shadow = true;
	}
	err = take_detectors(im, &g, list);
	if (!err)
		oomd_write(im, &g, a);
	json_object_put(g.said);
	return err;
}

/* An array, or nothing. */
static int array_of(struct import *im, struct json_object *o, const char *name,
		    struct json_object **ret)
{
	*ret = NULL;
	if (json_object_object_get_ex(o, name, ret) && !json_object_is_type(*ret, json_type_array))
		return import_error(im, "\"%s\" is not an array", name);
	return 0;
}

static int take_ruleset(struct import *im, struct json_object *o)
{
	struct oomd_action a = { .pause_s = PAUSE_S };
	struct json_object *groups, *actions;
	const char *name = oomd_arg(o, "name");
	int err;

	if (!json_object_is_type(o, json_type_object))
		return import_error(im, "a ruleset is not an object");
	name = name ? name : "ruleset";
	err = array_of(im, o, "detectors", &groups);
	if (!err)
		err = array_of(im, o, "actions", &actions);
	if (!err)
		err = take_pause(im, name, oomd_arg(o, "post_action_delay"), &a.pause_s);
	if (!err)
		err = take_actions(im, name, actions, &a);
	if (oomd_arg(o, "drop-in"))
		import_left(im, "ruleset '%s': drop-in: files in reapd.conf.d add rules", name);
	if (oomd_arg(o, "prekill_hook_timeout"))
		import_left(im,
			    "ruleset '%s': prekill_hook_timeout: see prekill_timeout of [agent]",
			    name);
	if (!err && !a.name)
		import_left(im, "ruleset '%s': no action of it kills", name);
	for (size_t i = 0; !err && a.name && groups && i < json_object_array_length(groups); i++)
		err = take_group(im, name, o, json_object_array_get_idx(groups, i), &a);
	return err;
}

/* The line of a byte of the text. */
static unsigned int line_of(const char *text, size_t at)
{
	unsigned int line = 1;

	for (size_t i = 0; i < at && text[i]; i++)
		line += text[i] == '\n';
	return line;
}

static int parse(struct import *im, const struct import_file *f, struct json_object **ret)
{
	struct json_tokener *t = json_tokener_new();
	enum json_tokener_error wrong;
	size_t at;

	*ret = json_tokener_parse_ex(t, f->text, (int)strlen(f->text) + 1);
	wrong = json_tokener_get_error(t);
	at = json_tokener_get_parse_end(t);
	json_tokener_free(t);
	if (*ret && json_object_is_type(*ret, json_type_object))
		return 0;
	json_object_put(*ret);
	*ret = NULL;
	if (wrong != json_tokener_success)
		return import_error(im, "%s:%u: not JSON: %s", f->path, line_of(f->text, at),
				    json_tokener_error_desc(wrong));
	return import_error(im, "%s: not a JSON object", f->path);
}

int import_oomd(struct import *im, struct import_file *files, size_t n)
{
	struct json_object *root, *rulesets = NULL, *hooks = NULL;
	int err;

	if (n > 1)
		return import_error(im, "%s: one file is enough", files[1].path);
	err = parse(im, &files[0], &root);
	if (err)
		return err;
	err = array_of(im, root, "rulesets", &rulesets);
	if (!err && !rulesets)
		err = import_error(im, "%s: no \"rulesets\" in it", files[0].path);
	for (size_t i = 0; !err && i < json_object_array_length(rulesets); i++)
		err = take_ruleset(im, json_object_array_get_idx(rulesets, i));
	if (!err && json_object_object_get_ex(root, "prekill_hooks", &hooks))
		import_left(im, "prekill_hooks: reapd has programs and sockets in prekill_dir");
	json_object_put(root);
	return err;
}
