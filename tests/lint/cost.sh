#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# No BPF program has grown by more than a tenth, as the verifier counts (tests/bench/cost.sh -k keeps it).
exec "$(dirname "$0")/../bench/cost.sh" -n
