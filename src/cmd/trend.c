// SPDX-License-Identifier: GPL-2.0-only
/* trend: finds where the medians of a key changed over many recordings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/trend.h"
#include "cmd/gathering.h"
#include "cmd/option_rows.h"
#include "output/html/trend.h"
#include "output/trend_report.h"
#include "recording/comparable.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "util/text.h"

/* The order of recordings */

static int compare_times(const struct reader *a, const struct reader *b)
{
	__u64 a_ns = a->run_info->start_realtime_ns, b_ns = b->run_info->start_realtime_ns;

	return a_ns != b_ns ? (a_ns > b_ns) - (a_ns < b_ns) : strcmp(a->path, b->path);
}

/* "6.12.0-rc1" is before "6.12.0", and "6.9" before "6.12". */
static int compare_kernels(const struct reader *a, const struct reader *b)
{
	const char *left = a->run_info->kernel_release, *right = b->run_info->kernel_release;
	const char *left_rc = strstr(left, "-rc"), *right_rc = strstr(right, "-rc");
	char left_base[RUN_INFO_LEN], right_base[RUN_INFO_LEN];
	int order;

	snprintf(left_base, sizeof(left_base), "%.*s",
		 (int)(left_rc ? left_rc - left : (long)strcspn(left, "-")), left);
	snprintf(right_base, sizeof(right_base), "%.*s",
		 (int)(right_rc ? right_rc - right : (long)strcspn(right, "-")), right);
	order = strverscmp(left_base, right_base);
	if (order)
		return order;
	if (!left_rc != !right_rc)
		return left_rc ? -1 : 1;
	return strverscmp(left, right);
}

static int by_time(const void *left, const void *right)
{
	return compare_times(*(struct reader *const *)left, *(struct reader *const *)right);
}

static int by_kernel(const void *left, const void *right)
{
	const struct reader *a = *(struct reader *const *)left;
	const struct reader *b = *(struct reader *const *)right;

	return compare_kernels(a, b) ?: compare_times(a, b);
}

/* Whether they can be compared */

static void warn_of_hosts(const struct reader_set *readers)
{
	const struct run_info *first = readers->reader[0]->run_info;

	for (size_t i = 1; i < readers->nr; i++) {
		const struct run_info *other = readers->reader[i]->run_info;

		if (!strcmp(first->host, other->host))
			continue;
		diag_warn("recordings of different machines, '%s' and '%s': a change may be that of"
			  " the machine",
			  first->host, other->host);
		return;
	}
}

static bool are_comparable(const struct reader_set *readers)
{
	static const struct reader_set none;
	bool yes = comparable(readers, &none, false);

	warn_of_hosts(readers);
	return comparable_benchmarks(readers, readers, true) && yes;
}

/* Output */

static void write_side(FILE *out, const char *item, const struct reader *reader)
{
	const struct run_info *run_info = reader->run_info;
	char text[2 * RUN_INFO_LEN + TREND_TIME_SIZE], safe[TEXT_SIZE(sizeof(text))];
	char began[TREND_TIME_SIZE];

	snprintf(text, sizeof(text), "Linux %s on %s, %s",
		 *run_info->kernel_release ? run_info->kernel_release : "?",
		 *run_info->host ? run_info->host : "?", trend_time(run_info, began));
	text_printable(safe, sizeof(safe), text, strlen(text));
	fprintf(out, "%s %s\n", item, safe);
}

static int write_table(FILE *out, const struct options *opts, const struct trend *trend,
		       const struct reader_set *readers, const struct table_style *style)
{
	char extent[TREND_VERDICT_SIZE];

	if (opts->show.format == FORMAT_TABLE) {
		fprintf(out, "%s\n", trend_extent(trend, readers, extent));
		write_side(out, "from", readers->reader[0]);
		write_side(out, "to  ", readers->reader[readers->nr - 1]);
		putc('\n', out);
	}
	return trend_write(out, opts->show.format, trend, readers, style);
}

static int write_page(FILE *out, const struct trend *trend, const struct reader_set *readers)
{
	struct page_run *runs = page_runs_new(readers);
	int err = runs ? page_trend_write(out, trend, readers, runs) : -ENOMEM;

	free(runs);
	return err;
}

