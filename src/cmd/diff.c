// SPDX-License-Identifier: GPL-2.0-only
/* diff: compares recordings, and fails if one side is slower than the limits allow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/diff.h"
#include "cmd/diff_output.h"
#include "cmd/gathering.h"
#include "cmd/option_rows.h"
#include "output/diff_cases.h"
#include "recording/comparable.h"
#include "util/diag.h"

static bool are_benchmarks(const struct gathering side[NR_DIFF_SIDES])
{
	return reader_set_have_scenarios(&side[DIFF_BASE].readers) &&
	       reader_set_have_scenarios(&side[DIFF_NEW].readers);
}

static bool are_all_measured(const struct gathering side[NR_DIFF_SIDES])
{
	bool base = gathering_is_measured(&side[DIFF_BASE]);

	return gathering_is_measured(&side[DIFF_NEW]) && base;
}

static int refuse(const struct options *opts, const char *reason)
{
	diag_error("%s", reason);
	diff_output_refuse(opts, reason);
	return EXIT_FAILED;
}

static int refuse_unlike(const struct options *opts)
{
	return refuse(opts,
		      opts->in_bench
			      ? "these recordings are not well comparable"
			      : "these recordings are not well comparable (--force compares them)");
}

static bool has_key(const struct view_options *show, enum key key)
{
	for (size_t i = 0; i < show->nr_by; i++)
		if (show->by[i] == key)
			return true;
	return false;
}

static int compare(const struct options *opts, struct gathering side[NR_DIFF_SIDES], bool forced)
{
	const struct view_options show = gathering_view(opts, are_benchmarks(side));
	struct diff_options options = opts->diff;
	struct diff_input inputs[NR_DIFF_SIDES];
	char text[NO_EVIDENCE_SIZE];
	struct diff diff;
	bool unlike;
	int err;

	if (option_check_columns(opts, &show))
		return EXIT_USAGE;
	err = gathering_check_counts(&side[DIFF_BASE].readers, options.measure);
	if (!err)
		err = gathering_check_counts(&side[DIFF_NEW].readers, options.measure);
	if (!err)
		err = gather(&side[DIFF_BASE], &show, opts);
	if (!err)
		err = gather(&side[DIFF_NEW], &show, opts);
	unlike = are_benchmarks(side) &&
		 !comparable_benchmarks(&side[DIFF_BASE].readers, &side[DIFF_NEW].readers,
					has_key(&show, KEY_SCENARIO));
	options.unlike = unlike && !opts->force;
	options.forced = forced || (unlike && opts->force);
	if (!err && !are_all_measured(side))
		return refuse_unlike(opts);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		inputs[i] = (struct diff_input){side[i].aggregate, side[i].run, side[i].readers.nr};
	if (!err)
		err = diff_make(&diff, inputs, &options);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		gathering_free_runs(&side[i]);
	if (err == -ENODATA) /* already reported, as the next one */
		diff_output_refuse(opts, "a recording has no counts");
	else if (err == -EINVAL)
		diff_output_refuse(opts, "a recording is damaged");
	else if (err)
		refuse(opts, "cannot compare: out of memory");
	if (err)
		return EXIT_FAILED;
	err = diff_output_write(opts, side, &diff, options.forced);
	if (!err && diff.result == RESULT_FAILS)
		err = EXIT_REGRESSION;
	else if (!err && diff.result == RESULT_NO_EVIDENCE)
		err = diag_invalid("--fail-on: %s", diff_no_evidence(&diff, text));
	diff_free(&diff);
	return err < 0 ? EXIT_FAILED : err;
}

static bool limits_total(const struct diff_options *opts)
{
	for (size_t i = 0; i < opts->nr_limits; i++)
		if (opts->limits[i].metric == METRIC_TOTAL)
			return true;
	return false;
}

/* Also of those that cannot be read. */
static bool output_is_input(const struct options *opts)
{
	struct stat out, in;

	if (!opts->output || stat(opts->output, &out))
		return false;
	for (int side = 0; side < NR_DIFF_SIDES; side++)
		for (size_t i = 0; i < opts->nr_files[side]; i++)
			if (!stat(opts->files[side][i], &in) && in.st_dev == out.st_dev &&
			    in.st_ino == out.st_ino)
				return true;
	return false;
}

