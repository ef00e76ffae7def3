// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out about this machine's kernel, also by trying.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/capability.h>

#include "check/facts.h"
#include "trace/kernel_features.h"
#include "trace/probe.h"
#include "util/diag.h"

#define TRACEABLE "/sys/kernel/tracing/available_filter_functions"
#define FORBIDDEN "/sys/kernel/debug/kprobes/blacklist"

/* How often to look, and how many times: for ten seconds. */
#define WAIT_NS 10000000
#define LOOKS	1000

static int read_sysctl(const char *path)
{
	FILE *file = fopen(path, "re");
	int value = SYSCTL_UNKNOWN;

	if (!file)
		return SYSCTL_UNKNOWN;
	if (fscanf(file, "%d", &value) != 1)
		value = SYSCTL_UNKNOWN;
	fclose(file);
	return value;
}

static void look_at_privileges(struct findings *findings)
{
	static const int numbers[NR_CAPABILITIES] = {
		[CAPABILITY_BPF] = CAP_BPF,
		[CAPABILITY_PERFMON] = CAP_PERFMON,
		[CAPABILITY_SYSLOG] = CAP_SYSLOG,
		[CAPABILITY_ADMIN] = CAP_SYS_ADMIN,
	};

	for (int i = 0; i < NR_CAPABILITIES; i++)
		findings->capabilities[i] = privileges_has(numbers[i]) ? ANSWER_YES : ANSWER_NO;
	findings->lockdown = privileges_lockdown();
	findings->kptr_restrict = read_sysctl("/proc/sys/kernel/kptr_restrict");
	findings->perf_event_paranoid = read_sysctl("/proc/sys/kernel/perf_event_paranoid");
}

static void look_at_types(struct findings *findings)
{
	struct btf *btf = btf__parse(KERNEL_BTF, NULL);

	if (btf)
		findings_from_btf(findings, btf);
	else
		findings->btf = ANSWER_NO;
	btf__free(btf);
}

/* The points among the words of a file, one word of each line; does nothing if it cannot be read.
 */
static void look_at_list(struct findings *findings, const char *path, bool last_word,
			 bool traceable)
{
	FILE *file = fopen(path, "re");
	char line[1024];
	enum answer found[NR_POINTS];
	bool any = false;

	if (!file)
		return;
	for (enum point point = 0; point < NR_POINTS; point++)
		found[point] = ANSWER_NO;
	while (fgets(line, sizeof(line), file)) {
		char *word = line;

		any = true;
		line[strcspn(line, "\n")] = '\0';
		if (last_word && strrchr(line, '\t'))
			word = strrchr(line, '\t') + 1;
		else
			line[strcspn(line, " \t")] = '\0';
		for (enum point point = 0; point < NR_POINTS; point++)
			if (!strcmp(word, probe_point_name(point)))
				found[point] = ANSWER_YES;
	}
	any = any && !ferror(file);
	fclose(file);
	for (enum point point = 0; point < POINT_QUEUE && any; point++) {
		if (traceable)
			findings->points[point].listed = found[point];
		else
			findings->points[point].forbidden = found[point];
	}
}

/* Trying */

static void pause_for_a_look(void)
{
	const struct timespec time = {.tv_nsec = WAIT_NS};

	nanosleep(&time, NULL);
}

/* Has a map been freed, and the traced function called for it? */
static bool map_is_gone(const struct probe *probe)
{
	struct point_counts free_counts, destroy_counts;

	probe_count_point(probe, POINT_FREE, &free_counts);
	probe_count_point(probe, POINT_DESTROY, &destroy_counts);
	return (!free_counts.attached || free_counts.seen_return) && destroy_counts.seen_return;
}

/*
 * What is attached may yet see nothing: a compiler that puts a function into its callers leaves a
 * symbol behind. So a map is dropped, and has to come by.
 */
