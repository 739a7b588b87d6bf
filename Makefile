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

objects   = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
BPF_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bpf/*.bpf.c))
PURE_OBJ  := $(call objects,agent/base/*.c agent/decide/*.c)
AGENT_OBJ := $(filter-out %/main.o,$(call objects,agent/*.c agent/sense/*.c agent/act/*.c agent/serve/*.c))
TOOLS_OBJ := $(call objects,tools/*.c)
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

all: $(BUILD)/reapd $(BUILD)/reapctl ## build reapd and reapctl into build/

$(BUILD)/reapd: $(BUILD)/agent/main.o $(AGENT_OBJ) $(PURE_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(AGENT_LIBS) -o $@

$(BUILD)/reapctl: $(TOOLS_OBJ) $(PURE_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(TOOLS_LIBS) -o $@

# decide/ and the parsers of base/ are held to more: no silent change of width or sign.
$(BUILD)/agent/decide/%.o $(BUILD)/agent/base/text.o: CFLAGS += -Wconversion

$(BUILD)/%.bpf.o: %.bpf.c
	$(call msg,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wno-visibility \
		$(if $(WERROR),-Werror) -Iinclude -Ivmlinux/$(BPF_ARCH) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(BUILD)/%.o: %.c | $(BUILD)/reapd.skel.h
	$(call msg,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/reapd.bpf.o: $(BPF_OBJ)
	$(call msg,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BUILD)/reapd.skel.h: $(BUILD)/reapd.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name reapd_bpf > $@

# ---- tests ---------------------------------------------------------------------------------------

# Everything but main(), for tests to link against: they take what they need.
$(BUILD)/libagent.a: $(AGENT_OBJ) $(PURE_OBJ)
	$(call msg,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libagent.a $(filter-out %/reapctl.o,$(TOOLS_OBJ))
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
FUZZ_SRC := $(wildcard agent/base/*.c agent/decide/*.c) agent/sense/psi.c agent/sense/meminfo.c \
	agent/sense/stream.c agent/sense/names.c agent/sense/table.c agent/config.c agent/config_keys.c \
	tools/trace.c tools/client.c
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(BUILD)/fuzz/%.o)
FUZZ_CC   = $(CLANG) $(CPPFLAGS) -g -O1 -std=gnu11
$(BUILD)/fuzz/%.o: %.c | $(BUILD)/reapd.skel.h
	$(call msg,FUZZCC,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link$(,)address$(,)undefined -c $< -o $@
$(BUILD)/tests/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(FUZZ_OBJ)
	$(call msg,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -fsanitize=fuzzer$(,)address$(,)undefined $^ $(AGENT_LIBS) -o $@

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libagent.a
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(AGENT_LIBS) -o $@

$(BUILD)/hog $(BUILD)/await: $(BUILD)/%: tests/%.c
	$(call msg,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -g -Wall -Wextra -static $< -pthread -o $@

HELPERS := $(BUILD)/hog $(BUILD)/await
tests: all $(UNITS) $(HELPERS)
unit: $(UNITS) ## run the unit tests
	$(Q)tests/run unit $(UNITS)
# Not test_bpf: valgrind 3.19 does not know what bpf(2) writes.
valgrind: $(UNITS) ## the unit tests (but BPF) under valgrind: no error, no leak
	$(Q)TEST_WRAP='valgrind -q --error-exitcode=99 --leak-check=full' tests/run valgrind $(filter-out %/test_bpf,$(UNITS))
fuzz: $(FUZZERS) ## run each fuzz target for 10 seconds
	$(Q)tests/fuzz/run $(FUZZERS)
system: all $(HELPERS) ## run the system tests, confined to cgroups of their own
	$(Q)tests/run system tests/system/*.sh
vm: all $(HELPERS) ## run the cases of tests/vm on the kernel matrix
	$(Q)tests/vm/matrix
lint: all ## include law, man pages, shellcheck, clang-tidy, format
	$(Q)tests/run lint tests/lint/*.sh
check-fast: deps ## all tests but those in VMs
	$(Q)tests/check fast
check: deps ## all tests
	$(Q)tests/check full
bench: deps ## measure; see docs/bench.md
	$(Q)$(MAKE) -s all $(BENCHES) $(HELPERS)
	$(Q)tests/bench/run
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

clean: ## remove what was built
	$(call msg,CLEAN,build)
	$(Q)rm -rf build compile_commands.json
help: ## this
	@sed -n 's/^#   /    /p' Makefile | head -2
	@awk -F':.*## ' '/^[a-z_.-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' Makefile

.PHONY: all compile_commands.json tests unit valgrind fuzz system vm lint check-fast check bench demo deps format vmlinux install clean help
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
