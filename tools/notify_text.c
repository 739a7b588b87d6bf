// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "notify_text.h"

#include <stdio.h>
#include <string.h>

#include "../agent/base/record_text.h"
#include "../agent/base/text.h"

static void copy_clean(char *dst, size_t size, const char *src)
{
	text_copy(dst, size, src);
	text_clean(dst);
}

void notice_of(struct notice *ret, const struct kill_record *r)
{
	*ret = (struct notice){
		.killed = r->kind == RECORD_KILL || r->kind == RECORD_KERNEL_OOM,
		.dry_run = r->dry_run != 0,
		.kill_id = r->kill_id,
		.time_usec = r->wall_ns / 1000,
		.freed_bytes = r->returned_kib > 0 ? (uint64_t)r->returned_kib * 1024 : 0,
		.pid = r->tgid,
		.uid = r->uid,
		.processes = r->processes,
	};
	text_copy(ret->kind, sizeof(ret->kind),
		  r->kind == RECORD_STEP ? step_name(r->step) : kind_name(r->kind));
	text_copy(ret->outcome, sizeof(ret->outcome), outcome_name(r->outcome));
	copy_clean(ret->rule, sizeof(ret->rule), r->rule);
	copy_clean(ret->name, sizeof(ret->name), r->name[0] ? r->name : r->comm);
	copy_clean(ret->cgroup, sizeof(ret->cgroup), r->cgroup);
	record_why(ret->why, sizeof(ret->why), r);
	text_clean(ret->why); /* it may name a cgroup */
}

/* Does the record have a comparison of a signal whose name begins so? */
static bool has_signal(const struct kill_record *r, const char *prefix)
{
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++) {
		if (!strncmp(signal_name(r->term[i].signal), prefix, strlen(prefix)))
			return true;
	}
	return false;
}

bool notice_of_oomd(const struct notice *n)
{
	return !strcmp(n->kind, "kill") && !n->dry_run && strcmp(n->outcome, "gone") != 0 &&
	       strcmp(n->outcome, "failed") != 0;
}

char *notice_reason(char *buf, size_t size, const struct kill_record *r)
{
	static const char *const used[] = { "mem.", "memory.", "swap.", "zram.", "time.to." };
	char rule[sizeof(r->rule)];

	if (has_signal(r, "psi.")) {
		text_copy(buf, size, "memory-pressure");
		return buf;
	}
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		if (!has_signal(r, used[i]))
			continue;
		text_copy(buf, size, "memory-used");
		return buf;
	}
	copy_clean(rule, sizeof(rule), r->rule);
	snprintf(buf, size, "rule %s", rule);
	return buf;
}

uint8_t notice_level(int level)
{
	static const uint8_t levels[LEVELS] = {
		[LEVEL_LOW] = 50,
		[LEVEL_MEDIUM] = 100,
		[LEVEL_CRITICAL] = 255,
	};

	return level >= 0 && level < LEVELS ? levels[level] : 0;
}

bool notice_wanted(const struct notice *n, uint32_t uid, bool all)
{
	if (n->dry_run)
		return false;
	if (n->killed)
		return all || n->uid == uid;
	/* Of the machine. What else a rule does short of killing is nothing to bother a person with. */
	return !strcmp(n->kind, "notify") || !strcmp(n->kind, "no-victim");
}

char *notice_summary(char *buf, size_t size, const struct notice *n)
{
	char more[32] = "";

	if (n->processes > 1)
		snprintf(more, sizeof(more), " and %u more", n->processes - 1);
	if (!n->killed)
		snprintf(buf, size, "Memory is running out");
	else if (!strcmp(n->kind, "kernel-oom"))
		snprintf(buf, size, "Memory ran out: the kernel ended %s", n->name);
	else
		snprintf(buf, size, "%s%s ended to free memory", n->name,
			 *more ? strcat(more, " were") : " was");
	return buf;
}

/* Behind a blank, and escaped: servers that know markup would take a '<' for it. */
static void add_sentence(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	if (len && len + 1 < size)
		buf[len++] = ' ';
	for (; *text; text++) {
		char plain[2] = { *text, 0 };
		const char *one = *text == '&' ? "&amp;" :
				  *text == '<' ? "&lt;" :
				  *text == '>' ? "&gt;" :
						 plain;

		if (len + strlen(one) >= size)
			break;
		memcpy(buf + len, one, strlen(one));
		len += strlen(one);
	}
	buf[len] = 0;
}

char *notice_body(char *buf, size_t size, const struct notice *n)
{
	char freed[32], text[sizeof(n->why) + sizeof(n->rule) + 16];
	bool kernel = !strcmp(n->kind, "kernel-oom");

	*buf = 0;
	if (n->killed && n->freed_bytes) {
		snprintf(text, sizeof(text), "%s came back.",
			 text_kib(freed, sizeof(freed), n->freed_bytes / 1024));
		add_sentence(buf, size, text);
	} else if (!strcmp(n->kind, "no-victim")) {
		add_sentence(buf, size, "Everything that could be ended is protected.");
	}
	if (kernel && *n->why)
		snprintf(text, sizeof(text), "Reason: %s.", n->why);
	else if (!kernel)
		snprintf(text, sizeof(text), "Rule %s%s%s.", n->rule, *n->why ? ": " : "", n->why);
	if (!kernel || *n->why)
		add_sentence(buf, size, text);
	return buf;
}
