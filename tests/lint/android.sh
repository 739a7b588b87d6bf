#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What a machine without Android can check of packaging/android: reapd.rc is made of what init knows, and
# reloads for each setting of lmkd's that reapd has; paths and capabilities are the same wherever they
# stand; the configuration is right; Android.bp builds what make builds, and its BPF objects are the same;
# the policy is one that checkpolicy takes.
set -u
cd "$(dirname "$0")/../.." || exit 1
export REAPD_BUILD=${REAPD_BUILD:-build}
[ -x "$REAPD_BUILD/reapd" ] || { echo "SKIP: no $REAPD_BUILD/reapd (make)"; exit 77; }
here=packaging/android rc=packaging/android/reapd.rc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
wrong() { echo "$1:1: $2"; bad=1; }
# differ FILE WHAT ONE TWO: lines that are not in both.
differ() {
	sort -u "$3" >"$work/one"
	sort -u "$4" >"$work/two"
	while read -r line; do wrong "$1" "$2: $line"; done < <(comm -3 "$work/one" "$work/two" | tr -d '\t')
}

# A section begins at the margin, its lines are indented.
options='disabled|class|user|group|capabilities|socket|oom_score_adjust|task_profiles|rlimit|stdio_to_kmsg|restart_period'
commands='mkdir|start|stop|setprop|exec_background'
awk -v options="^($options)$" -v commands="^($commands)$" -v file=$rc '
	/^ *(#|$)/ { next }
	/^(service|on) / { section = $1; next }
	!/^ / || !section || $1 !~ (section == "on" ? commands : options) {
		print file ":" FNR ": init does not know this here: " $0
		bad = 1
	}
	END { exit bad }' $rc || bad=1

# Read from other properties, or with a restart only: man/reapd.conf.5.
others='low_ram|per_app_memcg|log_stats|foreground_cpuset'
: >"$work/empty"
"$REAPD_BUILD/reapd" --check-config -c "$work/empty" | awk '/^\[/ { on = $0 == "[android]"; next } on && / = / { print $1 }' |
	grep -vxE "$others" >"$work/keys"
sed -n 's/^on property:persist\.device_config\.lmkd_native\.\(.*\)=\*$/\1/p' $rc >"$work/triggers"
differ $rc 'not both a key of [android] and a trigger' "$work/keys" "$work/triggers"
[ "$(grep -cx '    setprop reapd.reload 1' $rc)" = "$(wc -l <"$work/triggers")" ] || wrong $rc 'a trigger that does not reload'

value() { sed -n "s/^$1 = //p" $here/reapd.conf; }
for dir in "$(value run_dir)" "$(value state_dir)"; do
	grep -q "^    mkdir $dir " $rc || wrong $rc "does not make $dir"
	grep -qF "$dir(/.*)?" $here/file_contexts || wrong $here/file_contexts "nothing for $dir"
done
grep -q -- "--run-dir $(value run_dir) reload" $rc || wrong $rc "reloads in another run_dir"
grep -q "^genfscon bpf $(value bpf_dir | sed 's,^/sys/fs/bpf,,') " $here/genfs_contexts || wrong $here/genfs_contexts "not bpf_dir"
"$REAPD_BUILD/reapd" --check-config -c $here/reapd.conf >/dev/null || bad=1
sed -n 's/^    capabilities //p' $rc | tr '[:upper:] ' '[:lower:]\n' >"$work/rc"
sed -nE 's/^allow reapd self:capability2? \{ (.*) \};/\1/p' $here/reapd.te | tr ' ' '\n' >"$work/te"
differ $rc 'capability not here and in reapd.te' "$work/rc" "$work/te"
sed -n 's/^CapabilityBoundingSet=CAP_//p' packaging/reapd.service | tr '[:upper:]' '[:lower:]' >"$work/unit"
while read -r line; do wrong $rc "the unit has capability $line"; done < <(sort -u "$work/rc" | comm -13 - <(sort -u "$work/unit"))

python3 tests/lint/android.py | grep . && bad=1
machine=$(uname -m) machine=${machine/x86_64/x86} machine=${machine/aarch64/arm64}
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
$here/skeletons . "${CLANG:-clang}" "$bpftool" "$machine" "$work" || bad=1
for name in reapd classic; do
	cmp -s "$work/$name.skel.h" "$REAPD_BUILD/$name.skel.h" || wrong $here/skeletons "makes another $name.skel.h than make"
done

# A context: a path, or what stands before it, and a label whose type the policy has.
sed -E '/^#/d; s/.*u:object_r:([a-z_]+):s0$/\1/' $here/file_contexts $here/genfs_contexts |
	while read -r type; do grep -q "^type $type," $here/reapd.te || echo "$here/reapd.te:1: no type '$type'"; done |
	grep . && bad=1
command -v checkpolicy >/dev/null || { [ $bad = 0 ] || exit 1; echo "SKIP: no checkpolicy"; exit 77; }
{
	cat tests/lint/android.policy $here/reapd.te
	echo 'role r; role r types domain; user u roles { r }; sid kernel u:r:kernel'
	sed 's/u:object_r:\(.*\):s0/u:object_r:\1/' $here/genfs_contexts
} >"$work/policy"
checkpolicy -o "$work/out" "$work/policy" >"$work/said" 2>&1 || { cat "$work/said"; bad=1; }
exit $bad
