// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_earlyoom.c - earlyoom's command line, or EARLYOOM_ARGS in its defaults file.
 *
 * It sends SIGTERM when memory and swap are both down to a first limit, and SIGKILL at a second one:
 * two rules, the second limit's first. What is refused is what earlyoom refuses.
 */
#include "import_earlyoom.h"

#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "import_text.h"

#define WORDS_MAX 256

enum {
	OPT_PREFER = 256,
	OPT_AVOID,
	OPT_IGNORE,
	OPT_IGNORE_ROOT,
	OPT_BY_RSS,
	OPT_DRY_RUN,
	OPT_KERNEL,
	OPT_SYSLOG,
};

static const char short_options[] = ":m:s:M:S:kingN:P:dvr:phw:";
/* Not options of ours: tests/lint/man.sh looks for those by how a row begins. */
static const struct option long_options[] = {
	{ .name = "prefer", .has_arg = required_argument, .val = OPT_PREFER },
	{ .name = "avoid", .has_arg = required_argument, .val = OPT_AVOID },
	{ .name = "ignore", .has_arg = required_argument, .val = OPT_IGNORE },
	{ .name = "ignore-root-user", .val = OPT_IGNORE_ROOT },
	{ .name = "sort-by-rss", .val = OPT_BY_RSS },
	{ .name = "dryrun", .val = OPT_DRY_RUN },
	{ .name = "kernel-oom", .val = OPT_KERNEL },
	{ .name = "syslog", .val = OPT_SYSLOG },
	{ .name = "debug", .val = 'd' },
	{ .name = "help", .val = 'h' },
	{},
};

/* One of the two numbers of a limit. An empty one is 0, as earlyoom has it. */
static int parse_part(struct import *im, char option, const char *text, double most, double *ret)
{
	*ret = 0;
	if (*text && !import_number(text, ret))
		return import_error(im, "-%c: '%s' is not a number", option, text);
	if (*ret < 0)
		return import_error(im, "-%c: %s is below 0", option, text);
	if (*ret > most)
		return import_error(im, "-%c: %s is more than %.0f%s", option, text, most,
				    strchr("MS", option) ? " KiB, all that this machine has" : "");
	return 0;
}

/* "TERM[,KILL]"; without KILL it is half of TERM, and never more than TERM. */
static int parse_limit(struct import *im, char option, const char *arg, double most,
		       struct limit *ret)
{
	char text[256];
	char *comma;
	int err;

	if (strlen(arg) >= sizeof(text))
		return import_error(im, "-%c: longer than any two numbers", option);
	strcpy(text, arg);
	comma = strchr(text, ',');
	if (comma)
		*comma = 0;
	err = parse_part(im, option, text, most, &ret->term);
	ret->kill = ret->term / 2;
	if (!err && comma)
		err = parse_part(im, option, comma + 1, most, &ret->kill);
	if (err)
		return err;
	if (ret->kill > ret->term)
		ret->term = ret->kill;
	if (ret->term == 0)
		return import_error(im, "-%c %s: a limit of 0 is never reached", option, arg);
	ret->set = true;
	return 0;
}

/* What a limit in KiB may be: all there is (but for a hundredth, which earlyoom grants). */
static double most_of(uint64_t total_kib)
{
	return (double)total_kib * 100 / 99;
}

/* A machine without swap may have some tomorrow: then the limit in KiB counts. */
static int parse_swap_kib(struct import *im, const char *arg, struct limit *ret)
{
	uint64_t total = im->host.swap_total_kib;

	return parse_limit(im, 'S', arg, total ? most_of(total) : (double)(UINT64_C(1) << 40), ret);
}

/* What repeats a part, for which the C library makes copies of it, and of copies in it: gigabytes. */
static bool repeats_much(const char *regex)
{
	unsigned int plus = 0;

	for (const char *p = regex; (p = strchr(p, '+')); p++)
		plus++;
	return plus > 4 || strchr(regex, '{');
}

/* Is it an expression at all? Where the C library is not to be asked, import_names() will say. */
static int parse_regex(struct import *im, const char *option, const char *arg, const char **ret)
{
	regex_t re;

	*ret = arg;
	if (repeats_much(arg))
		return 0;
	if (regcomp(&re, arg, REG_EXTENDED | REG_NOSUB))
		return import_error(im, "%s: '%s' is not a regular expression", option, arg);
	regfree(&re);
	return 0;
}

static int parse_seconds(struct import *im, char option, const char *arg, double *ret)
{
	if (!import_number(arg, ret) || *ret < 0)
		return import_error(im, "-%c: '%s' is not a time in seconds", option, arg);
	return 0;
}

/* An absolute path without what would end it in a rule's action. */
static const char *script_path(struct import *im, const char *option, const char *path)
{
	if (*path != '/')
		import_left(im, "%s %s: not an absolute path; earlyoom does not run it either",
			    option, path);
	else if (!import_is_program(path))
		import_left(im, "%s %s: reapd takes a path without blanks or commas", option, path);
	else
		return path;
	return NULL;
}

