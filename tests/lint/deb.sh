#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The Debian packages can be built (debhelper sees to it that all that is installed is in one of them),
# and lintian has nothing to say about them.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -z "${CHECK_FAST:-}" ] || { echo "SKIP: make check builds the packages, check-fast does not"; exit 77; }
for tool in dh lintian; do command -v $tool >/dev/null || { echo "SKIP: no $tool"; exit 77; }; done
debs=$(packaging/deb) || exit 1
mapfile -t debs <<<"$debs"
lintian --allow-root --fail-on error,warning "${debs[@]}"
