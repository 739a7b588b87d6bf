#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The recipes of tools/trace as written: perf tells one line per kill, of reapd's own with its stages and
# kill id; bpftrace draws histograms from tracepoints and from reapd's static probes, and tells slow kills.
. "$(dirname "$0")/../lib.sh"
recipes=$top/tools/trace
command -v perf >/dev/null || skip "no perf"
command -v bpftrace >/dev/null || skip "no bpftrace"
[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
[ -d /sys/kernel/tracing/events/signal ] || skip "no tracefs with events"

# What perf and bpftrace run, one after the other; each kills what it started alone.
hog_start plain -s 40
plain=$pid
hog_ready "$plain"
printf '#!/bin/sh\nkill -9 %s\n' "$plain" >"$work/kill"
scope_make 200
agent_start
# shellcheck disable=SC2046 # words are meant
cat >"$work/crisis" <<END
#!/bin/bash
. "$work/kill"
for i in 1 2 3; do (exec -a small\$i "$hog" $(join) -s 20 ${squeezed[*]}) & echo \$! >>"$work/pids"; done
(exec -a large "$hog" $(join) -s 110 ${squeezed[*]}) &
echo \$! | tee "$work/large" >>"$work/pids"
"$await" -t 40 line "$work/log" 'killed large'
END

# Both at once: the static probes of one agent, seen by both. What a script has first is attached last.
{
	printf '%s\n' 'interval:ms:50 { printf("attached\n"); }'
	sed "s,/usr/sbin/reapd,$reapd," "$recipes/reapd-stages.bt"
} >"$work/stages.bt"
bpftrace -p "$agent" "$work/stages.bt" >"$work/stages" 2>&1 &
stages=$!
pids+=("$stages")
disown "$stages"
"$await" line "$work/stages" attached >/dev/null || fail "bpftrace: $(cat "$work/stages")"
"$recipes/perf-kills" -x "$reapd" -o "$work/perf.data" bash "$work/crisis" >"$work/perf" 2>"$work/errors" </dev/null
kill -INT "$stages"
"$await" exit "$stages"
mapfile -t started <"$work/pids"
pids+=("${started[@]}")
large=$(cat "$work/large")
grep -E "^[0-9.]+ " "$work/perf"
check "plain is not told: $(cat "$work/errors")" grep -q "hog\[$plain\] by [^ ]*\[[0-9]*\]: deliver [0-9.]* exit [0-9.]* freed [0-9.]* ms\$" "$work/perf"
id=$(kill_field "$large" id)
check "kill $id is not told with its stages" grep -q "hog\[$large\] by reapd/reap[0-9]\[$agent\]: .*freed [0-9.]* ms; kill $id: edge -[0-9.]* wake -[0-9.]* decided -[0-9.]* signalled .*freed" "$work/perf"
for histogram in decided_to_signalled signalled_to_freed; do
	check "no histogram $histogram" grep -q "^@${histogram}_us:" "$work/stages"
done
check "the probes were left behind" [ ! -e /sys/kernel/tracing/events/sdt_reapd ]
"${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}" map dump pinned "$bpf_dir/latency" >"$work/dump"
check "bpftool does not read the map: $(head -c 300 "$work/dump")" grep -q '"count": 1,' "$work/dump"
LC_ALL=C.UTF-8 reapctl latency | tee "$work/latency" | sed -n '/^signalled to freed$/,/^$/p'
check "nothing is drawn" grep -q '^  < .* │█* *1$' "$work/latency"
LC_ALL=C reapctl latency >"$work/latency"
check "not drawn in ASCII" grep -q '^  < .* |#* *1$' "$work/latency"
check "a line is too long" eval "! grep '.\{81\}' $work/latency"
agent_stop

for recipe in kill-latency slow-kills; do
	hog_start plain -s 40
	hog_ready "$pid"
	printf '#!/bin/sh\nkill -9 %s\n"%s" exit %s\n' "$pid" "$await" "$pid" >"$work/kill"
	timeout 60 bpftrace -c "/bin/bash $work/kill" "$recipes/$recipe.bt" 0 >"$work/$recipe" 2>&1 </dev/null
done
for histogram in deliver exit freed; do
	check "no histogram $histogram: $(cat "$work/kill-latency")" grep -q "^@${histogram}_us:" "$work/kill-latency"
done
check "no slow kill: $(cat "$work/slow-kills")" grep -q "^hog  *$pid  *bash " "$work/slow-kills"
