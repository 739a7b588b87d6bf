// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "import_nohang.h"

#include <string.h>

#include "../agent/base/text.h"
#include "import_text.h"

/* One of the three levels that each measure has: its keys, and what is done. */
struct level {
	const char *name;
	enum nohang_key mem, swap, zram, psi;
};

static const struct level hard = { "hard", NH_HARD_MEM, NH_HARD_SWAP, NH_HARD_ZRAM, NH_HARD_PSI };
static const struct level soft = { "soft", NH_SOFT_MEM, NH_SOFT_SWAP, NH_SOFT_ZRAM, NH_SOFT_PSI };
static const struct level warn = { "warn", NH_WARN_MEM, NH_WARN_SWAP, NH_WARN_ZRAM, NH_WARN_PSI };

static const char *limit_text(const struct nohang_value *v, char *buf, size_t size)
{
	if (!v->mib)
		return import_share(buf, size, v->n);
	return text_kib_exact(buf, size, v->n * 1024 < 1 ? 1 : (uint64_t)(v->n * 1024));
}

static void note_rounding(struct import *im, const struct nohang_value *v)
{
	if (!v->mib)
		import_note_rounding(im, v->n);
}

/* A '$' stands for what nohang puts in its place. */
static bool is_program(const char *command)
{
	return import_is_program(command) && !strchr(command, '$');
}

/* What nohang does at a level. */
static void write_action(struct import *im, const struct nohang *nh, const struct level *l)
{
	const char *exe = nh->value[NH_WARN_EXE].text;
	double grace = import_least(nh->value[NH_SOFT_EXIT_S].n, IMPORT_HOLD_MAX_S);
	char time[32];

	if (l == &hard) {
		import_line(im, "action = kill");
	} else if (l == &soft) {
		import_note(im,
			    "max_soft_exit_time: then SIGKILL, also when memory has come back.");
		if (grace < nh->value[NH_SOFT_EXIT_S].n)
			import_note(im, "Shortened to an hour.");
		import_line(im, "action = term %s", import_time(time, sizeof(time), grace));
	} else {
		import_time(time, sizeof(time),
			    import_least(nh->value[NH_WARN_DELAY_S].n, IMPORT_PAUSE_MAX_S));
		import_line(im, "cooldown = %s", time);
		if (is_program(exe)) {
			import_line(im, "action = run %s", exe);
			return;
		}
		if (*exe)
			import_note(im, "warning_exe = %s: 'run' takes a path without arguments.",
				    exe);
		import_note(im, "Shown by reapd-notify(8), in its own words.");
		import_line(im, "action = notify");
	}
}

static bool never(struct import *im, const struct nohang *nh, const struct level *l)
{
	if (nh->value[l->mem].n > 0)
		return false;
	import_left(im, "%s_threshold_min_mem = 0: never reached, so there is no such rule",
		    l == &warn ? "warning" : l->name);
	return true;
}

static void write_memory(struct import *im, const struct nohang *nh, const struct level *l)
{
	const struct nohang_value *mem = &nh->value[l->mem], *swap = &nh->value[l->swap];
	char value[32], when[256] = "";

	import_and(when, sizeof(when), "mem.available <= %s",
		   limit_text(mem, value, sizeof(value)));
	/* All of swap: it is not looked at. */
	if (swap->mib || swap->n < 100)
		import_and(when, sizeof(when), "swap.free <= %s",
			   limit_text(swap, value, sizeof(value)));
	import_rule(im, "nohang", l->name, "", when);
	note_rounding(im, mem);
	note_rounding(im, swap);
	import_line(im, "when = %s", when);
	write_action(im, nh, l);
}

static void write_zram(struct import *im, const struct nohang *nh, const struct level *l)
{
	const struct nohang_value *mem = &nh->value[l->mem], *zram = &nh->value[l->zram];
	char value[32], base[16], when[256] = "";

	import_and(when, sizeof(when), "zram.used >= %s", limit_text(zram, value, sizeof(value)));
	import_and(when, sizeof(when), "mem.available <= %s",
		   limit_text(mem, value, sizeof(value)));
	snprintf(base, sizeof(base), "nohang-%s", l->name);
	import_rule(im, base, "zram", "", when);
	note_rounding(im, zram);
	note_rounding(im, mem);
	import_line(im, "when = %s", when);
	write_action(im, nh, l);
}

const char *nohang_psi_window(const char *metrics)
{
	static const char *const windows[] = { "10", "60", "300" };

	if (strncmp(metrics, "some_avg", 8) && strncmp(metrics, "full_avg", 8))
		return NULL;
	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(metrics + 8, windows[i]))
			return windows[i];
	}
	return NULL;
}