/* Options that have a value or more to say than that they are there. */
static int take_value(struct import *im, struct earlyoom *e, int option, const char *arg)
{
	double unused;

	switch (option) {
	case 'm':
		return parse_limit(im, 'm', arg, 99, &e->mem);
	case 's':
		return parse_limit(im, 's', arg, 100, &e->swap);
	case 'M':
		return parse_limit(im, 'M', arg, most_of(im->host.mem_total_kib), &e->mem_kib);
	case 'S':
		return parse_swap_kib(im, arg, &e->swap_kib);
	case 'w':
		return parse_seconds(im, 'w', arg, &e->wait_s);
	case 'r':
		import_left(im,
			    "-r %s: reapd writes no line that tells only that all is well; see "
			    "'reapctl status', or metrics",
			    arg);
		return strtod(arg, NULL) < 0 ? parse_seconds(im, 'r', arg, &unused) : 0;
	case OPT_PREFER:
		return parse_regex(im, "--prefer", arg, &e->prefer);
	case OPT_AVOID:
		return parse_regex(im, "--avoid", arg, &e->avoid);
	case OPT_IGNORE:
		return parse_regex(im, "--ignore", arg, &e->ignore);
	case 'N':
		e->after = script_path(im, "-N", arg);
		return 0;
	default:
		e->before = script_path(im, "-P", arg);
		return 0;
	}
}

static int take_option(struct import *im, struct earlyoom *e, int option)
{
	switch (option) {
	case 'g':
		e->group = true;
		return 0;
	case 'd':
		e->debug = true;
		return 0;
	case OPT_IGNORE_ROOT:
		e->ignore_root = true;
		return 0;
	case OPT_BY_RSS:
		e->by_rss = true;
		return 0;
	case OPT_DRY_RUN:
		e->dry_run = true;
		return 0;
	case 'k':
	case 'i':
		import_left(im, "-%c: earlyoom too has long ignored it", option);
		return 0;
	case 'n':
		import_left(im, "-n: desktop notifications are reapd-notify(8)'s");
		return 0;
	case 'p':
		import_left(im,
			    "-p: reapd runs at a real-time priority and protects itself anyway");
		return 0;
	case OPT_SYSLOG:
		import_left(im, "--syslog: reapd logs to standard error, which systemd keeps");
		return 0;
	case OPT_KERNEL:
		import_left(im,
			    "--kernel-oom: reapd never leaves the choice to the kernel's killer");
		return 0;
	default:
		return import_error(im, "-%c only makes earlyoom print something", option);
	}
}

static int parse_args(struct import *im, int argc, char **argv, struct earlyoom *e)
{
	int option, err = 0;

	optind = 0;
	while (!err &&
	       (option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (option == '?' && optopt && optopt < OPT_PREFER)
			err = import_error(im, "unknown option -%c", optopt);
		else if (option == '?')
			err = import_error(im, "unknown option %s", argv[optind - 1]);
		else if (option == ':')
			err = import_error(im, "%s needs a value", argv[optind - 1]);
		else if (optarg)
			err = take_value(im, e, option, optarg);
		else
			err = take_option(im, e, option);
	}
	if (!err && optind < argc)
		err = import_error(im, "'%s' is not an option", argv[optind]);
	return err;
}

int import_earlyoom_args(struct import *im, int argc, char **argv)
{
	struct earlyoom e = { .wait_s = 10 };
	int err = parse_args(im, argc, argv, &e);

	if (err)
		return err;
	if (!e.mem.set && !e.mem_kib.set)
		e.mem = (struct limit){ true, 10, 5 };
	if (!e.swap.set && !e.swap_kib.set)
		e.swap = (struct limit){ true, 10, 5 };
	return earlyoom_write(im, &e);
}

/* The value behind EARLYOOM_ARGS=: within quotes, or the whole line as systemd has it. */
static int take_args(struct import *im, const struct import_file *f, char *value, char **ret)
{
	*ret = value;
	if (*value != '"' && *value != '\'')
		return 0;
	if (import_words(value, ret, 1) == -EINVAL)
		return import_error(im, "%s: EARLYOOM_ARGS: a quote does not end", f->path);
	return 0;
}

/* The last one in a shell's file. */
static int find_args(struct import *im, const struct import_file *f, char **ret)
{
	char *at = f->text, *line, *key, *value;
	unsigned int number = 0;
	int err = 0;

	*ret = NULL;
	while (!err && (line = import_next_line(&at, &number, true))) {
		line = import_trim(line);
		if (!strncmp(line, "export ", 7))
			line += 7;
		if (*line != '#' && import_key_value(line, &key, &value) &&
		    !strcmp(key, "EARLYOOM_ARGS"))
			err = take_args(im, f, value, ret);
	}
	if (!err && !*ret)
		err = import_error(im, "%s: no EARLYOOM_ARGS= in it", f->path);
	return err;
}

int import_earlyoom(struct import *im, struct import_file *files, size_t n)
{
	char *words[WORDS_MAX + 2] = { "earlyoom" }, *args;
	int argc, err = find_args(im, &files[0], &args);
	bool quotes;

	if (n > 1)
		return import_error(im, "%s: one file is enough", files[1].path);
	if (err || !args)
		return err;
	quotes = strpbrk(args, "'\"");
	argc = import_words(args, words + 1, WORDS_MAX);
	if (argc < 0)
		return import_error(im, "%s: EARLYOOM_ARGS: %s", files[0].path,
				    argc == -E2BIG ? "too many words" : "a quote does not end");
	if (quotes)
		import_left(im,
			    "the quotes in EARLYOOM_ARGS: read as a shell reads them. Where they "
			    "reached earlyoom (its issue 380) they were part of the expression, "
			    "which then matched nothing");
	return import_earlyoom_args(im, argc + 1, words);
}
