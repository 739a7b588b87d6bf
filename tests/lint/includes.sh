#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The dependency law: what each folder may include, and what decide/ may not call.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

# FILE:LINE CLASS for each #include of the files in folder $1. Classes: libc/NAME, a library's name,
# reapd, vmlinux, skel, and for our own files the folder and the name (agent/ left out).
classes() {
	awk '
	function plain(path) { # without "a/../" and "./"
		while (sub(/[^\/.]+\/\.\.\//, "", path) || sub(/\/\.\//, "/", path))
			;
		return path
	}
	/^[ \t]*#[ \t]*include[ \t]/ {
		split($0, part, /["<>]/)
		what = part[2]
		own = /"/
		dir = FILENAME
		sub(/[^\/]*$/, "", dir)
		if (what ~ /\.skel\.h$/) class = "skel"
		else if (what == "vmlinux.h") class = "vmlinux"
		else if (own) { class = plain(dir what); sub(/^agent\//, "", class) }
		else if (what ~ /^reapd\//) class = "reapd"
		else if (what ~ /^bpf\//) class = "libbpf"
		else if (what ~ /^json-c\//) class = "json-c"
		else if (what == "ini.h") class = "inih"
		else if (what == "zlib.h") class = "zlib"
		else if (what == "sys/sdt.h") class = "sdt"
		else if (what ~ /^systemd\//) class = "libsystemd"
		else class = "libc/" what
		print FILENAME ":" FNR, class
	}' "$1"/*.[ch]
}

# law FOLDER CLASSES: CLASSES is an extended regular expression for what is allowed.
law() {
	local where class
	while read -r where class; do
		[[ $class =~ ^($2)$ ]] && continue
		# Only these see a skeleton, each its own.
		[[ $class = skel && $where =~ ^(agent/sense/object|tools/tracer)\.c: ]] && continue
		# Only this program talks D-Bus.
		[[ $class = libsystemd && $where = tools/notify* ]] && continue
		echo "$where: $1 may not include $class"
		bad=1
	done < <(classes "$1")
}

law include/reapd 'reapd|libc/linux/types\.h'
law bpf 'reapd|vmlinux|libbpf|bpf/[a-z_]+\.bpf\.h'
law bpf/trace 'reapd|vmlinux|libbpf|bpf/(compat|exit_mmap)\.bpf\.h|bpf/trace/[a-z_]+\.bpf\.h'
law agent/base 'libc/.*|reapd|zlib|base/.*'
law agent/decide 'libc/(stddef|stdbool|string|stdio)\.h|reapd|decide/.*|base/text\.h'
law agent/sense 'libc/.*|reapd|libbpf|base/.*|sense/.*|decide/(facts|facts_android|filter|view)\.h'
law agent/act 'libc/.*|reapd|sdt|base/.*|act/.*|decide/(facts|verdict|strategy)\.h'
law agent/serve 'libc/.*|reapd|base/.*|serve/.*'
law agent 'libc/.*|reapd|libbpf|inih|(base|decide|sense|act|serve)/.*|[a-z_]+\.h'
law tools 'libc/.*|reapd|libbpf|json-c|tools/.*|base/.*|decide/.*'

# decide/ is pure: no memory, no files, no clock, no output (<stdio.h> is there for snprintf).
calls='(m|c|re)alloc|free|f?open(at)?|[pf]?read|[pf]?write|f?close|clock_gettime|time|v?f?printf|f?puts|log_[a-z]+'
calls+='|syscall|getenv|s?rand(om)?|strn?dup|abort|exit|getpid'
for file in agent/decide/*.[ch]; do
	sed -E 's,//.*|/\*.*\*/,,; s,^[[:space:]]*/?\*.*,,' "$file" |
		grep -nEo "(^|[^a-zA-Z0-9_])($calls)\(" |
		sed -E "s,^([0-9]+):[^a-z]*(.*)\(\$,$file:\1: decide/ may not call \2(),"
done | grep . && bad=1
# ... and no state of its own.
grep -nE '^[[:space:]]*static [^(]*(=|;|\[)' agent/decide/*.[ch] | grep -vE 'static (inline |const |.*\* ?const )' |
	sed 's/:[[:space:]]*static.*/: decide\/ may not keep a variable/' | grep . && bad=1
exit $bad
