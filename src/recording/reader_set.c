// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads several recordings as one: shifts their times and merges their ledgers.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "model/ledger_figures.h"
#include "recording/reader_set.h"
#include "util/diag.h"
#include "util/text.h"

static const char *or_unknown(const char *text)
{
	return *text ? text : "?";
}

/* diag makes text of a file safe to print. */
static void describe(const char *path, const struct run_info *run_info)
{
	char took[DURATION_SIZE] = "?", cpus[32] = "?";

	if (run_info->end_ns != UNKNOWN_NS && run_info->end_ns >= run_info->start_ns)
		text_duration(took, run_info->end_ns - run_info->start_ns);
	if (run_info->cpus_online)
		snprintf(cpus, sizeof(cpus), "%llu", run_info->cpus_online);
	diag_verbose("'%s': %s of Linux %s (%s) on %s, %s, %s CPU%s; '%s' by version %s", path,
		     took, or_unknown(run_info->kernel_release), or_unknown(run_info->machine),
		     or_unknown(run_info->host), or_unknown(run_info->attach), cpus,
		     run_info->cpus_online == 1 ? "" : "s", or_unknown(run_info->command_line),
		     or_unknown(run_info->tool_version));
}

/*
 * How much later the other run started, modulo 2^64. CLOCK_MONOTONIC is one clock while a machine
 * is up, and cannot be set.
 */
static __u64 start_after(const struct run_info *run_info, const struct run_info *other)
{
	if (*run_info->boot_id && !strcmp(run_info->boot_id, other->boot_id))
		return other->start_ns - run_info->start_ns;
	return other->start_realtime_ns - run_info->start_realtime_ns;
}

static void warn_of_others(const char *path, const struct run_info *run_info)
{
	char text[ACTIVITY_SIZE];

	if (run_info_activity(run_info, text))
		diag_warn("'%s': other activity: %s", path, text);
}

static void report_of(const struct reader *reader)
{
	const struct run_info *run_info = reader->run_info;

	describe(reader->path, run_info);
	if (run_info->end_ns == UNKNOWN_NS)
		diag_warn("'%s' has no end: it is still being recorded, or was "
			  "interrupted and may lack its last second",
			  reader->path);
	if (!reader_has_ledger(reader))
		diag_warn("'%s' has no ledger: what was lost or missed is not known", reader->path);
	run_info_warn_of_clocks(run_info, reader->path);
	warn_of_others(reader->path, run_info);
}

static void warn_of_copy(const char *path, const char *other_path)
{
	if (strcmp(path, other_path))
		diag_warn("'%s' is the same recording as '%s': it counts once", path, other_path);
	else
		diag_warn("'%s' is given more than once: it counts once", path);
}

static void add(struct reader_set *readers, struct reader *reader)
{
	const struct run_info *run_info = reader->run_info;

	readers->reader[readers->nr++] = reader;
	if (!readers->quiet)
		report_of(reader);
	if (!readers->first || (__s64)start_after(readers->first, run_info) < 0)
		readers->first = run_info;
}

int reader_set_open(struct reader_set *readers, const char *const *paths, size_t nr)
{
	const struct reader *same;
	struct reader *reader;
	int err;

	for (size_t i = 0; i < nr; i++) {
		err = reader_open(&reader, paths[i]);
		if (err)
			return err;
		same = reader_set_find(readers, reader);
		if (!same) {
			add(readers, reader);
			continue;
		}
		if (!readers->quiet)
			warn_of_copy(paths[i], same->path);
		reader_close(reader);
	}
	return 0;
}

const struct reader *reader_set_find(const struct reader_set *readers, const struct reader *reader)
{
	for (size_t i = 0; i < readers->nr; i++)
		if (reader_is_same(readers->reader[i], reader))
			return readers->reader[i];
	return NULL;
}

void reader_set_warn(const struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++)
		report_of(readers->reader[i]);
}

void reader_set_close(struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++)
		reader_close(readers->reader[i]);
	memset(readers, 0, sizeof(*readers));
}

int reader_set_spare(const struct reader_set *readers, const char *output)
{
	struct stat out;

	if (!output || stat(output, &out))
		return 0;
	for (size_t i = 0; i < readers->nr; i++) {
		if (readers->reader[i]->device != out.st_dev ||
		    readers->reader[i]->inode != out.st_ino)
			continue;
		diag_error("cannot write '%s': it is a recording that is being read", output);
		return -EEXIST;
	}
	return 0;
}

/* From the clock of one recording to that of the first, modulo 2^64. */
static __u64 shift_ns(const struct reader_set *readers, const struct run_info *run_info)
{
	const struct run_info *first = readers->first;

	return start_after(first, run_info) - (run_info->start_ns - first->start_ns);
}

__u64 reader_set_end_of(const struct reader_set *readers, size_t nth)
{
	const struct run_info *run_info = readers->reader[nth]->run_info;

	return run_info->end_ns == UNKNOWN_NS ? UNKNOWN_NS
					      : run_info->end_ns + shift_ns(readers, run_info);
}

__u64 reader_set_end_ns(const struct reader_set *readers)
{
	__u64 last = readers->first->start_ns;

	for (size_t i = 0; i < readers->nr; i++) {
		__u64 end = reader_set_end_of(readers, i);

		if (end != UNKNOWN_NS && end > last)
			last = end;
	}
	return last;
}

bool reader_set_have_scenarios(const struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++)
		if (!readers->reader[i]->nr_scenarios)
			return false;
	return readers->nr;
}

static void merge_hook(struct hook_counts *sum, const struct hook_counts *counts)
{
	sum->function = counts->function;
	if (!counts->attached && counts->seen != LEDGER_ABSENT)
		return;
	sum->attached = sum->attached || counts->attached;
	sum->returns = sum->returns || counts->returns;
	figures_merge(hook_figures, sum, counts);
}

void reader_set_ledger(const struct reader_set *readers, struct ledger *ledger,
		       struct teardown_counts *counts)
{
	struct teardown_counts one_counts;
	struct ledger one;

	*ledger = (struct ledger){.maps_freed = LEDGER_UNKNOWN};
	memset(counts, 0, sizeof(*counts));
	for (size_t i = 0; i < readers->nr; i++) {
		reader_ledger(readers->reader[i], &one, &one_counts);
		figures_merge(ledger_figures, ledger, &one);
		figures_merge(teardown_ledger_figures, &counts->ledger, &one_counts.ledger);
		for (int hook = 0; hook < NR_HOOKS; hook++)
			merge_hook(&counts->hooks[hook], &one_counts.hooks[hook]);
	}
}

int reader_set_run_one(struct reader_set *readers, size_t nth, enum view view, bool identity,
		       const struct event_sink *sink, const struct run_ops *run)
{
	struct reader *reader = readers->reader[nth];
	const struct reader_options opts = {view, identity, shift_ns(readers, reader->run_info)};

	return reader_run(reader, &opts, sink, run);
}

int reader_set_run(struct reader_set *readers, enum view view, bool identity,
		   const struct event_sink *sink, const struct run_ops *run)
{
	int err = 0;

	for (size_t i = 0; i < readers->nr && !err; i++)
		err = reader_set_run_one(readers, i, view, identity, sink, run);
	return err;
}
