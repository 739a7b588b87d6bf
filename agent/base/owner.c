// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "owner.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define ID_LEN	64	  /* of a container's whole id: 256 bits in hex */
#define MACHINE "machine" /* of systemd-machined: a container or a VM */

/* A piece of the path; not ended by NUL. */
struct piece {
	const char *at;
	size_t len;
};

static bool begins(struct piece p, const char *with)
{
	size_t len = strlen(with);

	return p.len >= len && !memcmp(p.at, with, len);
}

static bool is(struct piece p, const char *what)
{
	return p.len == strlen(what) && begins(p, what);
}

static bool cut_front(struct piece *p, const char *what)
{
	if (!begins(*p, what))
		return false;
	p->at += strlen(what);
	p->len -= strlen(what);
	return true;
}

static bool cut_end(struct piece *p, const char *what)
{
	size_t len = strlen(what);

	if (p->len < len || memcmp(p->at + p->len - len, what, len))
		return false;
	p->len -= len;
	return true;
}

/* Where `what` begins in the piece, -1 when it does not. */
static long find(struct piece p, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= p.len; i++) {
		if (!memcmp(p.at + i, what, len))
			return (long)i;
	}
	return -1;
}

static bool only(struct piece p, const char *allowed)
{
	for (size_t i = 0; i < p.len; i++) {
		if (!p.at[i] || !strchr(allowed, p.at[i]))
			return false;
	}
	return p.len;
}

static bool copy(char *dst, size_t size, struct piece p)
{
	if (!p.len || p.len >= size)
		return false;
	memcpy(dst, p.at, p.len);
	dst[p.len] = 0;
	return true;
}

#define NO_DIGIT 16u

static unsigned int hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (unsigned int)(at - digits) : NO_DIGIT;
}

/* The byte that "\x2d" stands for; 0 when it is no such thing. */
static unsigned int escaped(const char *s)
{
	if (s[0] != '\\' || s[1] != 'x' || hex(s[2]) == NO_DIGIT || hex(s[3]) == NO_DIGIT)
		return 0;
	return hex(s[2]) * 16 + hex(s[3]);
}

/* systemd's "\x2d" is '-'. What it may hide must not be printed as it is. */
static void unescape(char *s)
{
	const char *from = s;
	char *to = s, byte;

	for (; *from; to++) {
		byte = (char)escaped(from);
		if (!byte)
			byte = *from;
		else
			from += 3;
		from++;
		*to = byte;
	}
	*to = 0;
	text_clean(s);
}

/* Cgroups of containers by name. An id is 64 hex digits, so the end of its name need not be told. */
static const struct {
	const char *begin, *end;
	const char *runtime;
	bool by_id;
} forms[] = {
	{ "docker-", ".scope", "docker", true },
	{ "cri-containerd-", ".scope", "containerd", true },
	{ "nerdctl-", ".scope", "containerd", true },
	{ "crio-", ".scope", "cri-o", true },
	{ "libpod-", ".scope", "podman", true },
	{ "systemd-nspawn@", ".service", "nspawn", false },
	{ "machine-", ".scope", MACHINE, false },
	{ "lxc.payload.", "", "lxc", false },
};

/* ... and by the one above them. */
static const struct {
	const char *parent;
	const char *runtime;
	bool by_id;
} parents[] = {
	{ "docker", "docker", true },
	{ "libpod_parent", "podman", true },
	{ "lxc", "lxc", false },
	{ "lxc.payload", "lxc", false },
};

static bool set_id(struct owner *o, struct piece id, const char *runtime)
{
	if (id.len != ID_LEN || !only(id, "0123456789abcdef"))
		return false;
	memcpy(o->container, id.at, OWNER_ID_LEN);
	o->container[OWNER_ID_LEN] = 0;
	o->runtime = runtime;
	return true;
}

static bool set_name(struct owner *o, struct piece name, const char *runtime)
{
	char whole[REAPD_PATH_LEN];

	if (!copy(whole, sizeof(whole), name))
		return false;
	unescape(whole);
	if (strlen(whole) >= sizeof(o->container))
		return false;
	strcpy(o->container, whole);
	o->runtime = runtime;
	return true;
}

/*
 * "SLICE:PREFIX:ID": what containerd makes of a path meant for systemd when it is not told to use it.
 */
static bool by_colons(struct owner *o, struct piece p)
{
	long colon = find(p, ".slice:");
	struct piece prefix = p, id;

	if (colon < 0)
		return false;
	prefix.at += colon + 7;
	prefix.len -= (size_t)colon + 7;
	colon = find(prefix, ":");
	if (colon < 0)
		return false;
	id = (struct piece){ prefix.at + colon + 1, prefix.len - (size_t)colon - 1 };
	prefix.len = (size_t)colon;
	return set_id(o, id, is(prefix, "cri-containerd") ? "containerd" : "");
}

