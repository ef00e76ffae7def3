// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a comparison, as a table with a summary, or line by line.
 */
#include <errno.h>

#include "output/diff_report.h"
#include "output/column.h"
#include "output/format.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

/* The mean of one line is not worth a line. */
static void write_means(FILE *out, const struct diff *diff, const char *item)
{
	const struct diff_line *mean;
	char change[CHANGE_SIZE];

	for (mean = diff->means; mean < diff->means + diff->nr_means; mean++)
		if (mean->side[DIFF_BASE].n > 1)
			fprintf(out, "%sgeometric mean of %llu medians: %s %s\n", item,
				mean->side[DIFF_BASE].n, phase_names[mean->phase],
				text_change(change, mean->delta[METRIC_P50]));
}

/* Of the rows shown: a test of so few values finds little. */
static void write_few(FILE *out, const struct diff *diff, const char *item)
{
	const struct diff_line *line;
	size_t few = 0;

	for (line = diff->line; line < diff->line + diff->nr; line++)
		few += line->side[DIFF_BASE].n < DIFF_FEW || line->side[DIFF_NEW].n < DIFF_FEW;
	if (few)
		fprintf(out, "%srows with less than %d values on a side, which say little: %zu\n",
			item, DIFF_FEW, few);
}

/* Of the test that was significant: that of all values, or that of the tail. */
static double p_of(const struct diff_line *line)
{
	return line->verdict == VERDICT_SLOWER ? line->p_corrected : line->p_tail_corrected;
}

static void write_failed(FILE *out, enum format format, const struct column *columns,
			 const struct diff_line *line, const char *item)
{
	const struct diff_limit *limit = line->limits;
	char change[CHANGE_SIZE];
	size_t i;

	for (i = 0; i < MAX_LIMITS; i++, limit++) {
		if (!(line->failed & 1U << i))
			continue;
		fprintf(out, "%sFAIL: ", item);
		if (table_cell_keys(out, format, columns, line))
			fputs(": ", out);
		fprintf(out, "%s %s %s (gate %g%%), p=%.2g\n", phase_names[line->phase],
			metric_names[limit->metric],
			text_change(change, line->delta[limit->metric]), limit->percent,
			p_of(line));
	}
}

/* Lines below the table. */
static int write_summary(FILE *out, enum format format, const struct diff *diff,
			 const struct column *columns)
{
	const char *item = format == FORMAT_MARKDOWN ? "- " : "";
	const struct diff_line *line;

	errno = 0;
	if (format == FORMAT_MARKDOWN)
		putc('\n', out);
	write_means(out, diff, item);
	write_few(out, diff, item);
	for (line = diff->line; line < diff->line + diff->nr + diff->left_out; line++)
		write_failed(out, format, columns, line, item);
	return stream_flush(out);
}

int diff_write(FILE *out, enum format format, const struct diff *diff)
{
	struct object_list lines = {
		.objects = diff->line,
		.size = sizeof(*diff->line),
		.nr = diff->nr,
		.left_out = diff->left_out,
		.empty = "nothing to compare",
	};
	struct object_list means = {
		.objects = diff->means,
		.size = sizeof(*diff->means),
		.nr = diff->nr_means,
	};
	bool text = format == FORMAT_TABLE || format == FORMAT_MARKDOWN;
	struct column columns[MAX_ROW_COLUMNS];
	int err = 0;

	diff_columns(columns, diff->by, diff->nr_by);
	if (format == FORMAT_CSV)
		err = format_heading(out, FORMAT_CSV, columns);
	if (!err)
		err = format_list(out, format, columns, &lines);
	if (err)
		return err;
	if (!text)
		return format_list(out, format, columns, &means);
	return diff->nr ? write_summary(out, format, diff, columns) : 0;
}
