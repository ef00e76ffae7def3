# SPDX-License-Identifier: GPL-2.0-only
# All build output is under build/. A text after ## is that of "make help".

VERSION := 0.1.0

CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(firstword $(shell command -v bpftool) /usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
INSTALL ?= install
STRIP ?= $(if $(SYSROOT),$(TARGET)-)strip
PREFIX ?= /usr/local
prefix ?= $(PREFIX)
sbindir ?= $(prefix)/sbin
mandir ?= $(prefix)/share/man
completionsdir ?= $(prefix)/share/bash-completion/completions
zshdir ?= $(prefix)/share/zsh/site-functions
fishdir ?= $(prefix)/share/fish/vendor_completions.d

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

# For another architecture: CC=s390x-linux-gnu-gcc SYSROOT=... OUT=build/s390x
OUT := build
TARGET := $(shell $(CC) -dumpmachine)
ARCH := $(shell echo $(TARGET) | sed -e 's/-.*//' -e 's/x86_64/x86/' -e 's/aarch64/arm64/' \
	-e 's/powerpc64le/powerpc/' -e 's/riscv64/riscv/' -e 's/s390x/s390/')
BPF_TARGET := $(if $(filter s390,$(ARCH)),bpfeb,bpfel)
ifdef SYSROOT
PKG_CONFIG := PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(TARGET)/pkgconfig $(PKG_CONFIG)
endif

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wmissing-prototypes -Wshadow
# Checked functions need optimization, and get in the way of sanitizers. Before GCC 12, there is no level 3.
FORTIFY_LEVEL := $(shell $(CC) $(addprefix --sysroot=,$(SYSROOT)) -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
	-Werror -include features.h -fsyntax-only -x c /dev/null 2>/dev/null && echo 3 || echo 2)
OPTIMIZED = $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
FORTIFY = $(if $(SANITIZE)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,$(if $(OPTIMIZED), \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY_LEVEL)))
HARDENED = -fPIE -fstack-protector-strong $(FORTIFY)
HARDENED_LINK = $(if $(filter -static,$(LDFLAGS)),,-pie) -Wl,-z,relro,-z,now
# Keeps folder names out of the program, so that every folder gives the same bytes
PREFIX_MAP := -ffile-prefix-map='$(CURDIR)'=. $(addsuffix =,$(addprefix -ffile-prefix-map=,$(SYSROOT)))
LIBS := libbpf libelf zlib liblzma libzstd liblz4 libcap libutf8proc sqlite3 ncursesw
# Without sane user space types, a __u64 is a long on powerpc.
ALL_CFLAGS = $(addprefix --sysroot=,$(SYSROOT)) -std=gnu11 -D_GNU_SOURCE -D__SANE_USERSPACE_TYPES__ \
	-DVERSION='"$(VERSION)"' $(WARNINGS) -iquote src -iquote bpf -iquote $(OUT) -MMD -MP \
	$(shell $(PKG_CONFIG) --cflags $(LIBS)) $(HARDENED) $(PREFIX_MAP) $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
ALL_LDLIBS = $(HARDENED_LINK) $(LDFLAGS) $(shell $(PKG_CONFIG) --libs $(LIBS)) -lm $(SANITIZE)
BPF_CFLAGS := -O2 -g -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall -Wextra -Werror \
	-Ivmlinux -Ibpf $(PREFIX_MAP) -MMD -MP

