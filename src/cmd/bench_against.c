// SPDX-License-Identifier: GPL-2.0-only
/* bench --against: measures the scenarios of a base, and ends with the verdict of diff. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/bench_against.h"
#include "cmd/command.h"
#include "cmd/gathering.h"
#include "recording/comparable.h"
#include "util/diag.h"
#include "util/permute.h"

#define MAX_SCENARIOS 1024 /* of a base */

/* The base, as known before measuring. */
struct base {
	struct gathering side; /* until it is measured against */
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

/* Errors are already reported; diff warns. Free base->side and base->list in any case. */
static int read_base(struct base *base, const struct options *opts)
{
	struct reader_set *readers = &base->side.readers;
	int err;

	readers->quiet = true;
	err = reader_set_open(readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]);
	base->list = calloc(MAX_SCENARIOS, sizeof(*base->list));
	if (!err && !base->list) {
		diag_error("cannot measure: %s", strerror(ENOMEM));
		err = -ENOMEM;
	}
	if (!err)
		err = gathering_check_counts(readers, opts->diff.measure);
	for (size_t i = 0; i < readers->nr && !err; i++)
		err = add_scenarios(base, readers->reader[i]);
	if (!err)
		err = scenario_name_maps(base->list, base->nr);
	if (!err)
		count_boots(base, readers);
	return err;
}

/* Known before minutes are spent to measure it. The runs are of one boot. */
static int check_power(const struct base *base, const struct options *opts)
{
	const char *what = base->is_this_boot ? "run" : "boot";
	size_t new = base->is_this_boot && opts->runs ? opts->runs : 1, enough = 1;

	if (!opts->diff.nr_limits || opts->diff.within_run ||
	    permute_least_p_of(base->boots, new) < opts->diff.alpha)
		return 0;
	while (!(permute_least_p_of(enough, new) < opts->diff.alpha))
		enough++;
	return diag_invalid("--fail-on: the base has %zu %s%s, and %zu more cannot differ"
			    " significantly: record %zu (--within-run judges by the noise within"
			    " runs)",
			    base->boots, what, base->boots > 1 ? "s" : "", new, enough);
}

static bool have_end(const struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++)
		if (readers->reader[i]->run_info->end_ns == UNKNOWN_NS)
			return false;
	return true;
}

/* Whether diff would compare the base with anything; objections are reported. */
static bool is_fit(struct gathering *side, bool has_limits)
{
	static const struct reader_set none;

	if (has_limits && !have_end(&side->readers))
		reader_set_warn(&side->readers); /* comparable() does not */
	if (!comparable(&side->readers, &none, has_limits))
		return false;
	return !has_limits || (comparable_benchmarks(&side->readers, &side->readers, true) &&
			       gathering_is_measured(side));
}

/* Known before minutes are spent to measure, too. */
static int check_fitness(struct base *base, const struct options *opts)
{
	int err = opts->diff.nr_limits ? gathering_count_measured(&base->side) : 0;

	if (err == -ENOMEM)
		diag_error("cannot measure: %s", strerror(ENOMEM));
	if (err || is_fit(&base->side, opts->diff.nr_limits))
		return err;
	return diag_invalid("--against: the base is not well comparable: record it again");
}

/* Compares as diff does. */
static int judge(const struct options *opts, const struct run_files *files)
{
	static struct options diff; /* large */

	diff = *opts;
	diff.command = &diff_command;
	diff.output = NULL;
	diff.force = false; /* of bench: overwrites a file */
	diff.in_bench = true;
	for (size_t i = 0; i < files->nr; i++)
		diff.files[DIFF_NEW][i] = files->path[i];
	diff.nr_files[DIFF_NEW] = files->nr;
	return diff_command.run(&diff);
}

/* Returns an exit status; errors are already reported. The base must be open. */
static int name_files(struct run_files *files, const struct options *opts, const struct base *base)
{
	int err = run_files_name(files, opts);

	if (err == -EIO)
		return EXIT_USAGE;
	for (size_t i = 0; i < files->nr && !err; i++)
		err = reader_set_spare(&base->side.readers, files->path[i]);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int measure(const struct options *opts, bench_fn *bench, const struct base *base,
		   const struct run_files *files)
{
	size_t whole;
	int status = bench_runs(opts, base->list, base->nr, bench, files, &whole);

	return status == EXIT_DONE ? judge(opts, files) : status;
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
	struct run_files files = {};
	struct base base = {};
	int err = read_base(&base, opts), status;

	if (!err)
		err = check_power(&base, opts);
	if (!err)
		err = check_fitness(&base, opts);
	if (err)
		status = opts->bisect ? EXIT_USAGE : EXIT_FAILED;
	else
		status = name_files(&files, opts, &base);
	gathering_free(&base.side);
	if (status == EXIT_DONE)
		status = measure(opts, bench, &base, &files);
	run_files_free(&files);
	free(base.list);
	return opts->bisect ? bisect_status(status) : status;
}
