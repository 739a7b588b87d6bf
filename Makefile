# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# reapd: one Makefile. `make help` lists the targets.
#
#   V=1       show commands         DEBUG=1  -O0                  SAN=1    address+undefined
#   STATIC=1  no shared libraries   ARCH=    x86_64 or arm64      WERROR=1 as CI does

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

, := ,
HOST_ARCH := $(subst aarch64,arm64,$(shell uname -m))
ARCH      ?= $(HOST_ARCH)
BPF_ARCH  := $(subst x86_64,x86,$(ARCH))
VERSION   := $(shell cat VERSION)

PREFIX     ?= /usr
SBINDIR    ?= $(PREFIX)/sbin
MANDIR     ?= $(PREFIX)/share/man
UNITDIR    ?= /lib/systemd/system
USERUNITDIR ?= $(PREFIX)/lib/systemd/user
DBUSDIR    ?= $(PREFIX)/share/dbus-1/system.d
SYSCONFDIR ?= /etc

PKG_CONFIG := pkg-config
ifneq ($(ARCH),$(HOST_ARCH))
TRIPLE     := $(if $(filter arm64,$(ARCH)),aarch64,x86_64)-linux-gnu
CC         := $(TRIPLE)-gcc
PKG_CONFIG := PKG_CONFIG_LIBDIR=/usr/lib/$(TRIPLE)/pkgconfig:/usr/share/pkgconfig pkg-config
endif
CLANG   ?= clang
BPFTOOL ?= $(shell command -v bpftool || echo /usr/sbin/bpftool)

# Every flavour has a folder of its own, so that switching never mixes objects.
BUILD := build$(if $(filter-out $(HOST_ARCH),$(ARCH)),/$(ARCH))$(if $(STATIC),/static)$(if $(SAN),/san)$(if $(DEBUG),/debug)

export REAPD_BUILD := $(CURDIR)/$(BUILD)

SANFLAGS  = -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS   ?= $(if $(DEBUG),-O0,-O2) -g
CFLAGS   += -std=gnu11 -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wformat=2
CFLAGS   += -fstack-protector-strong $(if $(WERROR),-Werror) $(if $(SAN),$(SANFLAGS))
CPPFLAGS += -D_GNU_SOURCE -DREAPD_VERSION='"$(VERSION)"' $(if $(DEBUG),,-DNDEBUG)
CPPFLAGS += -Iinclude -I$(BUILD) -MMD -MP
LDFLAGS  += $(if $(STATIC),-static)

libs = $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(1))
AGENT_LIBS = $(call libs,libbpf inih zlib) -lpthread
TOOLS_LIBS = $(call libs,libbpf json-c zlib)
# reapd-notify alone needs it. It is absent on Android, and not to be had as a static library.
NOTIFY_LIBS := $(if $(STATIC),,$(shell $(PKG_CONFIG) --silence-errors --libs libsystemd))