static void drop_a_map(struct findings *findings, const struct probe *probe)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "check", 4, 4, 1, &opts), key = 1, look;

	if (fd < 0)
		return;
	bpf_map_update_elem(fd, &key, &key, BPF_ANY);
	close(fd);
	for (look = 0; look < LOOKS && !map_is_gone(probe); look++)
		pause_for_a_look();
	for (enum point point = 0; point < NR_POINTS; point++) {
		struct point_counts counts;

		probe_count_point(probe, point, &counts);
		if (!counts.attached)
			continue;
		findings->points[point].seen = counts.seen;
		if (counts.missed || (counts.returns && counts.missed_return))
			findings->missed = true;
		if (point == POINT_FREE)
			findings->freed = counts.seen_return;
	}
}

/* Each point alone, to know which ones are not to be attached. */
static void try_points(struct findings *findings, enum attach_mode mode, struct settings *settings,
		       const struct ksyms *ksyms)
{
	for (enum point point = 0; point < NR_POINTS; point++) {
		struct attempt *tried = &findings->points[point].tried[mode];
		struct probe *probe = NULL;

		if (findings->points[point].symbol == ANSWER_NO)
			continue;
		settings->points = 1U << point;
		tried->err = probe_attempt(&probe, mode, settings, ksyms);
		tried->made = !tried->err ? probe_has(probe, point) : true;
		probe_close(probe);
	}
}

/* As a run does, with all points at a time; one by one only if that fails. */
static void try_mode(struct findings *findings, enum attach_mode mode, const struct ksyms *ksyms)
{
	const struct options whole_run = {
		.view = VIEW_BOTH,
		.identity = true,
		.buffer_bytes = sysconf(_SC_PAGESIZE),
	};
	struct attempt *tried = &findings->tried[mode];
	struct settings settings;
	struct probe *probe = NULL;

	if (settings_make(&settings, &whole_run, ksyms))
		return;
	tried->made = true;
	tried->err = probe_attempt(&probe, mode, &settings, ksyms);
	if (tried->err) {
		try_points(findings, mode, &settings, ksyms);
		return;
	}
	for (enum point point = 0; point < NR_POINTS; point++)
		findings->points[point].tried[mode].made = probe_has(probe, point);
	/* The mode that a run takes is the first that can be had. */
	if (mode == ATTACH_FENTRY || findings->tried[ATTACH_FENTRY].err)
		drop_a_map(findings, probe);
	probe_close(probe);
}

static bool worth_trying(const struct findings *findings)
{
	return findings->points[POINT_DESTROY].symbol == ANSWER_YES && findings->btf == ANSWER_YES;
}

int findings_from_machine(struct findings *findings)
{
	struct utsname kernel;
	struct ksyms *ksyms;
	int err = ksyms_load("/proc/kallsyms", &ksyms);

	if (err) {
		diag_error("cannot read /proc/kallsyms: %s", strerror(-err));
		return err;
	}
	uname(&kernel);
	findings->live = true;
	snprintf(findings->release, sizeof(findings->release), "%s", kernel.release);
	snprintf(findings->version, sizeof(findings->version), "%s", kernel.version);
	snprintf(findings->machine, sizeof(findings->machine), "%s", kernel.machine);
	findings->kprobes = kernel_kprobe_lack() ? ANSWER_NO : ANSWER_UNKNOWN;
	findings->compiler_lack = kernel_compiler_lack();
	findings->kprobe_danger = kernel_kprobe_danger();
	look_at_privileges(findings);
	look_at_types(findings);
	findings_from_symbols(findings, ksyms);
	if (worth_trying(findings)) {
		try_mode(findings, ATTACH_FENTRY, ksyms);
		if (!findings->kprobe_danger)
			try_mode(findings, ATTACH_KPROBE, ksyms);
	}
	look_at_list(findings, TRACEABLE, false, true);
	look_at_list(findings, FORBIDDEN, true, false);
	ksyms_free(ksyms);
	return 0;
}
