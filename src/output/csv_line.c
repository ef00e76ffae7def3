// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an object as one line of CSV, by its columns.
 */
#include <math.h>
#include <string.h>

#include "output/csv_line.h"
#include "output/table_cell.h"
#include "util/macros.h"
#include "util/outfile.h"

/* The bytes of the sign that makes a formula of a cell in spreadsheets, or 0. */
static size_t formula_sign(const char *text)
{
	static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					   "\xef\xbc\xa0"};

	if (*text == '=' || *text == '+' || *text == '-' || *text == '@')
		return 1;
	for (size_t i = 0; *text == *wide[0] && i < ARRAY_SIZE(wide); i++)
		if (!strncmp(text, wide[i], strlen(wide[i])))
			return strlen(wide[i]);
	return 0;
}

/* Quotes do not keep a spreadsheet from taking the text for a formula: its sign becomes \xNN. */
static const char *make_inert(char cell[CELL_SIZE], const char *text)
{
	size_t blanks = strspn(text, " "), sign = formula_sign(text + blanks);
	int len;

	if (!sign)
		return text;
	len = snprintf(cell, CELL_SIZE, "%.*s", (int)blanks, text);
	for (text += blanks; sign; sign--)
		len += snprintf(cell + len, CELL_SIZE - len, "\\x%02x", (unsigned char)*text++);
	snprintf(cell + len, CELL_SIZE - len, "%s", text);
	return cell;
}

/*
 * An empty field means null, so empty text has to be quoted. Semicolons separate lines; those of a
 * name could separate cells where commas are decimal points.
 */
static void put_text(FILE *out, const char *value, bool lines)
{
	char plain[CELL_SIZE], safe[CELL_SIZE];
	const char *text = value;

	if (lines) {
		snprintf(plain, sizeof(plain), "%s", value);
		for (char *end = plain; (end = strchr(end, '\n'));)
			*end = ';';
		text = plain;
	}
	text_printable(safe, sizeof(safe), text, strlen(text));
	text = make_inert(plain, safe);
	if (*text && !strpbrk(text, lines ? "\",\r\n" : "\",;\r\n")) {
		fputs(text, out);
		return;
	}

	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void put_value(FILE *out, const struct column *column, const void *object)
{
	struct value value;

	if (!column_read(column, object, &value))
		return;
	if (column->kind == VALUE_TEXT || column->kind == VALUE_LINES) {
		put_text(out, value.text, column->kind == VALUE_LINES);
	} else if (column->kind == VALUE_BOOL) {
		fputs(value.number ? "true" : "false", out);
	} else if (column->kind == VALUE_INTEGER) {
		fprintf(out, "%lld", value.integer);
	} else if (column->kind == VALUE_REAL) {
		if (isfinite(value.real))
			fprintf(out, "%.15g", value.real); /* as in JSON */
	} else {
		fprintf(out, "%llu", value.number);
	}
}

int csv_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns)
{
	const struct column *column;

	(void)start_ns;
	for (column = columns; column->name; column++) {
		if (!*column->name)
			continue;
		if (column != columns)
			putc(',', out);
		put_value(out, column, object);
	}
	putc('\n', out);
	return stream_error(out);
}

int csv_heading(FILE *out, const struct column *columns)
{
	const struct column *column;

	for (column = columns; column->name; column++)
		if (*column->name)
			fprintf(out, "%s%s", column == columns ? "" : ",", column->name);
	putc('\n', out);
	return stream_error(out);
}
