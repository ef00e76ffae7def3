// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws distributions of latencies.
 */
#include <errno.h>

#include "output/column.h"
#include "output/histogram.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

#define BAR_WIDTH 40

/* The row, and the numbers of its calls, in the distribution or not. */
static void histogram_title(FILE *out, const struct rows *rows, const struct row *row)
{
	struct row_line of_row = {.row = row};
	struct column columns[MAX_ROW_COLUMNS];

	row_columns(columns, rows->by, rows->nr_by, false, false);
	if (table_cell_keys(out, FORMAT_TABLE, columns, &of_row))
		putc(' ', out);
	fprintf(out, "count=%llu empty=%llu unmeasured=%llu\n", row->count, row->empty,
		row->unmeasured);
}

static void histogram_bar(FILE *out, const struct hist *hist, unsigned int range, __u64 most)
{
	static const char bar[BAR_WIDTH + 1] = "****************************************";
	__u64 count = hist_range(hist, range);
	__u64 from = range ? 1ULL << range : 0, to = range < 63 ? 2ULL << range : ~0ULL;
	char from_text[DURATION_SIZE], to_text[DURATION_SIZE];
	int stars = (int)((double)count / most * BAR_WIDTH);

	/* Even a single call is seen. */
	if (count && !stars)
		stars = 1;
	fprintf(out, "  %7s .. %-7s %10llu |%-*.*s|\n", text_duration(from_text, from),
		text_duration(to_text, to), count, BAR_WIDTH, stars, bar);
}

static void histogram(FILE *out, const struct hist *hist)
{
	unsigned int first = hist_range_of(hist->min_ns), last = hist_range_of(hist->max_ns), i;
	__u64 most = 1;

	if (!hist->count) {
		fputs("  no latencies\n", out);
		return;
	}

	for (i = first; i <= last; i++)
		if (hist_range(hist, i) > most)
			most = hist_range(hist, i);
	fprintf(out, "  %7s .. %-7s %10s  %s\n", "FROM", "BELOW", "COUNT", "DISTRIBUTION");
	for (i = first; i <= last; i++)
		histogram_bar(out, hist, i, most);
}

int histogram_draw(FILE *out, const struct rows *rows)
{
	size_t i;

	errno = 0;
	for (i = 0; i < rows->nr; i++) {
		if (i)
			putc('\n', out);
		histogram_title(out, rows, rows->row[i]);
		histogram(out, &rows->row[i]->latency);
	}
	return stream_flush(out);
}
