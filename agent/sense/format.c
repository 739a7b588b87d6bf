// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../base/file.h"

#define FORMAT_MAX 8192 /* the longest that we read has 1,500, most of them for printing */

/* Where systemd mounts tracefs, and where it appears with debugfs. */
static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* A number behind this word of the line that ends at `end`. */
static int number_behind(const char *line, const char *end, const char *word, uint32_t *ret)
{
	const char *at = strstr(line, word);
	unsigned long value;
	char *rest;

	if (!at || at > end)
		return -EINVAL;
	at += strlen(word);
	if (*at < '0' || *at > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(at, &rest, 10);
	if (errno || *rest != ';' || value > UINT16_MAX)
		return -EINVAL;
	*ret = (uint32_t)value;
	return 0;
}

/* "field:unsigned long clone_flags;": its last word. False for an array. */
static bool field_name(const char *line, const char *end, char *ret, size_t size)
{
	const char *semicolon = memchr(line, ';', (size_t)(end - line)), *begin;
	size_t len;

	if (!semicolon)
		return false;
	for (begin = semicolon; begin > line && begin[-1] != ' '; begin--)
		;
	len = (size_t)(semicolon - begin);
	if (begin == line || !len || len >= size || semicolon[-1] == ']')
		return false;
	memcpy(ret, begin, len);
	ret[len] = 0;
	return true;
}

/* 1: a field; 0: one that is no number; -EINVAL. */
static int parse_field(const char *line, const char *end, struct format_field *ret)
{
	uint32_t is_signed = 0;
	int err;

	memset(ret, 0, sizeof(*ret));
	err = number_behind(line, end, "offset:", &ret->offset);
	if (!err)
		err = number_behind(line, end, "size:", &ret->size);
	if (!err)
		err = number_behind(line, end, "signed:", &is_signed);
	if (err)
		return err;
	ret->is_signed = is_signed != 0;
	if (ret->size != 1 && ret->size != 2 && ret->size != 4 && ret->size != 8)
		return 0;
	return field_name(line, end, ret->name, sizeof(ret->name));
}

int format_parse(const char *text, struct format_field ret[FORMAT_FIELDS])
{
	const char *line = strstr(text, "format:"), *end, *field;
	struct format_field one;
	int n = 0, is;

	for (; line; line = *end ? end + 1 : NULL) {
		end = strchrnul(line, '\n');
		field = line + strspn(line, " \t");
		if (strncmp(field, "field:", strlen("field:")) != 0)
			continue;
		is = parse_field(field, end, &one);
		if (is < 0)
			return is;
		if (is && n == FORMAT_FIELDS)
			return -E2BIG;
		if (is)
			ret[n++] = one;
	}
	return n ? n : -EINVAL;
}

static int read_format(const char *event, char text[FORMAT_MAX])
{
	char path[160];
	ssize_t len = -ENOENT;

	for (size_t i = 0; len < 0 && i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path, sizeof(path), "%s/events/%s/format", roots[i], event);
		len = file_read_at(AT_FDCWD, path, text, FORMAT_MAX);
	}
	return len < 0 ? (int)len : 0;
}

int format_probe(const char *event)
{
	struct format_field fields[FORMAT_FIELDS];
	char text[FORMAT_MAX];
	int err = read_format(event, text);

	if (!err)
		err = format_parse(text, fields);
	return err < 0 ? err : 0;
}

/* The type of a number of this size, made when it is new. */
static int number_type(struct btf *btf, int ids[2][9], const struct format_field *f)
{
	char name[16];
	int *id = &ids[f->is_signed][f->size];

	if (*id)
		return *id;
	snprintf(name, sizeof(name), "%c%u", f->is_signed ? 's' : 'u', f->size * 8);
	*id = btf__add_int(btf, name, f->size, f->is_signed ? BTF_INT_SIGNED : 0);
	return *id;
}

/* Numbers first: a struct's members come right behind it. */
static int add_struct(struct btf *btf, int ids[2][9], const char *event,
		      const struct format_field *fields, int n)
{
	const char *slash = strrchr(event, '/');
	uint32_t size = 0;
	char name[64];
	int err = 0;

	for (int i = 0; i < n; i++) {
		err = number_type(btf, ids, &fields[i]);
		if (err < 0)
			return err;
		if (fields[i].offset + fields[i].size > size)
			size = fields[i].offset + fields[i].size;
	}
	snprintf(name, sizeof(name), "classic_%s", slash ? slash + 1 : event);
	err = btf__add_struct(btf, name, size);
	for (int i = 0; err >= 0 && i < n; i++)
		err = btf__add_field(btf, fields[i].name, number_type(btf, ids, &fields[i]),
				     fields[i].offset * 8, 0);
	return err < 0 ? err : 0;
}

/* What libbpf reads BTF from is a path. */
static int write_btf(const struct btf *btf, char path[32])
{
	__u32 size;
	const void *data = btf__raw_data(btf, &size);
	int fd = memfd_create("reapd-formats", MFD_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = data ? file_write(fd, data, size) : -ENOMEM;
	if (err) {
		close(fd);
		return err;
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

int format_types(const char *const events[], size_t n, char path[32])
{
	struct format_field fields[FORMAT_FIELDS];
	struct btf *btf = btf__new_empty();
	char text[FORMAT_MAX];
	int ids[2][9] = {}, err = (int)libbpf_get_error(btf), have;

	if (err)
		return err;
	for (size_t i = 0; !err && i < n; i++) {
		if (read_format(events[i], text))
			continue;
		have = format_parse(text, fields);
		if (have > 0)
			err = add_struct(btf, ids, events[i], fields, have);
	}
	if (!err)
		err = write_btf(btf, path);
	btf__free(btf);
	return err;
}
