#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every source file begins with its licence: in one of its first two lines.
set -u
cd "$(dirname "$0")/../.." || exit 1
git ls-files -co --exclude-standard | grep -vE '^vmlinux/.*\.h$|\.md$|^packaging/debian/copyright$' | xargs -d '\n' awk '
	function end_of_file() {
		if (file && !found) {
			print file ":1: no SPDX line"
			bad = 1
		}
	}
	FNR == 1 {
		end_of_file()
		file = /^#!/ || FILENAME ~ /\.([ch]|sh|py|awk|[1-9])$|^Makefile$|^packaging\// ? FILENAME : ""
		found = 0
	}
	FNR > 2 { nextfile }
	/SPDX-License-Identifier: BSD-2-Clause OR GPL-2\.0-only/ { found = 1 }
	END { end_of_file(); exit bad }' || exit 1
