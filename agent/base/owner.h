/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * owner.h - whose a cgroup is, as its path tells: unit, user, container, pod.
 *
 * Pure text: nobody is asked, so it also works on a record of another machine. Names are claims: whoever
 * may make cgroups (a user below user@UID.service, say) may call them what he likes. Where a path was cut
 * off or is of no known form, the fields are empty; none is ever half a name.
 *
 * Unit, slice and user are those of the host: what stands in the path behind a container's own cgroup
 * belongs to the system inside it. Container and pod are the innermost ones.
 */
#ifndef REAPD_OWNER_H
#define REAPD_OWNER_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/event.h>

#define OWNER_NO_USER 0xffffffffu
#define OWNER_ID_LEN  12 /* of a container's id, as runtimes show it */

struct owner {
	char unit[REAPD_PATH_LEN];  /* innermost unit but slices, as systemctl takes it */
	char slice[REAPD_PATH_LEN]; /* innermost slice around it */
	__u32 user;		    /* whose user-UID.slice or user@UID.service; OWNER_NO_USER */
	const char *runtime;	    /* "docker", "containerd", "cri-o", "podman", "lxc", ...; "" */
	char container[65];	    /* short id or name */
	char pod[40];		    /* uid, with '-' */
	const char *qos;	    /* "guaranteed", "burstable", "besteffort"; "" without pod */
};

/* path: below the cgroup2 root, as in the record; of any length and content. */
void owner_of(const char *path, struct owner *ret);

/* Is it a pod's, or the place where pods are ("/kubepods.slice")? */
bool owner_is_kube(const char *path);

/*
 * The owner in a few words: "nginx.service", "docker container 0123456789ab", "pod 5f0c… (burstable),
 * containerd container 0123456789ab", "app-foo.scope of user 1000"; empty when nothing is known. Returns
 * buf.
 */
char *owner_text(char *buf, size_t size, const struct owner *o);

#endif
