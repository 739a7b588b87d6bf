#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# plots-crisis.sh [DIR]: draws what became of memory in a crisis, and how long the stages of a kill take, from the
# figures that are kept in DIR (docs/bench).
set -eu
here=$(cd "$(dirname "$0")/plots" && pwd)
cd "${1:-$here/../../../docs/bench}"
command -v gnuplot >/dev/null || { echo 'SKIP: no gnuplot here (package gnuplot-nox)' >&2; exit 77; }

# crisis NAME TITLE: from crisis-NAME.tsv.
crisis() {
	local data=crisis-$1.tsv name dead last=0 more=''
	for name in kernel earlyoom reapd; do
		dead=$(awk -F'\t' -v name=$name '$1 == name && $2 == "exit" && $4 == "hog" { s = $3 } END { print s }' "$data")
		more+="dead_$name = $dead; said_$name = 'dead after $dead s'; "
		last=$(awk -v a="$last" -v b="$dead" 'BEGIN { print (a > b ? a : b) }')
	done
	gnuplot -e "data = '$data'; out = 'crisis-$1.svg'; title = '$2'; last = $last * 1.15; $more" "$here/crisis.gp"
}

crisis fast 'A program that grows as fast as it can; no swap'
crisis zram 'A program that grows as fast as it can; swap on zram'
gnuplot -e "data = 'stages.tsv'; out = 'stages.svg'; title = '$(sed -n '1s/^# \([^,]*, [^,]*\),.*/\1/p' stages.tsv)'" "$here/stages.gp"
