#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# As on a kernel without BTF: nothing of it is read, the tier is C, every question has its last rung or says
# what is lost; the largest dies, who is protected by its file's name or its cgroup lives, and the record
# is as whole as can be.
. "$(dirname "$0")/../lib.sh"

command -v strace >/dev/null || skip "no strace"
[ -d /sys/kernel/tracing/events/vmscan ] || skip "no tracefs"

scope_make 256
cgroup_make /spared
cp "$hog" "$work/guarded"
# Enough stall for sure, however busy this machine is: who is chosen is what matters here.
agent_config '[protect]' "cgroup = $scope/spared" 'package = guarded' \
	'[rule early]' 'when = psi.some >= 3% over 500ms and mem.available < 20%'

# Not one look at the kernel's types.
strace -f -e trace=openat,open -o "$work/opens" "$reapd" -v -c "$work/conf" --no-btf 2>>"$work/log" &
tracer=$!
pids+=("$tracer")
"$await" line "$work/log" 'tier C' >/dev/null || fail "it does not come up in tier C"
kill "$(sed -n 1p "$work/run/lock")"
"$await" exit "$tracer" || fail "the agent did not stop"
check "it does not say so" grep -q 'no BTF' "$work/log"
read_btf=$(grep -i 'btf\|vmlinux' "$work/opens")
check "BTF was read: $read_btf" [ -z "$read_btf" ]
check "formats were not read" grep -q 'mm_vmscan_kswapd_wake/format' "$work/opens"

agent_start --no-btf
probe=$(reapctl probe | cat)
typed=$(grep -E '^[a-z_]+ +(tp_btf|fentry|kprobe|iter|syscall) +(attached|in watch|spare)' <<<"$probe")
check "hooks that need types are on: $typed" [ -z "$typed" ]
refused=$(grep -E '^[a-z_]+ +(tp|files) ' <<<"$probe" | grep -v ' attached')
check "not attached: $refused" [ -z "$refused" ]
for lost in '^tasks_files .*sharers' '^rss_stat .*sizes' '^freed_tp .*when memory came back' '^BTF .*tier C'; do
	check "probe does not say what is lost: $lost" grep -q "$lost" <<<"$probe"
done

# shellcheck disable=SC2046 # words are meant
hog_start spared $(join /spared) -s 30
spared=$pid
hog_ready "$spared"
# A name is that of the file: this one is called otherwise by who started it.
# shellcheck disable=SC2046
(exec -a nobody "$work/guarded" $(join) -s 100 >>"$work/hogs" 2>&1) &
guarded=$!
pids+=("$guarded")
hog_ready "$guarded"
# shellcheck disable=SC2046
hog_start "a name) S 1 (" $(join) -s 20 "${squeezed[@]}"
small=$pid
hog_ready "$small"
# shellcheck disable=SC2046
hog_start large $(join) -s 80 "${squeezed[@]}"
large=$pid
check "the large one was not killed" died "$large"
for one in "$spared" "$guarded" "$small"; do check "pid $one died too" alive "$one"; done
"$await" line "$work/log" "killed hog" >/dev/null || fail "no log line"
check "outcome is not 'exited'" [ "$(kill_field "$large" outcome)" = exited ]
for stage in edge wake decided signalled exited; do
	check "stage $stage is missing" [ "$(kill_field "$large" $stage)" -gt 0 ]
done
check "its cgroup is not in the record" [ "$(kill_field "$large" cgroup)" = "$scope" ]
reapctl kills "$(kill_field "$large" id)"

# Without tracefs as well the pressure trigger is left, and it is enough.
agent_stop || fail "the agent did not stop well"
cat >"$work/blind" <<EOF
#!/bin/sh
exec unshare -m --propagation private sh -c 'mount -t tmpfs none /sys/kernel/tracing && exec "\$@"' sh $reapd "\$@"
EOF
chmod +x "$work/blind"
reapd=$work/blind
watches=$(($(grep -c watch "$work/log") + 1))
agent_start --no-btf
check "tracepoints are hooked without tracefs" [ "$(reapctl probe | grep -c ' attached')" = 1 ]
# The small one goes on waiting for its file: what no hook tells, the sum of stalls does.
"$await" line "$work/log" watch "$watches" >/dev/null || fail "the trigger began no watch"
calms=$(grep -c calm "$work/log")
"$await" -t 6 line "$work/log" calm $((calms + 1)) >/dev/null && fail "calm in the midst of stalls"
# shellcheck disable=SC2046
hog_start large $(join) -s 80 "${squeezed[@]}"
check "the large one was not killed by the trigger alone" died "$pid" 40
for one in "$spared" "$guarded" "$small"; do check "pid $one died too" alive "$one"; done
