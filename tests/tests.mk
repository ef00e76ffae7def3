# SPDX-License-Identifier: GPL-2.0-only
# The tests' part of the Makefile, which includes it.

# Tests. Real kernels run under QEMU (tests/guest/README.md), so rights are needed only to install
# missing packages. cmocka passes each test a state, which most do not use.
$(OUT)/tests/unit/%: tests/unit/%.c $(LIB)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote tests -o $@ $< $(LIB) -lcmocka $(ALL_LDLIBS)

$(OUT)/tests/workload: $(filter-out %/slow_disk.c %.bpf.c,$(wildcard tests/guest/workload/*.[ch])) \
		$(OUT)/tests/guest/workload/struct_ops.skel.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fno-omit-frame-pointer -o $@ $(filter %.c,$^) $(ALL_LDLIBS)

$(OUT)/tests/pty: $(addprefix tests/support/,pty.c vt.c vt.h)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $(filter %.c,$^) $(HARDENED_LINK) $(LDFLAGS) -lutil $(SANITIZE)

# Libraries that tests preload.
vpath %.c tests/guest/workload tests/faults
$(OUT)/tests/%.so: %.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -shared -fPIC -o $@ $<

$(OUT)/tests/bin/calls: $(OUT)/tests/bench/calls.skel.h
vpath %.c tests/bench tests/cli tests/kernels
$(OUT)/tests/bin/%: %.c $(LIB)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote tests -o $@ $< $(LIB) $(ALL_LDLIBS)

# Each header of src/ alone, which must include all it uses; then all together, so that no names clash.
HEADERS := $(sort $(shell find src -name '*.h'))
check_header = $(CC) $(filter-out -MMD -MP,$(ALL_CFLAGS)) -fsyntax-only
$(OUT)/tests/headers.c: $(HEADERS) $(wildcard bpf/*.h) Makefile tests/tests.mk | $(SKEL)
	$(call say,CHECK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)for header in $(HEADERS:src/%=%); do \
		echo "#include \"$$header\"" | $(check_header) -x c - || exit; \
	done
	$(Q)for header in $(notdir $(wildcard bpf/*.bpf.h)); do \
		echo "#include \"$$header\"" | $(CLANG) -target $(BPF_TARGET) \
			$(filter-out -MMD -MP,$(BPF_CFLAGS)) -fsyntax-only -x c - || exit; \
	done
	$(Q)printf '#include "%s"\n' $(HEADERS:src/%=%) >$@.new
	$(Q)$(check_header) -x c $@.new
	$(Q)mv $@.new $@

unit: $(UNIT) $(OUT)/tests/headers.c ## build the unit tests
programs: all $(if $(SYSROOT),,$(COMPLETIONS)) $(OUT)/tests/workload $(OUT)/tests/pty $(addprefix $(OUT)/tests/,slow_disk.so fail_alloc.so) $(addprefix $(OUT)/tests/bin/,calls churn events fields floor measure scenarios recordings kernels) ## build the program and those that the tests run

asan:
	$(Q)$(MAKE) --no-print-directory OUT=build/asan CFLAGS="-O1 -g" SANITIZE="-fsanitize=address,undefined" all unit

# The fuzz targets, or without libFuzzer programs that only run the kept inputs. clang takes the rest of
# an array for missing; what costs speed is left out: tracing of comparisons, and large tables.
FUZZ := $(addprefix $(OUT)/tests/fuzz/,recording kernel options records symbols)
FUZZ_MAIN = $(shell echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	$(CC) -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null && echo -fsanitize=fuzzer || echo tests/fuzz/replay.c)
$(OUT)/tests/fuzz/memory_vfs.o: override SANITIZE :=
$(OUT)/tests/fuzz/recordings.o: tests/cli/recordings.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote tests -Dmain=recordings_main -Wno-missing-prototypes -c -o $@ $<

$(OUT)/tests/fuzz/%.o: tests/fuzz/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(OUT)/tests/fuzz/recording: $(addprefix $(OUT)/tests/fuzz/,memory_vfs.o recordings.o)
$(OUT)/tests/fuzz/%: tests/fuzz/%.c $(LIB)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote tests -o $@ $(filter %.c %.o,$^) $(FUZZ_MAIN) -lcmocka $(ALL_LDLIBS)

fuzz-targets: $(FUZZ)
fuzzers:
	$(Q)$(MAKE) --no-print-directory OUT=build/fuzz CC="$(CLANG)" \
		CFLAGS="-O2 -g -Wno-missing-field-initializers -fno-sanitize-coverage=trace-cmp -DMAX_REMEMBERED=32" \
		SANITIZE="-fsanitize=fuzzer-no-link,address,undefined" fuzz-targets

# Longer than the part of "make test"; FUZZ_SECONDS for each target. See tests/fuzz/run.
FUZZ_SECONDS ?= 600
fuzz: fuzzers ## run each fuzz target for FUZZ_SECONDS (600)
	$(Q)tests/fuzz/run --keep $(FUZZ_SECONDS)

# Every allocation and system call fails once; "make test" leaves out most of a guest's, and repeated allocations.
faults: programs ## let every allocation and system call fail once
	$(Q)tests/faults/run

deps: ## install the Debian packages that building needs
	$(Q)tests/deps --build

deps-test: ## install those that testing needs, too
	$(Q)tests/deps

# PARTS: tests/run has them all.
PARTS ?= unit cli pages fleet fuzz faults package bisect guest bench
part = $(filter $(1),$(PARTS))
# few: armhf is built, to see that programs compile where pointers have 32 bits.
# Without a number of jobs, there are as many as processors.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
test: ## run the tests, or those of PARTS='unit cli' (tests/run lists all parts)
	$(Q)tests/deps $(if $(call part,lint),clang-format shellcheck) \
		$(if $(call part,kernels),flex bison bc dwarves xz-utils python3) \
		$(if $(call part,pages),chromium) $(if $(call part,fleet),prometheus python3-yaml) \
		$(if $(call part,package),build-essential debhelper lintian mmdebstrap)
	$(Q)$(if $(call part,arch few),tests/arch/deps $(if $(call part,arch),,arm64 armhf))
	$(Q)$(MAKE) --no-print-directory $(jobs) $(if $(call part,unit cli),unit asan) programs \
		$(if $(call part,package),static deb) \
		$(if $(call part,fuzz),fuzzers) \
		$(if $(call part,kernels),made-kernels) $(if $(call part,arch),arch,$(if $(call part,few),arch-arm64 arch-armhf))
	$(Q)tests/run $(PARTS)

# On every kernel in Debian: the whole guest test on some, its core on the rest.
test-kernels: ## run the tests on every kernel in Debian
	$(Q)$(MAKE) --no-print-directory test PARTS=kernels

# The same on other architectures.
test-arch: ## run the tests on other architectures
	$(Q)$(MAKE) --no-print-directory test PARTS=arch

# The fleet sections of README.md and docs/fleet.md.
test-systemd: ## run the fleet's commands on a fresh Debian with systemd, in a guest (5 minutes)
	$(Q)tests/deps build-essential debhelper mmdebstrap
	$(Q)$(MAKE) --no-print-directory $(jobs) programs deb
	$(Q)tests/package/run systemd

# Debian has no kernel without kprobes, and none with symbols as link-time optimization makes them.
made-kernels:
	$(call say,KERNEL,6.1-nokprobes 6.12-suffixes)
	$(Q)tests/kernels/build 6.1-nokprobes >/dev/null
	$(Q)tests/kernels/build 6.12-suffixes >/dev/null

arch: $(addprefix arch-,arm64 s390x ppc64el riscv64 armhf) ## build for other architectures
cross = sysroot=$$(tests/arch/sysroot $*) && $(MAKE) --no-print-directory SYSROOT=$$sysroot OUT=build/$* \
	CC=$$(basename "$$(find $$sysroot/usr/lib -maxdepth 1 -name '*-linux-gnu*')")-gcc
arch-%:
	+$(Q)$(cross) programs $(if $(filter arm64,$*),static)
	$(Q)tests/hardened build/$*/memdestroy-trace
static-%:
	+$(Q)$(cross) static

# A guest of one kernel: the whole test, or a command, or a shell if there is none.
KERNEL ?= 6.12
guest: programs ## run CMD='...', or a shell, in a guest with the newest kernel of series KERNEL=6.12
	$(Q)tests/guest/guest -k $(KERNEL) $(if $(CMD),-- '$(CMD)',--shell)

# BASE and NEW: a series, or an image by a path with a slash. BENCH='...' and DIFF='...': their arguments.
BASE ?= 6.12
NEW ?= newest
BOOTS ?= 5
compare: programs ## boot BASE=6.12 and NEW=bzImage BOOTS=5 times each in guests, and compare them
	$(Q)tests/guest/compare -n '$(BOOTS)' $(if $(BENCH),-b '$(BENCH)') $(if $(DIFF),-d '$(DIFF)') \
		$(if $(EMULATE),-e) '$(BASE)' '$(NEW)'

demo: deps-test ## show the tool at work in a guest
	$(Q)$(MAKE) --no-print-directory programs
	$(Q)tests/guest/demo $(KERNEL)

bench: programs ## measure the cost of tracing beside other tools, for README
	$(Q)tests/bench/run $(KERNEL)
	$(Q)tests/bench/report

bench-check: programs ## compare the cost of tracing with what is expected
	$(Q)tests/bench/run --check $(KERNEL)

lint: ## check the folders' rules, the format of the code and the shell scripts
	$(Q)tests/layers
	$(Q)clang-format --dry-run -Werror $(shell find src bpf tests -name '*.[ch]')
	$(Q)shellcheck -x $(shell grep -rlE '^(#!/.*[ /](ba)?sh|# shellcheck shell=.*)$$' .ci bpf src tests)

.PHONY: unit programs asan fuzz-targets fuzzers fuzz faults deps deps-test arch made-kernels test test-kernels test-arch test-systemd guest compare demo bench bench-check lint
