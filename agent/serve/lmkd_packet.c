// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "lmkd_packet.h"

#include <endian.h>
#include <string.h>

#define WORD sizeof(__u32)

/* Words of a packet behind its command. */
struct args {
	const unsigned char *at;
	__u32 n;
};

static __u32 arg(const struct args *a, __u32 i)
{
	__u32 word;

	memcpy(&word, a->at + i * WORD, sizeof(word));
	return be32toh(word);
}

static __s32 arg_signed(const struct args *a, __u32 i)
{
	return (__s32)arg(a, i);
}

static bool is_adj(__s32 adj)
{
	return adj >= LMKD_ADJ_MIN && adj <= LMKD_ADJ_MAX;
}

/* A pid as the kernel has them: above 0 and no negative number. */
static bool is_pid(__s32 pid)
{
	return pid > 0;
}

static const char *parse_target(const struct args *a, struct lmkd_request *ret)
{
	if (!a->n || a->n % 2 || a->n > 2 * LMKD_TARGETS)
		return "levels are one to six pairs of words";
	for (__u32 i = 0; i < a->n; i += 2) {
		if (arg_signed(a, i) < 0)
			return "a level is a number of pages";
		if (!is_adj(arg_signed(a, i + 1)))
			return "oom_score_adj is -1000 to 1000";
		ret->level[ret->n++] = (struct lmkd_level){ arg(a, i), arg_signed(a, i + 1) };
	}
	return NULL;
}

/* One process from `words` words: pid, uid, oom_score_adj, then type and whether it is for lmkd only. */
static const char *parse_prio(const struct args *a, __u32 from, __u32 words, struct lmkd_prio *ret)
{
	__u32 type = words > 3 ? arg(a, from + 3) : 0, only = words > 4 ? arg(a, from + 4) : 0;

	if (!is_pid(arg_signed(a, from)))
		return "a pid is above 0";
	if (!is_adj(arg_signed(a, from + 2)))
		return "oom_score_adj is -1000 to 1000";
	if (type > 1)
		return "a type of process is 0 or 1";
	if (only > 1)
		return "for lmkd only is 0 or 1";
	*ret = (struct lmkd_prio){
		.pid = arg(a, from),
		.uid = arg(a, from + 1),
		.adj = arg_signed(a, from + 2),
		.service = type,
		.lmkd_only = only,
	};
	return NULL;
}

/* Each record by itself: one that is wrong does not keep the others from being served. */
static const char *parse_prios(const struct args *a, struct lmkd_request *ret)
{
	__u32 words = !(a->n % 4) ? 4 : 5;

	if (!a->n || a->n % words || a->n / words > LMKD_PRIOS)
		return "records are one to three of four or five words";
	for (__u32 i = 0; i < a->n; i += words) {
		if (parse_prio(a, i, words, &ret->prio[ret->n]))
			ret->skipped++;
		else
			ret->n++;
	}
	return NULL;
}

static const char *parse_args(const struct args *a, struct lmkd_request *ret)
{
	switch (ret->command) {
	case LMKD_TARGET:
		return parse_target(a, ret);
	case LMKD_PROCPRIO:
		ret->n = 1;
		return a->n < 3 || a->n > 5 ? "arguments are three to five" :
					      parse_prio(a, 0, a->n, &ret->prio[0]);
	case LMKD_PROCS_PRIO:
		return parse_prios(a, ret);
	case LMKD_PROCREMOVE:
		if (a->n != 1 || !is_pid(arg_signed(a, 0)))
			return "its argument is one pid";
		ret->pid = arg(a, 0);
		return NULL;
	case LMKD_GETKILLCNT:
		if (a->n != 2)
			return "arguments are two";
		ret->range.min = arg_signed(a, 0);
		ret->range.max = arg_signed(a, 1);
		return NULL;
	case LMKD_SUBSCRIBE:
		if (a->n != 1 || arg(a, 0) >= LMKD_EVENTS)
			return "its argument is one event, 0 or 1";
		ret->event = arg(a, 0);
		return NULL;
	case LMKD_PROCPURGE:
	case LMKD_UPDATE_PROPS:
	case LMKD_START_MONITORING:
	case LMKD_BOOT_COMPLETED:
		return a->n ? "it takes no argument" : NULL;
	default:
		return "this command is for clients";
	}
}

const char *lmkd_parse(const void *packet, size_t size, struct lmkd_request *ret)
{
	struct args words = { .at = packet };
	__u32 command;

	if (size > LMKD_PACKET_MAX)
		return "longer than 64 bytes";
	if (!size || size % WORD)
		return "not whole words";
	command = arg(&words, 0);
	if (command >= LMKD_COMMANDS)
		return "no such command";
	words.at += WORD;
	words.n = (__u32)(size / WORD - 1);
	memset(ret, 0, sizeof(*ret));
	ret->command = (enum lmkd_command)command;
	return parse_args(&words, ret);
}

static unsigned char *put(unsigned char *at, const void *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

static unsigned char *put_u32(unsigned char *at, __u32 value)
{
	__u32 word = htobe32(value);

	return put(at, &word, sizeof(word));
}

static unsigned char *put_s64(unsigned char *at, __s64 value)
{
	__u64 words = htobe64((__u64)value);

	return put(at, &words, sizeof(words));
}

size_t lmkd_put_reply(void *buf, enum lmkd_command command, __s32 value)
{
	put_u32(put_u32(buf, command), (__u32)value);
	return LMKD_REPLY_SIZE;
}

size_t lmkd_put_kill(void *buf, const struct lmkd_kill *kill)
{
	unsigned char *at = put_u32(buf, LMKD_PROCKILL);

	at = put_u32(at, kill->pid);
	at = put_u32(at, kill->uid);
	put_u32(at, kill->rss_kib);
	return LMKD_KILL_SIZE;
}

size_t lmkd_put_stat(void *buf, const struct lmkd_kill *kill)
{
	const __s64 sums[] = { kill->pgfault,	  kill->pgmajfault, kill->rss_bytes,
			       kill->cache_bytes, kill->swap_bytes, kill->start_ns };
	const __u32 words[] = { kill->uid,
				(__u32)kill->adj,
				(__u32)kill->min_adj,
				(__u32)kill->free_mem_kib,
				(__u32)kill->free_swap_kib,
				(__u32)kill->reason,
				(__u32)kill->thrashing,
				(__u32)kill->max_thrashing };
	size_t len = strnlen(kill->name, LMKD_NAME_MAX);
	unsigned char *at = put_u32(buf, LMKD_STAT_KILL_OCCURRED);
	__u16 name_len = htobe16((__u16)len);

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		at = put_s64(at, sums[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		at = put_u32(at, words[i]);
	at = put(at, &name_len, sizeof(name_len));
	at = put(at, kill->name, len);
	*at++ = 0; /* beside the length: readers in C want it */
	return (size_t)(at - (unsigned char *)buf);
}
