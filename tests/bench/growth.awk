# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# growth.awk: rows WHAT, N, US; for each WHAT the growth law, a straight line through the logarithms (least
# squares): WHAT, largest N, US there, exponent, US at N = 1 by the line.
BEGIN { FS = OFS = "\t" }
/^#/ { next }
{
	if (!($1 in n)) name[++names] = $1
	x = log($2); y = log($3)
	n[$1]++; sx[$1] += x; sy[$1] += y; sxx[$1] += x * x; sxy[$1] += x * y
	at[$1] = $2; last[$1] = $3
}
END {
	for (i = 1; i <= names; i++) {
		k = name[i]
		slope = (n[k] * sxy[k] - sx[k] * sy[k]) / (n[k] * sxx[k] - sx[k] * sx[k])
		print k, at[k], last[k], sprintf("%.3f", slope), sprintf("%.6f", exp((sy[k] - slope * sx[k]) / n[k]))
	}
}
