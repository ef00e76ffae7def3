// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes tables and figures of HTML pages.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/html/page.h"
#include "output/html/page_table.h"
#include "output/table_cell.h"
#include "util/macros.h"
#include "util/text.h"

#define MAX_RUNS_SHOWN 8

static bool is_text(const struct column *column)
{
	return column->kind == VALUE_TEXT || column->kind == VALUE_LINES ||
	       column->kind == VALUE_BOOL;
}

/* Begins an element for the column, without the end of its tag. */
static void put_tag(FILE *out, const char *tag, const struct column *column)
{
	fprintf(out, "<%s%s", tag, is_text(column) ? "" : " class=\"number\"");
}

/* The number with all its digits. */
static void put_value(FILE *out, const struct column *column, const void *object)
{
	struct value value;

	if (is_text(column) || !column_read(column, object, &value))
		return;
	if (column->kind == VALUE_INTEGER)
		fprintf(out, " data-value=\"%lld\"", value.integer);
	else if (column->kind != VALUE_REAL)
		fprintf(out, " data-value=\"%llu\"", value.number);
	else if (isfinite(value.real))
		fprintf(out, " data-value=\"%.15g\"", value.real);
}

static void put_name(FILE *out, const struct column *column)
{
	if (*column->name)
		fprintf(out, " data-name=\"%s\"", column->name);
}

static void put_lines(FILE *out, const struct column *column, const void *object)
{
	struct value value = {.text = ""};
	char line[CELL_SIZE];
	size_t len;

	column_read(column, object, &value);
	for (const char *text = value.text; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		page_text(out, line);
		fputs("<br>", out);
	}
}

static void put_cell(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	char cell[CELL_SIZE];

	if (column->kind == VALUE_LINES) {
		put_lines(out, column, object);
		return;
	}
	table_cell_fill(cell, column, object, start_ns);
	page_text(out, *cell ? cell : "?");
}

/* Tables */