static int compare_if_comparable(const struct options *opts, struct gathering side[NR_DIFF_SIDES])
{
	bool fit;

	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		if (reader_set_open(&side[i].readers, opts->files[i], opts->nr_files[i])) {
			if (!output_is_input(opts))
				diff_output_refuse(opts, "a recording cannot be read");
			return EXIT_FAILED;
		}
		if (reader_set_spare(&side[i].readers, opts->output))
			return EXIT_FAILED;
	}
	fit = comparable(&side[DIFF_BASE].readers, &side[DIFF_NEW].readers, opts->diff.nr_limits);
	if (!fit && !opts->force)
		return refuse_unlike(opts);
	if (limits_total(&opts->diff) && !(comparable_sums(&side[DIFF_BASE].readers) &&
					   comparable_sums(&side[DIFF_NEW].readers)))
		return refuse(
			opts,
			"--fail-on: 'total' does not apply to a sample: its sums are too low");
	return compare(opts, side, !fit);
}

static int cmd_diff(const struct options *opts)
{
	struct gathering side[NR_DIFF_SIDES] = {};
	int status = compare_if_comparable(opts, side);

	for (int i = 0; i < NR_DIFF_SIDES; i++)
		gathering_free(&side[i]);
	return status;
}

/* Further words belong to this side. */
static int name_side(struct options *opts, enum diff_side side, const char *path)
{
	if (opts->side == NR_DIFF_SIDES && opts->nr_files[DIFF_BASE])
		return diag_invalid("unexpected argument '%s' before --%s (which side is it on?)",
				    opts->files[DIFF_BASE][0], side == DIFF_BASE ? "base" : "new");
	opts->side = side;
	return option_files(opts, 1, (char **)&path);
}

static int option_base(struct options *opts, const char *value)
{
	return name_side(opts, DIFF_BASE, value);
}

static int option_new(struct options *opts, const char *value)
{
	return name_side(opts, DIFF_NEW, value);
}

/* If no side was named, the first of two words is the base. */
static int complete_sides(struct options *opts)
{
	size_t *nr = opts->nr_files;

	if (opts->side == NR_DIFF_SIDES) {
		if (nr[DIFF_BASE] != 2)
			return diag_invalid("diff needs two recordings, BASE and NEW%s",
					    nr[DIFF_BASE] > 2 ? ": for more, see --base and --new"
							      : "");
		opts->files[DIFF_NEW][0] = opts->files[DIFF_BASE][1];
		nr[DIFF_BASE] = nr[DIFF_NEW] = 1;
	} else if (!nr[DIFF_BASE] || !nr[DIFF_NEW]) {
		return diag_invalid(
			"diff needs a recording on each side, and there is none for --%s",
			nr[DIFF_BASE] ? "new" : "base");
	}
	return 0;
}

static int finish(struct options *opts)
{
	const char *actions = getenv("GITHUB_ACTIONS");

	if (!opts->view_given)
		gathering_imply_view(opts);
	if (actions && !strcmp(actions, "true"))
		opts->github = true;
	opts->summary = getenv("GITHUB_STEP_SUMMARY");
	opts->diff.top = opts->show.top;
	return gathering_check_alpha(opts) ?: complete_sides(opts);
}

