// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the lines above tables: the time of day, the interval, the title. And the line in place of
 * a table.
 */
#include <ctype.h>
#include <time.h>

#include "output/heading.h"
#include "util/macros.h"
#include "util/text.h"

/* Markdown takes lines without an empty one between them for one paragraph. */
static void put_gap(FILE *file, struct page *page, enum format format, bool table)
{
	if (page->begun && (format == FORMAT_MARKDOWN || page->table || table))
		putc('\n', file);
	page->begun = true;
	page->table = table;
}

static const char *put_time(FILE *file, const struct heading *heading)
{
	time_t seconds = (time_t)(heading->realtime_ns / NSEC_PER_SEC);
	struct tm tm;
	char text[16];

	if (!heading->timed)
		return "";
	strftime(text, sizeof(text), "%H:%M:%S", localtime_r(&seconds, &tm));
	fputs(text, file);
	return "  ";
}

/* Returns the separator before more text; "": the line is empty. */
static const char *put_place(FILE *file, const struct heading *heading)
{
	const char *gap = put_time(file, heading);
	char took[DURATION_SIZE];

	if (heading->interval == INTERVAL_NONE)
		return gap;
	if (heading->interval == INTERVAL_WHOLE)
		fprintf(file, "%stotal of %s", gap, text_duration(took, heading->took_ns));
	else if (heading->more)
		fprintf(file, "%sintervals %llu to %llu", gap, heading->interval - heading->more,
			heading->interval);
	else
		fprintf(file, "%sinterval %llu", gap, heading->interval);
	return ": ";
}

static bool has_place(const struct heading *heading)
{
	return heading->timed || heading->interval != INTERVAL_NONE;
}

void heading_put(FILE *file, struct page *page, const struct heading *heading, const char *title)
{
	const char *bold = heading->format == FORMAT_MARKDOWN ? "**" : "", *gap;

	put_gap(file, page, heading->format, true);
	if (!title && !has_place(heading))
		return;
	fputs(bold, file);
	gap = put_place(file, heading);
	if (title && *gap == ':')
		fprintf(file, "%s%s", gap, title);
	else if (title)
		fprintf(file, "%s%c%s", gap, toupper(*title), title + 1);
	fprintf(file, "%s\n%s", bold, *bold ? "\n" : "");
}

void heading_put_empty(FILE *file, struct page *page, const struct heading *heading,
		       const char *text)
{
	put_gap(file, page, heading->format, false);
	fputs(put_place(file, heading), file);
	fprintf(file, "%s\n", text);
}
