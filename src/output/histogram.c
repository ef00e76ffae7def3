// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws distributions of latencies.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/column.h"
#include "output/histogram.h"
#include "output/table_cell.h"
#include "output/terminal.h"
#include "util/outfile.h"
#include "util/text.h"

#define BAR_WIDTH   40 /* at most */
#define LEAST_COUNT 10

/* The room that a line has. */
struct room {
	int count; /* columns of the numbers */
	int bar;   /* and of the bars */
};

static int digits_of(__u64 number)
{
	int digits = 1;

	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

/* Numbers are never cut, so bars may be short. */
static struct room measure(FILE *out, __u64 most)
{
	struct room room = {.count = LEAST_COUNT, .bar = BAR_WIDTH};
	int width = terminal_width(out), rest;

	if (digits_of(most) > room.count)
		room.count = digits_of(most);
	rest = width - (int)strlen("  1234567 .. 1234567  ||") - room.count;
	if (width && rest < room.bar)
		room.bar = rest > 0 ? rest : 0;
	return room;
}

/* The row, and the numbers of its calls, in the distribution or not. */
static int histogram_title(FILE *out, const struct rows *rows, const struct row *row)
{
	struct row_line of_row = {.row = row};
	struct column columns[MAX_ROW_COLUMNS];
	char *title = NULL;
	size_t size;
	FILE *file = open_memstream(&title, &size);

	if (!file)
		return -ENOMEM;
	row_columns(columns, rows->by, rows->nr_by, false, false);
	if (table_cell_keys(file, FORMAT_TABLE, columns, &of_row))
		putc(' ', file);
	fprintf(file, "count=%llu empty=%llu unmeasured=%llu\n", row->count, row->empty,
		row->unmeasured);
	if (text_memory_end(file, &title))
		return -ENOMEM;
	terminal_lines(out, title);
	free(title);
	return 0;
}

static void histogram_bar(FILE *out, const struct hist *hist, unsigned int range, __u64 most,
			  struct room room)
{
	static const char bar[BAR_WIDTH + 1] = "****************************************";
	__u64 count = hist_range(hist, range);
	__u64 from = range ? 1ULL << range : 0, to = range < 63 ? 2ULL << range : ~0ULL;
	char from_text[DURATION_SIZE], to_text[DURATION_SIZE];
	int stars = (int)((double)count / most * room.bar);

	/* Even a single call is seen. */
	if (count && !stars && room.bar)
		stars = 1;
	fprintf(out, "  %7s .. %-7s %*llu |%-*.*s|\n", text_duration(from_text, from),
		text_duration(to_text, to), room.count, count, room.bar, stars, bar);
}

static void histogram(FILE *out, const struct hist *hist)
{
	unsigned int first = hist_range_of(hist->min_ns), last = hist_range_of(hist->max_ns), i;
	struct room room;
	__u64 most = 1;

	if (!hist->count) {
		fputs("  no latencies\n", out);
		return;
	}

	for (i = first; i <= last; i++)
		if (hist_range(hist, i) > most)
			most = hist_range(hist, i);
	room = measure(out, most);
	fprintf(out, "  %7s .. %-7s %*s  %s\n", "FROM", "BELOW", room.count, "COUNT",
		"DISTRIBUTION");
	for (i = first; i <= last; i++)
		histogram_bar(out, hist, i, most, room);
}

int histogram_draw(FILE *out, const struct rows *rows)
{
	int err = 0;
	size_t i;

	errno = 0;
	for (i = 0; i < rows->nr && !err; i++) {
		if (i)
			putc('\n', out);
		err = histogram_title(out, rows, rows->row[i]);
		histogram(out, &rows->row[i]->latency);
	}
	return err ? err : stream_flush(out);
}
