// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_presets.c - packaging/presets: each is a configuration without errors, spares what must not die
 * and nobody else, lets the agent sleep in calm, and gives the right answer on the recorded traces.
 */
#include "test.h"

#include "../../agent/config.h"
#include "../../tools/trace.h"

#define S 1000000000.0

static const char *const names[] = { "desktop", "server", "kubernetes", "embedded" };

static struct config config;
static struct places places;
static struct sample storage[SYSTEM_SAMPLES + CGROUP_SAMPLES];

static void load(const char *name)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), "packaging/presets/%s.conf", name);
	config_done(&config);
	catch_begin(STDERR_FILENO);
	err = config_load(&config, path);
	assert_string_equal(catch_end(), "");
	assert_int_equal(err, 0);
}

static int end(void **state)
{
	(void)state;
	config_done(&config);
	memset(&config, 0, sizeof(config));
	return 0;
}

static bool kills(const struct rule *r)
{
	return r->step[r->steps - 1].kind >= STEP_TERM;
}

static void each_is_a_configuration_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		load(names[i]);
		assert_in_range(config.rules_written, 2, RULES_MAX);
		assert_false(config.exhausted); /* what is written there is all */
		assert_false(config.swap_full);
		assert_false(config.starving);
		assert_false(config.thrashing);
		assert_string_equal(config.scope, "/");
		assert_string_equal(config.run_dir, "/run/reapd");
	}
}

/* An edge must come before it is looked: [41]. */
static void none_has_a_rule_that_must_be_polled(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		load(names[i]);
		for (__u32 r = 0; r < config.policy.rules; r++) {
			if (rule_is_level_only(&config.policy.rule[r]))
				fail_msg("%s: %s", names[i], config.policy.rule[r].name);
		}
	}
}

static enum filter_action action(const char *name, const char *cgroup)
{
	const struct filter_subject subject = {
		.name = name, .comm = name, .cgroup = cgroup, .uid = 1000
	};
	__u32 rule;

	return filter_match(config.filters, &subject, &rule);
}

#define SESSION "/user.slice/user-1000.slice/user@1000.service/session.slice"
#define APPS	"/user.slice/user-1000.slice/user@1000.service/app.slice"
#define POD	"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice"

static const struct spared {
	const char *preset; /* NULL: all */
	const char *name, *cgroup;
} spared[] = {
	{ NULL, "x", "/init.scope" },
	{ NULL, "x", "/system.slice/systemd-journald.service" },
	{ NULL, "x", "/system.slice/systemd-udevd.service/udev" },
	{ NULL, "x", "/system.slice/dbus.service" },
	{ NULL, "x", "/system.slice/ssh.service" },
	{ NULL, "x", "/system.slice/sshd.service" },
	{ NULL, "sshd", "/user.slice/user-0.slice/session-1.scope" },
	{ "desktop", "x", "/system.slice/systemd-logind.service" },
	{ "desktop", "Xorg", "/user.slice/user-1000.slice/session-2.scope" },
	{ "desktop", "gnome-shell", SESSION "/org.gnome.Shell@wayland.service" },
	{ "desktop", "kwin_wayland", SESSION "/plasma-kwin_wayland.service" },
	{ "desktop", "sway", "/user.slice/user-1000.slice/session-2.scope" },
	{ "desktop", "dbus-broker", SESSION "/dbus-broker.service" },
	{ "desktop", "systemd", "/user.slice/user-1001.slice/user@1001.service/init.scope" },
	{ "desktop", "bash", APPS "/vte-spawn-1.scope" },
	{ "server", "x", "/system.slice/systemd-logind.service" },
	{ "server", "x", "/system.slice/system-ssh.slice/ssh@1.service" },
	{ "server", "dockerd", "/system.slice/docker.service" },
	{ "kubernetes", "kubelet", "/system.slice/kubelet.service" },
	{ "kubernetes", "containerd", "/system.slice/containerd.service" },
	{ "kubernetes", "containerd-shim-runc-v2", POD "/cri-1.scope" },
	{ "kubernetes", "etcd", POD "/cri-1.scope" },
	{ "embedded", "watchdog", "/" },
	{ "embedded", "dropbear", "/" },
};

