// SPDX-License-Identifier: GPL-2.0-only
/* bench --against: measures the scenarios of a base, and ends with the verdict of diff. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/bench_against.h"
#include "cmd/command.h"
#include "recording/reader_set.h"
#include "util/diag.h"

#define MAX_SCENARIOS 1024 /* of a base */
#define NEW_FILE      "/new.mdt"

/* The base, as known before measuring. */
struct base {
	struct scenario *list; /* each name once */
	size_t nr;
	size_t boots; /* or runs, if all are of the present boot */
	bool is_this_boot;
};

static bool has_scenario(const struct base *base, const char *name)
{
	for (size_t i = 0; i < base->nr; i++)
		if (!strcmp(base->list[i].name, name))
			return true;
	return false;
}

static int add_scenarios(struct base *base, const struct reader *reader)
{
	if (!reader->nr_scenarios)
		return diag_invalid("'%s' is not a recording of bench", reader->path);
	for (size_t i = 0; i < reader->nr_scenarios; i++) {
		const struct scenario *scenario = &reader->scenarios[i];

		if (has_scenario(base, scenario->name))
			continue;
		if (base->nr == MAX_SCENARIOS)
			return diag_invalid("'%s': more than %d scenarios", reader->path,
					    MAX_SCENARIOS);
		if (scenario_check(scenario))
			return diag_invalid("'%s': this version cannot measure its scenarios",
					    reader->path);
		base->list[base->nr++] = *scenario;
	}
	return 0;
}

/* The first recording of its boot: it has no id, which may be anybody's, or no earlier one has it.
 */
static bool begins_boot(const struct reader_set *readers, size_t nth)
{
	const char *boot = readers->reader[nth]->run_info->boot_id;

	for (size_t i = 0; i < nth; i++)
		if (!strcmp(readers->reader[i]->run_info->boot_id, boot))
			return false;
	return true;
}

static void count_boots(struct base *base, const struct reader_set *readers)
{
	struct run_info now;

	run_info_now(&now, 0, NULL, false);
	base->is_this_boot = *now.boot_id;
	for (size_t i = 0; i < readers->nr; i++) {
		base->boots += begins_boot(readers, i);
		if (strcmp(readers->reader[i]->run_info->boot_id, now.boot_id))
			base->is_this_boot = false;
	}
	if (base->is_this_boot)
		base->boots = readers->nr;
}

/* Errors are already reported. Free base->list in any case. */
static int read_base(struct base *base, const struct options *opts)
{
	struct reader_set readers = {};
	int err = reader_set_open(&readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]);

	base->list = calloc(MAX_SCENARIOS, sizeof(*base->list));
	if (!err && !base->list) {
		diag_error("cannot measure: %s", strerror(ENOMEM));
		err = -ENOMEM;
	}
	for (size_t i = 0; i < readers.nr && !err; i++)
		err = add_scenarios(base, readers.reader[i]);
	if (!err)
		err = scenario_name_maps(base->list, base->nr);
	if (!err)
		count_boots(base, &readers);
	reader_set_close(&readers);
	return err;
}

/*
 * One new run among N of the base is the most unlike with probability 1 / (N + 1): known before
 * minutes are spent to measure it.
 */
static int check_power(const struct base *base, const struct options *opts)
{
	size_t enough = ceil(1 / opts->diff.alpha) - 1;
	const char *what = base->is_this_boot ? "run" : "boot";

	if (!opts->diff.nr_limits || opts->diff.within_run || base->boots >= enough)
		return 0;
	return diag_invalid("--fail-on: the base has %zu %s%s, and one more cannot differ"
			    " significantly: record %zu (--within-run judges by the noise within"
			    " runs)",
			    base->boots, what, base->boots > 1 ? "s" : "", enough);
}

/* Compares as diff does. */
static int judge(const struct options *opts, const char *path)
{
	static struct options diff; /* large */

	diff = *opts;
	diff.command = &diff_command;
	diff.output = NULL;
	diff.force = false; /* of bench: overwrites a file */
	diff.files[DIFF_NEW][0] = path;
	diff.nr_files[DIFF_NEW] = 1;
	return diff_command.run(&diff);
}

/* The new recording's folder, of its own. */
static int make_folder(char folder[PATH_MAX])
{
	const char *parent = getenv("TMPDIR") ?: "/tmp";
	int len = snprintf(folder, PATH_MAX - sizeof(NEW_FILE), "%s/memdestroy-trace.XXXXXX",
			   *parent ? parent : "/tmp");

	if (len < (int)(PATH_MAX - sizeof(NEW_FILE)) && mkdtemp(folder))
		return 0;
	diag_error("cannot make a temporary folder in '%s': %s (--output FILE keeps the recording)",
		   parent, strerror(errno));
	return -EIO;
}

static int measure(const struct options *opts, bench_fn *bench, const struct base *base)
{
	static struct options recorded; /* large */
	char folder[PATH_MAX] = "", path[PATH_MAX + sizeof(NEW_FILE)];
	int status;

	recorded = *opts;
	if (!opts->output) {
		if (make_folder(folder))
			return EXIT_USAGE;
		snprintf(path, sizeof(path), "%s" NEW_FILE, folder);
		recorded.output = path;
	}
	status = bench(&recorded, base->list, base->nr);
	if (status == EXIT_DONE)
		status = judge(opts, recorded.output);
	if (*folder) {
		unlink(path);
		rmdir(folder);
	}
	return status;
}

static int bisect_status(int status)
{
	switch (status) {
	case EXIT_DONE:
		return BISECT_GOOD;
	case EXIT_REGRESSION:
		return BISECT_BAD;
	case EXIT_FAILED:
	case EXIT_UNTRACEABLE:
		return BISECT_SKIP;
	default: /* would be the same for each commit */
		return status < BISECT_STOP ? BISECT_STOP : status;
	}
}

int bench_against(const struct options *opts, bench_fn *bench)
{
	struct base base = {};
	int err = read_base(&base, opts), status;

	if (err)
		status = opts->bisect ? EXIT_USAGE : EXIT_FAILED;
	else if (check_power(&base, opts))
		status = opts->bisect ? EXIT_USAGE : EXIT_FAILED;
	else
		status = measure(opts, bench, &base);
	free(base.list);
	return opts->bisect ? bisect_status(status) : status;
}