/* The cgroup of a memory.pressure file: "" for that of the machine; false: neither. */
static bool psi_scope(const char *path, char *scope, size_t size)
{
	static const char *const mounts[] = { "/sys/fs/cgroup/unified/", "/sys/fs/cgroup/" };
	static const char file[] = "/memory.pressure";
	size_t len = strlen(path), skip, tail = sizeof(file) - 1;

	*scope = 0;
	if (!strcmp(path, "/proc/pressure/memory"))
		return true;
	for (size_t i = 0; i < 2; i++) {
		skip = strlen(mounts[i]) - 1;
		if (strncmp(path, mounts[i], skip + 1) || len < skip + tail ||
		    strcmp(path + len - tail, file) || len - skip >= size)
			continue;
		snprintf(scope, size, "%.*s", (int)(len - skip - tail), path + skip);
		return !scope[strcspn(scope, "*?[\\; ")];
	}
	return false;
}

static void write_psi(struct import *im, const struct nohang *nh, const struct level *l)
{
	const struct nohang_value *mem = &nh->value[l->mem], *psi = &nh->value[l->psi];
	const char *signal = nh->value[NH_PSI_METRICS].text[0] == 's' ? "psi.some" : "psi.full";
	const char *window, *system;
	char scope[256], base[16], value[32], held[48] = "", when[256] = "";

	window = nohang_psi_window(nh->value[NH_PSI_METRICS].text);
	psi_scope(nh->value[NH_PSI_PATH].text, scope, sizeof(scope));
	system = *scope ? "system." : "";
	if (l != &warn)
		import_held(held, sizeof(held), nh->value[NH_PSI_EXCESS_S].n);
	import_and(when, sizeof(when), "%s >= %s over %ss%s", signal,
		   import_share(value, sizeof(value), psi->n), window, held);
	import_and(when, sizeof(when), "%smem.available <= %s%s", system,
		   limit_text(mem, value, sizeof(value)), held);
	import_and(when, sizeof(when), "%sswap.used >= 0%%", system);
	snprintf(base, sizeof(base), "nohang-%s", l->name);
	import_rule(im, base, "psi", scope, when);
	if (*scope) {
		import_note(im, "psi_path is that of a cgroup. Victims then come from it alone; "
				"nohang takes them from anywhere.");
		import_line(im, "scope = %s", scope);
	}
	note_rounding(im, psi);
	note_rounding(im, mem);
	import_note(im,
		    "psi_metrics = %s: an average that lags behind; reapd takes exactly the last "
		    "%s s. The last comparison holds where there is swap: nohang looks at "
		    "pressure only then.",
		    nh->value[NH_PSI_METRICS].text, window);
	import_line(im, "when = %s", when);
	if (l != &warn) {
		import_note(im,
			    "psi_post_action_delay: nohang counts it from any action, reapd from "
			    "this rule's.");
		import_line(
			im, "cooldown = %s",
			import_time(value, sizeof(value),
				    import_least(nh->value[NH_PSI_DELAY_S].n, IMPORT_PAUSE_MAX_S)));
	}
	write_action(im, nh, l);
}

static void write_level(struct import *im, const struct nohang *nh, const struct level *l, bool psi)
{
	if (never(im, nh, l))
		return;
	write_memory(im, nh, l);
	if (nh->value[NH_ZRAM].n)
		write_zram(im, nh, l);
	if (psi)
		write_psi(im, nh, l);
}

static bool psi_is_known(struct import *im, const struct nohang *nh)
{
	const char *path = nh->value[NH_PSI_PATH].text;
	char scope[256];

	if (!nh->value[NH_PSI].n || psi_scope(path, scope, sizeof(scope)))
		return nh->value[NH_PSI].n != 0;
	import_left(im,
		    "psi_path = %s: reapd knows pressure on memory, of the machine or of a cgroup; "
		    "there are no rules on pressure",
		    path);
	return false;
}

static void write_post_kill(struct import *im, const char *exe)
{
	if (!*exe)
		return;
	if (!is_program(exe)) {
		import_left(im,
			    "post_kill_exe = %s: post_kill of [agent] is a path without arguments; "
			    "it finds REAPD_PID and REAPD_NAME in its environment",
			    exe);
		return;
	}
	import_note(im,
		    "nohang runs it after SIGKILL alone. Here it finds REAPD_PID and REAPD_NAME in "
		    "its environment.");
	import_line(im, "post_kill = %s", exe);
}

void nohang_write(struct import *im, const struct nohang *nh)
{
	bool psi = psi_is_known(im, nh);

	im->avoid_note = "nohang takes points off; these go last, however large. Names are the "
			 "program's, not only the 15 bytes of comm, and never its path.";
	im->prefer_note = "nohang adds points; these go first, however small. Names are the "
			  "program's, not only the 15 bytes of comm, and never its path.";
	import_section(im, "agent");
	import_note(im, "nohang waits so long for a victim of SIGKILL to die; reapd waits for its "
			"memory.");
	import_line(im, "kill_timeout = 10s");
	write_post_kill(im, nh->value[NH_POST_KILL].text);
	import_section(im, "choose");
	import_note(im,
		    "nohang looks at badness alone. Without these two lines reapd looks at growth "
		    "too, and spares the smallest.");
	import_line(im, "growth_horizon = 0");
	import_line(im, "least_size = 0");
	write_level(im, nh, &hard, psi);
	write_level(im, nh, &soft, psi);
	if (nh->value[NH_WARN].n)
		write_level(im, nh, &warn, psi);
}
