// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * lmkd_client.c - a client of the lmkd socket that does as standard input says, for shell tests.
 *
 *   lmkd_client SOCKET
 *
 * A line each; numbers are as they go over the wire, nothing is checked here:
 *
 *   target PAGES ADJ...          prio PID UID ADJ [TYPE [ONLY]]
 *   prios PID UID ADJ TYPE...    remove PID         purge        count MIN MAX
 *   subscribe 0|1                update             monitor      booted
 *   hex BYTES                    a packet as it is written here
 *   flood N                      ask for a count N times, and read no more from now on
 *   barrier WORD                 ask for the count, and say WORD when it is there
 *   connect                      anew
 *   end
 *
 * What comes is printed, a line each: "connected", "closed", "count N", "update N", "booted N", "WORD",
 * "kill PID UID RSS_KIB", "stat PGFAULT PGMAJFAULT RSS CACHE SWAP START UID ADJ MIN_ADJ FREE_KIB
 * SWAP_FREE_KIB REASON THRASHING MAX_THRASHING NAME". Written from the protocol, without the agent's own
 * parser. Static, for VMs.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WORDS_MAX   64
#define WAITING_MAX 1024
#define READ_SIZE   222 /* what Android's client reads at most */

static const char *path;
static int sock = -1;
static bool reads;
/* Who waits for a count, in the order of asking: a word to say, or "" for the count itself. */
static char waiting[WAITING_MAX][32];
static unsigned int asked, answered;

static void say(const char *what)
{
	puts(what);
	fflush(stdout);
}

static void connect_anew(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (sock >= 0)
		close(sock);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&addr, sizeof(addr))) {
		perror(path);
		exit(1);
	}
	reads = true;
	asked = answered = 0;
	say("connected");
}

static void send_bytes(const void *bytes, size_t size)
{
	if (send(sock, bytes, size, MSG_NOSIGNAL) < 0)
		perror("send");
}

static void send_words(uint32_t command, const char *args)
{
	uint32_t word[WORDS_MAX] = { htobe32(command) };
	size_t n = 1;
	char *end;

	for (; n < WORDS_MAX; args = end) {
		long value = strtol(args, &end, 10);

		if (end == args)
			break;
		word[n++] = htobe32((uint32_t)value);
	}
	send_bytes(word, n * sizeof(word[0]));
}

static void send_hex(const char *args)
{
	unsigned char bytes[256];
	unsigned int byte;
	size_t n = 0;
	int used;

	while (n < sizeof(bytes) && sscanf(args, "%2x%n", &byte, &used) == 1) {
		bytes[n++] = (unsigned char)byte;
		args += used;
	}
	send_bytes(bytes, n);
}

static void ask_count(const char *args, const char *word)
{
	snprintf(waiting[asked++ % WAITING_MAX], sizeof(waiting[0]), "%s", word);
	send_words(4, args);
}

static void do_line(const char *line)
{
	static const struct {
		const char *verb;
		uint32_t command;
	} plain[] = {
		{ "target", 0 },  { "prio", 1 },      { "remove", 2 },
		{ "purge", 3 },	  { "subscribe", 5 }, { "update", 7 },
		{ "monitor", 9 }, { "booted", 10 },   { "prios", 11 },
	};
	char verb[16] = "";
	const char *args = line;
	int used = 0;

	sscanf(line, "%15s %n", verb, &used);
	args += used;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (!strcmp(verb, plain[i].verb))
			send_words(plain[i].command, args);
	}
	if (!strcmp(verb, "hex"))
		send_hex(args);
	else if (!strcmp(verb, "count"))
		ask_count(args, "");
	else if (!strcmp(verb, "barrier"))
		ask_count("-1000 1000", args);
	else if (!strcmp(verb, "connect"))
		connect_anew();
	else if (!strcmp(verb, "end"))
		exit(0);
	if (strcmp(verb, "flood") != 0)
		return;
	reads = false;
	for (long i = strtol(args, NULL, 10); i > 0; i--)
		send_words(4, "0 0");
}

static uint32_t u32_at(const char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return be32toh(word);
}

static long long s64_at(const char *at)
{
	uint64_t words;

	memcpy(&words, at, sizeof(words));
	return (long long)be64toh(words);
}

static void told_stat(const char *packet, ssize_t len)
{
	uint16_t name_len;

	if (len < 87)
		return;
	printf("stat");
	for (int at = 4; at < 52; at += 8)
		printf(" %lld", s64_at(packet + at));
	for (int at = 52; at < 84; at += 4)
		printf(" %d", (int32_t)u32_at(packet + at));
	memcpy(&name_len, packet + 84, sizeof(name_len));
	printf(" %.*s%s\n", be16toh(name_len), packet + 86,
	       87 + be16toh(name_len) == len && !packet[len - 1] ? "" : " WRONG SIZE");
	fflush(stdout);
}

static void told_count(uint32_t value)
{
	const char *word = "";

	if (answered != asked)
		word = waiting[answered++ % WAITING_MAX];
	if (*word)
		puts(word);
	else
		printf("count %d\n", (int32_t)value);
}

static void told(const char *packet, ssize_t len)
{
	uint32_t command = len >= 8 ? u32_at(packet) : UINT32_MAX;

	if (command == 4 && len == 8)
		told_count(u32_at(packet + 4));
	else if (command == 6 && len == 16)
		printf("kill %u %u %u\n", u32_at(packet + 4), u32_at(packet + 8),
		       u32_at(packet + 12));
	else if (command == 7 && len == 8)
		printf("update %d\n", (int32_t)u32_at(packet + 4));
	else if (command == 8)
		told_stat(packet, len);
	else if (command == 10 && len == 8)
		printf("booted %d\n", (int32_t)u32_at(packet + 4));
	else
		printf("? %zd bytes\n", len);
	fflush(stdout);
}

static void receive(void)
{
	char packet[READ_SIZE];
	ssize_t len = recv(sock, packet, sizeof(packet), 0);

	if (len > 0) {
		told(packet, len);
		return;
	}
	say("closed");
	reads = false;
}

/* Whole lines of what standard input has; not more than that, or poll() would not tell of the rest. */
static void read_lines(void)
{
	static char buf[8192];
	static size_t len;
	ssize_t n = read(STDIN_FILENO, buf + len, sizeof(buf) - 1 - len);
	char *line = buf, *end;

	if (n <= 0)
		exit(0);
	len += (size_t)n;
	buf[len] = 0;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		do_line(line);
		line = end + 1;
	}
	len -= (size_t)(line - buf);
	memmove(buf, line, len);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: lmkd_client SOCKET\n");
		return 2;
	}
	path = argv[1];
	connect_anew();
	for (;;) {
		struct pollfd p[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				      { .fd = reads ? sock : -1, .events = POLLIN } };

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents)
			receive();
		if (p[0].revents)
			read_lines();
	}
}