static void what_must_not_die_is_protected(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		load(names[i]);
		for (size_t k = 0; k < countof(spared); k++) {
			if (spared[k].preset && strcmp(spared[k].preset, names[i]))
				continue;
			if (action(spared[k].name, spared[k].cgroup) != FILTER_PROTECT)
				fail_msg("%s: %s in %s", names[i], spared[k].name,
					 spared[k].cgroup);
		}
	}
}

static void all_others_may(void **state)
{
	static const struct spared others[] = {
		{ NULL, "firefox", APPS "/app-firefox-1.scope" },
		{ NULL, "python3", "/user.slice/user-1000.slice/session-2.scope" },
		{ NULL, "postgres", "/system.slice/postgresql.service" },
		{ NULL, "java", POD "/cri-1.scope" },
		{ NULL, "sshdx", "/system.slice/sshd.service2" },
	};

	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		load(names[i]);
		for (size_t k = 0; k < countof(others); k++)
			assert_int_equal(action(others[k].name, others[k].cgroup), FILTER_NORMAL);
	}
	load("desktop");
	assert_int_equal(action("pipewire-pulse", SESSION "/pipewire-pulse.service"), FILTER_AVOID);
}

/* All rules: those over cgroups for one that has half of the memory and feels what the machine feels. */
static void begin_places(void)
{
	const struct policy *policy = &config.policy;

	places_init(&places, storage);
	place_begin(&places.place[1], 1, storage + SYSTEM_SAMPLES);
	places.n = 2;
	for (__u32 i = 0; i < policy->rules; i++)
		places.place[!!(policy->rule[i].flags & RULE_CGROUPS)].rules |= 1u << i;
}

/* When the first rule fires that kills, in seconds; 0: never. */
static double first_kill(const char *trace_name)
{
	const struct policy *policy = &config.policy;
	struct trace trace;
	struct facts f;
	struct verdict v;
	__u64 begin = 0;
	double ret = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "tests/replay/%s.txt", trace_name);
	file = fopen(path, "re");
	assert_non_null(file);
	begin_places();
	assert_int_equal(trace_open(&trace, file, 0), 0);
	while (!ret && trace_next(&trace)) {
		f = trace.facts;
		begin = begin ? begin : f.time_ns;
		f.scanned_pages = f.time_ns / 1000000; /* reclaim is at work all the time */
		place_push(&places, 0, policy, &f);
		f.flags |= FACT_CGROUP;
		f.usage_kib = f.mem_total_kib / 2;
		place_push(&places, 1, policy, &f);
		while (!ret && strategy_host.judge(policy, &places, false, &v)) {
			if (kills(&policy->rule[v.rule]))
				ret = (double)(f.time_ns - begin) / S;
			place_rest(&places.place[v.place], v.rule, ~0ULL);
		}
	}
	if (ret)
		print_message("%s: %s after %.1f s\n", trace_name, policy->rule[v.rule].name, ret);
	assert_int_equal(trace.error, 0);
	fclose(file);
	return ret;
}

static void a_load_that_shifts_kills_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		load(names[i]);
		if (first_kill("loadshift") > 0)
			fail_msg("%s kills", names[i]);
	}
}

static void an_overload_is_ended_in_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		double at;

		load(names[i]);
		at = first_kill("overload");
		if (at < 5 || at > 20)
			fail_msg("%s kills after %.1f s", names[i], at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_is_a_configuration_of_its_own, end),
		cmocka_unit_test_teardown(none_has_a_rule_that_must_be_polled, end),
		cmocka_unit_test_teardown(what_must_not_die_is_protected, end),
		cmocka_unit_test_teardown(all_others_may, end),
		cmocka_unit_test_teardown(a_load_that_shifts_kills_nobody, end),
		cmocka_unit_test_teardown(an_overload_is_ended_in_time, end),
	};

	return RUN("presets", tests);
}
