#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# plots-cost.sh: docs/bench/cost-*.svg from docs/bench/cost-*.tsv. Where `make bench` has left figures in
# build/, these are kept there first.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${REAPD_BUILD:-build}
out=docs/bench
command -v gnuplot >/dev/null || { echo "gnuplot is missing (Debian: gnuplot-nox)"; exit 1; }
mkdir -p $out

draw() { # draw processes|cgroups XRANGE
	local tsv=$out/cost-$1.tsv
	[ ! -e "$build/cost-$1.tsv" ] || cp "$build/cost-$1.tsv" "$tsv"
	[ -e "$tsv" ] || { echo "no figures: run tests/bench/run scale first"; exit 1; }
	{
		cat <<-EOF
			set terminal svg size 760,520 font "sans-serif,14" background "white"
			set output "$out/cost-$1.svg"
			set datafile separator "\t"
			set logscale xy
			set grid lc rgb "#dddddd"
			set border 3
			set tics nomirror
			set xlabel "$1"
			set xrange [$2]
			set ylabel "CPU time" offset 1
			set xtics (10, 20, 50, 100, 200, 500, "1,000" 1000, "2,000" 2000, "5,000" 5000, "10,000" 10000, "20,000" 20000)
			set ytics ("1 us" 1, "10 us" 10, "100 us" 100, "1 ms" 1e3, "10 ms" 1e4, "100 ms" 1e5)
			set key below left Left reverse maxcols 2 samplen 2 spacing 1.2
			f = "$tsv"
		EOF
		# Points as measured, and the line that fits them.
		awk -f tests/bench/growth.awk "$tsv" | awk -F'\t' '
			BEGIN { split("#888888 #1f77b4 #2ca02c #d62728", color, " "); printf "plot " }
			{
				printf (NR > 1 ? ", " : "") "f using (strcol(1) eq \"%s\" ? $2 : NaN):3 with points " \
					"pt 7 ps 0.7 lc rgb \"%s\" notitle, %s * x ** %s with lines lw 1.5 " \
					"lc rgb \"%s\" title \"%s: n^{%.2f}\"", $1, color[NR], $5, $4, color[NR], $1, $4
			}
			END { print "" }'
	} >"$build/cost.gp"
	gnuplot "$build/cost.gp" || exit 1
	echo "$out/cost-$1.svg"
}
draw processes 80:25000
draw cgroups 8:2500
