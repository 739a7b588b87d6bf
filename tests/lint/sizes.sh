#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Nothing grows beyond what can be read in one go: file 400 lines, header 100 (a contract in
# include/reapd 220: half of it is prose; a *.bpf.h and what tests share are code, not interface),
# function body 50, agent/main.c 150, Makefile 250.
set -u
cd "$(dirname "$0")/../.." || exit 1
git ls-files -co --exclude-standard | grep -vE '^vmlinux/.*\.h$' | xargs -d '\n' awk '
	function say(line, what) { print file ":" line ": " what; bad = 1 }
	function end_of_file() {
		if (file && lines > limit)
			say(lines, "file of " lines " lines, allowed are " limit)
	}
	FNR == 1 {
		end_of_file()
		file = /^#!/ || FILENAME ~ /\.([ch]|sh)$|^Makefile$/ ? FILENAME : ""
		begin = 0
		limit = 400
		if (file == "Makefile") limit = 250
		else if (file == "agent/main.c") limit = 150
		else if (file ~ /^include\/reapd\//) limit = 220
		else if (file ~ /\.h$/ && file !~ /\.bpf\.h$|^tests\//) limit = 100
	}
	!file { nextfile }
	{ lines = FNR }
	file ~ /\.[ch]$/ && /^\{/ { begin = FNR }
	file ~ /\.[ch]$/ && /^\}/ {
		if (begin && FNR - begin - 1 > 50)
			say(begin, "function of " FNR - begin - 1 " lines, allowed are 50")
		begin = 0
	}
	END { end_of_file(); exit bad }' || exit 1
