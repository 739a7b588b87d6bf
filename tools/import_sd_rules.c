// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "import_sd_rules.h"

#include <string.h>

#include "../agent/decide/filter.h"
#include "import_text.h"
#include <reapd/event.h>

#define AVERAGE	  "systemd-oomd takes avg10, which lags behind; reapd exactly the last 10 s."
#define RECLAIM_S 30	/* without any reclaim for so long, systemd-oomd sees no use in a kill */
#define PAUSE	  "15s" /* after a kill for pressure */

/* Begin a rule for a unit: "scope" and "when", and what of them is not the same. */
static void begin_rule(struct import *im, const struct sd_unit *u, const char *suffix,
		       const char *scope, const char *when, double share)
{
	bool all = !strcmp(scope, "/");

	import_rule(im, !strcmp(u->name, "-.slice") ? "root" : u->name, suffix, all ? "" : scope,
		    when);
	if (strchr(u->name, '\\') || strchr(u->slice, '%'))
		import_note(im,
			    "A '*' stands for what a pattern cannot have, or only systemd knows.");
	if (!all)
		import_line(im, "scope = %s", scope);
	if (share >= 0)
		import_note_rounding(im, share);
}

static void end_rule(struct import *im, const char *order, const char *order_note)
{
	import_note(im,
		    "systemd-oomd never takes the unit itself; reapd does where it has no cgroups "
		    "in it.");
	import_line(im, "choose = cgroup");
	if (order_note)
		import_note(im, "%s", order_note);
	import_line(im, "order = %s", order);
	import_line(im, "action = kill");
}

static void write_pressure(struct import *im, const struct sd *sd, const struct sd_unit *u,
			   const char *scope)
{
	double limit = u->limit > 0 ? u->limit : sd->limit;
	double lasting = u->lasting_s > 0 ? u->lasting_s : sd->lasting_s;
	char share[16], held[48], when[256] = "";

	import_and(when, sizeof(when), "psi.full > %s over 10s%s",
		   import_share(share, sizeof(share), limit),
		   import_held(held, sizeof(held), lasting));
	import_and(when, sizeof(when), "pgscan > 0 over %ds", RECLAIM_S);
	begin_rule(im, u, "pressure", scope, when, limit);
	if (lasting > IMPORT_HOLD_MAX_S)
		import_note(im, "%.0f s shortened: a comparison can be held for an hour.", lasting);
	import_note(im, AVERAGE);
	import_line(im, "when = %s", when);
	import_note(im, "systemd-oomd pauses for all units at once; reapd where it killed.");
	import_line(im, "cooldown = " PAUSE);
	end_rule(im, "pgscan", NULL);
}

static void write_swap(struct import *im, const struct sd *sd, const struct sd_unit *u,
		       const char *scope)
{
	const char *system = strcmp(scope, "/") ? "system." : "";
	char share[16], when[256] = "";

	import_share(share, sizeof(share), sd->swap_limit);
	import_and(when, sizeof(when), "%smem.used > %s", system, share);
	import_and(when, sizeof(when), "%sswap.used > %s", system, share);
	begin_rule(im, u, "swap", scope, when, sd->swap_limit);
	import_line(im, "when = %s", when);
	end_rule(im, "swap",
		 "Only those with more than 5% of all swap are candidates of systemd-oomd.");
}

static const struct sd_rule *rule_find(const struct sd *sd, const char *name)
{
	for (size_t i = 0; i < sd->nrules; i++) {
		if (!strcmp(sd->rule[i].name, name))
			return &sd->rule[i];
	}
	return NULL;
}

