/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recording.h - what decisions are made of, to whoever records it (`reapctl record`).
 *
 * Each of these does nothing when nobody records. They are called where what they tell changed, so that
 * a replay does the same in the same order.
 */
#ifndef REAPD_RECORDING_H
#define REAPD_RECORDING_H

#include "agent.h"

/* All that the next decision will be made of; then the client gets the rest as it comes. */
void recording_begin(struct agent *a, struct control_client *client);
void recording_policy(struct agent *a);
/* Facts were pushed into this place. */
void recording_facts(struct agent *a, __u32 place, const struct facts *facts);
/* A place changed by other things than facts: began, ended, was rebased, a rule rests. */
void recording_place(struct agent *a, __u32 place);
/* Facts of strategy android were pushed; its memory changed by other things. */
void recording_android_facts(struct agent *a, const struct android_facts *facts);
void recording_android(struct agent *a);
/* A decision, with the view it was made of. */
void recording_verdict(struct agent *a, const struct view *view, const struct verdict *v);

#endif
