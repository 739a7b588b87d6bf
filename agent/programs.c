// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "programs.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

static void fill_about(struct about *about, const char *event, const struct kill_record *r)
{
	text_copy(about->event, sizeof(about->event), event);
	text_copy(about->rule, sizeof(about->rule), r->rule);
	text_copy(about->cgroup, sizeof(about->cgroup), r->tgid ? r->cgroup : r->place);
	text_copy(about->name, sizeof(about->name), r->name[0] ? r->name : r->comm);
	about->pid = r->tgid;
	about->kill_id = r->kill_id;
}

void programs_run(struct agent *a, const char *path, const char *event, const struct kill_record *r)
{
	struct errand *e = errand_get(a->errands);

	if (!e) {
		log_warn("%s was not run: others are still running", path);
		return;
	}
	e->kind = ERRAND_RUN;
	e->cgroup.dirfd = -1;
	text_copy(e->path, sizeof(e->path), path);
	fill_about(&e->about, event, r);
	a->errands_out++;
	errand_submit(a->errands, e);
}

bool programs_prekill(struct agent *a, struct death *d)
{
	struct errand *e = a->config.prekill_dir[0] && !d->record.dry_run ? errand_get(a->errands) :
									    NULL;

	if (!e)
		return false;
	e->kind = ERRAND_PREKILL;
	e->tag = (__u64)(d - a->death);
	e->cgroup.dirfd = -1;
	e->timeout_ns = a->config.prekill_timeout_ns;
	d->give_up_ns += e->timeout_ns;
	text_copy(e->path, sizeof(e->path), a->config.prekill_dir);
	fill_about(&e->about, "prekill", &d->record);
	a->errands_out++;
	errand_submit(a->errands, e);
	return true;
}

/* The victim is pinned by its pidfd or directory: whoever has its number or name by now is not it. */
static void prekill_done(struct agent *a, const struct errand *e)
{
	struct death *d = &a->death[e->tag];

	if (e->error == -ETIMEDOUT)
		log_warn("%s: %u of %u hooks did not answer in time", e->path,
			 e->hooks - e->answered, e->hooks);
	else if (e->error)
		log_warn("%s: %s", e->path, strerror(-e->error));
	if (d->used && d->job)
		reapers_submit(a->reapers, d->job);
}

void programs_on_done(struct agent *a, const struct errand *e)
{
	if (e->kind == ERRAND_PREKILL)
		prekill_done(a, e);
	else if (e->error)
		log_warn("%s: %s", e->path, strerror(-e->error));
	else if (e->status)
		log_warn("%s ended with status %d", e->path, e->status);
}
