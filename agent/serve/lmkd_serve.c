// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * lmkd_serve.c - the thread of the lmkd socket: clients in, packets read and answered, kills told.
 */
#include "lmkd_serve.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/resident.h"

#define LMKD_TOUCHED_BYTES (16UL * 1024)
/* Of lines about what clients do wrong one in so long is said. */
#define LMKD_SAY_NS	   (10 * NS_PER_S)
/* Levels that come faster are not taken: lmkd's own limit. */
#define LMKD_LEVELS_NS	   NS_PER_S

void lmkd_wake(int fd)
{
	const __u64 one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

void lmkd_woken(int fd)
{
	__u64 n;

	if (read(fd, &n, sizeof(n)) < 0)
		return; /* was read before */
}

/* A client does something wrong: said once, and then how often it went unsaid. */
static void complain_of(struct lmkd *l, __u32 pid, const char *what, const char *why)
{
	__u64 now = clock_now_ns();

	if (l->said_ns && now < l->said_ns + LMKD_SAY_NS) {
		l->unsaid++;
		return;
	}
	log_warn("lmkd socket: client %u: %s: %s (%u such lines left out before)", pid, what, why,
		 l->unsaid);
	l->said_ns = now;
	l->unsaid = 0;
}

static void malformed(struct lmkd *l, __u32 pid, const char *why)
{
	atomic_fetch_add(&l->malformed, 1);
	complain_of(l, pid, "packet dropped", why);
}

/* err 0: it was not. */
static void refused(struct lmkd *l, __u32 client, __u32 pid, int err)
{
	char what[40];

	if (!err)
		return;
	snprintf(what, sizeof(what), "process %u not taken", pid);
	complain_of(l, client, what,
		    err == -EPERM ? "another client registered it" : strerror(-err));
}

static void send_packet(struct lmkd *l, struct lmkd_client *c, const void *packet, size_t size)
{
	if (send(c->fd, packet, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		atomic_fetch_add(&l->lost, 1);
}

static void reply(struct lmkd *l, struct lmkd_client *c, enum lmkd_command command, __s32 value)
{
	char packet[LMKD_REPLY_SIZE];

	send_packet(l, c, packet, lmkd_put_reply(packet, command, value));
}

static void drop(struct lmkd *l, struct lmkd_client *c)
{
	__u32 pid = c->pid;

	close(c->fd);
	*c = (struct lmkd_client){ .fd = -1 };
	atomic_fetch_sub(&l->clients, 1);
	for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
		if (l->client[i].fd >= 0 && l->client[i].pid == pid)
			return; /* it has another connection */
	}
	if (pid)
		l->handlers.gone(l->handlers.ctx, pid);
}

static void accept_client(struct lmkd *l)
{
	int fd = lmkd_accept(l->listen_fd);

	if (fd < 0)
		return;
	for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
		if (l->client[i].fd >= 0)
			continue;
		l->client[i] = (struct lmkd_client){ .fd = fd };
		atomic_fetch_add(&l->clients, 1);
		return;
	}
	complain_of(l, 0, "refused", "three are connected");
	close(fd);
}

static void take_levels(struct lmkd *l, const struct lmkd_request *r)
{
	__u64 now = clock_now_ns();

	if (l->levels_ns && now < l->levels_ns + LMKD_LEVELS_NS)
		return;
	l->levels_ns = now;
	pthread_mutex_lock(&l->levels_lock);
	memcpy(l->level, r->level, sizeof(l->level));
	l->levels = r->n;
	pthread_mutex_unlock(&l->levels_lock);
	lmkd_wake(l->ask_fd);
}

static void serve(struct lmkd *l, struct lmkd_client *c, const struct lmkd_request *r)
{
	const struct lmkd_handlers *h = &l->handlers;

	switch (r->command) {
	case LMKD_TARGET:
		take_levels(l, r);
		break;
	case LMKD_PROCPRIO:
	case LMKD_PROCS_PRIO:
		for (__u32 i = 0; i < r->n; i++)
			refused(l, c->pid, r->prio[i].pid, h->prio(h->ctx, c->pid, &r->prio[i]));
		if (r->skipped)
			malformed(l, c->pid, "a record of it is out of range");
		break;
	case LMKD_PROCREMOVE:
		refused(l, c->pid, r->pid, h->remove(h->ctx, c->pid, r->pid));
		break;
	case LMKD_PROCPURGE:
		h->purge(h->ctx, c->pid);
		break;
	case LMKD_GETKILLCNT:
		reply(l, c, LMKD_GETKILLCNT,
		      (__s32)lmkd_counts_sum(&l->counts, r->range.min, r->range.max));
		break;
	case LMKD_SUBSCRIBE:
		c->events |= 1u << r->event;
		break;
	case LMKD_UPDATE_PROPS:
		c->waits = true;
		atomic_fetch_or(&l->asked, 1u << (c - l->client));
		lmkd_wake(l->ask_fd);
		break;
	case LMKD_START_MONITORING:
		atomic_store(&l->may_monitor, true);
		break;
	case LMKD_BOOT_COMPLETED:
		reply(l, c, LMKD_BOOT_COMPLETED, atomic_exchange(&l->booted, true) ? 1 : 0);
		break;
	default:
		break;
	}
}

static void read_client(struct lmkd *l, struct lmkd_client *c, short revents)
{
	char packet[LMKD_PACKET_MAX];
	struct lmkd_request r;
	const char *why;
	unsigned int pid;
	long len = lmkd_receive(c->fd, packet, sizeof(packet), &pid);

	if (len == -EAGAIN || len == -EINTR)
		return;
	/* An empty packet reads like the end. */
	if (len < 0 || (!len && revents & (POLLHUP | POLLRDHUP | POLLERR))) {
		drop(l, c);
		return;
	}
	if (!pid) {
		complain_of(l, 0, "connection closed", "it has no PID here");
		drop(l, c);
		return;
	}
	c->pid = pid;
	why = lmkd_parse(packet, (size_t)len, &r);
	if (why)
		malformed(l, pid, why);
	else
		serve(l, c, &r);
}

static void tell(struct lmkd *l, const struct lmkd_kill *kill)
{
	char stat[LMKD_STAT_MAX], killed[LMKD_KILL_SIZE];
	size_t stat_size = lmkd_put_stat(stat, kill), size = lmkd_put_kill(killed, kill);

	for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
		struct lmkd_client *c = &l->client[i];

		if (c->fd >= 0 && c->events & 1u << LMKD_EVENT_STAT && !kill->no_stat)
			send_packet(l, c, stat, stat_size);
		if (c->fd >= 0 && c->events & 1u << LMKD_EVENT_KILL)
			send_packet(l, c, killed, size);
	}
}

