// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "recording.h"

#define ROOM (CONTROL_FRAME_MAX - sizeof(struct control))

static void publish_rows(struct agent *a, enum control_type type, const void *rows, __u32 n,
			 size_t size)
{
	__u32 most = (__u32)(ROOM / size), part;

	for (__u32 first = 0; first < n; first += part) {
		part = n - first < most ? n - first : most;
		control_publish(a->control, type, (int)first, (const char *)rows + first * size,
				part * size);
	}
}

void recording_policy(struct agent *a)
{
	if (!control_subscribed(a->control))
		return;
	control_publish(a->control, CONTROL_POLICY, 0, &a->config.policy, sizeof(struct policy));
	for (__u32 i = 0; i < a->places.n; i++)
		recording_place(a, i);
}

void recording_facts(struct agent *a, __u32 place, const struct facts *facts)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_FACTS, (int)place, facts, sizeof(*facts));
}

void recording_place(struct agent *a, __u32 place)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_PLACE, (int)place, &a->places.place[place],
				sizeof(struct place));
}

void recording_verdict(struct agent *a, const struct view *view, const struct verdict *v)
{
	if (!control_subscribed(a->control))
		return;
	publish_rows(a, CONTROL_CGROUPS, view->cgroups, view->ncgroups, sizeof(struct cgroup));
	publish_rows(a, CONTROL_PROCS, view->procs, view->nprocs, sizeof(struct proc));
	control_publish(a->control, CONTROL_VERDICT, (int)view->nprocs, v, sizeof(*v));
}

void recording_android_facts(struct agent *a, const struct android_facts *facts)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_ANDROID_FACTS, 0, facts, sizeof(*facts));
}

void recording_android(struct agent *a)
{
	if (control_subscribed(a->control))
		control_publish(a->control, CONTROL_ANDROID, 0, &a->places.android,
				sizeof(a->places.android));
}

static void send_place(struct agent *a, struct control_client *client, __u32 i)
{
	const struct place *p = &a->places.place[i];
	__u32 n = assess_samples(&p->assess), part;
	__u32 most = (__u32)(ROOM / sizeof(struct sample));

	control_send(client, CONTROL_PLACE, (int)i, p, sizeof(*p));
	for (__u32 first = 0; first < n; first += part) {
		part = n - first < most ? n - first : most;
		control_send(client, CONTROL_SAMPLES, (int)first, p->assess.history->sample + first,
			     part * sizeof(struct sample));
	}
}

void recording_begin(struct agent *a, struct control_client *client)
{
	control_send(client, CONTROL_POLICY, 0, &a->config.policy, sizeof(struct policy));
	for (__u32 i = 0; i < a->places.n; i++)
		send_place(a, client, i);
	if (a->strategy->push)
		control_send(client, CONTROL_ANDROID, 0, &a->places.android,
			     sizeof(a->places.android));
	control_subscribe(client);
}
