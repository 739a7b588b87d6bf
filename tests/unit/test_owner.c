// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_owner.c - base/owner: what the path of a cgroup tells, and that it tells nothing else.
 */
#include "test.h"

#include "../../agent/base/owner.h"

#define ID   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2  "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define POD  "5f0c1d2e-1111-2222-3333-444455556666"
#define POD_ "5f0c1d2e_1111_2222_3333_444455556666"
#define HASH "36b6d6be73b1065af369b3985edafa09"
#define USER "/user.slice/user-1000.slice/user@1000.service"

static const struct sample {
	const char *path;
	const char *unit, *slice;
	const char *runtime, *container;
	const char *pod, *qos;
	const char *text;
	__u32 user; /* 0: none (nothing here is root's) */
} samples[] = {
	/* systemd alone */
	{ "/", "", "", "", "", "", "", "", 0 },
	{ "", "", "", "", "", "", "", "", 0 },
	{ "/init.scope", "init.scope", "", "", "", "", "", "init.scope", 0 },
	{ "/system.slice/nginx.service", "nginx.service", "system.slice", "", "", "", "",
	  "nginx.service", 0 },
	{ "/system.slice/nginx.service/worker", "nginx.service", "system.slice", "", "", "", "",
	  "nginx.service", 0 },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service",
	  "system-getty.slice", "", "", "", "", "getty@tty1.service", 0 },
	{ "/system.slice/_memory.foo.service", "memory.foo.service", "system.slice", "", "", "", "",
	  "memory.foo.service", 0 },
	{ "/system.slice/docker.service", "docker.service", "system.slice", "", "", "", "",
	  "docker.service", 0 },
	{ USER "/app.slice/app-gnome-firefox-1234.scope", "app-gnome-firefox-1234.scope",
	  "app.slice", "", "", "", "", "app-gnome-firefox-1234.scope of user 1000", 1000 },
	{ USER "/app.slice/app-gnome\\x2dterminal-1.scope", "app-gnome\\x2dterminal-1.scope",
	  "app.slice", "", "", "", "", "app-gnome\\x2dterminal-1.scope of user 1000", 1000 },
	{ USER "/app.slice", "user@1000.service", "app.slice", "", "", "", "",
	  "user@1000.service of user 1000", 1000 },
	{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "user-1000.slice", "",
	  "", "", "", "session-3.scope of user 1000", 1000 },
	{ "/user.slice", "", "user.slice", "", "", "", "", "", 0 },
	{ "/reapd-test-17/sub", "", "", "", "", "", "", "", 0 },

	/* containers */
	{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "system.slice", "docker",
	  "0123456789ab", "", "", "docker container 0123456789ab", 0 },
	{ "/docker/" ID, "", "", "docker", "0123456789ab", "", "", "docker container 0123456789ab",
	  0 },
	{ "/docker/" ID "/init.scope", "", "", "docker", "0123456789ab", "", "",
	  "docker container 0123456789ab", 0 },
	{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "machine.slice",
	  "podman", "0123456789ab", "", "", "podman container 0123456789ab", 0 },
	{ USER "/user.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "user.slice",
	  "podman", "0123456789ab", "", "", "podman container 0123456789ab of user 1000", 1000 },
	{ "/libpod_parent/libpod-" ID, "", "", "podman", "0123456789ab", "", "",
	  "podman container 0123456789ab", 0 },
	{ "/lxc.payload.web-1/system.slice/nginx.service", "", "", "lxc", "web-1", "", "",
	  "lxc container web-1", 0 },
	{ "/lxc.payload.web-1/user.slice/user-1000.slice", "", "", "lxc", "web-1", "", "",
	  "lxc container web-1", 0 },
	{ "/lxc/web", "", "", "lxc", "web", "", "", "lxc container web", 0 },
	{ "/lxc.monitor.web", "", "", "", "", "", "", "", 0 },
	{ "/machine.slice/systemd-nspawn@deb.service/payload/system.slice/ssh.service",
	  "systemd-nspawn@deb.service", "machine.slice", "nspawn", "deb", "", "",
	  "nspawn container deb", 0 },
	{ "/machine.slice/systemd-nspawn@a\\x2db.service/supervisor",
	  "systemd-nspawn@a\\x2db.service", "machine.slice", "nspawn", "a-b", "", "",
	  "nspawn container a-b", 0 },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
	  "machine-qemu\\x2d1\\x2dvm.scope", "machine.slice", "machine", "qemu-1-vm", "", "",
	  "machine qemu-1-vm", 0 },
	{ "/somewhere/" ID, "", "", "", "0123456789ab", "", "", "container 0123456789ab", 0 },
	{ "/system.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", "system.slice",
	  "", "", "", "", "libpod-conmon-" ID ".scope", 0 },

	/* pods */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
	  ".slice/cri-containerd-" ID ".scope",
	  "cri-containerd-" ID ".scope", "kubepods-burstable-pod" POD_ ".slice", "containerd",
	  "0123456789ab", POD, "burstable",
	  "pod " POD " (burstable), containerd container 0123456789ab", 0 },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" HASH ".slice/crio-" ID
	  ".scope",
	  "crio-" ID ".scope", "kubepods-besteffort-pod" HASH ".slice", "cri-o", "0123456789ab",
	  HASH, "besteffort", "pod " HASH " (besteffort), cri-o container 0123456789ab", 0 },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/cri-containerd-" ID ".scope",
	  "cri-containerd-" ID ".scope", "kubepods-pod" POD_ ".slice", "containerd", "0123456789ab",
	  POD, "guaranteed", "pod " POD " (guaranteed), containerd container 0123456789ab", 0 },
	{ "/kubepods/burstable/pod" POD "/" ID, "", "", "", "0123456789ab", POD, "burstable",
	  "pod " POD " (burstable), container 0123456789ab", 0 },
	{ "/kubepods/besteffort/pod" POD "/crio-" ID, "", "", "cri-o", "0123456789ab", POD,
	  "besteffort", "pod " POD " (besteffort), cri-o container 0123456789ab", 0 },
	{ "/kubepods/pod" POD "/" ID, "", "", "", "0123456789ab", POD, "guaranteed",
	  "pod " POD " (guaranteed), container 0123456789ab", 0 },
	{ "/kubepods/pod" POD, "", "", "", "", POD, "guaranteed", "pod " POD " (guaranteed)", 0 },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" HASH
	  ".slice:cri-containerd:" ID,
	  "containerd.service", "system.slice", "containerd", "0123456789ab", HASH, "burstable",
	  "pod " HASH " (burstable), containerd container 0123456789ab", 0 },
	{ "/docker/" ID2 "/kubelet.slice/kubelet-kubepods-pod" HASH ".slice/cri-containerd-" ID
	  ".scope",
	  "", "", "containerd", "0123456789ab", HASH, "guaranteed",
	  "pod " HASH " (guaranteed), containerd container 0123456789ab", 0 },
	{ "/docker/" ID2 "/kubelet.slice/kubelet-kubepods-pod" HASH ".slice", "", "", "", "", HASH,
	  "guaranteed", "pod " HASH " (guaranteed)", 0 },
	{ "/kubepods.slice/kubepods-burstable.slice", "", "kubepods-burstable.slice", "", "", "",
	  "", "", 0 },

	/* nearly something */
	{ "/system.slice/.service", "", "system.slice", "", "", "", "", "", 0 },
	{ "/.slice/.scope", "", "", "", "", "", "", "", 0 },
	{ "//a.service//", "a.service", "", "", "", "", "", "a.service", 0 },
	{ "a.service", "a.service", "", "", "", "", "", "a.service", 0 },
	{ "/docker/0123456789ab", "", "", "", "", "", "", "", 0 },
	{ "/docker-" ID "0.scope", "docker-" ID "0.scope", "", "", "", "", "",
	  "docker-" ID "0.scope", 0 },
	{ "/docker-.scope", "docker-.scope", "", "", "", "", "", "docker-.scope", 0 },
	{ "/lxc.payload.", "", "", "", "", "", "", "", 0 },
	{ "/machine-.scope", "machine-.scope", "", "", "", "", "", "machine-.scope", 0 },
	{ "/lxc.payload.a\\x1b[31m\\x00\\xzz", "", "", "lxc", "a?[31m\\x00\\xzz", "", "",
	  "lxc container a?[31m\\x00\\xzz", 0 },
	{ "/user-4294967295.slice", "", "user-4294967295.slice", "", "", "", "", "", 0 },
	{ "/user-99999999999999999999.slice", "", "user-99999999999999999999.slice", "", "", "", "",
	  "", 0 },
	{ "/user-10x.slice", "", "user-10x.slice", "", "", "", "", "", 0 },
	{ "/pod" POD "/" ID, "", "", "", "0123456789ab", "", "", "container 0123456789ab", 0 },
	{ "/kubepods/podcast/" ID, "", "", "", "0123456789ab", "", "", "container 0123456789ab",
	  0 },
	{ "/kubepods/pod" ID "/x", "", "", "", "", "", "", "", 0 },
	{ "/kubepods/pod/" ID, "", "", "", "0123456789ab", "", "", "container 0123456789ab", 0 },
	{ "/a.slice:b:" ID ":c", "", "", "", "", "", "", "", 0 },
};

