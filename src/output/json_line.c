// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an object, as its columns tell, as one line of JSON or CSV.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "output/json_line.h"

#define DIGITS	    15	  /* of a real: as many as a double can hold for sure */
#define LINE_SIZE   16384 /* of what is written at once */
#define REAL_DIGITS JSON_REAL_PRECISION(DIGITS)

int line_error(FILE *out)
{
	if (!ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}

int line_flush(FILE *out)
{
	int err = line_error(out);

	if (err)
		return err;
	return fflush(out) ? -errno : 0;
}

json_t *line_number(__u64 number)
{
	if (number > INT64_MAX)
		return json_real(number);
	return json_integer(number);
}

static json_t *json_text(const char *text)
{
	char safe[CELL_SIZE];

	text_utf8(safe, sizeof(safe), text, strlen(text));
	return json_string_nocheck(safe); /* it is, now */
}

static json_t *json_lines(const char *text)
{
	json_t *array = json_array();
	char safe[CELL_SIZE];

	while (array && *text) {
		size_t len = strcspn(text, "\n");

		text_utf8(safe, sizeof(safe), text, len);
		if (json_array_append_new(array, json_string_nocheck(safe))) {
			json_decref(array);
			return NULL;
		}
		text += len + (text[len] == '\n');
	}
	return array;
}

static json_t *value_json(const struct column *column, const struct value *value)
{
	switch (column->kind) {
	case VALUE_TEXT:
		return json_text(value->text);
	case VALUE_LINES:
		return json_lines(value->text);
	case VALUE_BOOL:
		return json_boolean(value->number);
	case VALUE_INTEGER:
		return json_integer(value->integer);
	case VALUE_REAL:
		return isfinite(value->real) ? json_real(value->real) : json_null();
	default:
		return line_number(value->number);
	}
}

json_t *line_value(const struct column *column, const void *object)
{
	struct value value;

	return column->get(column, object, &value) ? value_json(column, &value) : json_null();
}

/* A line of JSON that is being made: written in pieces, each of which has its price. */
struct json_line {
	FILE *out;
	size_t len;
	int err;
	char text[LINE_SIZE];
};

static void json_flush(struct json_line *line)
{
	fwrite(line->text, 1, line->len, line->out);
	line->len = 0;
}

/* For a name, or a text that is not too long. */
static void json_make_room(struct json_line *line)
{
	if (line->len > LINE_SIZE - CELL_SIZE)
		json_flush(line);
}

static void json_put(struct json_line *line, const char *text, size_t len)
{
	if (len > sizeof(line->text) - line->len)
		json_flush(line);
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void json_put_number(struct json_line *line, __u64 number)
{
	char digits[20], *first = digits + sizeof(digits);

	do
		*--first = '0' + number % 10;
	while (number /= 10);
	json_put(line, first, digits + sizeof(digits) - first);
}

/* In quotes. False, and nothing is put: the text needs escapes, or is too long. */
static bool json_put_plain(struct json_line *line, const char *text)
{
	/* All of ASCII that is printed, but for the quote and the backslash. */
	static const bool plain[256] = {
		[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};
	char *at, *end = line->text + LINE_SIZE - 1;

	json_make_room(line);
	at = line->text + line->len;
	*at++ = '"';
	while (plain[(unsigned char)*text] && at < end)
		*at++ = *text++;
	if (*text)
		return false;
	*at++ = '"';
	line->len = at - line->text;
	return true;
}

/* Whatever else: by Jansson. */
static void json_put_value(struct json_line *line, json_t *json)
{
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY | REAL_DIGITS;
	size_t len =
		json ? json_dumpb(json, line->text + line->len, LINE_SIZE - line->len, flags) : 0;

	if (len <= LINE_SIZE - line->len) {
		line->len += len;
	} else {
		json_flush(line);
		if (json_dumpf(json, line->out, flags) && !ferror(line->out))
			len = 0;
	}
	if (!len)
		line->err = -ENOMEM;
	json_decref(json);
}

/* False: it is null. */
static bool json_put_column(struct json_line *line, const struct column *column, const void *object)
{
	struct value value;

	if (!column->get(column, object, &value)) {
		json_put(line, "null", 4);
		return false;
	}
	if (column->kind == VALUE_TEXT && json_put_plain(line, value.text))
		return true;
	if (column->kind == VALUE_BOOL)
		json_put(line, value.number ? "true" : "false", value.number ? 4 : 5);
	else if (column->kind != VALUE_TEXT && column->kind != VALUE_LINES &&
		 column->kind != VALUE_REAL && column->kind != VALUE_INTEGER &&
		 value.number <= INT64_MAX)
		json_put_number(line, value.number);
	else
		json_put_value(line, value_json(column, &value));
	return column->kind != VALUE_REAL || isfinite(value.real);
}

/* A member's name, up to a dot; all names are short. Returns its length. */
static size_t json_put_name(struct json_line *line, const char *name, bool first)
{
	char *at = line->text + line->len;
	size_t len;

	if (!first)
		*at++ = ',';
	*at++ = '"';
	for (len = 0; name[len] && name[len] != '.'; len++)
		*at++ = name[len];
	*at++ = '"';
	*at++ = ':';
	line->len = at - line->text;
	return len;
}

static bool is_of(const struct column *column, const char *of, size_t len)
{
	return !strncmp(column->name, of, len) && column->name[len] == '.';
}

/* "a.b": member b of member a, which becomes null if nothing is known of it. */
static void json_put_members(struct json_line *line, const struct column *column,
			     const void *object, size_t len)
{
	const char *of = column->name;
	bool first = true, known = false;
	size_t start;

	if (line->len > LINE_SIZE / 2)
		json_flush(line);
	start = line->len;
	json_put(line, "{", 1);
	for (; column->name; column++) {
		if (!is_of(column, of, len))
			continue;
		json_make_room(line);
		json_put_name(line, column->name + len + 1, first);
		known |= json_put_column(line, column, object);
		first = false;
	}
	if (known) {
		json_put(line, "}", 1);
	} else {
		line->len = start;
		json_put(line, "null", 4);
	}
}

/* Has it been written, as a member of an object that a column before is one of, too? */
static bool is_written(const struct column *columns, const struct column *column, size_t len)
{
	for (; columns < column; columns++)
		if (is_of(columns, column->name, len))
			return true;
	return false;
}

int line_json(FILE *out, const struct column *columns, const void *object)
{
	const struct column *column;
	struct json_line line;
	bool first = true;
	size_t len, start;

	line.out = out;
	line.len = 0;
	line.err = 0;
	json_put(&line, "{", 1);
	for (column = columns; column->name; column++) {
		if (!*column->name)
			continue;
		json_make_room(&line);
		start = line.len;
		len = json_put_name(&line, column->name, first);
		if (column->name[len] && is_written(columns, column, len)) {
			line.len = start;
			continue;
		}
		first = false;
		if (column->name[len])
			json_put_members(&line, column, object, len);
		else
			json_put_column(&line, column, object);
	}
	json_put(&line, "}\n", 2);
	json_flush(&line);
	return line.err ? line.err : line_error(out);
}

/* Nothing for null, so that an empty text has to be quoted. Lines are parted by semicolons. */
static void csv_text(FILE *out, const char *value, bool lines)
{
	char plain[CELL_SIZE], safe[CELL_SIZE];
	const char *text = safe;
	char *end = plain;

	snprintf(plain, sizeof(plain), "%s", value);
	while (lines && (end = strchr(end, '\n')))
		*end = ';';
	text_printable(safe, sizeof(safe), plain, strlen(plain));
	if (*text && !strpbrk(text, "\",\r\n")) {
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

static void csv_value(FILE *out, const struct column *column, const void *object)
{
	struct value value;

	if (!column->get(column, object, &value))
		return;
	if (column->kind == VALUE_TEXT || column->kind == VALUE_LINES) {
		csv_text(out, value.text, column->kind == VALUE_LINES);
	} else if (column->kind == VALUE_BOOL) {
		fputs(value.number ? "true" : "false", out);
	} else if (column->kind == VALUE_INTEGER) {
		fprintf(out, "%lld", value.integer);
	} else if (column->kind == VALUE_REAL) {
		if (isfinite(value.real))
			fprintf(out, "%.*g", DIGITS, value.real);
	} else {
		fprintf(out, "%llu", value.number);
	}
}

int line_csv(FILE *out, const struct column *columns, const void *object)
{
	const struct column *column;

	for (column = columns; column->name; column++) {
		if (!*column->name)
			continue;
		if (column != columns)
			putc(',', out);
		csv_value(out, column, object);
	}
	putc('\n', out);
	return line_error(out);
}

int line_csv_names(FILE *out, const struct column *columns)
{
	const struct column *column;

	for (column = columns; column->name; column++)
		if (*column->name)
			fprintf(out, "%s%s", column == columns ? "" : ",", column->name);
	putc('\n', out);
	return line_error(out);
}
