#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The metrics are well-formed; the dashboard and the alerts name what there is, the man page all of it.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }
golden=tests/unit/metrics.golden
tests/metrics.py check $golden || exit 1
tests/metrics.py used $golden packaging/grafana/*.json packaging/prometheus/*.yml || exit 1
diff <(sed -nE 's/^# TYPE (reapd_[a-z_]+) .*/\1/p' $golden | sort) \
	<(sed -nE '/^\.Sh METRICS/,/^\.El/s/^\.It Cm //p' man/reapd.8 | sed 's/ , /\n/g' | sort) |
	sed -nE 's/^< (.*)/man\/reapd.8:1: metric is missing: \1/p; s/^> (.*)/man\/reapd.8:1: metric does not exist: \1/p' |
	grep . && exit 1
exit 0
