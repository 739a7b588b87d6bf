#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# memory.max of a pod: the kernel's kill inside it stands in our history with container, pod and the
# cgroup whose limit it was. The limit of the victim's own cgroup, and the machine's, are told apart.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
uid=5f0c1d2e-1111-2222-3333-444455556666
kube=/kubepods.slice
pod=$kube/kubepods-burstable.slice/kubepods-burstable-pod${uid//-/_}.slice
box=$pod/cri-containerd-$id.scope
mkdir -p "$cgroup2$box"
for dir in "" "$kube" "$kube/kubepods-burstable.slice" "$pod"; do echo +memory >"$cgroup2$dir/cgroup.subtree_control"; done

# inside LIMIT-CGROUP NAME: a hog in the container is killed at the limit of that cgroup.
inside() {
	echo 64M >"$cgroup2$1/memory.max"
	[ ! -e "$cgroup2$1/memory.swap.max" ] || echo 0 >"$cgroup2$1/memory.swap.max"
	hog_start "$2" -j "$cgroup2$box/cgroup.procs" -s 1 -g 0
	check "nobody was killed" died "$pid" 60
	check "not told" "$await" line "$work/log" "kernel OOM killed $2 ("
	grep "kernel OOM killed $2 (" "$work/log" | grep -q "in pod $uid (burstable), containerd container 0123456789ab" || fail "pod and container are not in the log"
	echo max >"$cgroup2$1/memory.max"
	check "kind is $(kill_field "$pid" kind)" [ "$(kill_field "$pid" kind)" = kernel-oom ]
	check "cgroup is $(kill_field "$pid" cgroup)" [ "$(kill_field "$pid" cgroup)" = "$box" ]
	check "unit is $(kill_field "$pid" unit)" [ "$(kill_field "$pid" unit)" = "cri-containerd-$id.scope" ]
	check "container is $(kill_field "$pid" container)" [ "$(kill_field "$pid" container)" = 0123456789ab ]
	check "pod is $(kill_field "$pid" pod)" [ "$(kill_field "$pid" pod)" = "$uid" ]
	reapctl explain last
	if [ "$limits" = yes ]; then
		check "limit is $(kill_field "$pid" limit)" [ "$(kill_field "$pid" limit)" = cgroup ]
		check "limit_cgroup is $(kill_field "$pid" limit_cgroup)" [ "$(kill_field "$pid" limit_cgroup)" = "$1" ]
	fi
}

agent_config '[host]' 'exhausted = no' 'swap_full = no' 'starving = no' 'thrashing = no'
agent_start
limits=no
reapctl probe | grep '^oom_limit_'
! reapctl probe | grep -q '^oom_limit_.* attached' || limits=yes
say "limits are told: $limits"
inside "$box" own
inside "$pod" pods
hog_start outside -s 1 -g 0
outside=$pid
check "nobody was killed" died "$outside" 60
check "not told" "$await" line "$work/log" 'kernel OOM killed outside'
check "unit is $(kill_field "$outside" unit)" [ -z "$(kill_field "$outside" unit)" ]
[ "$limits" = no ] || check "limit is $(kill_field "$outside" limit)" [ "$(kill_field "$outside" limit)" = machine ]
reapctl explain last
