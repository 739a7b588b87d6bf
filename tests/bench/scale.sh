#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# scale.sh: how costs grow with the number of processes and of cgroups (tests/bench/scale.c). Figures go to
# build/cost-*.tsv, from which plots-cost.sh draws; a row for each cost has its exponent (growth.awk).
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${REAPD_BUILD:-build}
most=1.5 # far from growing with the square, and room for the caches, which the smaller numbers fit into

for of in processes cgroups; do
	tsv=$build/cost-$of.tsv
	"$build/tests/bench/scale" $of >"$tsv.rows" || exit
	{
		printf '# %s, %s CPUs (%s)\n# what\t%s\tus (CPU time, median of 7)\n' "$(uname -sr)" "$(nproc)" \
			"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" $of
		cat "$tsv.rows"
	} >"$tsv"
	awk -f tests/bench/growth.awk "$tsv" | awk -F'\t' -v of=$of -v most=$most -v OFS='\t' '{
		print $2 " " of ": " $1, sprintf("%.2f ms", $3 / 1e3), sprintf("%.2f us each", $3 / $2),
			sprintf("n^%.2f", $4), "<= n^" most, $4 <= most ? "met" : "missed" }'
	rm "$tsv.rows"
done
