// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes events, rows and the ledger as tables, JSON lines or CSV.
 */
#include <errno.h>
#include <string.h>

#include "column.h"
#include "line.h"
#include "render.h"
#include "text.h"

#define BAR_WIDTH 40
#define GAP	  "  " /* between the columns of a table */
#define SECOND_NS 1000000000ULL

static int stream_flush(FILE *out)
{
	int err = line_error(out);

	if (err)
		return err;
	return fflush(out) ? -errno : 0;
}

/* Tables */

static void cell_time(char cell[CELL_SIZE], __u64 ts_ns, __u64 start_ns)
{
	bool before = ts_ns < start_ns;
	__u64 ns = before ? start_ns - ts_ns : ts_ns - start_ns;

	snprintf(cell, CELL_SIZE, "%s%llu.%06llu", before ? "-" : "", ns / SECOND_NS,
		 ns % SECOND_NS / 1000);
}

static void cell_text(char cell[CELL_SIZE], const char *text)
{
	/* A blank would look like a missing column to those who count them. */
	if (!*text)
		text = "\"\"";
	text_printable(cell, CELL_SIZE, text, strlen(text));
}

static void cell_fill(char cell[CELL_SIZE], const struct column *column, const void *object,
		      __u64 start_ns)
{
	struct value value;

	if (!column->get(column, object, &value)) {
		snprintf(cell, CELL_SIZE, "%s", column->missing);
		return;
	}

	switch (column->kind) {
	case VALUE_NUMBER:
		snprintf(cell, CELL_SIZE, "%llu", value.number);
		break;
	case VALUE_DURATION:
		text_duration(cell, value.number);
		break;
	case VALUE_TIME:
		cell_time(cell, value.number, start_ns);
		break;
	case VALUE_BOOL:
		snprintf(cell, CELL_SIZE, "%s", value.number ? "yes" : "no");
		break;
	case VALUE_TEXT:
	case VALUE_LINES:
		cell_text(cell, value.text);
		break;
	}
}

static int at_least(int width, size_t other)
{
	return other > (size_t)width ? (int)other : width;
}

/* Writes a line's cells one after the other, without blanks at its end. */
struct cells {
	FILE *out;
	int owed; /* blanks to write if something follows */
};

static void cells_add(struct cells *cells, const char *cell, enum value_kind kind, int width)
{
	int blanks = at_least(width, text_width(cell)) - (int)text_width(cell);
	bool right = kind != VALUE_TEXT && kind != VALUE_BOOL;

	fprintf(cells->out, "%*s%s", cells->owed + (right ? blanks : 0), "", cell);
	cells->owed = (int)strlen(GAP) + (right ? 0 : blanks);
}

static int cells_end(struct cells *cells)
{
	putc('\n', cells->out);
	return line_error(cells->out);
}

/* The headings if there is no object. */
static int event_line(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	struct cells cells = {.out = out};
	char cell[CELL_SIZE];

	for (; column->name; column++) {
		if (!column->heading || !column->width)
			continue;
		if (object)
			cell_fill(cell, column, object, start_ns);
		cells_add(&cells, object ? cell : column->heading, column->kind, column->width);
	}
	return cells_end(&cells);
}

/* What a table consists of: objects that its columns are of. */
struct list {
	size_t nr, left_out;
	__u64 start_ns; /* what times are counted from */
	const void *(*nth)(const struct list *list, size_t n);
	const void *const *objects;
	/* Of rows, the object is made when it is asked for. */
	const struct row *const *row;
	struct row_line *line;
};

static const void *nth_row(const struct list *list, size_t n)
{
	list->line->row = list->row[n];
	return list->line;
}

static const void *nth_object(const struct list *list, size_t n)
{
	return list->objects[n];
}

/* Sets the width of the columns to what the objects need; 0 for columns not to be shown. */
static void table_widths(struct column *column, const struct list *list)
{
	char cell[CELL_SIZE];
	bool wanted;
	size_t i;

	for (; column->name; column++) {
		wanted = column->heading && !column->optional;
		column->width = column->heading ? (int)strlen(column->heading) : 0;
		for (i = 0; i < list->nr && column->heading; i++) {
			cell_fill(cell, column, list->nth(list, i), list->start_ns);
			column->width = at_least(column->width, text_width(cell));
			wanted = wanted || strcmp(cell, "0");
		}
		if (!wanted)
			column->width = 0;
	}
}

static void table(FILE *out, struct column *columns, const struct list *list, const char *nothing)
{
	size_t i;

	if (!list->nr) {
		fprintf(out, "%s\n", nothing);
		return;
	}

	table_widths(columns, list);
	event_line(out, columns, NULL, 0);
	for (i = 0; i < list->nr; i++)
		event_line(out, columns, list->nth(list, i), list->start_ns);
	if (list->left_out)
		fprintf(out, "%zu more row%s\n", list->left_out, list->left_out > 1 ? "s" : "");
}

