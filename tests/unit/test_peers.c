// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_peers.c - sense/peers: which programs are known to kill for memory, and what is said of them.
 */
#include "test.h"

#include "events.h"
#include "../../agent/sense/peers.h"

static struct table table;

static const struct {
	__u64 id;
	const char *path;
} cgroups[] = {
	{ 7, "/" },
	{ 8, "/system.slice/earlyoom.service" },
	{ 9, "/system.slice/nohang-desktop.service" },
	{ 10, "/system.slice/docker-"
	      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope" },
	{ 11, "/user.slice/user-1000.slice/user@1000.service/app.slice/bustd.service" },
};

static const char *path(void *ctx, __u64 id)
{
	int *asked = ctx;

	if (asked)
		(*asked)++;
	for (size_t i = 0; i < countof(cgroups); i++) {
		if (cgroups[i].id == id)
			return cgroups[i].path;
	}
	return NULL;
}

static int make(void **state)
{
	(void)state;
	return table_init(&table, 64);
}

static int done(void **state)
{
	(void)state;
	table_done(&table);
	return 0;
}

static void add(__u32 tgid, const char *comm, const char *name, __u64 cgroup_id, __u32 flags)
{
	struct event_task e = task_event(TASK_SNAPSHOT, tgid, 1);

	snprintf(e.comm, sizeof(e.comm), "%s", comm);
	e.name_len = (__u16)snprintf(e.name, sizeof(e.name), "%s", name);
	e.cgroup_id = cgroup_id;
	e.flags = flags;
	table_apply(&table, &e.hdr);
}

static void names_that_are_known(void **state)
{
	static const char *const known[] = { "systemd-oomd", "earlyoom",  "nohang", "oomd",
					     "bustd",	     "buztd",	  "lmkd",   "kubelet",
					     "kubelite",     "k3s-server" };
	static const char *const others[] = { "",	   "oom",	  "oom_reaper",
					      "earlyoomx", "reapd",	  "python3",
					      "systemd",   "systemd-oom", "kubelets" };

	(void)state;
	for (size_t i = 0; i < countof(known); i++) {
		assert_in_range(peer_find(known[i], "x"), 0, PEER_KINDS - 1);
		assert_int_equal(peer_find("", known[i]), peer_find(known[i], ""));
	}
	for (size_t i = 0; i < countof(others); i++)
		assert_int_equal(peer_find(others[i], others[i]), PEER_NONE);
	assert_int_equal(peer_find("bustd", ""), peer_find("buztd", ""));
}

static void each_kind_is_told_once_and_counted(void **state)
{
	__u32 early = peer_find("earlyoom", ""), oomd = peer_find("oomd", "");
	struct control_peer said;
	struct peers p = {};

	(void)state;
	add(5, "earlyoom", "earlyoom", 8, 0);
	add(6, "innocent", "innocent", 7, 0);
	assert_int_equal(peers_take(&p, &table, true, path, NULL), 1u << early);
	assert_int_equal(peers_take(&p, &table, true, path, NULL), 0);
	add(7, "oomd", "/usr/bin/oomd", 7, 0);
	add(8, "earlyoom", "earlyoom", 10, 0);
	assert_int_equal(peers_take(&p, &table, false, path, NULL), 1u << oomd);
	assert_int_equal(p.kind[early].count, 1); /* was there: only a whole look counts anew */
	assert_int_equal(peers_take(&p, &table, true, path, NULL), 0);
	assert_int_equal(p.kind[early].count, 2);
	peer_describe(&p, early, &said);
	assert_string_equal(said.name, "earlyoom");
	assert_int_equal(said.pid, 5);
	assert_int_equal(said.count, 2);
	assert_string_equal(said.where, "earlyoom.service");
	assert_string_equal(said.advice, "systemctl disable --now earlyoom.service");
}

static void who_is_gone_is_forgotten_by_a_whole_look_alone(void **state)
{
	__u32 early = peer_find("earlyoom", "");
	struct event_exit gone = exit_event(5, 1);
	struct peers p = {};

	(void)state;
	add(5, "earlyoom", "earlyoom", 8, 0);
	peers_take(&p, &table, true, path, NULL);
	table_apply(&table, &gone.hdr);
	assert_int_equal(peers_take(&p, &table, false, path, NULL), 0);
	assert_int_equal(p.kind[early].count, 1);
	assert_int_equal(peers_take(&p, &table, true, path, NULL), 0);
	assert_int_equal(p.kind[early].count, 0);
	add(6, "earlyoom", "earlyoom", 8, 0);
	assert_int_equal(peers_take(&p, &table, false, path, NULL), 1u << early);
}

/* It is called as its interpreter: its unit tells. Nobody else's cgroup is looked up. */
static void a_script_is_known_by_its_unit(void **state)
{
	__u32 nohang = peer_find("nohang", "");
	struct peers p = {};
	int asked = 0;

	(void)state;
	add(5, "python3", "python3", 9, 0);
	add(6, "python3", "python3", 7, 0);
	add(7, "python3.11", "python3.11", 99, 0);
	add(8, "perl", "perl", 9, 0);
	assert_int_equal(peers_take(&p, &table, true, path, &asked), 1u << nohang);
	assert_int_equal(p.kind[nohang].count, 1);
	assert_int_equal(p.kind[nohang].tgid, 5);
	assert_int_equal(asked, 3);
}

static void kernel_threads_and_the_dying_are_none(void **state)
{
	struct peers p = {};

	(void)state;
	add(5, "oomd", "", 7, TASK_F_KTHREAD);
	add(6, "oomd", "", 7, TASK_F_DYING);
	assert_int_equal(peers_take(&p, &table, true, path, NULL), 0);
}

static void advice_fits_where_it_runs(void **state)
{
	static const struct {
		const char *comm;
		__u64 cgroup_id;
		const char *where, *advice;
	} cases[] = {
		{ "earlyoom", 7, "", "end pid 5" },
		{ "earlyoom", 99, "", "end pid 5" },
		{ "earlyoom", 8, "earlyoom.service", "systemctl disable --now earlyoom.service" },
		{ "earlyoom", 10, "docker container 0123456789ab", "end pid 5" },
		{ "bustd", 11, "bustd.service of user 1000", "end pid 5" },
		{ "systemd-oomd", 7, "", "systemctl mask --now systemd-oomd.service" },
		{ "lmkd", 7, "", "setprop ctl.stop lmkd" },
	};
	struct control_peer said;
	struct peers p;

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		memset(&p, 0, sizeof(p));
		add(5, cases[i].comm, "", cases[i].cgroup_id, 0);
		peers_take(&p, &table, true, path, NULL);
		peer_describe(&p, peer_find("", cases[i].comm), &said);
		assert_string_equal(said.where, cases[i].where);
		assert_string_equal(said.advice, cases[i].advice);
	}
}

