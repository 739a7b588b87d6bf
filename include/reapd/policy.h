/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * policy.h - package filters: the maps anyone with the right may edit while the agent runs.
 *
 * Pinned under /sys/fs/bpf/reapd/ (configuration key bpf_dir); read at every decision.
 *
 *   package_filters  LPM trie  struct filter_key_package -> u32 value
 *   cgroup_filters   LPM trie  struct filter_key_cgroup  -> u32 value
 *   uid_filters      hash      u32 uid                   -> u32 value
 *
 * Keys, little endian as the machine is:
 *   package  The name's bytes. Its NUL inside prefixlen_bits: this name and no other
 *            ("sshd\0" = 40 bits). Without it: every name that begins so ("com.example." = 96).
 *   cgroup   The path below the cgroup2 root, with a '/' at its end, so that
 *            "/system.slice/ssh.service/" is that cgroup and all below it and not ssh.service2.
 *            It is compared with the process's path with a '/' put at its end.
 *   The longest match in a map wins. Between maps: protect beats everything, then package,
 *   then cgroup, then uid.
 *
 * Value: the action in the low byte, FILTER_FROM_CONFIG when it was put there by the configuration
 * file (the agent replaces and removes those, and leaves all others alone). Other bits must be 0.
 */
#ifndef REAPD_POLICY_H
#define REAPD_POLICY_H

#include <reapd/event.h>

enum filter_action {
	FILTER_NORMAL = 0, /* an exception carved out of a longer family */
	FILTER_PROTECT,	   /* never killed */
	FILTER_AVOID,	   /* only when nothing else is left */
	FILTER_PREFER,	   /* first */
	FILTER_ACTIONS,
};

#define FILTER_ACTION_MASK 0xffu
#define FILTER_FROM_CONFIG (1u << 8)

enum filter_kind {
	FILTER_PACKAGE = 0,
	FILTER_CGROUP,
	FILTER_UID,
	FILTER_KINDS,
};

struct filter_key_package {
	__u32 prefixlen_bits;
	char name[REAPD_NAME_LEN];
};
_Static_assert(sizeof(struct filter_key_package) == 132, "filter_key_package");

struct filter_key_cgroup {
	__u32 prefixlen_bits;
	char path[REAPD_PATH_LEN];
};
_Static_assert(sizeof(struct filter_key_cgroup) == 256, "filter_key_cgroup");

/*
 * Entries in each map. Generous for lists written by people (the longest vendor list met has about
 * 110 names), small enough to be read whole at each decision.
 */
#define FILTERS_MAX 1024

/* Names of the pins. */
#define PIN_PACKAGE "package_filters"
#define PIN_CGROUP  "cgroup_filters"
#define PIN_UID	    "uid_filters"
#define PIN_NAMES   "names"
#define PIN_LATENCY "latency"

#endif
