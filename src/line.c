// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an object, as its columns tell, as one line of JSON or CSV.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "line.h"

#define DIGITS	    15	 /* of a real: as many as a double can hold for sure */
#define LINE_SIZE   4096 /* of what is written at once */
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

json_t *line_value(const struct column *column, const void *object)
{
	struct value value;

	if (!column->get(column, object, &value))
		return json_null();
	switch (column->kind) {
	case VALUE_TEXT:
		return json_text(value.text);
	case VALUE_LINES:
		return json_lines(value.text);
	case VALUE_BOOL:
		return json_boolean(value.number);
	case VALUE_INTEGER:
		return json_integer(value.integer);
	case VALUE_REAL:
		return isfinite(value.real) ? json_real(value.real) : json_null();
	default:
		return line_number(value.number);
	}
}

/* "a.b": member b of member a. */
static int json_set_member(json_t *json, const char *name, json_t *value)
{
	const char *dot = strchr(name, '.');
	char of[64];

	if (!dot)
		return json_object_set_new_nocheck(json, name, value);
	snprintf(of, sizeof(of), "%.*s", (int)(dot - name), name);
	if (!json_object_get(json, of) && json_object_set_new(json, of, json_object())) {
		json_decref(value);
		return -1;
	}
	return json_object_set_new_nocheck(json_object_get(json, of), dot + 1, value);
}

/* Members that are objects of which nothing is known become null. */
static int json_drop_unknown(json_t *json)
{
	const char *name, *of;
	json_t *value, *member;
	void *next;
	bool known;

	json_object_foreach_safe(json, next, name, value)
	{
		known = !json_is_object(value);
		json_object_foreach(value, of, member) known = known || !json_is_null(member);
		if (!known && json_object_set_new(json, name, json_null()))
			return -1;
	}
	return 0;
}

/* In one piece, since Jansson writes a few bytes at a time, of which each write has its price. */
static int write_json(FILE *out, const json_t *json)
{
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | REAL_DIGITS;
	char line[LINE_SIZE];
	size_t len = json_dumpb(json, line, sizeof(line), flags);

	if (!len)
		return -ENOMEM;
	if (len <= sizeof(line))
		fwrite(line, 1, len, out);
	else if (json_dumpf(json, out, flags) && !ferror(out))
		return -ENOMEM;
	putc('\n', out);
	return line_error(out);
}

int line_json(FILE *out, const struct column *column, const void *object)
{
	json_t *json = json_object();
	int err = json ? 0 : -ENOMEM;

	for (; column->name && !err; column++)
		if (*column->name &&
		    json_set_member(json, column->name, line_value(column, object)))
			err = -ENOMEM;
	if (!err && json_drop_unknown(json))
		err = -ENOMEM;
	if (!err)
		err = write_json(out, json);
	json_decref(json);
	return err;
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
