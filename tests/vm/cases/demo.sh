#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make demo` works on an ordinary cgroup v2 host.
# kernels: 6.12
# vm: -m 1G
exec /reapd/tests/demo
