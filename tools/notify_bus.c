// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "notify.h"

#include <errno.h>
#include <string.h>

#include "../agent/base/text.h"

static const sd_bus_vtable own_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_SIGNAL_WITH_NAMES(NOTIFY_KILLED, "a{sv}", SD_BUS_PARAM(details), 0),
	SD_BUS_SIGNAL_WITH_NAMES(NOTIFY_WARNING, "a{sv}", SD_BUS_PARAM(details), 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable oomd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_SIGNAL_WITH_NAMES(OOMD_KILLED, "ss", SD_BUS_PARAM(cgroup) SD_BUS_PARAM(reason), 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable levels_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_SIGNAL_WITH_NAMES(LEVELS_WARNING, "y", SD_BUS_PARAM(level), 0),
	SD_BUS_VTABLE_END,
};

int bus_open(int (*open)(sd_bus **ret), sd_bus **ret, sd_event *event, const char *name)
{
	int err = open(ret);

	if (err >= 0)
		err = sd_bus_set_exit_on_disconnect(*ret, true);
	if (err >= 0)
		err = sd_bus_attach_event(*ret, event, SD_EVENT_PRIORITY_NORMAL);
	if (err < 0)
		complain("%s bus: %s", name, strerror(-err));
	return err;
}

/* 1: ours. 0: another has it. Else a negative errno, which was said. */
static int take(sd_bus *bus, const char *name, const char *path, const char *interface,
		const sd_bus_vtable *vtable)
{
	int err = sd_bus_request_name(bus, name, 0);

	if (err == -EEXIST)
		return 0;
	if (err >= 0)
		err = sd_bus_add_object_vtable(bus, NULL, path, interface, vtable, NULL);
	if (err < 0)
		complain("%s on the system bus: %s", name, strerror(-err));
	return err < 0 ? err : 1;
}

int bus_publish(sd_bus *bus, struct names *ret)
{
	int own, oomd, levels;

	own = take(bus, NOTIFY_NAME, NOTIFY_PATH, NOTIFY_INTERFACE, own_vtable);
	if (own < 0)
		return own;
	if (!own) {
		complain("%s is taken: another reapd-notify runs", NOTIFY_NAME);
		return -EEXIST;
	}
	oomd = take(bus, OOMD_NAME, OOMD_PATH, OOMD_INTERFACE, oomd_vtable);
	levels = take(bus, LEVELS_NAME, LEVELS_PATH, LEVELS_NAME, levels_vtable);
	if (!oomd)
		complain("%s is taken: kills are told on %s alone", OOMD_NAME, NOTIFY_NAME);
	if (!levels)
		complain("%s is taken: low memory is told by whoever has it", LEVELS_NAME);
	*ret = (struct names){ .oomd = oomd > 0, .levels = levels > 0 };
	return 0;
}

#define AT(member) offsetof(struct notice, member), sizeof(((struct notice *)0)->member)

/* What is in the dictionary of our signals. */
static const struct field {
	const char *key;
	const char type[2]; /* of D-Bus */
	size_t at, size;
} fields[] = {
	{ "KillId", "t", AT(kill_id) },
	{ "Time", "t", AT(time_usec) },
	{ "Kind", "s", AT(kind) },
	{ "Pid", "u", AT(pid) },
	{ "Uid", "u", AT(uid) },
	{ "Name", "s", AT(name) },
	{ "Cgroup", "s", AT(cgroup) },
	{ "Rule", "s", AT(rule) },
	{ "Why", "s", AT(why) },
	{ "Outcome", "s", AT(outcome) },
	{ "Processes", "u", AT(processes) },
	{ "Freed", "t", AT(freed_bytes) },
	{ "DryRun", "b", AT(dry_run) },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static int append_field(sd_bus_message *m, const struct field *f, const struct notice *n)
{
	const void *at = (const char *)n + f->at;
	int err = sd_bus_message_open_container(m, 'e', "sv");

	if (err >= 0)
		err = sd_bus_message_append_basic(m, 's', f->key);
	if (err >= 0)
		err = sd_bus_message_open_container(m, 'v', f->type);
	if (err >= 0)
		err = sd_bus_message_append_basic(m, f->type[0], at);
	if (err >= 0)
		err = sd_bus_message_close_container(m);
	return err < 0 ? err : sd_bus_message_close_container(m);
}

int bus_send_notice(sd_bus *bus, const struct notice *n)
{
	sd_bus_message *m = NULL;
	int err = sd_bus_message_new_signal(bus, &m, NOTIFY_PATH, NOTIFY_INTERFACE,
					    n->killed ? NOTIFY_KILLED : NOTIFY_WARNING);

	if (err >= 0)
		err = sd_bus_message_open_container(m, 'a', "{sv}");
	for (size_t i = 0; err >= 0 && i < FIELDS; i++)
		err = append_field(m, &fields[i], n);
	if (err >= 0)
		err = sd_bus_message_close_container(m);
	if (err >= 0)
		err = sd_bus_send(bus, m, NULL);
	sd_bus_message_unref(m);
	return err < 0 ? err : 0;
}

/* Inside the variant. */
static int read_field(sd_bus_message *m, const struct field *f, struct notice *n)
{
	void *at = (char *)n + f->at;
	const char *text;
	int err;

	if (f->type[0] != 's')
		return sd_bus_message_read_basic(m, f->type[0], at);
	err = sd_bus_message_read_basic(m, 's', &text);
	if (err > 0)
		text_copy(at, f->size, text);
	return err;
}

/* An entry whose key or type is not known is passed over. */
static int read_entry(sd_bus_message *m, struct notice *n)
{
	const struct field *field = NULL;
	const char *key, *type;
	int err = sd_bus_message_read_basic(m, 's', &key);

	if (err > 0)
		err = sd_bus_message_peek_type(m, NULL, &type);
	for (size_t i = 0; err > 0 && i < FIELDS; i++) {
		if (!strcmp(fields[i].key, key) && !strcmp(fields[i].type, type))
			field = &fields[i];
	}
	if (err > 0 && !field)
		return sd_bus_message_skip(m, "v");
	if (err > 0)
		err = sd_bus_message_enter_container(m, 'v', type);
	if (err > 0)
		err = read_field(m, field, n);
	return err < 0 ? err : sd_bus_message_exit_container(m);
}

int bus_read_notice(sd_bus_message *m, struct notice *ret)
{
	int err = sd_bus_message_enter_container(m, 'a', "{sv}");

	memset(ret, 0, sizeof(*ret));
	ret->killed = sd_bus_message_is_signal(m, NOTIFY_INTERFACE, NOTIFY_KILLED) > 0;
	while (err >= 0 && (err = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		err = read_entry(m, ret);
		if (err >= 0)
			err = sd_bus_message_exit_container(m);
	}
	return err < 0 ? err : 0;
}
