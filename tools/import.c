// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import.c - reapctl import: what another out-of-memory daemon is configured to do, as our
 * configuration. Nothing is printed on stdout unless all of it could be read.
 */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sys/sysinfo.h>
#include <unistd.h>

#include "../agent/base/file.h"
#include "import_text.h"
#include "out.h"

#define FILES_MAX 256
#define FILE_MAX  (1 << 20)

static const struct peer {
	const char *name;
	import_fn *run;
	const char *files[4]; /* the first one that is there is read when none is named */
} peers[] = {
	{ "earlyoom", import_earlyoom, { "/etc/default/earlyoom" } },
	{ "systemd-oomd",
	  import_systemd,
	  { "/etc/systemd/oomd.conf", "/run/systemd/oomd.conf", "/usr/local/lib/systemd/oomd.conf",
	    "/usr/lib/systemd/oomd.conf" } },
	{ "oomd", import_oomd, { "/etc/oomd/oomd.json", "/etc/oomd.json" } },
	{ "nohang", import_nohang, { "/etc/nohang/nohang.conf" } },
};
#define PEERS (sizeof(peers) / sizeof(peers[0]))

static const char usage_text[] = "usage: reapctl import FILE\n"
				 "       reapctl import earlyoom [OPTIONS|FILE]\n"
				 "       reapctl import systemd-oomd [FILE]...\n"
				 "       reapctl import oomd|nohang [FILE]\n";

static const struct peer *peer_find(const char *name)
{
	for (size_t i = 0; name && i < PEERS; i++) {
		if (!strcmp(peers[i].name, name))
			return &peers[i];
	}
	return NULL;
}

static struct import_host this_host(void)
{
	struct sysinfo info;
	uint64_t unit;

	sysinfo(&info);
	unit = info.mem_unit ? info.mem_unit : 1;
	return (struct import_host){ info.totalram * unit / 1024, info.totalswap * unit / 1024 };
}

/* 0, or an exit code after saying why. The text is to be freed. */
static int read_file(const char *path, struct import_file *ret)
{
	char *text = malloc(FILE_MAX);
	ssize_t len;

	if (!text)
		abort();
	len = file_read_at(AT_FDCWD, path, text, FILE_MAX);
	if (len < 0) {
		complain("%s: %s", path, strerror((int)-len));
		free(text);
		return EXIT_FAILURE;
	}
	if (memchr(text, 0, (size_t)len)) {
		complain("%s: not a text file", path);
		free(text);
		return EXIT_USAGE;
	}
	ret->path = path;
	ret->text = realloc(text, (size_t)len + 1);
	if (!ret->text)
		abort();
	return 0;
}

static void print(const struct tool *t, struct import *im, const char *peer)
{
	struct json_object *o;

	if (!t->json) {
		fputs(im->text, stdout);
		return;
	}
	o = json_object_new_object();
	out_str(o, "peer", peer);
	out_str(o, "config", im->text);
	json_object_object_add(o, "notes", json_object_get(im->notes));
	json_object_object_add(o, "left_out", json_object_get(im->left));
	out_json(o);
}

static int finish(const struct tool *t, struct import *im, const char *peer, int err)
{
	import_end(im);
	if (err)
		complain("import: %s: %s", peer, im->error);
	else
		print(t, im, peer);
	import_done(im);
	return err ? EXIT_USAGE : 0;
}

static int import_files(const struct tool *t, const struct peer *peer, const char *const *paths,
			size_t n)
{
	struct import_file files[FILES_MAX];
	struct import_host host = this_host();
	struct import im;
	char from[PATH_MAX + 32];
	size_t got = 0;
	int code = 0;

	for (; got < n && !code; got += !code)
		code = read_file(paths[got], &files[got]);
	if (!code && !peer)
		peer = peer_find(import_recognise(files[0].text));
	if (!code && !peer) {
		complain("%s: not a configuration of earlyoom, systemd-oomd, oomd or nohang",
			 paths[0]);
		code = EXIT_USAGE;
	}
	if (!code) {
		snprintf(from, sizeof(from), "%s (%s)%s", paths[0], peer->name,
			 n > 1 ? " and more" : "");
		import_begin(&im, &host, from);
		code = finish(t, &im, peer->name, peer->run(&im, files, n));
	}
	while (got)
		free(files[--got].text);
	return code;
}

/* earlyoom's options: as they are, or all in one word as in its defaults file. */
static int import_options(const struct tool *t, int argc, char **argv)
{
	char *words[FILES_MAX + 2] = { "earlyoom" };
	struct import_host host = this_host();
	struct import im;

	import_begin(&im, &host, "the command line of earlyoom");
	if (argc == 2) {
		argc = import_words(argv[1], words + 1, FILES_MAX) + 1;
		argv = words;
	}
	if (argc < 1)
		return finish(t, &im, "earlyoom",
			      import_error(&im, "a quote does not end, or too many words"));
	return finish(t, &im, "earlyoom", import_earlyoom_args(&im, argc, argv));
}

/* The file that a peer reads itself, where it is; else the first place to look. */
static const char *own_file(const struct peer *peer)
{
	for (size_t i = 0; i < 4 && peer->files[i]; i++) {
		if (!access(peer->files[i], F_OK))
			return peer->files[i];
	}
	return peer->files[0];
}

/* No file's name: empty, more than a word, or it begins with an option. */
static bool is_options(const char *arg)
{
	return !*arg || *arg == '-' || strpbrk(arg, " \t");
}

int verb_import(const struct tool *t, int argc, char **argv)
{
	const struct peer *peer = peer_find(argc > 1 ? argv[1] : NULL);
	const char *own;

	if (argc == 1 || argc > FILES_MAX) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (!peer && argc == 2)
		return import_files(t, NULL, (const char *const *)argv + 1, 1);
	if (!peer) {
		complain("unknown peer '%s'; one of: earlyoom, systemd-oomd, oomd, nohang",
			 argv[1]);
		return EXIT_USAGE;
	}
	if (argc == 2) {
		own = own_file(peer);
		return import_files(t, peer, &own, 1);
	}
	if (peer->run == import_earlyoom && (argc > 3 || is_options(argv[2])))
		return import_options(t, argc - 1, argv + 1);
	return import_files(t, peer, (const char *const *)argv + 2, (size_t)argc - 2);
}
