#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Prometheus's own opinion of the metrics, and the alerts against series of which it is known which of
# them fire. Debian's promtool is in the package of the server, which is not installed for it: the
# program alone is taken out of the package, once.
set -u
cd "$(dirname "$0")/../.." || exit 1
cache=${REAPD_CACHE:-/var/cache/reapd}

fetch() {
	local work
	command -v apt-get >/dev/null || return
	mkdir -p "$cache" 2>/dev/null || return
	work=$(mktemp -d)
	(cd "$work" && apt-get -q download prometheus && dpkg -x prometheus_*.deb .) >/dev/null 2>&1 &&
		mv "$work/usr/bin/promtool" "$cache/promtool"
	rm -rf "$work"
}

promtool=$(command -v promtool || echo "$cache/promtool")
[ -x "$promtool" ] || fetch
[ -x "$promtool" ] || { echo "SKIP: no promtool, and the package prometheus cannot be had"; exit 77; }
bad=0
"$promtool" check metrics <tests/unit/metrics.golden || bad=1
"$promtool" check rules packaging/prometheus/*.yml >/dev/null || bad=1
"$promtool" test rules tests/prometheus/*.yml >/dev/null || bad=1
exit $bad
