/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * psi.h - pressure as the kernel's files tell it: totals, and a trigger as the backstop.
 *
 * Do not read a pressure file more often than PSI_READ_MIN_NS: each read closes an averaging
 * interval, and a CPU that worked less than a jiffy in it loses its stall time for every reader.
 */
#ifndef REAPD_PSI_H
#define REAPD_PSI_H

#include <stdint.h>

#include "../base/clock.h"

#define PSI_READ_MIN_NS (50 * NS_PER_MS)

struct psi {
	uint64_t some_ns; /* sums since boot */
	uint64_t full_ns;
};

/* Parse a pressure file. 0 or -EINVAL; averages are not looked at (vendors change their length). */
int psi_parse(const char *text, struct psi *ret);

/* Read and parse through an open fd. 0 or negative errno. */
int psi_read(int fd, struct psi *ret);

/*
 * Open a trigger: epoll it for EPOLLPRI; EPOLLERR means that its cgroup is gone. Fires once per
 * window when tasks stalled for stall_ns in it. Returns the fd or a negative errno.
 */
int psi_trigger_open(const char *path, uint64_t stall_ns, uint64_t window_ns);

#endif
