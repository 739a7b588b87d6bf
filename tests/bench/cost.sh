#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# cost.sh [-n | -k]: what each BPF program costs (tests/bench/cost.c), beside the figures that are kept in
# tests/bench/cost.tsv. Fails when the verifier has to look at over a tenth more instructions of a program
# than was kept: so a program nears the limit of older kernels, or does more than it did. Times are shown,
# never judged. Counts differ between kernels and compilers: those that nothing is kept of fail nothing.
#   -n  instructions only, without the load that times are taken under
#   -k  keep this run's counts in place of those kept for this kernel and clang
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${REAPD_BUILD:-build}
kept=tests/bench/cost.tsv
more_pct=10 # as much as a comparison that another clang lays out differently; a loop more is far beyond
kernel=$(uname -r)
clang=$(${CLANG:-clang} --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

quick=()
[ "${1:-}" != -n ] || quick=(-n)
"$build/tests/bench/cost" "${quick[@]}" >"$work/now" 2>"$work/why"
code=$?
[ $code != 77 ] || { echo "SKIP: $(tail -n 1 "$work/why")"; exit 77; }
[ $code = 0 ] || { cat "$work/why"; exit 1; }

vars=(-F '\t' -v OFS='\t' -v k="$kernel" -v c="$clang")
awk "${vars[@]}" '$1 == k && $2 == c' "$kept" >"$work/then"
if [ "${1:-}" = -k ] || { [ ! -s "$work/then" ] && [ ${#quick[@]} = 0 ]; }; then
	[ -s "$work/then" ] || echo "nothing is kept for kernel $kernel and clang $clang: these counts are now, in $kept"
	awk "${vars[@]}" '$1 != k || $2 != c' "$kept" >"$work/new"
	awk "${vars[@]}" '{ print k, c, $1, $2 }' "$work/now" >>"$work/new"
	cp "$work/new" "$kept"
	awk "${vars[@]}" '$1 == k && $2 == c' "$kept" >"$work/then"
elif [ ! -s "$work/then" ]; then
	echo "SKIP: nothing is kept for kernel $kernel and clang $clang"
	exit 77
fi
printf '%-16s %12s %8s %8s %8s %8s\n' PROGRAM INSTRUCTIONS KEPT GREW RUNS NS
awk -F'\t' -v most="$more_pct" '
	FNR == NR { kept[$3] = $4; next }
	{
		grew = $1 in kept ? sprintf("%+.1f %%", ($2 / kept[$1] - 1) * 100) : "new"
		bad = $1 in kept && $2 > kept[$1] * (1 + most / 100)
		worse += bad
		printf "%-16s %12d %8s %8s %8d %8s%s\n", $1, $2, $1 in kept ? kept[$1] : "-", grew, $3, \
			$3 ? $4 : "-", bad ? "  too much" : ""
	}
	END {
		if (worse)
			printf "%d grew by more than %d %%: make it less, or keep it: tests/bench/cost.sh -k\n", worse, most
		exit worse > 0
	}' "$work/then" "$work/now"
