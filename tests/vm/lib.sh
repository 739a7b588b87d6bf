# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# lib.sh of the VM cases: the whole machine is the scope. Sourced.
REAPD_TOP=/reapd
# shellcheck source=tests/lib.sh
. /reapd/tests/lib.sh
# shellcheck disable=SC2034 # used by lib.sh
scope=/
