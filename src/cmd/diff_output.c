// SPDX-License-Identifier: GPL-2.0-only
/* Writes a comparison in the format asked for, and what GitHub Actions shows of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/diff_output.h"
#include "output/diff_cases.h"
#include "output/diff_report.h"
#include "output/github.h"
#include "output/html/diff.h"
#include "output/junit.h"
#include "output/ktap.h"
#include "output/mail.h"
#include "output/markdown.h"
#include "output/terminal.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "util/text.h"

#define SUMMARY_BYTES 1000000 /* GitHub shows no step's summary above 1 MiB */

/* Recordings are not trusted: text may contain control characters. */
static void write_safe(FILE *file, enum format format, const char *text)
{
	char safe[TEXT_SIZE(RUN_INFO_LEN)];

	if (!*text)
		text = "?";
	text_printable(safe, sizeof(safe), text, strnlen(text, RUN_INFO_LEN));
	if (format == FORMAT_MARKDOWN)
		markdown_text(file, safe, false);
	else
		fputs(safe, file);
}

/* Names a side's recording and its machine. */
static void write_side(FILE *file, enum format format, const char *name,
		       const struct reader_set *side, const char *runs)
{
	const struct run_info *run_info = side->first;

	fprintf(file, "%s%s: ", format == FORMAT_MARKDOWN ? "- " : "", name);
	write_safe(file, format, side->reader[0]->path);
	if (side->nr > 1)
		fprintf(file, " and %zu more", side->nr - 1);
	fprintf(file, "%s, Linux ", runs);
	write_safe(file, format, run_info->kernel_release);
	fputs(" on ", file);
	write_safe(file, format, run_info->host);
	fputs(", ", file);
	write_safe(file, format, run_info->attach);
	putc('\n', file);
}

static int write_page(FILE *out, const struct gathering *side, const struct diff *diff)
{
	struct page_run *runs[NR_DIFF_SIDES] = {page_runs_new(&side[DIFF_BASE].readers),
						page_runs_new(&side[DIFF_NEW].readers)};
	struct page_side sides[NR_DIFF_SIDES];
	int err = runs[DIFF_BASE] && runs[DIFF_NEW] ? 0 : -ENOMEM;

	for (int i = 0; i < NR_DIFF_SIDES; i++)
		sides[i] = (struct page_side){runs[i], side[i].readers.nr, side[i].aggregate};
	if (!err)
		err = page_diff_write(out, diff, sides);
	free(runs[DIFF_BASE]);
	free(runs[DIFF_NEW]);
	return err;
}

/* Names both; on a terminal in lines that fit. */
static int write_sides(FILE *file, enum format format, const struct gathering *side,
		       const struct diff *diff)
{
	char *text = NULL, runs[DIFF_RUNS_SIZE];
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	if (!lines)
		return -ENOMEM;
	write_side(lines, format, "base", &side[DIFF_BASE].readers,
		   diff_runs(diff, DIFF_BASE, runs));
	write_side(lines, format, "new", &side[DIFF_NEW].readers, diff_runs(diff, DIFF_NEW, runs));
	if (text_memory_end(lines, &text))
		return -ENOMEM;
	if (format == FORMAT_TABLE)
		terminal_lines(file, text);
	else
		fputs(text, file);
	putc('\n', file);
	free(text);
	return 0;
}

static int write_format(FILE *out, const struct options *opts, const struct gathering *side,
			const struct diff *diff, const struct diff_sides *sides)
{
	enum format format = opts->show.format;
	struct table_style style = view_style(&opts->show, out);
	int err = 0;

	switch (format) {
	case FORMAT_HTML:
		return write_page(out, side, diff);
	case FORMAT_JUNIT:
		return junit_write(out, diff, sides);
	case FORMAT_KTAP:
		return ktap_write(out, diff, sides);
	case FORMAT_MAIL:
		return mail_write(out, diff, sides);
	default:
		if (format_is_for_people(format))
			err = write_sides(out, format, side, diff);
		return err ?: diff_write(out, format, diff, &style);
	}
}

/* Whether stdout is to be read in the log, so that annotations can be there. */
static bool shows_in_log(const struct options *opts)
{
	return !opts->output &&
	       (format_is_for_people(opts->show.format) || opts->show.format == FORMAT_MAIL);
}

/* The file of the step, to which other commands write, too. text: freed; NULL: no memory */
static void append_summary(const char *path, char *text)
{
	FILE *file = text ? fopen(path, "a") : NULL;

	if (file && strlen(text) > SUMMARY_BYTES) {
		text[SUMMARY_BYTES] = '\0';
		text[strrchr(text, '\n') - text + 1] = '\0';
		fputs(text, file);
		fputs("\nThe rest has no room in a summary.\n", file);
	} else if (file) {
		fputs(text, file);
	}
	if (!file || (fflush(file), ferror(file)))
		diag_warn("cannot write the summary '%s': %s", path, strerror(errno));
	if (file)
		fclose(file);
	free(text);
}

static void summarize(const struct options *opts, const struct gathering *side,
		      const struct diff *diff, const char *reason)
{
	char *text = NULL;
	size_t size;
	FILE *file;

	if (!opts->summary || !*opts->summary)
		return;
	file = open_memstream(&text, &size);
	if (file)
		fputs("### memdestroy-trace diff\n\n", file);
	if (file && reason)
		fprintf(file, "- not compared: %s\n", reason);
	else if (file && !write_sides(file, FORMAT_MARKDOWN, side, diff))
		diff_write(file, FORMAT_MARKDOWN, diff, NULL);
	errno = ENOMEM;
	if (file && text_memory_end(file, &text))
		text = NULL;
	append_summary(opts->summary, text);
}

int diff_output_write(const struct options *opts, const struct gathering *side,
		      const struct diff *diff, bool forced)
{
	const struct diff_sides sides = {
		{&side[DIFF_BASE].readers, &side[DIFF_NEW].readers},
		forced,
	};
	bool in_log = opts->github && shows_in_log(opts);
	char token[GITHUB_TOKEN_SIZE];
	struct outfile *output = NULL;
	int err = outfile_open(&output, opts->output, false);
	FILE *out = err ? NULL : outfile_stream(output);

	if (!err && in_log)
		err = github_stop_commands(out, token);
	if (!err)
		err = write_format(out, opts, side, diff, &sides);
	if (!err && in_log)
		err = github_resume_commands(out, token) ?: github_annotate(out, diff, &sides);
	err = outfile_end(output, opts->output, err);
	if (!err && opts->github && !in_log && github_annotate(stderr, diff, &sides))
		diag_warn("cannot write the annotations");
	if (!err && opts->github)
		summarize(opts, side, diff, NULL);
	return err;
}

void diff_output_refuse(const struct options *opts, const char *reason)
{
	enum format format = opts->show.format;
	struct outfile *output = NULL;
	int err;

	if (format == FORMAT_JUNIT || format == FORMAT_KTAP) {
		err = outfile_open(&output, opts->output, false);
		if (!err && format == FORMAT_JUNIT)
			err = junit_write_refusal(outfile_stream(output), reason);
		else if (!err)
			err = ktap_write_refusal(outfile_stream(output), reason);
		outfile_end(output, opts->output, err);
	}
	if (opts->github) {
		github_refuse(stderr, reason);
		summarize(opts, NULL, NULL, reason);
	}
}