static int write_trend(const struct options *opts, const struct trend *trend,
		       const struct reader_set *readers)
{
	struct outfile *output = NULL;
	struct table_style style;
	int err = outfile_open(&output, opts->output, false);

	if (!err && opts->show.format == FORMAT_HTML) {
		err = write_page(outfile_stream(output), trend, readers);
	} else if (!err) {
		style = view_style(&opts->show, outfile_stream(output));
		err = write_table(outfile_stream(output), opts, trend, readers, &style);
	}
	return outfile_end(output, opts->output, err);
}

static int show(const struct options *opts, struct gathering *side)
{
	const struct view_options view =
		gathering_view(opts, reader_set_have_scenarios(&side->readers));
	const struct trend_options options = {.measure = opts->diff.measure,
					      .alpha = opts->diff.alpha,
					      .phases = opts->diff.phases};
	struct trend trend;
	int err;

	if (option_check_columns(opts, &view))
		return EXIT_USAGE;
	err = gathering_check_counts(&side->readers, options.measure);
	if (!err)
		err = gather(side, &view, opts);
	if (!err)
		err = trend_make(&trend, side->aggregate, side->run, side->readers.nr, &options);
	if (err) {
		if (err != -EINVAL && err != -ENODATA) /* already reported */
			diag_error("cannot compare: %s", strerror(-err));
		return EXIT_FAILED;
	}
	err = write_trend(opts, &trend, &side->readers);
	trend_free(&trend);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int show_if_comparable(const struct options *opts, struct gathering *side)
{
	struct reader_set *readers = &side->readers;

	if (reader_set_open(readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]) ||
	    reader_set_spare(readers, opts->output))
		return EXIT_FAILED;
	qsort(readers->reader, readers->nr, sizeof(*readers->reader),
	      opts->by_kernel ? by_kernel : by_time);
	if (!are_comparable(readers) && !opts->force) {
		diag_error("these recordings are not well comparable (--force compares them)");
		return EXIT_FAILED;
	}
	return show(opts, side);
}

static int cmd_trend(const struct options *opts)
{
	struct gathering side = {};
	int status = show_if_comparable(opts, &side);

	gathering_free(&side);
	return status;
}

static int finish(struct options *opts)
{
	if (!opts->view_given)
		gathering_imply_view(opts);
	if (opts->nr_files[DIFF_BASE] < 2)
		return diag_invalid("trend needs several recordings, such as *.mdt");
	return gathering_check_alpha(opts);
}

static const struct option_row rows[] = {
	FILTER_ROWS,
	HEADING("What to show"),
	FLAG(0, "by-kernel", by_kernel,
	     "the order of the recordings is that of their kernels' versions, not that of time"),
	BY_ROW("a row for each: %s",
	       "caller,type; for teardowns: type,name; for benchmarks: scenario",
	       "caller,type; for benchmarks: scenario", "type,name; for benchmarks: scenario"),
	VALUE(0, "phase", "PHASE[,PHASE...]", option_phase, "only these: %s",
	      .choices = &phase_choices, .usual = {"all; for calls: destroy", "destroy", "all"}),
	MEASURE_ROW,
	VALUE(0, "alpha", "NUMBER", option_alpha,
	      "probability of any change in a table without one: 0.05 (default)"),
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	FORCE_ROW("compare recordings even if they are not well comparable"),
	RECORDED_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command trend_command = {
	.name = "trend",
	.run = cmd_trend,
	.rows = rows,
	.view = VIEW_CALLS,
	.views = true,
	.formats = FIGURE_FORMATS | PAGE_FORMAT,
	.take_words = option_files,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace trend [OPTION]... FILE...\n"
			 "       memdestroy-trace trend calls [OPTION]... FILE...\n"
			 "       memdestroy-trace trend teardowns [OPTION]... FILE...\n"
			 "\n"
			 "Put many recordings in the order of time and find where the median of a key\n"
			 "changed for good. Calls are the default; with teardowns, and for recordings of\n"
			 "benchmarks, teardowns phase by phase.\n",
		 .examples =
			 "  memdestroy-trace trend nightly-*.mdt\n"
			 "      since when calls have taken longer\n"
			 "  memdestroy-trace trend --by-kernel -f html -o trend.html bench-*.mdt\n"
			 "      a page with the medians of each kernel\n"
			 "  memdestroy-trace trend --measure instructions bench-*.mdt\n"
			 "      since when frees take more instructions, recorded with --counters\n"},
};
