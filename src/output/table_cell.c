// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a value as people read it, into a cell of a table.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/map_type.h"
#include "model/measure.h"
#include "output/markdown.h"
#include "output/table_cell.h"
#include "output/wall_time.h"
#include "util/macros.h"
#include "util/text.h"

static void cell_time(char cell[CELL_SIZE], __u64 ts_ns, __u64 start_ns)
{
	bool before = ts_ns < start_ns;
	char text[WALL_TIME_SIZE];
	__u64 ns = before ? start_ns - ts_ns : ts_ns - start_ns;

	if (wall_time_in_tables()) {
		snprintf(cell, CELL_SIZE, "%s", wall_time_local(text, ts_ns));
		return;
	}
	snprintf(cell, CELL_SIZE, "%s%llu.%06llu", before ? "-" : "", ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / 1000);
}

static void cell_text(char cell[CELL_SIZE], const char *text)
{
	/* An empty cell would look like a missing column. */
	if (!*text)
		text = "\"\"";
	text_printable(cell, CELL_SIZE, text, strlen(text));
}

/* NAN is "no significant change" for changes, and unknown for the rest. */
static void cell_real(char cell[CELL_SIZE], const struct column *column, const void *object,
		      double real)
{
	if (column->shown_as == REAL_CHANGE && isnan(real))
		snprintf(cell, CELL_SIZE, "~");
	else if (!isfinite(real))
		snprintf(cell, CELL_SIZE, "%s", column_missing(column, object));
	else if (column->shown_as == REAL_CHANGE)
		text_change(cell, real);
	else if (column->shown_as == REAL_DURATION)
		measure_text(cell, MEASURE_TIME, real);
	else if (column->shown_as == REAL_COUNT)
		measure_text(cell, MEASURE_INSTRUCTIONS, real);
	else if (column->shown_as == REAL_SPREAD)
		snprintf(cell, CELL_SIZE, "\u00b1%.0f%%", real);
	else if (column->shown_as == REAL_P && real < 0.001)
		snprintf(cell, CELL_SIZE, "<0.001");
	else if (column->shown_as == REAL_P)
		snprintf(cell, CELL_SIZE, "%.3f", real);
	else
		snprintf(cell, CELL_SIZE, "%.3g", real);
}

void table_cell_fill(char cell[CELL_SIZE], const struct column *column, const void *object,
		     __u64 start_ns)
{
	struct value value;

	if (!column_read(column, object, &value) ||
	    (column->unknown && !strcmp(value.text, column->unknown))) {
		snprintf(cell, CELL_SIZE, "%s", column_missing(column, object));
		return;
	}

	switch (column->kind) {
	case VALUE_NUMBER:
		snprintf(cell, CELL_SIZE, "%llu", value.number);
		break;
	case VALUE_INTEGER:
		snprintf(cell, CELL_SIZE, "%lld", value.integer);
		break;
	case VALUE_DURATION:
		text_duration(cell, value.number);
		break;
	case VALUE_BYTES:
		text_bytes(cell, value.number);
		if (column->at_least && column->at_least(object))
			strcat(cell, "+");
		break;
	case VALUE_TIME:
		cell_time(cell, value.number, start_ns);
		break;
	case VALUE_BOOL:
		snprintf(cell, CELL_SIZE, "%s", value.number ? "yes" : "no");
		break;
	case VALUE_REAL:
		cell_real(cell, column, object, value.real);
		break;
	case VALUE_TEXT:
	case VALUE_LINES:
		cell_text(cell, value.text);
		break;
	}
}

const char *table_cell_map_type(const struct map_info *map)
{
	return map_has_type(map) ? map_type_name(map->type) : "?";
}

const char *table_cell_map_name(const struct map_info *map)
{
	if (!map_has_name(map))
		return "?";
	return *map->name ? map->name : "\"\"";
}

bool table_cell_keys(FILE *out, enum format format, const struct column *column, const void *object)
{
	const char *gap = "";
	char cell[CELL_SIZE];

	for (; column->name; column++) {
		if (!column->of_key || !column->heading)
			continue;
		table_cell_fill(cell, column, object, 0);
		fprintf(out, "%s%s=", gap, *column->name ? column->name : key_names[column->which]);
		if (format == FORMAT_MARKDOWN)
			markdown_text(out, cell, false);
		else
			fputs(cell, out);
		gap = " ";
	}
	return *gap;
}
