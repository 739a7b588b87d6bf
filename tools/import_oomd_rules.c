// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_oomd_rules.c - where a rule made of detectors and an action is to be.
 *
 * oomd looks at some cgroups and kills in others, each a list of patterns. A rule of ours has one
 * scope for both. So each cgroup that is looked at becomes a rule of its own, as far as there is
 * something to kill in it; comparisons of other cgroups are dropped, and the rule becomes a shadow.
 */
#include "import_oomd.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "import_text.h"

#define PATHS_MAX 32

struct paths {
	size_t n;
	char path[PATHS_MAX][200]; /* without '/' at either end; "" is the top */
};

static void add_path(struct paths *p, const char *path, size_t len)
{
	while (len && path[len - 1] == '/')
		len--;
	for (; len && *path == '/'; len--)
		path++;
	if (p->n == PATHS_MAX || len >= sizeof(p->path[0]))
		return;
	memcpy(p->path[p->n], path, len);
	p->path[p->n++][len] = 0;
}

static struct paths *split_paths(const char *list)
{
	struct paths *p = calloc(1, sizeof(*p));
	size_t len;

	if (!p)
		abort();
	for (; list && *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		add_path(p, list, len);
	}
	return p;
}

/* Something that matches `inner` is in, or is, what matches `outer`. */
static bool contains(const char *outer, const char *inner)
{
	char head[200];
	size_t len = 0;

	if (!*outer)
		return true;
	strcpy(head, inner);
	for (const char *p = outer; p; p = strchr(p + 1, '/'))
		len += strcspn(head + len, "/") + (head[len + strcspn(head + len, "/")] == '/');
	if (len && head[len - 1] == '/')
		len--;
	head[len] = 0;
	return !fnmatch(outer, head, FNM_PATHNAME);
}

static bool contains_any(const char *outer, const struct paths *inner)
{
	for (size_t i = 0; i < inner->n; i++) {
		if (contains(outer, inner->path[i]))
			return true;
	}
	return false;
}

/* All that is in `outer`, and no more, is named by one of the patterns. */
static bool is_all_of(const char *outer, const struct paths *p)
{
	size_t len = strlen(outer);

	for (size_t i = 0; i < p->n; i++) {
		const char *rest = p->path[i] + len;

		if (!strncmp(p->path[i], outer, len) && (!*rest || !strcmp(rest, "/*")))
			return true;
	}
	return !*outer && p->n == 1 && !strcmp(p->path[0], "*");
}

/* The deepest cgroup that all of them are in, by name; "" is the top. */
static void common_parent(const struct paths *p, char *ret, size_t size)
{
	size_t len = 0, end = 0;

	*ret = 0;
	if (!p->n)
		return;
	for (;; len++) {
		char c = p->path[0][len];

		for (size_t i = 1; i < p->n; i++) {
			if (p->path[i][len] != c)
				goto out;
		}
		if (c == '/')
			end = len;
		if (!c || strchr("*?[", c))
			break;
	}
	/* They are all the same, and it is a name. */
	if (!p->path[0][len])
		end = len;
out:
	snprintf(ret, size, "%.*s", (int)end, p->path[0]);
}

static void say_all(struct import *im, struct json_object *said)
{
	for (size_t i = 0; i < json_object_array_length(said); i++)
		import_note(im, "%s", json_object_get_string(json_object_array_get_idx(said, i)));
}

/* A comparison of the rule's scope; all that there is has another word for what it uses. */
static void add_own(char *when, size_t size, const char *text, bool scoped)
{
	static const char current[] = "memory.current";

	if (!scoped && !strncmp(text, current, sizeof(current) - 1))
		import_and(when, size, "mem.used%s", text + sizeof(current) - 1);
	else
		import_and(when, size, "%s", text);
}

static bool is_used(const struct oomd_term *t, const char *cgroups)
{
	return t->machine || t->here || !strcmp(t->cgroups, cgroups);
}

/* The comparisons of these cgroups and of the machine; false: some are dropped. */
static bool compose(const struct oomd_group *g, const char *cgroups, bool scoped, char *when,
		    size_t size)
{
	bool all = true;

	for (size_t i = 0; i < g->terms; i++) {
		const struct oomd_term *t = &g->term[i];

		if (!is_used(t, cgroups))
			all = false;
		else if (t->machine)
			import_and(when, size, "%s%s", scoped ? "system." : "", t->text);
		else
			add_own(when, size, t->text, scoped);
	}
	return all;
}

static void note_terms(struct import *im, const struct oomd_group *g, const char *cgroups)
{
	const char *last = NULL;

	for (size_t i = 0; i < g->terms; i++) {
		const struct oomd_term *t = &g->term[i];

		if (!t->note || t->note == last || !is_used(t, cgroups) ||
		    (t->here && !strcmp(t->cgroups, cgroups)))
			continue;
		import_note(im, "%s", t->note);
		last = t->note;
	}
}