static void a_path_tells_its_owner(void **state)
{
	struct owner o;
	char text[300];

	(void)state;
	for (size_t i = 0; i < countof(samples); i++) {
		const struct sample *s = &samples[i];

		memset(&o, 0xff, sizeof(o));
		owner_of(s->path, &o);
		assert_string_equal(o.unit, s->unit);
		assert_string_equal(o.slice, s->slice);
		assert_string_equal(o.runtime, s->runtime);
		assert_string_equal(o.container, s->container);
		assert_string_equal(o.pod, s->pod);
		assert_string_equal(o.qos, s->qos);
		assert_int_equal(o.user, s->user ? s->user : OWNER_NO_USER);
		assert_string_equal(owner_text(text, sizeof(text), &o), s->text);
	}
}

/* A path that filled its place in the record was perhaps cut off: its last name is not believed. */
static void half_a_name_is_no_owner(void **state)
{
	char path[REAPD_PATH_LEN + 8] = "/a.service/";
	struct owner o;

	(void)state;
	memset(path + 11, 'x', REAPD_PATH_LEN - 1 - 11);
	memcpy(path + REAPD_PATH_LEN - 1 - 8, ".service", 9);
	assert_int_equal(strlen(path), REAPD_PATH_LEN - 1);
	owner_of(path, &o);
	assert_string_equal(o.unit, "a.service");
	/* One shorter, and it is whole. */
	memmove(path + 11, path + 12, strlen(path + 11));
	owner_of(path, &o);
	assert_string_equal(o.unit, path + 11);
}

