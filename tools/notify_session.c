// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * notify_session.c - kills, as notifications on one user's desktop.
 *
 * Who shows notifications may be the very process that was killed, or have died for another reason:
 * what could not be shown is kept and shown to the next one that comes.
 */
#include "notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWER		 "org.freedesktop.Notifications"
/* As many as a person would still read; the oldest make room. */
#define KEPT_MAX	 8
/* One that died and is started by the bus again is asked again at once, but not for ever. */
#define TRIES_MAX	 3
/* As the specification of notifications counts. */
#define URGENCY_CRITICAL 2

struct kept {
	struct session *session;
	struct notice notice;
	uint64_t number; /* 0 = free; the least is the oldest */
	unsigned int tries;
	sd_bus_slot *call; /* NULL: not being shown */
};

struct session {
	sd_bus *system, *user;
	bool all;
	bool said;	     /* that nobody shows notifications */
	uint32_t warning_id; /* of the notification with the last warning; 0: none */
	uint64_t number;
	struct kept kept[KEPT_MAX];
};

static void show(struct kept *k);

static void forget(struct kept *k)
{
	k->call = sd_bus_slot_unref(k->call);
	k->number = 0;
}

static int on_shown(sd_bus_message *reply, void *ctx, sd_bus_error *error)
{
	const sd_bus_error *why = sd_bus_message_get_error(reply);
	struct kept *k = ctx;

	(void)error;
	k->call = sd_bus_slot_unref(k->call);
	if (!why) {
		k->session->said = false;
		if (!k->notice.killed)
			sd_bus_message_read(reply, "u", &k->session->warning_id);
		forget(k);
		return 0;
	}
	if (++k->tries < TRIES_MAX) {
		show(k);
		return 0;
	}
	if (!k->session->said)
		complain("cannot show notifications for now, keeping them: %s", why->message);
	k->session->said = true;
	return 0;
}

static int append_hints(sd_bus_message *m)
{
	return sd_bus_message_append(m, "a{sv}", 2, "urgency", "y", URGENCY_CRITICAL, "category",
				     "s", "device.error");
}

static void show(struct kept *k)
{
	char summary[256], body[1024];
	/* One warning at a time: the next takes the place of the last. */
	uint32_t replaces = k->notice.killed ? 0 : k->session->warning_id;
	sd_bus_message *m = NULL;
	int err = sd_bus_message_new_method_call(
		k->session->user, &m, SHOWER, "/org/freedesktop/Notifications", SHOWER, "Notify");

	if (err >= 0)
		err = sd_bus_message_append(m, "susssas", "reapd", replaces, "dialog-warning",
					    notice_summary(summary, sizeof(summary), &k->notice),
					    notice_body(body, sizeof(body), &k->notice), 0);
	if (err >= 0)
		err = append_hints(m);
	if (err >= 0)
		err = sd_bus_message_append(m, "i", (int32_t)-1);
	if (err >= 0)
		err = sd_bus_call_async(k->session->user, &k->call, m, on_shown, k, 0);
	if (err < 0) {
		complain("kill %llu cannot be shown: %s", (unsigned long long)k->notice.kill_id,
			 strerror(-err));
		forget(k);
	}
	sd_bus_message_unref(m);
}

/* A free place, or that of the oldest. */
static struct kept *place(struct session *s)
{
	struct kept *oldest = &s->kept[0];

	for (int i = 0; i < KEPT_MAX; i++) {
		if (s->kept[i].number < oldest->number)
			oldest = &s->kept[i];
	}
	forget(oldest);
	return oldest;
}

/* Only root may have our name on the bus, but anyone may send a signal that looks like ours. */
static bool of_root(sd_bus_message *m)
{
	sd_bus_creds *creds = NULL;
	uid_t uid = (uid_t)-1;
	bool root = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds) >= 0 &&
		    sd_bus_creds_get_euid(creds, &uid) >= 0 && !uid;

	sd_bus_creds_unref(creds);
	return root;
}

static int on_signal(sd_bus_message *m, void *ctx, sd_bus_error *error)
{
	struct session *s = ctx;
	struct notice n;
	struct kept *k;

	(void)error;
	if (!of_root(m) || bus_read_notice(m, &n) || !notice_wanted(&n, getuid(), s->all))
		return 0;
	k = place(s);
	*k = (struct kept){ .session = s, .notice = n, .number = ++s->number };
	show(k);
	return 0;
}

/* Somebody new shows notifications. */
static int on_owner(sd_bus_message *m, void *ctx, sd_bus_error *error)
{
	const char *name, *old, *new;
	struct session *s = ctx;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &old, &new) < 0 || !*new)
		return 0;
	s->warning_id = 0;
	for (int i = 0; i < KEPT_MAX; i++) {
		struct kept *k = &s->kept[i];

		if (!k->number || k->call)
			continue;
		k->tries = 0;
		show(k);
	}
	return 0;
}

static int listen_on(struct session *s)
{
	static const char owner[] = "type='signal',sender='org.freedesktop.DBus',"
				    "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
				    "arg0='" SHOWER "'";
	int err = sd_bus_add_match(s->user, NULL, owner, on_owner, s);

	if (err >= 0)
		err = sd_bus_match_signal(s->system, NULL, NOTIFY_NAME, NOTIFY_PATH,
					  NOTIFY_INTERFACE, NULL, on_signal, s);
	if (err < 0)
		complain("cannot listen for signals: %s", strerror(-err));
	return err;
}

int session_start(struct session **ret, sd_event *event, bool all)
{
	struct session *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->all = all;
	err = bus_open(sd_bus_open_system, &s->system, event, "system");
	if (err >= 0)
		err = bus_open(sd_bus_open_user, &s->user, event, "session");
	if (err >= 0)
		err = listen_on(s);
	if (err < 0) {
		session_stop(s);
		return err;
	}
	complain("showing kills of %s", all ? "all users" : "this user");
	*ret = s;
	return 0;
}

struct session *session_stop(struct session *s)
{
	if (!s)
		return NULL;
	for (int i = 0; i < KEPT_MAX; i++)
		forget(&s->kept[i]);
	sd_bus_flush_close_unref(s->user);
	sd_bus_flush_close_unref(s->system);
	free(s);
	return NULL;
}