static int write_list(FILE *out, enum format format, struct column *columns,
		      const struct list *list, const char *nothing)
{
	size_t i;
	int err = 0;

	if (format == FORMAT_TABLE) {
		table(out, columns, list, nothing);
		return stream_flush(out);
	}

	for (i = 0; i < list->nr && !err; i++) {
		if (format == FORMAT_CSV)
			err = line_csv(out, columns, list->nth(list, i));
		else
			err = line_json(out, columns, list->nth(list, i));
	}
	return err ? err : stream_flush(out);
}

/* Histograms */

/* Which row this is, and how many of its calls the distribution does not show. */
static void histogram_title(FILE *out, const struct rows *rows, const struct row *row)
{
	struct row_line of_row = {.row = row};
	struct column columns[MAX_ROW_COLUMNS], *column;
	const char *gap = "";
	char cell[CELL_SIZE];

	row_columns(columns, rows->by, rows->nr_by, false, false);
	for (column = columns; column->name; column++) {
		if (!column->of_call)
			continue;
		cell_fill(cell, column, &of_row, 0);
		fprintf(out, "%s%s=%s", gap, column->name, cell);
		gap = " ";
	}
	fprintf(out, "%scount=%llu empty=%llu unmeasured=%llu\n", gap, row->count, row->empty,
		row->unmeasured);
}

static void histogram_bar(FILE *out, const struct hist *hist, unsigned int range, __u64 most)
{
	static const char bar[BAR_WIDTH + 1] = "****************************************";
	__u64 count = hist_range(hist, range);
	__u64 from = range ? 1ULL << range : 0, to = range < 63 ? 2ULL << range : ~0ULL;
	char from_text[DURATION_SIZE], to_text[DURATION_SIZE];
	int stars = (int)((double)count / most * BAR_WIDTH);

	/* A single call is not nothing. */
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

int render_histogram(FILE *out, const struct rows *rows)
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

/* The things that there are to write, each in all formats */

int render_event_header(FILE *out, enum format format, const struct column *columns)
{
	errno = 0;
	if (format == FORMAT_TABLE)
		return event_line(out, columns, NULL, 0);
	if (format == FORMAT_CSV)
		return line_csv_names(out, columns);
	return 0;
}

int render_event(FILE *out, enum format format, const struct column *columns, const void *object,
		 __u64 start_ns)
{
	errno = 0;
	if (format == FORMAT_TABLE)
		return event_line(out, columns, object, start_ns);
	if (format == FORMAT_CSV)
		return line_csv(out, columns, object);
	return line_json(out, columns, object);
}

int render_list(FILE *out, enum format format, const struct column *columns,
		const void *const *objects, size_t nr, size_t left_out, __u64 start_ns,
		const char *nothing)
{
	const struct list list = {
		.nr = nr,
		.left_out = left_out,
		.start_ns = start_ns,
		.nth = nth_object,
		.objects = objects,
	};
	struct column copy[MAX_ROW_COLUMNS];
	size_t i = 0;

	errno = 0;
	do
		copy[i] = columns[i];
	while (columns[i++].name && i < MAX_ROW_COLUMNS);
	return write_list(out, format, copy, &list, nothing);
}

int render_rows_header(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		       __u64 interval)
{
	struct column columns[MAX_ROW_COLUMNS];
	int err;

	if (format != FORMAT_CSV)
		return 0;

	errno = 0;
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = line_csv_names(out, columns);
	return err ? err : stream_flush(out);
}

int render_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval)
{
	struct row_line line = {.interval = interval};
	const struct list list = {
		.nr = rows->nr,
		.left_out = rows->left_out,
		.nth = nth_row,
		.row = rows->row,
		.line = &line,
	};
	struct column columns[MAX_ROW_COLUMNS];

	errno = 0;
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	return write_list(out, format, columns, &list, teardowns ? "no teardowns" : "no calls");
}

int render_ledger_json(FILE *out, const struct ledger *ledger)
{
	int err;

	errno = 0;
	err = line_json(out, ledger_columns, ledger);
	return err ? err : stream_flush(out);
}

#define WARN_IF(loss) ((loss) ? "WARNING: " : "")

static bool is_loss(__u64 figure)
{
	return figure && figure != LEDGER_UNKNOWN;
}

/* What the kernel skipped, of which it may count only one part, or none. */
static void missed(FILE *out, const char *where, __u64 program, __u64 probe)
{
	static const char uncounted[] = "not counted by this kernel";

	if (program == LEDGER_UNKNOWN && probe == LEDGER_UNKNOWN)
		fprintf(out, "%s %s", where, uncounted);
	else if (program == LEDGER_UNKNOWN)
		fprintf(out, "%s %llu by the probe, by the program %s", where, probe, uncounted);
	else if (probe == LEDGER_UNKNOWN)
		fprintf(out, "%s %llu by the program, by the probe %s", where, program, uncounted);
	else
		fprintf(out, "%s %llu", where, program + probe);
}