/* What is said of any of them is whole. */
static void every_kind_has_words(void **state)
{
	struct peers p = {};
	struct control_peer said;

	(void)state;
	for (__u32 kind = 0; kind < PEER_KINDS; kind++) {
		peer_describe(&p, kind, &said);
		assert_true(*said.name && *said.does && *said.advice);
		assert_in_range(strlen(said.does), 1, sizeof(said.does) - 2);
		assert_in_range(strlen(said.advice), 1, sizeof(said.advice) - 2);
	}
}

static void the_kubelet_only_concerns_pods(void **state)
{
	__u32 kubelet = peer_find("kubelet", ""), early = peer_find("earlyoom", "");

	(void)state;
	assert_true(peer_concerns(kubelet, "/"));
	assert_true(peer_concerns(kubelet, "/kubepods.slice"));
	assert_true(peer_concerns(kubelet, "/kubepods/burstable"));
	assert_false(peer_concerns(kubelet, "/system.slice"));
	assert_true(peer_concerns(early, "/system.slice"));
	assert_true(peer_concerns(early, "/"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_are_known),
		cmocka_unit_test_setup_teardown(each_kind_is_told_once_and_counted, make, done),
		cmocka_unit_test_setup_teardown(who_is_gone_is_forgotten_by_a_whole_look_alone,
						make, done),
		cmocka_unit_test_setup_teardown(a_script_is_known_by_its_unit, make, done),
		cmocka_unit_test_setup_teardown(kernel_threads_and_the_dying_are_none, make, done),
		cmocka_unit_test_setup_teardown(advice_fits_where_it_runs, make, done),
		cmocka_unit_test(every_kind_has_words),
		cmocka_unit_test(the_kubelet_only_concerns_pods),
	};

	return RUN("sense/peers", tests);
}
