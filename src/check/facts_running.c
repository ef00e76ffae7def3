// SPDX-License-Identifier: GPL-2.0-only
/* Finds facts about this machine's kernel, also by attaching programs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/capability.h>

#include "check/facts.h"
#include "model/hooks.h"
#include "model/symbol.h"
#include "trace/kernel_features.h"
#include "trace/probe.h"
#include "util/diag.h"

#define TRACEABLE "/sys/kernel/tracing/available_filter_functions"
#define FORBIDDEN "/sys/kernel/debug/kprobes/blacklist"

/* Poll for the teardown of the test map up to ten seconds. */
#define POLL_US	  10000
#define MAX_POLLS 1000

static int read_sysctl(const char *path)
{
	FILE *file = fopen(path, "re");
	int value = SYSCTL_UNKNOWN;

	if (file && fscanf(file, "%d", &value) != 1)
		value = SYSCTL_UNKNOWN;
	if (file)
		fclose(file);
	return value;
}

static void add_privileges(struct facts *facts)
{
	static const int numbers[NR_CAPABILITIES] = {
		[CAPABILITY_BPF] = CAP_BPF,
		[CAPABILITY_PERFMON] = CAP_PERFMON,
		[CAPABILITY_SYSLOG] = CAP_SYSLOG,
		[CAPABILITY_ADMIN] = CAP_SYS_ADMIN,
	};

	for (int i = 0; i < NR_CAPABILITIES; i++)
		facts->capabilities[i] = privileges_has(numbers[i]) ? ANSWER_YES : ANSWER_NO;
	facts->root = !geteuid();
	facts->user_namespace = privileges_in_user_namespace();
	facts->filtered = privileges_filtered();
	facts->lockdown = privileges_lockdown();
	facts->kptr_restrict = read_sysctl("/proc/sys/kernel/kptr_restrict");
	facts->perf_event_paranoid = read_sysctl("/proc/sys/kernel/perf_event_paranoid");
}

static void add_types(struct facts *facts)
{
	struct btf *btf = btf__parse(KERNEL_BTF, NULL);

	if (btf)
		facts_from_btf(facts, btf);
	else
		facts->btf = kernel_shows_sysfs() ? ANSWER_NO : ANSWER_UNKNOWN;
	btf__free(btf);
}

/*
 * Looks for the hooks in a list of traceable functions, the first word of each line, or of
 * forbidden ones, the second word. Does nothing if it cannot be read.
 */
static void add_list(struct facts *facts, const char *path, bool traceable)
{
	FILE *file = fopen(path, "re");
	const char *format = traceable ? "%1023s" : "%*s %1023s";
	char line[1024], word[1024];
	bool found[NR_HOOKS] = {}, any = false;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		any = true;
		if (sscanf(line, format, word) != 1)
			continue;
		for (enum hook hook = 0; hook < NR_HOOKS; hook++)
			found[hook] |= symbol_is_whole(word, hook_info[hook].function);
	}
	any = any && !ferror(file);
	fclose(file);
	for (enum hook hook = 0; hook < HOOK_QUEUE && any; hook++) {
		enum answer *answer =
			traceable ? &facts->hooks[hook].listed : &facts->hooks[hook].forbidden;

		*answer = found[hook] ? ANSWER_YES : ANSWER_NO;
	}
}

/* Attempts */

/* Has a map been freed, with a call of the traced function? */
static bool map_is_freed(const struct probe *probe)
{
	struct hook_counts free_counts, destroy_counts;

	prog_counts_hook(probe_counts(probe), HOOK_FREE, &free_counts);
	prog_counts_hook(probe_counts(probe), HOOK_DESTROY, &destroy_counts);
	return (!free_counts.attached || free_counts.seen_return) && destroy_counts.seen_return;
}

/*
 * Attached programs may never run: a function that the compiler inlined can still have a symbol.
 * So free a test map, whose teardown must be seen.
 */
