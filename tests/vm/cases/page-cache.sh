#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Files much larger than memory are read and written, over and over: all memory is cache, kswapd
# never sleeps, and nobody has to die.
# kernels: 6.12
# vm: -a reapd.modules=zram
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
# Compressed to nothing, so it costs no memory; read and written through the page cache.
echo 3G >/sys/block/zram0/disksize

agent_start
hog_start program -s 150 -w
program=$pid
hog_ready "$program"
cat /dev/zram0 >/dev/null &
reader=$!
dd if=/dev/zero of=/dev/zram0 bs=1M count=1024 2>/dev/null
dd if=/dev/zram0 of=/dev/null bs=1M skip=1024 2>/dev/null
wait "$reader"
check "no watch: the case proves nothing" "$await" line "$work/log" watch
check "the program died" alive "$program"
check "somebody was killed" [ "$(reapctl --json status | awk -F '[:,]' '/"kills"/ { print $2 + 0 }')" = 0 ]
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
grep -E '^(pgscan_kswapd|pgscan_direct|workingset_refault_file|allocstall_normal)' /proc/vmstat
cat /proc/pressure/memory
cat "$work/log"
