# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kills.awk - `perf script -F comm,pid,tid,cpu,time,event,trace --ns` in, one line for each SIGKILL out:
#
#   12.345 hog[4711] by reapd/reap0[99]: deliver 0.01 reaped 3.20 exit 3.90 freed 4.10 ms; kill 7: edge -12.10 ...
#
# Times in ms since the signal. "reaped" is the return of process_mrelease. Of what reapd sent, its own
# probes' times follow its kill id: they say when a stage was, not when it was told.

function field(text, name,    at) { # name=VALUE
	at = match(" " text, " " name "=[^ ]*")
	return at ? substr(" " text, at + length(name) + 2, RLENGTH - length(name) - 2) : ""
}
function number(text,    n, i) { # "0x1f" or "31": arguments of static probes, by how perf knows their type
	if (text !~ /^0x/)
		return text + 0
	for (i = 3; i <= length(text); i++)
		n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n
}
function argument(text, n) { return number(field(text, "arg" n)) }
function since(stage, pid,    ns) {
	return (pid, stage) in at ? sprintf(" %s %.2f", stage, (at[pid, stage] - at[pid, "signal"]) * 1000) : ""
}
function note(stage, pid, time) {
	if ((pid, "signal") in at)
		at[pid, stage] = time
}

# comm pid/tid [cpu] seconds.ns: group:event: fields; comm may be anything.
{
	if (!match($0, / +-?[0-9]+\/-?[0-9]+ +\[[0-9]+\] +[0-9.]+: +[a-z_0-9]+:[a-z_0-9]+: /))
		next
	comm = substr($0, 1, RSTART - 1)
	gsub(/^ +| +$/, "", comm)
	text = substr($0, RSTART + RLENGTH)
	split(substr($0, RSTART, RLENGTH), word, " ")
	split(word[1], id, "/")
	time = word[3] + 0
	event = word[4]
	sub(/:$/, "", event)
}

event == "signal:signal_generate" && field(text, "res") == 0 {
	pid = field(text, "pid")
	if (!((pid, "signal") in at)) {
		order[++kills] = pid
		at[pid, "signal"] = time
		victim[pid] = field(text, "comm") "[" pid "]"
		sender[pid] = comm "[" id[1] "]"
		sent[id[2]] = pid
	}
}
event == "signal:signal_deliver" && !((id[1], "deliver") in at) { note("deliver", id[1], time) }
event == "oom:mark_victim" { oom[field(text, "pid")] = 1 }
event == "sched:sched_process_exit" { note("exit", id[1], time) } # the last thread's counts
event == "mmap:exit_mmap" { note("freed", id[1], time) }
event == "syscalls:sys_exit_process_mrelease" && text ~ /0x0$/ && id[2] in sent { note("reaped", sent[id[2]], time) }
# The probe fires in the thread that sent the signal; its kill id leads to the victim from there on.
event == "sdt_reapd:signalled" && id[2] in sent { of_kill[argument(text, 1)] = sent[id[2]] }
event ~ /^sdt_reapd:/ && argument(text, 2) { stage_ns[argument(text, 1), substr(event, 11)] = argument(text, 2) }

END {
	n = split("edge wake decided signalled released exited freed", stages, " ")
	for (kill in of_kill)
		kill_of[of_kill[kill]] = kill
	for (i = 1; i <= kills; i++) {
		pid = order[i]
		line = sprintf("%.3f %s by %s:", at[pid, "signal"], victim[pid], pid in oom ? "the kernel (OOM)" : sender[pid])
		line = line since("deliver", pid) since("reaped", pid) since("exit", pid) since("freed", pid) " ms"
		if (pid in kill_of) {
			line = line "; kill " kill_of[pid] ":"
			for (s = 1; s <= n; s++) {
				key = kill_of[pid] SUBSEP stages[s]
				if (key in stage_ns)
					line = line sprintf(" %s %.2f", stages[s], stage_ns[key] / 1e6 - at[pid, "signal"] * 1000)
			}
		}
		print line
	}
}
