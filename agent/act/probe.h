/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * probe.h - static probes (USDT) at each stage of a kill, for perf and bpftrace.
 *
 * reapd:edge, wake, decided, signalled, released, exited, freed; arguments: kill id, time of the stage in
 * ns (CLOCK_MONOTONIC, 0 when it did not happen). An edge is of no kill yet when it comes, nor is waking up
 * for it; so edge, wake and decided fire together, once there is a kill and its signal is on its way, with
 * the time at which each was: believe the argument, not the time at which the probe fired. One nop each
 * when nobody looks. Without systemtap's header (systemtap-sdt-dev) they are left out.
 */
#ifndef REAPD_PROBE_H
#define REAPD_PROBE_H

#if defined(__has_include) && __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PROBE(stage, kill_id, time_ns) DTRACE_PROBE2(reapd, stage, kill_id, time_ns)
#else
#define PROBE(stage, kill_id, time_ns) ((void)(kill_id), (void)(time_ns))
#endif

#endif