objects   = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
BPF_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bpf/*.bpf.c))
TRACE_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bpf/trace/*.bpf.c))
SKELS     := $(BUILD)/reapd.skel.h $(BUILD)/classic.skel.h $(BUILD)/trace.skel.h
PURE_OBJ  := $(call objects,agent/base/*.c agent/decide/*.c)
AGENT_OBJ := $(filter-out %/main.o,$(call objects,agent/*.c agent/sense/*.c agent/act/*.c agent/serve/*.c))
NOTIFY_OBJ := $(call objects,tools/notify_*.c)
TOOLS_OBJ := $(filter-out $(NOTIFY_OBJ),$(call objects,tools/*.c))
UNITS     := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/bpf/test_*.c))
FUZZERS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))

ifeq ($(V),1)
msg =
Q :=
else
msg = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$(2))';
Q := @
MAKEFLAGS += --no-print-directory
endif

all: $(BUILD)/reapd $(BUILD)/reapctl $(if $(NOTIFY_LIBS),$(BUILD)/reapd-notify,without-notify) ## build reapd, reapctl, reapd-notify into build/

$(BUILD)/reapd: $(BUILD)/agent/main.o $(AGENT_OBJ) $(PURE_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(AGENT_LIBS) -o $@

$(BUILD)/reapctl: $(TOOLS_OBJ) $(PURE_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(TOOLS_LIBS) -o $@

$(BUILD)/reapd-notify: $(NOTIFY_OBJ) $(BUILD)/tools/client.o $(PURE_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(NOTIFY_LIBS) $(call libs,zlib) -o $@

without-notify:
	@echo '  NOTE     reapd-notify is not built: no $(if $(STATIC),static )libsystemd'

# decide/ and the parsers of base/ are held to more: no silent change of width or sign.
$(BUILD)/agent/decide/%.o $(BUILD)/agent/base/text.o: CFLAGS += -Wconversion

$(BUILD)/%.bpf.o: %.bpf.c
	$(call msg,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wno-visibility \
		$(if $(WERROR),-Werror) -Iinclude -Ivmlinux/$(BPF_ARCH) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(BUILD)/%.o: %.c | $(SKELS)
	$(call msg,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# What needs the kernel's BTF, what does without (main.bpf.c is in both), and the tracer of reapctl.
CLASSIC   := $(filter $(BUILD)/bpf/classic%,$(BPF_OBJ))
$(BUILD)/reapd.bpf.o: $(filter-out $(CLASSIC),$(BPF_OBJ))
$(BUILD)/classic.bpf.o: $(CLASSIC) $(BUILD)/bpf/main.bpf.o
$(BUILD)/trace.bpf.o: $(TRACE_OBJ)
$(SKELS:.skel.h=.bpf.o):
	$(call msg,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

# ---- tests ---------------------------------------------------------------------------------------

# Everything but main(), for tests to link against: they take what they need.
$(BUILD)/libagent.a: $(AGENT_OBJ) $(PURE_OBJ)
	$(call msg,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libagent.a $(filter-out %/reapctl.o,$(TOOLS_OBJ)) $(BUILD)/tools/notify_text.o
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(AGENT_LIBS) $(TOOLS_LIBS) -lcmocka -o $@

# BPF functions behind programs that a test can run.
$(BUILD)/tests/bpf/%.skel.h: $(BUILD)/tests/bpf/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@
$(BUILD)/tests/bpf/test_bpf.o: $(BUILD)/tests/bpf/functions.skel.h
$(BUILD)/tests/bpf/%: $(BUILD)/tests/bpf/%.o $(BUILD)/libagent.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(AGENT_LIBS) -lcmocka -o $@

# Fuzzers see the parsers only; clang instruments everything they touch.
FUZZ_SRC := $(wildcard agent/base/*.c agent/decide/*.c agent/config*.c agent/props.c agent/rule_*.c) agent/serve/lmkd_packet.c tools/trace.c tools/ksymbols.c \
	$(patsubst %,agent/sense/%.c,android cgroup_facts format meminfo names psi scope stream table zoneinfo zram) \
	tools/client.c $(filter-out tools/import.c,$(wildcard tools/import*.c))
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(BUILD)/fuzz/%.o)
FUZZ_CC   = $(CLANG) $(CPPFLAGS) -g -O1 -std=gnu11
$(BUILD)/fuzz/%.o: %.c | $(SKELS)
	$(call msg,FUZZCC,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link$(,)address$(,)undefined -c $< -o $@
$(BUILD)/tests/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(FUZZ_OBJ)
	$(call msg,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -fsanitize=fuzzer$(,)address$(,)undefined $^ $(AGENT_LIBS) $(TOOLS_LIBS) -o $@

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(call objects,tests/bench/freeing/*.c) $(BUILD)/libagent.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(AGENT_LIBS) -o $@

$(BUILD)/clocks: $(BUILD)/tests/clocks.o $(BUILD)/libagent.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(AGENT_LIBS) -o $@

$(addprefix $(BUILD)/,hog await probe timeline lmkd_client pin): $(BUILD)/%: tests/%.c tests/rounds.h
	$(call msg,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -g -Wall -Wextra -static $< -pthread -o $@

$(BUILD)/bus: tests/bus.c
	$(call msg,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -O2 -g -Wall -Wextra $< $(NOTIFY_LIBS) -o $@

HELPERS := $(addprefix $(BUILD)/,hog await probe timeline clocks lmkd_client pin) $(if $(NOTIFY_LIBS),$(BUILD)/bus)
helpers: $(HELPERS)
tests: all $(UNITS) $(HELPERS)
unit: $(UNITS) ## run the unit tests
	$(Q)tests/run unit $(UNITS)
# Not those with bpf(2): valgrind 3.19 does not know what it reads and writes.
valgrind: $(UNITS) ## the unit tests (but BPF) under valgrind: no error, no leak
	$(Q)TEST_WRAP='valgrind -q --error-exitcode=99 --leak-check=full' tests/run valgrind $(filter-out %/test_bpf %/test_names %/test_tree_notes,$(UNITS))
fuzz: $(FUZZERS) ## run each fuzz target for 10 seconds
	$(Q)tests/fuzz/run $(FUZZERS)
system: all $(HELPERS) ## run the system tests, confined to cgroups of their own
	$(Q)tests/run system tests/system/*.sh
vm: tests ## run the cases of tests/vm on the kernel matrix
	$(Q)tests/vm/matrix
lint: all $(BUILD)/tests/bench/cost ## include law, man pages, shellcheck, clang-tidy, format
	$(Q)TEST_SECONDS=400 tests/run lint tests/lint/*.sh
check-fast: deps ## in two minutes: no VMs, packages, sanitizers; clang-tidy of what is not committed
	$(Q)tests/check fast
check: deps ## all tests
	$(Q)tests/check full
bench: deps ## measure; see docs/bench.md
	$(Q)$(MAKE) -s all $(BENCHES) $(HELPERS)
	$(Q)tests/bench/run
bench-peers: deps ## measure reapd beside its peers, in VMs; more than an hour (RUNS=5)
	$(Q)$(MAKE) -s $(HELPERS)
	$(Q)tests/bench/peers/run -n $(or $(RUNS),5)
	$(Q)tests/bench/peers/table $(BUILD)/peers.tsv
bench-quick: deps ## what of it takes this machine alone and less than two minutes
	$(Q)$(MAKE) -s all $(BENCHES) $(HELPERS)
	$(Q)tests/bench/run quick
bench-plots: deps ## draw docs/bench/*.svg from the figures of `make bench`
	$(Q)for script in tests/bench/plots-*.sh; do "$$script" || exit 1; done
cost: deps ## BPF programs: verifier counts beside those kept (fails: over 10 % more), and time
	$(Q)$(MAKE) -s $(BUILD)/tests/bench/cost
	$(Q)tests/bench/cost.sh
demo: deps ## the main job, shown on this kernel in a cgroup of its own
	$(Q)$(MAKE) -s all $(HELPERS)
	$(Q)tests/demo

# ---- the rest ------------------------------------------------------------------------------------

deps: ## install what is missing (Debian, Ubuntu); elsewhere print what to install
	$(Q)tests/deps $(ARCH)
format: ## lay out all C as .clang-format says
	$(Q)git ls-files '*.c' '*.h' | grep -v ^vmlinux/ | xargs clang-format -i
vmlinux: ## make vmlinux/*/vmlinux.h anew from Debian kernels
	$(Q)vmlinux/make $(BPFTOOL)
