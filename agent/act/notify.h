/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notify.h - readiness and watchdog, as sd_notify(3) has them: one datagram to $NOTIFY_SOCKET.
 *
 * Without that variable nothing is done. libsystemd is not used: it is absent on Android and has no
 * static library.
 */
#ifndef REAPD_NOTIFY_H
#define REAPD_NOTIFY_H

#include <stdint.h>

/* Send "READY=1" or the like. 0 or negative errno; errors may be ignored. */
int notify_send(const char *state);

/* "A reload begins", with its time, which notify-reload of systemd 253 and later asks for. As above. */
int notify_reloading(void);

/* How often "WATCHDOG=1" is wanted, in ns: half of $WATCHDOG_USEC; 0 = not at all. */
uint64_t notify_watchdog_ns(void);

#endif
