# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# figures.awk -v run=N: from what `guest` printed, a line for each figure: run, scenario, daemon, figure, value.
#
# Memory is short when less than a tenth of it is available; the onset is the first such moment. Who kills before
# there is one has memory short for 0 ms; its onset is the moment of which least was left.
#   dead     onset until the last of those who had to die had ended, ms     first: the first of them
#   back     onset until memory was short for the last time, ms             short: short in all, ms
#   least    least that was available, permille of all
#   some, full                      time lost to waiting for memory (PSI), ms
#   gap_locked, gap_plain           longest time between two rounds of a probe that ended after the onset, ms;
#                                   20: none was longer than two rounds
#   right    of those who had to die, died     wrong: others that died, services of the system with them
#   kernel   kills by the kernel's own killer  cpu: CPU time of the daemon, us
BEGIN { OFS = "\t" }
function since(ms) { return onset == "" || ms == "" ? "-" : ms - onset }
function out(figure, value) { print run, scenario, name, figure, value }
# Before the onset programs are started, and the hog takes what there is: that is no crisis yet.
function longest(probe,   i, ms) {
	ms = 20
	for (i = 0; i < gaps; i++)
		if (gap_of[i] == probe && gap_at[i] >= onset && gap_ms[i] > ms) ms = gap_ms[i]
	return ms
}
$1 == "begin" {
	scenario = $2; name = $3; rows = gaps = 0; onset = dead = first = back = short = ""
	right = wrong = others = 0; who = ""
	next
}
$1 == "exit" {
	if ($3 == "hog") {
		right++
		dead = $2
		if (first == "") first = $2
	} else {
		wrong++
		who = who (who == "" ? "" : "+") $3
	}
	next
}
$1 == "at" { t[rows] = $2; available[rows] = $3; some[rows] = $5; full[rows] = $6; ooms[rows] = $7; rows++; next }
$1 == "memory" { total = $2; next }
$1 == "gap" {
	gap_of[gaps] = $2; gap_ms[gaps] = $3; gap_at[gaps++] = $5
	next
}
$1 == "cpu" { out("cpu", $2); next }
$1 == "other" { wrong++; who = who (who == "" ? "" : "+") $2; next }
$1 == "daemon" {
	out("rss", $2); out("anon", $3); out("cgroup", $4); out("switches", $5); out("cpu", $6)
	next
}
$1 == "end" && rows {
	least = 1000; lowest = 0
	for (i = 1; i < rows; i++) {
		now = int(available[i] * 1000 / total)
		if (now < least) least = now
		if (!lowest || available[i] < available[lowest]) lowest = i
		if (available[i] * 10 < total) {
			if (onset == "") onset = t[i]
			short += t[i] - t[i - 1]
			back = ""
		} else if (onset != "" && back == "") {
			back = t[i]
		}
	}
	if (onset == "" && right) onset = back = t[lowest]
	out("dead", since(dead))
	out("first", since(first))
	out("back", since(back))
	out("gap_locked", longest("locked"))
	out("gap_plain", longest("plain"))
	out("short", short + 0)
	out("least", least)
	out("some", int((some[rows - 1] - some[0]) / 1000))
	out("full", int((full[rows - 1] - full[0]) / 1000))
	out("right", right); out("wrong", wrong); out("kernel", ooms[rows - 1] - ooms[0])
	if (who != "") out("who", who)
	rows = 0
}
