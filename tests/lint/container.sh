#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What can be known of the container without an engine: the Containerfile copies all that the build
# reads and installs what its build depends on, as the Debian package has it; the Kubernetes manifest
# is well formed, consistent with itself and with the unit, and its configuration is right.
set -u
cd "$(dirname "$0")/../.." || exit 1
python3 -c 'import yaml' 2>/dev/null || { echo "SKIP: no yaml for python3"; exit 77; }
reapd=${REAPD_BUILD:-build}/reapd
[ -x "$reapd" ] || { echo "SKIP: no $reapd (make)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
file=packaging/Containerfile

# The build of the first stage would run the same commands as one in this tree.
mkdir "$work/src"
sed -n '/^FROM.*AS build/,/^FROM scratch/s/^COPY //p' $file | while read -ra words; do
	cp -r -t "$work/src" "${words[@]:0:${#words[@]}-1}" || exit 1
done || { echo "$file: copies what is not there"; bad=1; }
commands() { make -C "$1" -nB --no-print-directory STATIC=1 install DESTDIR=/out REAPD_BUILD= 2>&1; }
commands . | sort -u >"$work/here"
commands "$work/src" | sort -u >"$work/there"
diff "$work/here" "$work/there" >"$work/diff" || {
	echo "$file: the build in the container is another one than here:"
	head -n 10 "$work/diff"
	bad=1
}
grep -q reapd.skel.h "$work/here" || { echo "make -n shows no build"; bad=1; }
while read -r path; do
	grep -q "/out\(${path%/*}\|$path\)\( \|$\)" "$work/here" || { echo "$file: not installed: $path"; bad=1; }
done < <(sed -n 's/^COPY --from=build //p' $file | tr ' ' '\n' | sed -n 's/^\/out//p')
while read -r package; do
	# The notifier is not in the container.
	[[ $package = debhelper-compat || $package = libsystemd-dev ]] || grep -qw -- "$package" $file ||
		{ echo "$file: without $package, which packaging/debian/control builds with"; bad=1; }
done < <(sed -n '/^Build-Depends:/,/^[A-Z]/s/^ \([a-z0-9-]*\).*/\1/p' packaging/debian/control)

python3 tests/lint/kubernetes.py packaging/kubernetes/daemonset.yaml packaging/reapd.service >"$work/conf" || bad=1
"$reapd" --check-config -c "$work/conf" >/dev/null || bad=1
exit $bad
