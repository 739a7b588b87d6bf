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

/*
 * The average of 10 s of the line that begins with this word, in hundredths of a percent. -EINVAL: there
 * is none; *ret is then not touched.
 */
int psi_average(const char *text, const char *word, uint32_t *ret);

/* Both of a file; what cannot be read stays as it was. Without a file (fd -1) nothing happens. */
void psi_averages(int fd, uint32_t *some_bp, uint32_t *full_bp);

/* Read and parse through an open fd. 0 or negative errno. */
int psi_read(int fd, struct psi *ret);

/*
 * Open a trigger: epoll it for EPOLLPRI; EPOLLERR means that its cgroup is gone. Fires once per
 * window when tasks stalled for stall_ns in it (`what`: "some" of them, or "full"). Returns the fd or a negative errno.
 */
int psi_trigger_open(const char *path, const char *what, uint64_t stall_ns, uint64_t window_ns);

#endif