static void free_test_map(struct facts *facts, const struct probe *probe, int max_polls)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "check", 4, 4, 1, &opts), key = 1;

	if (fd < 0)
		return;
	bpf_map_update_elem(fd, &key, &key, BPF_ANY);
	close(fd);
	for (int polls = 0; polls < max_polls && !map_is_freed(probe); polls++)
		usleep(POLL_US);
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		struct hook_counts counts;

		prog_counts_hook(probe_counts(probe), hook, &counts);
		if (!counts.attached)
			continue;
		facts->hooks[hook].seen = counts.seen;
		if (counts.missed || (counts.returns && counts.missed_return))
			facts->missed = true;
		if (hook == HOOK_FREE)
			facts->freed = counts.seen_return;
	}
}

/* Attaches each hook alone, to find those that fail. */
static void try_hooks(struct facts *facts, enum attach_mode mode, struct bpf_config *settings,
		      const struct ksyms *ksyms)
{
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		struct attempt *tried = &facts->hooks[hook].tried[mode];
		struct probe *probe = NULL;

		if (facts->hooks[hook].symbol == ANSWER_NO)
			continue;
		settings->hooks = 1U << hook;
		tried->err = probe_attempt(&probe, mode, settings, ksyms);
		tried->made = tried->err || probe_has(probe, hook);
		probe_close(probe);
	}
}

/* Attaches all hooks, as a run does; one by one if that fails. */
static void try_mode(struct facts *facts, enum attach_mode mode, const struct ksyms *ksyms)
{
	const struct trace_options whole_run = {
		.view = VIEW_BOTH,
		.identity = true,
		.buffer_bytes = sysconf(_SC_PAGESIZE),
	};
	struct attempt *tried = &facts->tried[mode];
	struct bpf_config settings;
	struct probe *probe = NULL;

	if (bpf_config_make(&settings, &whole_run, NULL, ksyms))
		return;
	tried->made = true;
	tried->err = probe_attempt(&probe, mode, &settings, ksyms);
	if (tried->err) {
		try_hooks(facts, mode, &settings, ksyms);
		return;
	}
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		facts->hooks[hook].tried[mode].made = probe_has(probe, hook);
	facts->silence[mode] = witness_silence(probe_witness(probe));
	/* A run takes the first mode that works. */
	if (mode == ATTACH_FENTRY || facts->tried[ATTACH_FENTRY].err ||
	    facts->silence[ATTACH_FENTRY])
		free_test_map(facts, probe, facts->silence[mode] ? 0 : MAX_POLLS);
	probe_close(probe);
}

/* Adds what the symbols say, and tries to attach. */
static void add_symbols(struct facts *facts, const struct ksyms *ksyms)
{
	facts_from_symbols(facts, ksyms);
	if (facts->hooks[HOOK_DESTROY].symbol != ANSWER_YES || facts->btf != ANSWER_YES)
		return;
	try_mode(facts, ATTACH_FENTRY, ksyms);
	if (!facts->kprobe_danger)
		try_mode(facts, ATTACH_KPROBE, ksyms);
}

void facts_from_machine(struct facts *facts)
{
	struct ksyms *ksyms = NULL;
	struct utsname kernel;
	int err = ksyms_load("/proc/kallsyms", &ksyms);

	if (err) /* perhaps a /proc without it; the kernel itself may answer */
		err = ksyms_open(&ksyms);
	if (err)
		diag_warn("cannot read /proc/kallsyms: %s", strerror(-err));
	uname(&kernel);
	facts->live = true;
	snprintf(facts->release, sizeof(facts->release), "%s", kernel.release);
	snprintf(facts->version, sizeof(facts->version), "%s", kernel.version);
	snprintf(facts->machine, sizeof(facts->machine), "%s", kernel.machine);
	facts->kprobes = kernel_kprobe_lack() ? ANSWER_NO : ANSWER_UNKNOWN;
	facts->compiler_lack = kernel_compiler_lack();
	facts->kprobe_danger = kernel_kprobe_danger();
	add_privileges(facts);
	add_types(facts);
	if (!err)
		add_symbols(facts, ksyms);
	add_list(facts, TRACEABLE, true);
	add_list(facts, FORBIDDEN, false);
	ksyms_free(ksyms);
}
