# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# timeline.awk -v daemons="A B": from what `guest` printed of one scenario, what plots-crisis.sh draws: lines
#
#   DAEMON at S AVAILABLE_PCT SOME_PCT FULL_PCT     some, full: of the 200 ms before
#   DAEMON exit S NAME                              S: since memory was first short (less than a tenth available)
#
# from 1 s before that on, a point each 20 ms.
BEGIN { OFS = "\t"; n = split(daemons, list, " "); for (i = 1; i <= n; i++) wanted[list[i]] }
$1 == "begin" { name = $3; rows = ends = 0; onset = ""; next }
$1 == "memory" { total = $2; next }
$1 == "exit" { when[ends] = $2; who[ends++] = $3; next }
$1 == "at" {
	t[rows] = $2; available[rows] = $3; some[rows] = $5; full[rows++] = $6
	if (onset == "" && $3 * 10 < total) onset = $2
	next
}
function share(us, i, j) { return t[i] == t[j] ? 0 : (us[i] - us[j]) / (t[i] - t[j]) / 10 }
function clip(pct) { return pct > 100 ? 100 : pct }
$1 == "end" && (name in wanted) {
	for (i = 20; i < rows; i += 2)
		if (t[i] > onset - 1000)
			printf "%s\tat\t%.2f\t%.1f\t%.1f\t%.1f\n", name, (t[i] - onset) / 1000, available[i] * 100 / total, \
				clip(share(some, i, i - 20)), clip(share(full, i, i - 20))
	for (i = 0; i < ends; i++) printf "%s\texit\t%.2f\t%s\n", name, (when[i] - onset) / 1000, who[i]
}
