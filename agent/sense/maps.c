// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "maps.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/magic.h>

#include <reapd/policy.h>

#include "../base/file.h"
#include "../base/log.h"

#define BPFFS "/sys/fs/bpf"

static const struct {
	const char *name;
	bool ours; /* may be replaced when it has another shape */
} pins[] = {
	{ PIN_PACKAGE, false }, { PIN_CGROUP, false }, { PIN_UID, false },
	{ PIN_NAMES, true },	{ PIN_LATENCY, true },
};

void maps_size(struct bpf_object *obj, const struct hook_options *o, const struct features *f)
{
	struct bpf_map *names = bpf_object__find_map_by_name(obj, PIN_NAMES);
	struct bpf_map *counted = bpf_object__find_map_by_name(obj, "dmabufs_counted");

	bpf_map__set_max_entries(bpf_object__find_map_by_name(obj, "critical"), o->critical_bytes);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(obj, "bulk"), o->bulk_bytes);
	bpf_map__set_max_entries(names, o->max_processes);
	if (counted && !(o->buffers && features_has_iterator(f, "dmabuf")))
		bpf_map__set_autocreate(counted, false);
	/* Before BPF had its own allocator, allocating in a tracepoint could deadlock. */
	if (features_has(f, FEATURE_MEM_ALLOC))
		bpf_map__set_map_flags(names, BPF_F_NO_PREALLOC);
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

static int prepare_dir(const char *dir, char *why, size_t why_size)
{
	int err;

	if (!strncmp(dir, BPFFS "/", strlen(BPFFS "/")) && !is_bpffs(BPFFS) &&
	    mount("bpf", BPFFS, "bpf", 0, "mode=0700")) {
		err = -errno;
		snprintf(why, why_size, "cannot mount bpffs on " BPFFS ": %s", strerror(-err));
		return err;
	}
	err = file_mkdirs(dir, 0700);
	if (err) {
		snprintf(why, why_size, "cannot make %s: %s", dir, strerror(-err));
		return err;
	}
	if (is_bpffs(dir))
		return 0;
	snprintf(why, why_size, "bpf_dir %s is not on a BPF file system", dir);
	return -ENOTSUP;
}

/* Is what is pinned there (if anything) the map that we are about to make? */
static int check_pin(const char *path, const struct bpf_map *map, bool ours, char *why,
		     size_t why_size)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_obj_get(path), err;

	if (fd == -ENOENT)
		return 0;
	err = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len);
	if (fd >= 0)
		close(fd);
	if (!err && info.type == bpf_map__type(map) && info.key_size == bpf_map__key_size(map) &&
	    info.value_size == bpf_map__value_size(map) &&
	    info.max_entries == bpf_map__max_entries(map) &&
	    info.map_flags == bpf_map__map_flags(map))
		return 0;
	if (ours) {
		log_info("replacing %s: it has the shape of another version", path);
		return unlink(path) ? -errno : 0;
	}
	snprintf(why, why_size,
		 "%s is pinned by something else (key %u, value %u bytes; ours: %u and %u); "
		 "remove it or set another bpf_dir",
		 path, info.key_size, info.value_size, bpf_map__key_size(map),
		 bpf_map__value_size(map));
	return -EEXIST;
}

int maps_pin(struct bpf_object *obj, const char *dir, bool names, char *why, size_t why_size)
{
	char path[PATH_MAX];
	struct bpf_map *map;
	int err = prepare_dir(dir, why, why_size);

	for (size_t i = 0; !err && i < sizeof(pins) / sizeof(pins[0]); i++) {
		if (!names && !strcmp(pins[i].name, PIN_NAMES))
			continue;
		map = bpf_object__find_map_by_name(obj, pins[i].name);
		snprintf(path, sizeof(path), "%s/%s", dir, pins[i].name);
		err = check_pin(path, map, pins[i].ours, why, why_size);
		if (!err)
			err = bpf_map__set_pin_path(map, path);
	}
	return err;
}
