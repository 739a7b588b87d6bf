// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/log.h"
#include "../base/resident.h"
#include "../base/text.h"
#include "control.h"

/* Levels come a few in a second at most, kills one by one. A power of two. */
#define EVENTS_MAX	     8
/* vsnprintf and a log line are the deepest. */
#define OUTBOX_STACK_BYTES   (64UL * 1024)
#define OUTBOX_TOUCHED_BYTES (16UL * 1024)
/* In `middle`: what is there has not been written yet. */
#define FRESH		     4

struct event_out {
	enum control_type type;
	int arg;
	int subscriber; /* -1: for all; else a new one, who alone gets it */
	__u32 size;
	_Alignas(8) char payload[sizeof(struct kill_record)];
};

/* One side fills `back`, the other reads `front`; what is between changes hands by an exchange. */
struct file_out {
	char path[PATH_MAX];
	struct metrics metrics[3];
	int back, front;
	atomic_int middle;
	int said; /* error that was logged */
	char text[METRICS_TEXT_MAX];
};

struct outbox {
	pthread_t thread;
	sem_t wake;
	atomic_bool stop;
	/* The loop adds at the head, the thread takes at the tail. */
	struct event_out event[EVENTS_MAX];
	atomic_uint head, tail, lost;
	int subscriber[CONTROL_CLIENTS_MAX]; /* the thread's; -1 = free */
	struct file_out *file;		     /* NULL: none */
};

static void drop(int *subscriber)
{
	/* The loop has the other copy of it, and sees the end. */
	shutdown(*subscriber, SHUT_RDWR);
	close(*subscriber);
	*subscriber = -1;
}

static void send_to(int *subscriber, const struct event_out *e)
{
	if (*subscriber >= 0 && control_write(*subscriber, e->type, e->arg, e->payload, e->size))
		drop(subscriber);
}

static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) > 0;
}

/* A place for one more: those who went without a word are only found now. */
static int *free_place(struct outbox *o)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (o->subscriber[i] >= 0 && hung_up(o->subscriber[i]))
			drop(&o->subscriber[i]);
		if (o->subscriber[i] < 0)
			return &o->subscriber[i];
	}
	return NULL;
}

static void deliver(struct outbox *o, const struct event_out *e)
{
	int *place;

	if (e->subscriber < 0) {
		for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
			send_to(&o->subscriber[i], e);
		return;
	}
	place = free_place(o);
	if (place) {
		*place = e->subscriber;
		send_to(place, e);
	} else {
		int refused = e->subscriber;

		control_write(refused, CONTROL_END, -EBUSY, NULL, 0);
		drop(&refused);
	}
}

static void deliver_all(struct outbox *o)
{
	unsigned int lost = atomic_exchange(&o->lost, 0);

	while (atomic_load(&o->tail) != atomic_load(&o->head)) {
		deliver(o, &o->event[atomic_load(&o->tail) % EVENTS_MAX]);
		atomic_fetch_add(&o->tail, 1);
	}
	if (lost)
		log_warn("%u events for subscribers were lost: they came faster than they went out",
			 lost);
}

static void write_file(struct file_out *f)
{
	int err;

	if (!(atomic_load(&f->middle) & FRESH))
		return;
	f->front = atomic_exchange(&f->middle, f->front) & ~FRESH;
	err = metrics_text(f->text, sizeof(f->text), &f->metrics[f->front]);
	if (err > 0)
		err = file_replace(f->path, f->text, (size_t)err, 0644);
	if (err && err != f->said)
		log_warn("metrics_file %s: %s", f->path, strerror(-err));
	f->said = err;
}

static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(OUTBOX_TOUCHED_BYTES);
}

static void *outbox_main(void *arg)
{
	struct outbox *o = arg;
	bool stop;

	touch_stack();
	pthread_setname_np(pthread_self(), "reapd/out");
	do {
		while (sem_wait(&o->wake))
			;
		stop = atomic_load(&o->stop); /* first: what came before it still goes out */
		deliver_all(o);
		if (o->file)
			write_file(o->file);
	} while (!stop);
	return NULL;
}

static struct file_out *file_new(const char *path)
{
	struct file_out *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	text_copy(f->path, sizeof(f->path), path);
	f->back = 0;
	f->front = 1;
	atomic_init(&f->middle, 2);
	resident_touch(f, sizeof(*f));
	return f;
}

static int start_thread(struct outbox *o)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, OUTBOX_STACK_BYTES);
	err = -pthread_create(&o->thread, &attr, outbox_main, o);
	pthread_attr_destroy(&attr);
	return err;
}

int outbox_start(struct outbox **ret, const char *metrics_file)
{
	struct outbox *o = calloc(1, sizeof(*o));
	int err = -ENOMEM;

	if (!o)
		return -ENOMEM;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		o->subscriber[i] = -1;
	resident_touch(o, sizeof(*o));
	sem_init(&o->wake, 0, 0);
	if (*metrics_file) {
		o->file = file_new(metrics_file);
		if (!o->file)
			goto out_free;
	}
	err = start_thread(o);
	if (err)
		goto out_free;
	*ret = o;
	return 0;

out_free:
	free(o->file);
	free(o);
	return err;
}

struct outbox *outbox_stop(struct outbox *o)
{
	if (!o)
		return NULL;
	atomic_store(&o->stop, true);
	sem_post(&o->wake);
	pthread_join(o->thread, NULL);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (o->subscriber[i] >= 0)
			drop(&o->subscriber[i]);
	}
	if (o->file)
		unlink(o->file->path);
	sem_destroy(&o->wake);
	free(o->file);
	free(o);
	return NULL;
}

static int add(struct outbox *o, int subscriber, enum control_type type, int arg,
	       const void *payload, size_t size)
{
	unsigned int head = atomic_load(&o->head);
	struct event_out *e = &o->event[head % EVENTS_MAX];

	if (head - atomic_load(&o->tail) == EVENTS_MAX || size > sizeof(e->payload))
		return -EAGAIN;
	e->type = type;
	e->arg = arg;
	e->subscriber = subscriber;
	e->size = (__u32)size;
	if (size)
		memcpy(e->payload, payload, size);
	atomic_store(&o->head, head + 1);
	sem_post(&o->wake);
	return 0;
}

int outbox_subscribe(struct outbox *o, int fd, int level)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), err;

	if (copy < 0)
		return -errno;
	err = add(o, copy, CONTROL_LEVEL, level, NULL, 0);
	if (err)
		close(copy);
	return err;
}

void outbox_event(struct outbox *o, enum control_type type, int arg, const void *payload,
		  size_t size)
{
	if (add(o, -1, type, arg, payload, size))
		atomic_fetch_add(&o->lost, 1);
}

struct metrics *outbox_metrics(struct outbox *o)
{
	return o->file ? &o->file->metrics[o->file->back] : NULL;
}

void outbox_write(struct outbox *o)
{
	struct file_out *f = o->file;

	f->back = atomic_exchange(&f->middle, f->back | FRESH) & ~FRESH;
	sem_post(&o->wake);
}