/* What came from the agent: kills, and that the configuration was read. */
static void from_agent(struct lmkd *l)
{
	struct lmkd_kill kill;

	lmkd_woken(l->wake_fd);
	for (int i = 0; i < LMKD_TELLERS; i++) {
		while (lmkd_queue_take(&l->queue[i], &kill))
			tell(l, &kill);
	}
	for (int failed = 0; failed < 2; failed++) {
		unsigned int who = atomic_exchange(&l->answered[failed], 0);

		for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
			if (!(who & 1u << i))
				continue;
			l->client[i].waits = false;
			reply(l, &l->client[i], LMKD_UPDATE_PROPS, -failed);
		}
	}
}

static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(LMKD_TOUCHED_BYTES);
}

/* One packet of each client a turn: none can keep the others waiting. */
void *lmkd_main(void *arg)
{
	struct lmkd *l = arg;
	struct pollfd p[2 + LMKD_CLIENTS_MAX] = {
		{ .fd = l->wake_fd, .events = POLLIN },
		{ .fd = l->listen_fd, .events = POLLIN },
	};

	touch_stack();
	pthread_setname_np(pthread_self(), "reapd/lmkd");
	while (!atomic_load(&l->stop)) {
		for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
			const struct lmkd_client *c = &l->client[i];

			p[2 + i] = (struct pollfd){ .fd = c->waits ? -1 : c->fd,
						    .events = POLLIN | POLLRDHUP };
		}
		if (poll(p, 2 + LMKD_CLIENTS_MAX, -1) < 0)
			continue;
		if (p[0].revents)
			from_agent(l);
		for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
			if (p[2 + i].revents)
				read_client(l, &l->client[i], p[2 + i].revents);
		}
		if (p[1].revents)
			accept_client(l);
	}
	return NULL;
}