static const struct option_row rows[] = {
	HEADING("Recordings"),
	VALUE(0, "base", "FILE", option_base,
	      "this and the arguments after it are the base of the comparison", .repeatable = true,
	      .recording = true),
	VALUE(0, "new", "FILE", option_new,
	      "this and the arguments after it are compared with the base", .repeatable = true,
	      .recording = true),
	FILTER_ROWS,
	HEADING("What to show"),
	BY_ROW("compare by these keys: %s",
	       "caller,type; for teardowns: type,name; for benchmarks: scenario",
	       "caller,type; for benchmarks: scenario", "type,name; for benchmarks: scenario"),
	PHASE_ROW("all; for calls: destroy", "destroy", "all"),
	MEASURE_ROW,
	LIMIT_ROWS,
	TOP_ROW("only the N worst lines; --fail-on checks all lines"),
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	FLAG(0, "github", github,
	     "annotations in the log of GitHub Actions and a summary of the step; as if given where"
	     " GITHUB_ACTIONS is 'true'"),
	FORCE_ROW("compare recordings even if they are not well comparable"),
	RECORDED_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command diff_command = {
	.name = "diff",
	.run = cmd_diff,
	.rows = rows,
	.view = VIEW_CALLS,
	.views = true,
	.formats = FIGURE_FORMATS | PAGE_FORMAT | DIFF_FORMATS,
	.getopt_flags = "-",
	.take_words = option_files,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace diff [OPTION]... BASE NEW\n"
			 "       memdestroy-trace diff [OPTION]... --base FILE... --new FILE...\n"
			 "       memdestroy-trace diff calls [OPTION]... as above\n"
			 "       memdestroy-trace diff teardowns [OPTION]... as above\n"
			 "\n"
			 "Compare recordings: what takes longer in NEW than in BASE, by how much, and how\n"
			 "probable such a difference is by chance. Calls are the default; with teardowns,\n"
			 "and for recordings of benchmarks, teardowns phase by phase.\n",
		 .examples =
			 "  memdestroy-trace diff old.mdt new.mdt\n"
			 "      the time of destroy calls\n"
			 "  memdestroy-trace diff teardowns --phase wait,total old.mdt new.mdt\n"
			 "      how long maps wait for a worker, and how long teardowns take in all\n"
			 "  memdestroy-trace diff --base old-*.mdt --new new-*.mdt\n"
			 "      several recordings on each side\n"
			 "  memdestroy-trace diff --fail-on 'p50>10%' --base old-*.mdt --new new-*.mdt\n"
			 "      for CI, with 5 runs or more on each side: status 10 if something has\n"
			 "      become slower by more than that\n"
			 "  memdestroy-trace diff -f markdown old.mdt new.mdt\n"
			 "      a table for an issue; -f mail: text for a mail\n"
			 "  memdestroy-trace diff -f junit -o diff.xml --fail-on 'p50>10%' \\\n"
			 "                   --base old-*.mdt --new new-*.mdt\n"
			 "      for a CI system that shows test cases; -f ktap: for kernel CI\n"},
	.help[HELP_CALLS] =
		{.head = "Usage: memdestroy-trace diff calls [OPTION]... BASE NEW\n"
			 "       memdestroy-trace diff calls [OPTION]... --base FILE... --new FILE...\n"
			 "\n"
			 "Compare the calls of bpf_mem_alloc_destroy() in recordings: what takes longer in\n"
			 "NEW than in BASE, by how much, and how probable such a difference is by chance.\n",
		 .examples =
			 "  memdestroy-trace diff calls old.mdt new.mdt\n"
			 "      by caller and map type\n"
			 "  memdestroy-trace diff calls --by name --base old-*.mdt --new new-*.mdt\n"
			 "      whether the calls for a map have become slower, from several runs\n"},
	.help[HELP_TEARDOWNS] =
		{.head = "Usage: memdestroy-trace diff teardowns [OPTION]... BASE NEW\n"
			 "       memdestroy-trace diff teardowns [OPTION]... --base FILE... --new FILE...\n"
			 "\n"
			 "Compare the teardowns of BPF maps in recordings, phase by phase: what takes\n"
			 "longer in NEW than in BASE, by how much, and how probable such a difference is\n"
			 "by chance.\n",
		 .examples =
			 "  memdestroy-trace diff teardowns --phase wait,total old.mdt new.mdt\n"
			 "      how long maps wait for a worker, and how long teardowns take in all\n"
			 "  memdestroy-trace diff teardowns --by released_by old.mdt new.mdt\n"
			 "      by the program that released the maps\n"},
	.statuses = " 10  a regression beyond --fail-on; 1 if that is unknown\n",
};