SRC := $(sort $(shell find src -name '*.c' ! -path 'src/completion/*'))
OBJ := $(SRC:src/%.c=$(OUT)/src/%.o)
LIB := $(filter-out $(OUT)/src/main.o,$(OBJ))
UNIT := $(patsubst tests/unit/%.c,$(OUT)/tests/unit/%,$(sort $(wildcard tests/unit/*/test_*.c)))
SKEL := $(addprefix $(OUT)/,memdestroy_trace.skel.h memdestroy_trace_in_place.skel.h \
	memdestroy_trace_all_threads.skel.h symbols.skel.h)

all: $(OUT)/memdestroy-trace ## build the program

$(OUT)/memdestroy-trace: $(OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^ $(ALL_LDLIBS)

# Completions come from the tables of options and are the same for every architecture.
COMPLETIONS := $(addprefix $(OUT)/completion/memdestroy-trace.,bash zsh fish)
ifdef SYSROOT
$(OUT)/completion/generate:
	$(Q)$(MAKE) --no-print-directory SYSROOT= CC=gcc OUT=$(OUT)/native $(OUT)/native/completion/generate
	$(Q)$(INSTALL) -D $(OUT)/native/completion/generate $@
else
$(OUT)/completion/generate: src/completion/generate.c $(LIB)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< $(LIB) $(ALL_LDLIBS)
endif

$(OUT)/completion/memdestroy-trace.%: src/completion/functions.% $(OUT)/completion/generate
	$(call say,GEN,$@)
	$(Q){ cat $< && $(OUT)/completion/generate $*; } >$@

$(OUT)/src/%.o: src/%.c Makefile | $(SKEL) $(OUT)/embedded_page.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The style and the script of HTML pages.
PAGE := src/output/html/page.css src/output/html/page.js
$(OUT)/embedded_page.h: src/output/html/embed $(PAGE)
	$(call say,PAGE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)src/output/html/embed $(PAGE) > $@.tmp && mv $@.tmp $@

vpath %.bpf.c bpf
# The programs are compiled three times: see bpf/kernel_read.bpf.h.
# Of the debug information of -g, libbpf needs only the BTF.
compile_bpf = mkdir -p $(@D) && $(CLANG) -target $(BPF_TARGET) $(BPF_CFLAGS) -c -o $@ $< && \
	$(LLVM_STRIP) -g $@

$(OUT)/%.bpf.o: %.bpf.c Makefile
	$(call say,BPF,$@)
	$(Q)$(compile_bpf)

$(OUT)/%_in_place.bpf.o: BPF_CFLAGS += -DREAD_IN_PLACE
$(OUT)/%_in_place.bpf.o: %.bpf.c Makefile
	$(call say,BPF,$@)
	$(Q)$(compile_bpf)

$(OUT)/%_all_threads.bpf.o: BPF_CFLAGS += -DREAD_IN_PLACE -DALL_THREADS
$(OUT)/%_all_threads.bpf.o: %.bpf.c Makefile
	$(call say,BPF,$@)
	$(Q)$(compile_bpf)

$(OUT)/%.skel.h: $(OUT)/%.bpf.o bpf/foreign-skeleton
	$(call say,SKEL,$@)
ifeq ($(BPF_TARGET),bpfel)
	$(Q)$(BPFTOOL) gen skeleton $< > $@.tmp && mv $@.tmp $@
else
	$(Q)$(MAKE) --no-print-directory OUT=$(OUT)/twin BPF_TARGET=bpfel $(OUT)/twin/$*.bpf.o
	$(Q)bpf/foreign-skeleton $(BPFTOOL) $< $(OUT)/twin/$*.bpf.o > $@.tmp && mv $@.tmp $@
endif

# One program that needs no library. With -static-pie, its addresses are still random. SQLite calls
# dlopen() for extensions, which are never loaded; that of a static C library would need a shared one.
static: $(OUT)/memdestroy-trace-static ## build one program that runs on any Linux of this architecture
$(OUT)/memdestroy-trace-static: $(OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -s -o $@ $^ -static-pie -Wl,-z,relro,-z,now $(LDFLAGS) \
		-Wl,--wrap=dlopen,--defsym=__wrap_dlopen=abort $(shell $(PKG_CONFIG) --static --libs $(LIBS)) -lm

# Installed files: mode:file:place
INSTALLED = 755:$(OUT)/memdestroy-trace:$(sbindir)/memdestroy-trace \
	$(foreach page,$(wildcard docs/man/*.8),644:$(page):$(mandir)/man8/$(notdir $(page))) \
	644:$(OUT)/completion/memdestroy-trace.bash:$(completionsdir)/memdestroy-trace \
	644:$(OUT)/completion/memdestroy-trace.zsh:$(zshdir)/_memdestroy-trace \
	644:$(OUT)/completion/memdestroy-trace.fish:$(fishdir)/memdestroy-trace.fish
install: STRIPPED := -s --strip-program=$(STRIP)
install: install-debug ## install the program without debug information, its manual and completions
install-debug: all $(COMPLETIONS) ## install all this with debug information
	$(Q)for file in $(INSTALLED); do \
		IFS=:; set -- $$file; unset IFS; strip=; [ $$1 != 755 ] || strip='$(STRIPPED)'; \
		$(INSTALL) -D -m $$1 $$strip $$2 "$(DESTDIR)$$3" || exit; \
	done

# Folders are left to others, except in a staging folder.
places = $(foreach file,$(INSTALLED),$(lastword $(subst :, ,$(file))))
uninstall: ## remove what install has installed
	$(Q)for place in $(places); do rm -f "$(DESTDIR)$$place" || exit; done
	$(Q)$(if $(DESTDIR),cd "$(DESTDIR)" && for place in $(places); do \
		place=$${place%/*}; rmdir -p "$${place#/}" 2>/dev/null || :; \
	done)

include docs/debian/package.mk
include tests/tests.mk

clean: ## remove all that was built
	$(Q)rm -rf $(OUT)

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.* ## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | \
		awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: all static install install-debug uninstall clean help
.SECONDARY:
.DELETE_ON_ERROR:
-include $(OBJ:.o=.d) $(OUT)/completion/generate.d $(UNIT:=.d) $(SKEL:.skel.h=.bpf.d) $(wildcard $(OUT)/tests/bin/*.d $(OUT)/tests/fuzz/*.d)
