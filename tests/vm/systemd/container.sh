#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The agent as packaging/kubernetes/daemonset.yaml has it run, made by hand of what a container is: the
# two static programs alone in a read-only root, the node's PIDs, a cgroup namespace and a /sys of its
# own, the mounts and the capabilities of the manifest and no others. It starts in tier A and kills a
# process outside of the container.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
manifest=/reapd/daemonset.yaml
root=/run/container
mkdir -p $root/{etc/reapd,usr/sbin,proc,sys,dev,run/reapd,var/lib/reapd,metrics} /var/lib/reapd /run/reapd
cp /reapd/static/reapd /reapd/static/reapctl $root/usr/sbin/
printf '[protect]\npackage = pusher\n' >$root/etc/reapd/reapd.conf
add=$(sed -n '/^ *add:/,/^ *seccompProfile:/s/^ *- \([A-Z_]*\)$/,+\1/p' $manifest | tr -d '\n' | tr '[:upper:]' '[:lower:]')
check "no capabilities in the manifest" [ -n "$add" ]
mapfile -t paths < <(sed -n 's/^ *path: \(\/sys\/.*\|.*\/reapd\)$/\1/p' $manifest)
check "paths in the manifest: ${paths[*]}" [ ${#paths[@]} = 6 ]

# What a runtime does, in its order. A fresh /sys, as one gets with a network of one's own, is empty of
# what is mounted on the node's.
cat >/run/runtime <<-'R'
	set -e
	root=$1 capabilities=$2
	shift 2
	mount --make-rprivate /
	mount --bind $root $root
	mount -t proc proc $root/proc
	mount -t sysfs -o ro sysfs $root/sys
	for path; do mount --bind $path $root$path; done
	mount -o remount,bind,ro $root
	ulimit -l 64
	# One more, for chroot itself. The agent has no use for it.
	exec setpriv --bounding-set "-all,+sys_chroot$capabilities" --inh-caps=-all --no-new-privs \
		chroot $root /usr/sbin/reapd
R
systemd-run --quiet --collect --unit=container -p OOMScoreAdjust=-997 -p MemoryMax=64M \
	-p StandardError="append:$work/log" unshare --mount --cgroup --net --ipc --uts \
	/bin/bash /run/runtime $root "$add" "${paths[@]}"
units+=(container)
"$await" line "$work/log" 'tier A, scope /' >/dev/null || fail "it did not start in tier A"
agent=$(property container MainPID)
check "it is not in a root of its own" [ ! -e "/proc/$agent/root/bin" ]
# shellcheck disable=SC2016 # awk's own
check "it can write to its root" awk '$5 == "/" && $6 ~ /^ro/ { ro = 1 } END { exit !ro }' "/proc/$agent/mountinfo"
check "it complains: $(grep 'going on' "$work/log")" [ -z "$(grep 'going on' "$work/log")" ]
# shellcheck disable=SC2016 # awk's own
check "it is not locked in memory" awk '/^VmLck/ { exit !$2 }' "/proc/$agent/status"

unit_start innocent -- innocent -s 30
innocent=$pid
unit_start hog --uid=testuser -- hog -s 100
victim=$pid
for pid in "$innocent" "$victim"; do hog_ready "$pid"; done
unit_start pusher -- pusher -s 1 -g 50 -o 60
check "the hog was not killed" died "$victim" 60
check "not by us" "$await" line "$work/log" 'killed hog'
check "the node's reapctl does not see it" [ "$(kill_field "$victim" outcome)" = freed ]
check "another one died" [ "$(reapctl --json kills | grep -c '^    "pid":')" = 1 ]
check "its unit is not known" [ "$(kill_field "$victim" cgroup)" = /system.slice/hog.service ]
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
