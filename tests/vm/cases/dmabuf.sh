#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Under strategy android a process that is small, but has a large dma-buf, is the heaviest of its adj: it goes
# before one of ten times its RSS. By two descriptors a buffer counts once. To strategy host it is nothing.
# kernels: 7.2
# also: 7.2
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh

[ -e /dev/dma_heap/system ] || skip "no /dev/dma_heap/system"
# top_field PID FIELD: of reapctl top.
top_field() {
	reapctl --json top | tr -d ' \n' | grep -o "{[^{}]*\"pid\":$1,[^{}]*}" | grep -o "\"$2\":[0-9]*" | cut -d: -f2
}
hook_state() { reapctl --json probe | tr -d ' \n' | grep -o "{\"name\":\"$1\",[^}]*}" | sed 's/.*"state":"\([a-z]*\)".*/\1/'; }

agent_config
agent_start
check "strategy host: dmabufs is $(hook_state dmabufs)" [ "$(hook_state dmabufs)" = off ]
check "strategy host: tasks_dmabuf is $(hook_state tasks_dmabuf)" [ "$(hook_state tasks_dmabuf)" = off ]
hog_start camera -a 900 -s 3 -D 60
camera=$pid
hog_ready "$camera"
check "strategy host counts $(top_field "$camera" dmabuf_kib) KiB" [ "$(top_field "$camera" dmabuf_kib)" = 0 ]
agent_stop
kill -9 "$camera"
died "$camera"

# It is started when there is no dma-buf yet: what the file of one looks like it learns later.
agent_config 'strategy = android' '[choose]' 'order = lmkd' '[android]' 'kill_heaviest_task = yes' 'kill_timeout_ms = 2000'
agent_start
reapctl probe | grep -E 'tasks|dmabufs'
check "dmabufs is $(hook_state dmabufs)" [ "$(hook_state dmabufs)" = attached ]
check "tasks_dmabuf is $(hook_state tasks_dmabuf)" [ "$(hook_state tasks_dmabuf)" = attached ]
hog_start camera -a 900 -s 3 -D 60
camera=$pid
hog_ready "$camera"
hog_start large -a 900 -s 40
large=$pid
hog_ready "$large"
grep VmRSS "/proc/$camera/status" "/proc/$large/status"
reapctl explain >/dev/null # a pass, and the next one prepared
reapctl explain
check "counted are $(top_field "$camera" dmabuf_kib) KiB" [ "$(top_field "$camera" dmabuf_kib)" = $((60 << 10)) ]
check "counted are $(top_field "$large" dmabuf_kib) KiB of who has none" [ "$(top_field "$large" dmabuf_kib)" = 0 ]
check "size_kib is $(top_field "$camera" size_kib)" [ "$(top_field "$camera" size_kib)" -gt $((61 << 10)) ]

hog_start pusher -a 0 -s 100 -g 25
check "the one with the buffer lives" died "$camera" 100
"$await" line "$work/log" 'reapd: killed' >/dev/null || fail "no kill is in the log"
kill -9 "$pid"
first=$(sed -n 's/.*reapd: killed \([a-z]*\) .*/\1/p' "$work/log" | head -n 1)
check "$first was killed first" [ "$first" = camera ]
check "the record says $(kill_field "$camera" dmabuf_kib) KiB" [ "$(kill_field "$camera" dmabuf_kib)" = $((60 << 10)) ]
reapctl kills "$(kill_field "$camera" id)"
reapctl kills "$(kill_field "$camera" id)" | grep -q '^size .*, dmabuf 60' || fail "the record's size is without it"
reapctl explain "$(kill_field "$camera" id)" | tr '\n' ' ' | grep -q 'in buffers shared with devices' || fail "it is not explained"
grep 'lowmemorykiller: Kill' "$work/log"
agent_stop
