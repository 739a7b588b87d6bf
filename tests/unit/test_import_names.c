// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_import_names.c - tools/import_names: which names a regular expression matches. What it lists is
 * compared with what regexec(3) says.
 */
#include "test.h"

#include <regex.h>

#include "../../tools/import_text.h"

static struct names names;

/* "foo bar* ?baz": whole names, prefixes, and what is neither. */
static const char *listed(const char *regex, bool python)
{
	static char text[4096];
	const char *wrong = import_names(regex, python, &names);
	size_t len = 0;

	if (wrong)
		return wrong;
	*text = 0;
	for (size_t i = 0; i < names.n; i++) {
		const struct name *n = &names.name[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s%s", i ? " " : "",
					n->kind == NAME_OTHER ? "?" : "", n->text,
					n->kind == NAME_PREFIX ? "*" : "");
	}
	return text;
}

struct row {
	const char *regex, *names;
};

static const struct row both[] = {
	{ "^foo$", "foo" },
	{ "^foo", "foo*" },
	{ "^(foo|bar)$", "foo bar" },
	{ "^(foo|bar)", "foo* bar*" },
	{ "^foo$|^bar", "foo bar*" },
	{ "(^foo|^bar)$", "foo bar" },
	{ "^(a(b|c)d|e)$", "abd acd e" },
	{ "^fo?o$", "foo fo" },
	{ "^ba[rz]$", "bar baz" },
	{ "^x[0-2]$", "x0 x1 x2" },
	{ "^x[]a]$", "x] xa" },
	{ "^x[a-]$", "xa x-" },
	{ "^(python|ipython)(2|3)?$", "python2 ipython2 python3 ipython3 python ipython" },
	{ "^a\\.b\\-c$", "a.b-c" },
	{ "^Web Content$", "Web Content" },
	{ "^foo.*$", "foo*" },
	{ "^foo.*", "foo*" },
	{ "^(foo|foo)$", "foo" },
	/* What cannot be listed is said as far as it is known. */
	{ "foo", "?foo" },
	{ "foo$", "?foo" },
	{ ".*foo$", "?foo" },
	{ "^.*foo$", "?foo" },
	{ "^foo|bar$", "foo* ?bar" },
	{ "(^|/)(init|X)$", "init ?/init X ?/X" },
	{ "^foo.$", "?foo" },
	{ "^foo.*bar$", "?foo" },
	{ "^fo+$", "?f" },
	{ "^fo*$", "?f" },
	{ "^a{2}b$", "?" },
	{ "^a[^b]$", "?a" },
	{ "^a[[:digit:]]$", "?a" },
	{ "^a[!-~]$", "?a" },
	{ "^a\\wb$", "?a" },
	{ "^(a)\\1$", "?a" },
	{ "^", "?" },
	{ "$", "?" },
	{ ".*", "?" },
	{ "", "?" },
	/* Nothing is like this. */
	{ "^foo$bar", "" },
	{ "foo^bar", "" },
	/* What is no expression at all. */
	{ "(", "a '(' is not closed" },
	{ "^(foo|bar$", "a '(' is not closed" },
	{ "[", "a '[' is not closed" },
	{ "[a", "a '[' is not closed" },
	{ "a\\", "ends in a backslash" },
	{ "a)", "a ')' has no '('" },
};

static void lists_what_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(both); i++) {
		for (int python = 0; python < 2; python++) {
			const char *got = listed(both[i].regex, python);

			if (strcmp(got, both[i].names))
				fail_msg("%s: '%s' in place of '%s'", both[i].regex, got,
					 both[i].names);
		}
	}
}

static void python_has_groups_of_its_own(void **state)
{
	static const struct row rows[] = {
		{ "^(?:foo|bar)$", "foo bar" }, { "^foo(?!bar)", "?" }, { "(?i)^foo$", "?" },
		{ "^x[\\]a]$", "x] xa" },	{ "^x[\\w]$", "?x" },	{ "^fo+?$", "?f" },
		{ "^foo.*?$", "foo*" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_string_equal(listed(rows[i].regex, true), rows[i].names);
	/* In a POSIX class a backslash is one. */
	assert_string_equal(listed("^x[\\a]$", false), "x\\ xa");
}

/* Every name that is listed matches, and none with something more at an end that is fixed. */
static void regexec_agrees(void **state)
{
	char text[160];
	regex_t re;

	(void)state;
	for (size_t i = 0; i < countof(both); i++) {
		if (import_names(both[i].regex, false, &names) ||
		    regcomp(&re, both[i].regex, REG_EXTENDED | REG_NOSUB))
			continue;
		for (size_t j = 0; j < names.n; j++) {
			const struct name *n = &names.name[j];

			if (n->kind == NAME_OTHER)
				continue;
			assert_int_equal(regexec(&re, n->text, 0, NULL, 0), 0);
			snprintf(text, sizeof(text), "%s~~", n->text);
			assert_int_equal(!regexec(&re, text, 0, NULL, 0), n->kind == NAME_PREFIX);
			snprintf(text, sizeof(text), "~~%s", n->text);
			assert_int_not_equal(regexec(&re, text, 0, NULL, 0), 0);
		}
		regfree(&re);
	}
}

static void too_much_is_not_listed(void **state)
{
	char text[1024] = "^";

	(void)state;
	assert_string_equal(listed("^[0-9][0-9]$", false),
			    "00 10 20 30 40 50 60 70 80 90 01 11 21 31 41 51 61 71 81 91 02 12 22 "
			    "32 42 52 62 72 82 92 03 13 23 33 43 53 63 73 83 93 04 14 24 34 44 54 "
			    "64 74 84 94 05 15 25 35 45 55 65 75 85 95 06 16 26 36 46 56 66 76 86 "
			    "96 07 17 27 37 47 57 67 77 87 97 08 18 28 38 48 58 68 78 88 98 09 19 "
			    "29 39 49 59 69 79 89 99");
	assert_string_equal(listed("^[0-9][0-9][0-9]$", false), "?");
	assert_string_equal(listed("^((((((((((a))))))))))$", false), "?");
	memset(text + 1, 'a', 200);
	import_names(text, false, &names);
	assert_int_equal(names.n, 1);
	assert_int_equal(names.name[0].kind, NAME_OTHER);
	assert_int_equal(strlen(names.name[0].text), 127);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_matches),
		cmocka_unit_test(python_has_groups_of_its_own),
		cmocka_unit_test(regexec_agrees),
		cmocka_unit_test(too_much_is_not_listed),
	};

	return RUN("reapctl/import names", tests);
}
