# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Sourced by fetch and qemu: apt against Debian suites of our choice, with
# sources, lists and cache in a directory of its own ($1 of apt_open), so that
# the machine's own sources are neither changed nor needed.

# The Debian mirror this machine uses already: the one most likely to answer.
mirror() {
	{
		sed -nE 's,^(URIs:|deb( \[[^]]*\])?)[[:space:]]+([^ ]+/debian)/?( .*)?$,\3,p' \
			/etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null || true
		echo http://deb.debian.org/debian
	} | sed -n 1p
}

# apt_open DIR ARCH SUITE[@MIRROR]...: reads the package lists of the suites.
# Fails, with apt's own words on stderr, when one of them does not answer.
apt_open() {
	local dir=$1 arch=$2 suite key
	shift 2
	rm -rf "$dir"
	mkdir -p "$dir"/{lists,cache/archives}/partial
	for key in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ -r "$key" ] && break
	done
	for suite; do
		case $suite in *@*) ;; *) suite+=@$(mirror) ;; esac
		# A suite that has been frozen or archived is as good to us, if signed.
		echo "deb [signed-by=$key check-valid-until=no] ${suite#*@} ${suite%@*} main"
	done >"$dir/sources"
	# Error-Mode: by default apt calls an unreachable suite a warning.
	apt_opts=(-q -o "Dir::Etc::sourcelist=$dir/sources" -o Dir::Etc::sourceparts=-
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		-o APT::Update::Error-Mode=any -o APT::Sandbox::User=root
		-o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::Languages=none)
	[ "$arch" = "$(dpkg --print-architecture)" ] ||
		apt_opts+=(-o "APT::Architecture=$arch" -o "APT::Architectures=$arch")
	apt-get "${apt_opts[@]}" update >/dev/null
}

# apt_depends PACKAGE: the packages the newest version of PACKAGE depends on.
apt_depends() {
	apt-cache "${apt_opts[@]}" show --no-all-versions "$1" |
		sed -n 's/^Depends: //p' | tr ',|' '\n' | sed 's/^ *//; s/[ :].*//'
}