static void put_headings(FILE *out, const struct column *column)
{
	fputs("<thead><tr>", out);
	for (; column->name; column++) {
		put_tag(out, "th scope=\"col\"", column);
		put_name(out, column);
		putc('>', out);
		page_text(out, column->heading);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void put_row(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	fputs("<tr>", out);
	for (; column->name; column++) {
		put_tag(out, "td", column);
		put_value(out, column, object);
		putc('>', out);
		put_cell(out, column, object, start_ns);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

void page_name_columns(struct column named[MAX_ROW_COLUMNS], const struct column *columns)
{
	for (; columns->name; columns++) {
		*named = *columns;
		if (!named->heading && strcmp(named->name, "type"))
			named->heading = named->name;
		named++;
	}
	*named = (struct column){};
}

/* Whether an optional column has a value other than 0 in any row. */
static bool is_used(const struct column *column, const struct object_list *list)
{
	struct value value;

	for (size_t i = 0; i < list->nr; i++)
		if (column_read(column, object_list_nth(list, i), &value) &&
		    (is_text(column) || value.number))
			return true;
	return false;
}

/* The columns that the table has. */
static void choose_columns(struct column chosen[MAX_ROW_COLUMNS], const struct column *columns,
			   const struct object_list *list)
{
	for (; columns->name; columns++)
		if (columns->heading && (!columns->optional || is_used(columns, list)))
			*chosen++ = *columns;
	*chosen = (struct column){};
}

void page_table(FILE *out, const char *id, const struct column *columns,
		const struct object_list *list)
{
	struct column chosen[MAX_ROW_COLUMNS];

	if (!list->nr) {
		fprintf(out, "<p id=\"%s\" class=\"dim\">%s</p>\n", id, list->empty);
		return;
	}
	choose_columns(chosen, columns, list);
	fprintf(out, "<div class=\"wide\"><table class=\"sorts\" id=\"%s\">\n", id);
	put_headings(out, chosen);
	fputs("<tbody>\n", out);
	for (size_t i = 0; i < list->nr; i++)
		put_row(out, chosen, object_list_nth(list, i), list->start_ns);
	fputs("</tbody></table></div>\n", out);
	if (list->left_out)
		fprintf(out,
			"<p class=\"dim\" data-left-out=\"%zu\">%zu more row%s not shown</p>\n",
			list->left_out, list->left_out, list->left_out > 1 ? "s" : "");
}

/* Figures */

void page_figures(FILE *out, const char *id, const struct column *columns, const void *object)
{
	struct value value;

	fprintf(out, "<dl class=\"figures\" id=\"%s\">\n", id);
	for (const struct column *column = columns; column->name; column++) {
		if (!column->heading || !column_read(column, object, &value) ||
		    (column->optional && !value.number))
			continue;
		fputs("<div><dt>", out);
		page_text(out, column->heading);
		fputs("</dt><dd", out);
		put_name(out, column);
		put_value(out, column, object);
		putc('>', out);
		put_cell(out, column, object, 0);
		fputs("</dd></div>\n", out);
	}
	fputs("</dl>\n", out);
}

/* Conditions */

void page_moment(FILE *out, __u64 realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	struct tm tm;
	char text[64];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		fputs(text, out);
}

struct page_run *page_runs_new(const struct reader_set *readers)
{
	struct page_run *runs = calloc(readers->nr, sizeof(*runs));

	for (size_t i = 0; runs && i < readers->nr; i++)
		runs[i] = (struct page_run){readers->reader[i]->run_info, readers->reader[i]->path};
	return runs;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static void put_condition(FILE *out, const struct field *field, const struct run_info *info)
{
	const char *text = field_text(field, info);
	char duration[DURATION_SIZE];

	fputs("<td class=\"long\">", out);
	if (text)
		page_text(out, text);
	else if (!field_is_known(field, info))
		putc('?', out);
	else if (ends_with(field->name, "realtime_ns"))
		page_moment(out, field_get(field, info));
	else if (ends_with(field->name, "_ns"))
		fputs(text_duration(duration, field_get(field, info)), out);
	else
		fprintf(out, "%llu", field_get(field, info));
	fputs("</td>", out);
}

/* The length stands for both ends; ledgers say why events may have gone unseen. */
static bool is_shown(const struct field *field)
{
	return strcmp(field->name, "start_ns") && strcmp(field->name, "end_ns") &&
	       strcmp(field->name, "blind");
}

static void put_length(FILE *out, const struct run_info *info)
{
	char duration[DURATION_SIZE] = "?";

	if (info->end_ns != UNKNOWN_NS && info->end_ns >= info->start_ns)
		text_duration(duration, info->end_ns - info->start_ns);
	fprintf(out, "<td>%s</td>", duration);
}

static void put_run_headings(FILE *out, const struct page_run *runs, size_t nr,
			     const char *const *names)
{
	fputs("<thead><tr><th></th>", out);
	for (size_t i = 0; i < nr; i++) {
		fputs("<th scope=\"col\">", out);
		if (names)
			fprintf(out, "%s: ", names[i]);
		page_text(out, runs[i].path ?: "live");
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

void page_conditions(FILE *out, const struct page_run *runs, size_t nr, const char *const *names)
{
	size_t shown = nr < MAX_RUNS_SHOWN ? nr : MAX_RUNS_SHOWN;

	fputs("<div class=\"wide\"><table id=\"conditions\">\n", out);
	put_run_headings(out, runs, shown, names);
	fputs("<tr><th scope=\"row\">length</th>", out);
	for (size_t i = 0; i < shown; i++)
		put_length(out, runs[i].info);
	fputs("</tr>\n", out);
	for (const struct field *field = run_info_fields; field->name; field++) {
		if (!is_shown(field))
			continue;
		fprintf(out, "<tr><th scope=\"row\">%s</th>", field->title ?: field->name);
		for (size_t i = 0; i < shown; i++)
			put_condition(out, field, runs[i].info);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
	if (nr > shown)
		fprintf(out, "<p class=\"dim\">%zu more recording%s not shown</p>\n", nr - shown,
			nr - shown == 1 ? "" : "s");
}