static void write_kill(struct import *im, const struct oomd_action *a)
{
	char time[32];

	if (!a->recursive)
		import_note(im,
			    "oomd kills the cgroups it names as a whole; reapd a leaf in them, or "
			    "one whose memory.oom.group is set.");
	import_line(im, "choose = cgroup");
	if (a->note)
		import_note(im, "%s", a->note);
	import_line(im, "order = %s", a->order);
	import_line(im, "action = kill");
	if (a->pause_s > 0) {
		import_note(im, "oomd pauses the whole ruleset, reapd this rule where it killed.");
		import_time(time, sizeof(time), import_least(a->pause_s, IMPORT_PAUSE_MAX_S));
		import_line(im, "cooldown = %s", time);
	}
	if (a->dry)
		import_line(im, "dry_run = yes");
}

/* One rule. `scope`: pattern without the first '/', "" for all; `cgroups`: whose comparisons count. */
static void write_rule(struct import *im, const struct oomd_group *g, const struct oomd_action *a,
		       const char *cgroups, const char *scope, const char *widened)
{
	bool shadow = g->shadow || a->shadow || (widened && !*scope), all;
	char path[204] = "", when[512] = "";

	all = compose(g, cgroups, *scope, when, sizeof(when));
	if (!*when) {
		import_left(im, "ruleset '%s': nothing of its detectors has a counterpart",
			    g->ruleset);
		return;
	}
	if (*scope)
		snprintf(path, sizeof(path), "/%s", scope);
	import_rule(im, g->ruleset, "", path, when);
	if (widened)
		import_note(im, "oomd kills only in %s.", widened);
	if (*scope)
		import_line(im, "scope = %s", path);
	say_all(im, g->said);
	note_terms(im, g, cgroups);
	if (!all)
		import_note(im,
			    "What it says of other cgroups is dropped: a rule looks at its scope, "
			    "and at the machine.");
	import_line(im, "when = %s", when);
	write_kill(im, a);
	if (shadow || !all) {
		import_note(im,
			    "Not the same rule, so it only records what it would do. Look at it "
			    "(reapctl kills); then take this line away, or the rule.");
		import_line(im, "shadow = yes");
	}
}

/* The list of cgroups whose comparisons the rules will have: one with something to kill in it. */
static const char *find_cgroups(const struct oomd_group *g, const struct paths *kill)
{
	const char *found = NULL;

	for (size_t i = 0; i < g->terms && !found; i++) {
		bool no = g->term[i].machine || g->term[i].here;
		struct paths *look = split_paths(no ? NULL : g->term[i].cgroups);

		for (size_t j = 0; j < look->n && !found; j++)
			found = contains_any(look->path[j], kill) ? g->term[i].cgroups : NULL;
		free(look);
	}
	return found;
}

static void write_rules(struct import *im, const struct oomd_group *g, const struct oomd_action *a,
			const struct paths *kill)
{
	const char *cgroups = find_cgroups(g, kill);
	struct paths *look = split_paths(cgroups);
	char parent[200];

	for (size_t i = 0; i < look->n; i++) {
		const char *scope = look->path[i];

		if (contains_any(scope, kill))
			write_rule(im, g, a, cgroups, scope,
				   is_all_of(scope, kill) ? NULL : a->cgroups);
		else
			import_left(
				im,
				"ruleset '%s': pressure in %s: oomd then kills elsewhere, in %s",
				g->ruleset, scope, a->cgroups);
	}
	if (!cgroups) {
		common_parent(kill, parent, sizeof(parent));
		write_rule(im, g, a, "", parent, is_all_of(parent, kill) ? NULL : a->cgroups);
	}
	free(look);
}

void oomd_write(struct import *im, struct oomd_group *g, const struct oomd_action *a)
{
	struct paths *kill;

	for (size_t i = 0; i < g->terms; i++) {
		/* Without any cgroup it finds none to look at. */
		g->never |= !g->term[i].machine && !*g->term[i].cgroups && !g->cgroup;
	}
	if (g->never) {
		import_left(im, "ruleset '%s': a group of detectors that never agrees", g->ruleset);
		return;
	}
	if (g->cgroup) {
		write_rule(im, g, a, "", g->cgroup + strspn(g->cgroup, "/"),
			   a->cgroups ? a->cgroups : NULL);
		return;
	}
	kill = split_paths(a->cgroups);
	if (kill->n)
		write_rules(im, g, a, kill);
	else
		import_left(im, "ruleset '%s': %s without a \"cgroup\" kills nothing", g->ruleset,
			    a->name);
	free(kill);
}
