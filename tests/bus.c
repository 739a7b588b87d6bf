// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * bus.c - the other ends of D-Bus, for tests/system/notify-bus.sh. Each says "ready" when it is, and a
 * line for each thing that comes.
 *
 *   bus listen           every signal on the system bus that is one of reapd-notify
 *   bus notifications    in the place of a desktop: org.freedesktop.Notifications on the session bus
 *   bus own NAME         has the name on the system bus until it is ended
 *   bus forge [TO]       sends a Killed signal that looks like ours, to all or to one
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define OURS "org.reapd.Manager1"

static void must(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "bus: %s: %s\n", what, strerror(-err));
	exit(1);
}

static int on_signal(sd_bus_message *m, void *ctx, sd_bus_error *error)
{
	const char *interface = sd_bus_message_get_interface(m), *cgroup, *reason, *key;
	uint8_t level;

	(void)ctx, (void)error;
	printf("signal %s.%s", interface, sd_bus_message_get_member(m));
	if (!strcmp(interface, "org.freedesktop.LowMemoryMonitor")) {
		must(sd_bus_message_read(m, "y", &level), "level");
		printf(" %u\n", level);
	} else if (!strcmp(interface, "org.freedesktop.oom1.Manager")) {
		must(sd_bus_message_read(m, "ss", &cgroup, &reason), "cgroup, reason");
		printf(" %s %s\n", cgroup, reason);
	} else {
		must(sd_bus_message_enter_container(m, 'a', "{sv}"), "dictionary");
		while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
			const char *type, *s;
			uint64_t t = 0; /* the others are narrower, of a little-endian machine */

			must(sd_bus_message_read(m, "s", &key), "key");
			must(sd_bus_message_peek_type(m, NULL, &type), "type");
			if (*type == 's')
				must(sd_bus_message_read(m, "v", type, &s), "string");
			else
				must(sd_bus_message_read(m, "v", type, &t), "number");
			if (*type == 's')
				printf(" %s='%s'", key, s);
			else
				printf(" %s=%llu", key, (unsigned long long)t);
			must(sd_bus_message_exit_container(m), "entry");
		}
		puts("");
	}
	return 0;
}

static void listen_for_signals(sd_bus *bus)
{
	static const char *const from[][2] = {
		{ OURS, OURS },
		{ "org.freedesktop.oom1", "org.freedesktop.oom1.Manager" },
		{ "org.freedesktop.LowMemoryMonitor", "org.freedesktop.LowMemoryMonitor" },
	};

	for (int i = 0; i < 3; i++)
		must(sd_bus_match_signal(bus, NULL, from[i][0], NULL, from[i][1], NULL, on_signal,
					 NULL),
		     "match");
}

static int on_notify(sd_bus_message *m, void *ctx, sd_bus_error *error)
{
	const char *app, *icon, *summary, *body;
	static uint32_t id;
	uint32_t replaces;

	(void)ctx, (void)error;
	must(sd_bus_message_read(m, "susss", &app, &replaces, &icon, &summary, &body), "Notify");
	printf("notification '%s' '%s'\n", summary, body);
	return sd_bus_reply_method_return(m, "u", ++id);
}

static const sd_bus_vtable notifications[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Notify", "susssasa{sv}i", "u", on_notify, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static void forge(sd_bus *bus, const char *to)
{
	sd_bus_message *m;

	must(sd_bus_message_new_signal(bus, &m, "/org/reapd/Manager1", OURS, "Killed"), "signal");
	must(sd_bus_message_append(m, "a{sv}", 1, "Name", "s", "forged"), "append");
	must(to ? sd_bus_send_to(bus, m, to, NULL) : sd_bus_send(bus, m, NULL), "send");
	must(sd_bus_flush(bus), "flush");
	sd_bus_message_unref(m);
	exit(0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *arg = argc > 2 ? argv[2] : NULL;
	sd_bus *bus;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "notifications")) {
		must(sd_bus_open_user(&bus), "session bus");
		must(sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/Notifications",
					      "org.freedesktop.Notifications", notifications, NULL),
		     "object");
		must(sd_bus_request_name(bus, "org.freedesktop.Notifications", 0), "name");
	} else {
		must(sd_bus_open_system(&bus), "system bus");
		if (!strcmp(what, "listen"))
			listen_for_signals(bus);
		else if (!strcmp(what, "own") && arg)
			must(sd_bus_request_name(bus, arg, 0), arg);
		else if (!strcmp(what, "forge"))
			forge(bus, arg);
		else
			return 2;
	}
	puts("ready");
	for (;;) {
		int n = sd_bus_process(bus, NULL);

		must(n, "bus");
		if (!n)
			must(sd_bus_wait(bus, UINT64_MAX), "wait");
	}
}
