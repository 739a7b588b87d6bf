# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# lib.sh of the VM cases: the whole machine is the scope. Sourced.
#
# An emulated CPU is some twenty times slower than a real one, and so is the agent: cases that are not about
# speed push with 25 MiB a second. Those that are (fast-hog, tier-*) go as fast as it gets.
REAPD_TOP=/reapd
# shellcheck source=tests/lib.sh
. /reapd/tests/lib.sh
# shellcheck disable=SC2034 # used by lib.sh
scope=/
