/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notify.h - the parts of reapd-notify: from the agent to the system bus (publish), from there to a
 * desktop (session), and the signals between the two (bus).
 */
#ifndef REAPD_NOTIFY_H
#define REAPD_NOTIFY_H

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "notify_text.h"
#include "tool.h"

/* Name, path and interface of ours. */
#define NOTIFY_NAME	 "org.reapd.Manager1"
#define NOTIFY_PATH	 "/org/reapd/Manager1"
#define NOTIFY_INTERFACE "org.reapd.Manager1"
#define NOTIFY_KILLED	 "Killed"
#define NOTIFY_WARNING	 "Warning"

/* Those of systemd-oomd and of low-memory-monitor, which we take where they are free. */
#define OOMD_NAME      "org.freedesktop.oom1"
#define OOMD_PATH      "/org/freedesktop/oom1"
#define OOMD_INTERFACE "org.freedesktop.oom1.Manager"
#define OOMD_KILLED    "Killed"
#define LEVELS_NAME    "org.freedesktop.LowMemoryMonitor" /* of the interface too */
#define LEVELS_PATH    "/org/freedesktop/LowMemoryMonitor"
#define LEVELS_WARNING "LowMemoryWarning"

/* The names that are ours on the system bus. */
struct names {
	bool oomd;   /* org.freedesktop.oom1 */
	bool levels; /* org.freedesktop.LowMemoryMonitor */
};

/*
 * Open a bus, in the loop, which ends with it. `name`: which one, in words. A negative errno was said;
 * *ret is to be closed then too, if it is not NULL.
 */
int bus_open(int (*open)(sd_bus **ret), sd_bus **ret, sd_event *event, const char *name);

/*
 * Take the names on the bus and show the signals to who introspects. Our own name must be free; of
 * the others those that are, and what was not is said. 0 or negative errno, which was said.
 */
int bus_publish(sd_bus *bus, struct names *ret);

/* Our signal for it. 0 or negative errno. */
int bus_send_notice(sd_bus *bus, const struct notice *n);

/* A signal of ours that came in. 0 or negative errno; a member of which nothing came is 0 or "". */
int bus_read_notice(sd_bus_message *m, struct notice *ret);

/* The two modes. They set up what the loop then does, for as long as the program runs. */
struct publisher;
int publisher_start(struct publisher **ret, sd_event *event, const char *run_dir);
struct publisher *publisher_stop(struct publisher *p); /* always NULL */

struct session;
int session_start(struct session **ret, sd_event *event, bool all);
struct session *session_stop(struct session *s); /* always NULL */

#endif
