#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The filter that finds kernel trouble in the logs of VMs finds it.
set -u
cd "$(dirname "$0")/../.." || exit 1
exec tests/vm/test-splats.sh
