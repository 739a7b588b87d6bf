# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# crisis.gp: one crisis under the kernel alone, earlyoom and reapd, below each other with one time axis.
# Set by plots-crisis.sh: data (lines of tests/bench/peers/timeline.awk), out, title, last (s), and of each KERNEL, EARLYOOM,
# REAPD the text beside its kill: said_..., its time: dead_...
set terminal svg size 800,620 dynamic font "DejaVu Sans,12" background rgb "white"
set output out
set multiplot
blue = "#1f6fb4"; red = "#c62828"; orange = "#f2a33a"; grey = "#555555"
set style fill solid 0.18 noborder
set border 3 lc rgb "#999999"
set tics nomirror out tc rgb grey
set lmargin at screen 0.075
set rmargin at screen 0.985
set xrange [-0.6:last]
set yrange [0:122]
set ytics 0,50,100 format "%g %%"
set grid y lc rgb "#e4e4e4"
set label 1 title at screen 0.075, screen 0.972 left font ",15"
set label 2 "memory available" at screen 0.090, screen 0.925 left tc rgb blue
set label 3 "somebody waits for memory (PSI some)" at screen 0.29, screen 0.925 left tc rgb "#b9741a"
set label 4 "everybody waits (PSI full)" at screen 0.685, screen 0.925 left tc rgb red
rows(name) = sprintf("< awk -F'\t' '$1 == \"%s\" && $2 == \"at\"' %s", name, data)
do for [i = 1:3] {
	name = word("kernel earlyoom reapd", i)
	top = 0.885 - (i - 1) * 0.275
	set tmargin at screen top
	set bmargin at screen top - 0.205
	dead = (i == 1) ? dead_kernel : (i == 2) ? dead_earlyoom : dead_reapd
	said = (i == 1) ? said_kernel : (i == 2) ? said_earlyoom : said_reapd
	late = dead > last * 0.6
	if (i == 3) { set format x "%g s" } else { set format x "" }
	if (i == 3) { set label 5 "since less than 10 % of memory was available" at screen 0.53, screen 0.028 center tc rgb grey }
	set label 10 (i == 1 ? "the kernel alone" : name) at graph 0.012, 0.93 left font ",13" front
	set arrow 1 from dead, 0 to dead, 122 nohead lc rgb "#222222" lw 1.5 dt (4,3) front
	if (late) { set label 11 said at dead, 112 right offset -0.6,0 front } else { set label 11 said at dead, 112 left offset 0.6,0 front }
	plot rows(name) using 3:6 with filledcurves y1=0 lc rgb red fs solid 0.55 notitle, \
		"" using 3:5 with lines lc rgb orange lw 1.2 notitle, \
		"" using 3:4 with lines lc rgb blue lw 2 notitle
	unset label 1; unset label 2; unset label 3; unset label 4
}
unset multiplot