compile_commands.json: ## for editors and clang-tidy
	$(Q)$(MAKE) -nkB V=1 all $(UNITS) 2>/dev/null | tests/compile-commands > $@

install: all ## DESTDIR= PREFIX=
	install -Dm755 -t $(DESTDIR)$(SBINDIR) $(BUILD)/reapd $(BUILD)/reapctl
	install -Dm644 -t $(DESTDIR)$(MANDIR)/man8 man/reapd.8 man/reapctl.8
	install -Dm644 -t $(DESTDIR)$(MANDIR)/man5 man/reapd.conf.5
	install -Dm644 -t $(DESTDIR)$(UNITDIR) packaging/reapd.service
	install -Dm644 packaging/reapd.conf $(DESTDIR)$(SYSCONFDIR)/reapd/reapd.conf
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/reapd/presets packaging/presets/*.conf
ifneq ($(NOTIFY_LIBS),)
	install -Dm755 -t $(DESTDIR)$(SBINDIR) $(BUILD)/reapd-notify
	install -Dm644 -t $(DESTDIR)$(MANDIR)/man8 man/reapd-notify.8
	install -Dm644 -t $(DESTDIR)$(UNITDIR) packaging/reapd-notify.service
	install -Dm644 -t $(DESTDIR)$(USERUNITDIR) packaging/reapd-notify-session.service
	install -Dm644 -t $(DESTDIR)$(DBUSDIR) packaging/dbus/org.reapd.conf
endif

deb: ## build the Debian packages into build/deb/
ifneq ($(ARCH),$(HOST_ARCH))
	$(error packages are built on the machine that they are for ($(ARCH)), not across)
endif
	$(Q)packaging/deb

clean: ## remove what was built
	$(call msg,CLEAN,build)
	$(Q)rm -rf build compile_commands.json
help: ## this
	@sed -n 's/^#   /    /p' Makefile | head -2
	@awk -F':.*## ' '/^[a-z_.-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' Makefile

.PHONY: all without-notify compile_commands.json helpers tests unit valgrind fuzz system vm lint check-fast check bench bench-quick bench-peers bench-plots cost demo deps format vmlinux install deb clean help
-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -type f -name '*.d' -print 2>/dev/null)