static void write_oomrule(struct import *im, const struct sd_unit *u, const char *scope,
			  const struct sd_rule *rule)
{
	const char *system = strcmp(scope, "/") ? "system." : "";
	char share[16], held[48] = "", when[256] = "";

	import_held(held, sizeof(held), rule->lasting_s);
	if (rule->pressure >= 0)
		import_and(when, sizeof(when), "psi.full > %s over 10s%s",
			   import_share(share, sizeof(share), rule->pressure), held);
	if (rule->swap >= 0)
		import_and(when, sizeof(when), "%sswap.used > %s%s", system,
			   import_share(share, sizeof(share), rule->swap), held);
	begin_rule(im, u, rule->name, scope, when, rule->pressure);
	if (rule->pressure >= 0)
		import_note(im, AVERAGE);
	import_line(im, "when = %s", when);
	if (*held) {
		import_note(im, "systemd-oomd begins to count LastingSec= anew after it acted.");
		import_line(im, "cooldown =%s", strchr(held + 1, ' '));
	}
	end_rule(im,
		 rule->action == SD_KILL_PGSCAN ? "pgscan" :
		 rule->action == SD_KILL_SWAP	? "swap" :
						  "size",
		 rule->action == SD_KILL_ALL ?
			 "kill-all: reapd takes the unit as a whole only when "
			 "its memory.oom.group is set (OOMPolicy=kill)." :
			 NULL);
}

static void write_oomrules(struct import *im, const struct sd *sd, const struct sd_unit *u,
			   const char *scope)
{
	const struct sd_rule *rule;
	char names[sizeof(u->rules)], *word, *save;

	strcpy(names, u->rules);
	for (word = strtok_r(names, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		rule = rule_find(sd, word);
		if (!rule)
			import_left(im, "%s: OOMRules=%s: %s.oomrule is not among the files",
				    u->name, word, word);
		else if (!rule->action || (rule->pressure < 0 && rule->swap < 0))
			import_left(im,
				    "%s.oomrule: without Action= or any condition; systemd-oomd "
				    "ignores it too",
				    word);
		else
			write_oomrule(im, u, scope, rule);
	}
}

static void write_preference(struct import *im, const struct sd_unit *u, const char *scope)
{
	if (!u->avoid && !u->omit)
		return;
	if (!strcmp(scope, "/") || strchr(scope, '*'))
		import_left(im,
			    "%s: ManagedOOMPreference=%s: no filter is about many cgroups. Where "
			    "reapd chooses cgroups it honours the mark (an extended attribute) "
			    "that systemd sets",
			    u->name, u->avoid ? "avoid" : "omit");
	else
		import_filter(im, FILTER_CGROUP, u->avoid ? -1 : IMPORT_PROTECT, scope,
			      "whatever is chosen, cgroups or processes");
}

static bool says_nothing(const struct sd_unit *u)
{
	return !u->on_pressure && !u->on_swap && !u->avoid && !u->omit && !*u->rules;
}

static void write_unit(struct import *im, const struct sd *sd, const struct sd_unit *u)
{
	char scope[REAPD_PATH_LEN];

	if (says_nothing(u))
		return;
	if (sd_unit_is_type(u) || !sd_unit_cgroup(u, scope, sizeof(scope))) {
		import_left(im, "%s: of no one cgroup: give the files of the units themselves",
			    u->name);
		return;
	}
	if (u->on_pressure)
		write_pressure(im, sd, u, scope);
	if (u->on_swap)
		write_swap(im, sd, u, scope);
	write_oomrules(im, sd, u, scope);
	write_preference(im, u, scope);
}

/* oomd.conf alone does not say where: what distributions ship. */
static void write_usual(struct import *im, const struct sd *sd)
{
	struct sd_unit users, root;

	sd_unit_of("user@.service", &users);
	sd_unit_of("-.slice", &root);
	users.on_pressure = root.on_swap = true;
	import_left(im,
		    "which units are watched: their files were not given. Taken are pressure of "
		    "user@.service and swap of all, as most distributions have it. To have "
		    "yours: reapctl import systemd-oomd /etc/systemd/oomd.conf $(grep -rlsE "
		    "'ManagedOOM|OOMRules' /usr/lib/systemd /etc/systemd /run/systemd)");
	write_unit(im, sd, &users);
	write_unit(im, sd, &root);
}

void sd_write(struct import *im, const struct sd *sd)
{
	bool any = false;

	for (size_t i = 0; i < sd->nunits; i++) {
		any |= !says_nothing(&sd->unit[i]);
		write_unit(im, sd, &sd->unit[i]);
	}
	if (!any)
		write_usual(im, sd);
}
