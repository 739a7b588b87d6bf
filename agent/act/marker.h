/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * marker.h - kills in the kernel's own trace (trace_marker of tracefs), for Perfetto and trace-cmd.
 *
 * In the words of Android's atrace: "S|PID|NAME|COOKIE" begins a slice, "F|..." ends it, "I|PID|TEXT" is a
 * moment; PID is the agent, the cookie the kill id. The kernel stamps a line when it is written, so lines
 * are written when things happen, by the loop, which learns of a stage within a fraction of a ms: a program
 * that is told of finished kills could only draw all of them at their end. What came before the signal is
 * told in a moment's text, after it: nothing is written on the way to a kill. A write to trace_marker goes
 * into a buffer that is there; it takes no memory and waits for nobody.
 *
 * Without marker_set(true) all of them do nothing.
 */
#ifndef REAPD_ACT_MARKER_H
#define REAPD_ACT_MARKER_H

#include <stdbool.h>

#include <reapd/record.h>

/* Begin or end to write. Logs its errors: tracefs is not mounted, or not for us. */
void marker_set(bool on);

/* The signal is on its way; with programs that are told before a kill: they are being told. */
void marker_begin(const struct kill_record *r);
/* One of its stages was reached: released, exited, freed. */
void marker_stage(const struct kill_record *r, enum stage stage);
/* It is over, with whatever stages were not reached. */
void marker_end(const struct kill_record *r);

#endif
