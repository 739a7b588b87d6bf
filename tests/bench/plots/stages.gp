# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# stages.gp: how long each step of a kill took, as histograms over powers of two. Set by plots-crisis.sh: data (what
# tests/bench/stages wrote), out, title.
set terminal svg size 800,600 dynamic font "DejaVu Sans,12" background rgb "white"
set output out
set datafile separator "\t"
steps = "'edge to wake' 'wake to decided' 'decided to signalled' 'signalled to released' 'signalled to exited' 'signalled to freed' 'edge to freed'"
set multiplot layout 7,1 margins screen 0.245,0.985,0.095,0.905 spacing screen 0.022
set style fill solid 0.7 noborder
set border 1 lc rgb "#999999"
set boxwidth 0.92
set xrange [-0.6:22.6]
unset ytics
unset key
name_of(i) = i < 10 ? sprintf("%d us", 2 ** i) : i < 20 ? sprintf("%d ms", 2 ** (i - 10)) : sprintf("%d s", 2 ** (i - 20))
set xtics nomirror out tc rgb "#555555"
set label 1 title at screen 0.02, screen 0.955 left font ",15"
set label 3 "a bar for each power of two, up to which the step took; on it how many of the kills" at screen 0.61, screen 0.022 center tc rgb "#555555"
do for [i = 1:7] {
	step = word(steps, i)
	colour = i <= 2 ? "#8a6d3b" : i == 3 ? "#c62828" : i <= 6 ? "#1f6fb4" : "#333333"
	set label 2 step at graph -0.02, 0.42 right font ",13" tc rgb colour
	set xtics ()
	if (i < 7) { set for [k = 0:22:2] xtics add ("" k) } else { set for [k = 0:22:2] xtics add (name_of(k) k) }
	rows = sprintf("< awk -F'\t' '$1 == \"%s\"' %s", step, data)
	most = system(sprintf("awk -F'\t' '$1 == \"%s\" && $3 > m { m = $3 } END { print m + 0 }' %s", step, data)) + 0
	set yrange [0:most * 1.3]
	plot rows using (log($2) / log(2)):3 with boxes lc rgb colour, \
		rows using (log($2) / log(2)):($3 > 0 ? $3 : NaN):(sprintf("%d", $3)) with labels offset 0,0.55 font ",10" tc rgb "#777777"
	unset label 1; unset label 3
}
unset multiplot