int render_ledger_text(FILE *out, const struct ledger *ledger, bool with_filters)
{
	const struct ledger *l = ledger;

	errno = 0;
	fprintf(out, "calls: %llu entered, %llu completed, ", l->entered, l->completed);
	if (with_filters || l->filtered)
		fprintf(out, "%llu filtered, ", l->filtered);
	if (l->still_running == LEDGER_UNKNOWN)
		fputs("not known how many still running\n", out);
	else
		fprintf(out, "%llu still running\n", l->still_running);

	fputs(WARN_IF(l->lost_entry || l->lost_return || l->entry_only || l->return_only ||
		      l->parked_lost || l->rows_full || l->bad_records),
	      out);
	fprintf(out, "lost in the ring buffer: %llu entries, %llu returns; ", l->lost_entry,
		l->lost_return);
	fprintf(out, "one side only: %llu entry only, %llu return only; ", l->entry_only,
		l->return_only);
	fprintf(out, "table full: %llu entries not kept, %llu in the row " OTHER_ROW,
		l->parked_lost, l->rows_full);
	if (l->bad_records)
		fprintf(out, "; not understood: %llu records", l->bad_records);
	putc('\n', out);

	fputs(WARN_IF(is_loss(l->missed_entry) || is_loss(l->missed_return) ||
		      is_loss(l->probe_missed_entry) || is_loss(l->probe_missed_return)),
	      out);
	missed(out, "missed by the kernel: at entry", l->missed_entry, l->probe_missed_entry);
	missed(out, "; at return", l->missed_return, l->probe_missed_return);
	putc('\n', out);
	if (l->stuck)
		fprintf(out,
			"WARNING: took longer than --stuck: %llu, at the end still at it: %llu\n",
			l->stuck, l->still_stuck);
	return stream_flush(out);
}

int render_teardown_ledger_json(FILE *out, const struct teardown_ledger *ledger,
				const struct point_counts *points, size_t nr_points)
{
	size_t i;
	int err;

	errno = 0;
	err = line_json(out, teardown_ledger_columns, ledger);
	for (i = 0; i < nr_points && !err; i++)
		err = line_json(out, point_columns, &points[i]);
	return err ? err : stream_flush(out);
}

static void figure(FILE *out, const char *name, __u64 figure)
{
	if (figure == LEDGER_UNKNOWN)
		fprintf(out, "%s unknown", name);
	else
		fprintf(out, "%s %llu", name, figure);
}

/* A side of a point, if anything is known to be lost or missed there. */
static void point_loss(FILE *out, const char *where, const char *function, __u64 missed, __u64 lost)
{
	if (!is_loss(missed) && !lost)
		return;
	fprintf(out, "WARNING: %s%s: ", where, function);
	figure(out, "missed by the kernel", missed);
	fprintf(out, ", lost in the ring buffer %llu\n", lost);
}

static void uncounted_points(FILE *out, const struct point_counts *points, size_t nr_points)
{
	const char *gap = "missed by the kernel: not counted by this kernel: ";
	size_t i;

	for (i = 0; i < nr_points; i++) {
		if (!points[i].attached || points[i].missed != LEDGER_UNKNOWN)
			continue;
		fprintf(out, "%s%s", gap, points[i].function);
		gap = ", ";
	}
	if (*gap == ',')
		putc('\n', out);
}

int render_teardown_ledger_text(FILE *out, const struct teardown_ledger *ledger,
				const struct point_counts *points, size_t nr_points,
				bool with_filters)
{
	const struct teardown_ledger *l = ledger;
	size_t i;

	errno = 0;
	fprintf(out, "teardowns: %llu started, %llu completed, ", l->started, l->completed);
	figure(out, "running", l->running);
	figure(out, ", waiting", l->waiting);
	fprintf(out, "; %llu shown", l->shown);
	if (l->before)
		fprintf(out, ", %llu of before the run", l->before);
	if (with_filters || l->filtered)
		fprintf(out, ", %llu filtered", l->filtered);
	putc('\n', out);
	fprintf(out, "destroy calls that left memory to be freed later: %llu, freed: %llu, ",
		l->deferred, l->reclaimed);
	fprintf(out, "pending: %llu, not known to have: %llu\n", l->pending, l->undecided);
	if (l->start_only || l->end_only || l->lost || l->no_release || l->forgotten || l->strays ||
	    l->rows_full) {
		fprintf(out,
			"WARNING: one side only: %llu start only, %llu end only; starts lost in the "
			"ring buffer: %llu; ",
			l->start_only, l->end_only, l->lost);
		fprintf(out,
			"last put not seen: %llu; forgotten: %llu; frees of unknown origin: %llu; "
			"in no row: %llu\n",
			l->no_release, l->forgotten, l->strays, l->rows_full);
	}
	for (i = 0; i < nr_points; i++) {
		if (!points[i].attached)
			continue;
		point_loss(out, "", points[i].function, points[i].missed, points[i].lost);
		if (points[i].returns)
			point_loss(out, "return from ", points[i].function, points[i].missed_return,
				   points[i].lost_return);
	}
	uncounted_points(out, points, nr_points);
	return stream_flush(out);
}
