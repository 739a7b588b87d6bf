// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../agent/base/killlog.h"
#include "../agent/base/killinfo_text.h"
#include "../agent/base/owner.h"
#include "../agent/base/record_text.h"
#include "out.h"

/* The second record of a kill comes at most so many kills later: as many as are followed at once. */
#define DEATHS_FOLLOWED 8

/* A later record of the same kill replaces the earlier one. */
static void history_add(struct history *h, const struct kill_record *r)
{
	for (size_t i = h->n; i-- > 0;) {
		if (h->record[i].kill_id == r->kill_id) {
			h->record[i] = *r;
			return;
		}
		if (h->record[i].kill_id + DEATHS_FOLLOWED < r->kill_id)
			break;
	}
	if (h->n == h->room) {
		h->room = h->room ? 2 * h->room : 64;
		h->record = realloc(h->record, h->room * sizeof(*h->record));
		if (!h->record)
			abort();
	}
	h->record[h->n++] = *r;
}

int history_read(struct history *h, const char *dir)
{
	static const char *const files[] = { KILLLOG_OLD, KILLLOG_FILE };
	struct kill_record r;
	char path[PATH_MAX];
	int found = 0;

	for (int i = 0; i < 2; i++) {
		__u64 offset = 0;
		int fd;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found++;
		while (killlog_read(fd, &offset, &r) > 0)
			history_add(h, &r);
		close(fd);
	}
	if (found)
		return 0;
	complain("no kill records in %s: %s", dir, strerror(errno));
	return EXIT_FAILURE;
}

void history_free(struct history *h)
{
	free(h->record);
	*h = (struct history){};
}

const struct kill_record *history_find(const struct history *h, __u64 id, const char *state_dir)
{
	for (size_t i = h->n; i-- > 0;) {
		if (!id || h->record[i].kill_id == id)
			return &h->record[i];
	}
	if (id)
		complain("no kill %llu in %s", id, state_dir);
	else
		complain("no kill is recorded in %s", state_dir);
	return NULL;
}

const char *history_name(const struct kill_record *r)
{
	return *r->name ? r->name : *r->comm ? r->comm : "-";
}

static void add_victim_json(struct json_object *o, const struct kill_record *r)
{
	out_int(o, "pid", r->tgid);
	out_int(o, "uid", r->uid);
	out_str(o, "name", r->name);
	out_str(o, "comm", r->comm);
	out_str(o, "cgroup", r->cgroup);
	out_int(o, "oom_score_adj", r->oom_score_adj);
	out_int(o, "threads", r->threads);
	out_int(o, "sharers", r->sharers);
	out_int(o, "anon_kib", r->anon_kib);
	out_int(o, "file_kib", r->file_kib);
	out_int(o, "shmem_kib", r->shmem_kib);
	out_int(o, "swap_kib", r->swap_kib);
	out_int(o, "dmabuf_kib", r->dmabuf_kib);
	out_int(o, "expected_kib", (long long)r->expected_kib);
	out_int(o, "returned_kib", r->returned_kib);
	out_int(o, "error", r->error);
	out_int(o, "mrelease_tries", r->mrelease_tries);
}

static void add_owner_json(struct json_object *o, const struct kill_record *r)
{
	struct owner owner;

	owner_of(r->cgroup, &owner);
	out_str(o, "unit", owner.unit);
	out_str(o, "slice", owner.slice);
	out_str(o, "runtime", owner.runtime);
	out_str(o, "container", owner.container);
	out_str(o, "pod", owner.pod);
	out_str(o, "qos", owner.qos);
	if (owner.user != OWNER_NO_USER)
		out_int(o, "owner_uid", owner.user);
}

/* Of a kernel OOM kill. */
static void add_limit_json(struct json_object *o, const struct kill_record *r)
{
	static const char *const names[OOM_LIMITS] = { "unknown", "machine", "cpuset", "mempolicy",
						       "cgroup" };
	char path[REAPD_PATH_LEN];

	snprintf(path, sizeof(path), "%.*s", oom_limit_path(r), r->cgroup);
	out_str(o, "limit", r->oom_limit < OOM_LIMITS ? names[r->oom_limit] : "unknown");
	out_str(o, "limit_cgroup", path);
}

/* As lmkd numbers them. */
static void add_killinfo_json(struct json_object *o, const struct killinfo *k)
{
	struct json_object *info = json_object_new_object();

	for (__u32 i = 0; i < KILLINFO_FIELDS; i++) {
		if (killinfo_is_share(i))
			json_object_object_add(info, killinfo_name(i),
					       json_object_new_double(k->field[i] / 100.0));
		else
			out_int(info, killinfo_name(i), k->field[i]);
	}
	json_object_object_add(o, "killinfo", info);
}

static void add_lists_json(struct json_object *o, const struct kill_record *r)
{
	struct json_object *stages = json_object_new_object();
	struct json_object *terms = json_object_new_array();
	struct json_object *candidates = json_object_new_array();

	for (int i = 0; i < STAGES; i++)
		out_int(stages, stage_name(i), (long long)r->stage_ns[i]);
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++)
		json_object_array_add(terms, out_term_json(&r->term[i]));
	for (__u32 i = 0; i < r->candidates && i < RECORD_CANDIDATES; i++)
		json_object_array_add(candidates, out_candidate_json(&r->candidate[i]));
	json_object_object_add(o, "stages_ns", stages);
	json_object_object_add(o, "terms", terms);
	json_object_object_add(o, "candidates", candidates);
}

struct json_object *history_json(const struct kill_record *r)
{
	struct json_object *o = json_object_new_object();
	char text[RECORD_LINE];

	out_int(o, "id", (long long)r->kill_id);
	out_int(o, "seq", (long long)r->seq);
	out_int(o, "wall_ns", (long long)r->wall_ns);
	out_str(o, "kind", kind_name(r->kind));
	out_str(o, "what", what_name(r->what));
	if (r->kind == RECORD_STEP)
		out_str(o, "step", step_name(r->step));
	out_int(o, "processes", r->processes);
	out_int(o, "size_kib", (long long)record_size_kib(r));
	out_str(o, "place", r->place);
	out_bool(o, "too_large", r->flags & RECORD_F_CAPPED);
	out_bool(o, "beside_spared", r->flags & RECORD_F_ALONE);
	out_bool(o, "asked_first", r->flags & RECORD_F_ASKED);
	out_str(o, "outcome", outcome_name(r->outcome));
	out_bool(o, "dry_run", r->dry_run);
	add_victim_json(o, r);
	add_owner_json(o, r);
	if (r->kind == RECORD_KERNEL_OOM)
		add_limit_json(o, r);
	out_str(o, "strategy", r->strategy);
	out_str(o, "rule", r->rule);
	snprintf(text, sizeof(text), "%016llx", r->policy);
	out_str(o, "policy", text);
	out_int(o, "mem_total_kib", (long long)r->mem_total_kib);
	out_int(o, "mem_available_kib", (long long)r->mem_available_kib);
	out_int(o, "swap_total_kib", (long long)r->swap_total_kib);
	out_int(o, "swap_free_kib", (long long)r->swap_free_kib);
	if (r->order)
		out_str(o, "order", order_name(r->order - 1u));
	if (r->reason)
		out_int(o, "min_score_adj", r->min_score_adj);
	out_int(o, "considered", r->considered);
	out_int(o, "vetoed", r->vetoed);
	add_lists_json(o, r);
	if (r->killinfo.valid && r->kind == RECORD_KILL)
		add_killinfo_json(o, &r->killinfo);
	out_str(o, "text", record_line(text, sizeof(text), r));
	return o;
}