static void names_that_are_too_long_are_left_out(void **state)
{
	char path[2 * REAPD_PATH_LEN] = "/lxc.payload.";
	struct owner o;

	(void)state;
	memset(path + 13, 'n', 65);
	owner_of(path, &o);
	assert_string_equal(o.container, "");
	path[13 + 64] = 0;
	owner_of(path, &o);
	assert_int_equal(strlen(o.container), 64);
	memset(path, 'u', sizeof(path));
	strcpy(path + sizeof(path) - 9, ".service");
	owner_of(path, &o);
	assert_string_equal(o.unit, "");
}

/* The unit itself is said as it is; buffers of any size hold. */
static void words_are_cut_to_the_buffer(void **state)
{
	struct owner o;
	char text[128];

	(void)state;
	owner_of("/kubepods/burstable/pod" POD "/crio-" ID, &o);
	for (size_t size = 1; size < sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		owner_text(text, size, &o);
		assert_in_range(strlen(text), 0, size - 1);
		assert_int_equal(text[size], 'x');
	}
}

static void where_pods_are(void **state)
{
	(void)state;
	assert_true(owner_is_kube("/kubepods.slice"));
	assert_true(owner_is_kube("/kubepods/burstable/pod" POD));
	assert_true(owner_is_kube("/kubelet.slice/kubelet-kubepods.slice"));
	assert_false(owner_is_kube("/system.slice/kubelet.service"));
	assert_false(owner_is_kube("/"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_tells_its_owner),
		cmocka_unit_test(half_a_name_is_no_owner),
		cmocka_unit_test(names_that_are_too_long_are_left_out),
		cmocka_unit_test(words_are_cut_to_the_buffer),
		cmocka_unit_test(where_pods_are),
	};

	return RUN("base/owner", tests);
}