static bool container_of(struct owner *o, struct piece p, struct piece parent)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct piece rest = p;
		bool end;

		if (!cut_front(&rest, forms[i].begin))
			continue;
		end = cut_end(&rest, forms[i].end);
		if (forms[i].by_id ? set_id(o, rest, forms[i].runtime) :
				     end && set_name(o, rest, forms[i].runtime))
			return true;
	}
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (is(parent, parents[i].parent) &&
		    (parents[i].by_id ? set_id(o, p, parents[i].runtime) :
					set_name(o, p, parents[i].runtime)))
			return true;
	}
	return by_colons(o, p) || set_id(o, p, "");
}

/* "…-podUID.slice" below "kubepods", or "podUID" where systemd makes no slices. */
static bool pod_of(struct owner *o, struct piece p, struct piece parent)
{
	const char *qos = find(p, "burstable") >= 0 || is(parent, "burstable")	 ? "burstable" :
			  find(p, "besteffort") >= 0 || is(parent, "besteffort") ? "besteffort" :
										   "guaranteed";
	long at = find(p, "-pod"), end = find(p, ".slice");
	struct piece uid = p;

	if (at >= 0 && end > at && find(p, "kubepods") >= 0) {
		uid.at += at;
		uid.len = (size_t)(end - at);
		cut_front(&uid, "-pod");
	} else if (!cut_front(&uid, "pod")) {
		return false;
	}
	if (!only(uid, "0123456789abcdef-_") || !copy(o->pod, sizeof(o->pod), uid))
		return false;
	for (char *c = o->pod; *c; c++) {
		if (*c == '_')
			*c = '-';
	}
	o->qos = qos;
	o->container[0] = 0; /* one around it (kind, say) is not the pod's */
	o->runtime = "";
	return true;
}

static void user_of(struct owner *o, struct piece p)
{
	bool is_user = (cut_front(&p, "user-") && cut_end(&p, ".slice")) ||
		       (cut_front(&p, "user@") && cut_end(&p, ".service"));
	uint64_t uid;
	char text[16];

	if (is_user && copy(text, sizeof(text), p) && !text_to_u64(text, &uid) &&
	    uid < OWNER_NO_USER)
		o->user = (__u32)uid;
}

static void unit_of(struct owner *o, struct piece p)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };
	struct piece rest;

	cut_front(&p, "_"); /* systemd's guard of names that cgroupfs has */
	rest = p;
	if (cut_end(&rest, ".slice") && rest.len) {
		copy(o->slice, sizeof(o->slice), p);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		rest = p;
		if (cut_end(&rest, kinds[i]) && rest.len)
			copy(o->unit, sizeof(o->unit), p);
	}
}

void owner_of(const char *path, struct owner *ret)
{
	bool kube = false, inside = false, cut = strlen(path) == REAPD_PATH_LEN - 1;
	struct piece p, parent = {};

	memset(ret, 0, sizeof(*ret));
	ret->user = OWNER_NO_USER;
	ret->runtime = ret->qos = "";
	for (; *path; parent = p) {
		path += strspn(path, "/");
		p = (struct piece){ path, strcspn(path, "/") };
		path += p.len;
		if (cut && !*path)
			break; /* perhaps half a name */
		if (!inside) {
			user_of(ret, p);
			unit_of(ret, p);
		}
		kube |= find(p, "kubepods") >= 0;
		if (kube)
			pod_of(ret, p, parent);
		inside |= container_of(ret, p, parent);
	}
}

bool owner_is_kube(const char *path)
{
	return strstr(path, "kubepods") != NULL;
}

char *owner_text(char *buf, size_t size, const struct owner *o)
{
	const char *what = strcmp(o->runtime, MACHINE) ? "container " : "";
	char user[32] = "", pod[80] = "";

	if (o->user != OWNER_NO_USER)
		snprintf(user, sizeof(user), " of user %u", o->user);
	if (o->pod[0])
		snprintf(pod, sizeof(pod), "pod %s (%s)%s", o->pod, o->qos,
			 o->container[0] ? ", " : "");
	if (o->container[0])
		snprintf(buf, size, "%s%s%s%s%s%s", pod, o->runtime, *o->runtime ? " " : "", what,
			 o->container, user);
	else if (o->pod[0])
		snprintf(buf, size, "%s", pod);
	else
		snprintf(buf, size, "%s%s", o->unit, o->unit[0] ? user : "");
	return buf;
}
