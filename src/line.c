// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an object, as its columns tell, as one line of JSON or CSV.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "line.h"

int line_error(FILE *out)
{
	if (!ferror(out))
		return 0;
	return errno ? -errno : -EIO;
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
	return json_string(safe);
}

static json_t *json_lines(const char *text)
{
	json_t *array = json_array();
	char safe[CELL_SIZE];

	while (array && *text) {
		size_t len = strcspn(text, "\n");

		text_utf8(safe, sizeof(safe), text, len);
		if (json_array_append_new(array, json_string(safe))) {
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
	default:
		return line_number(value.number);
	}
}

/* "a.b": member b of member a, which is null as long as nothing of it is known. */
static int json_set_member(json_t *json, const char *name, json_t *value)
{
	const char *dot = strchr(name, '.');
	char of[64];
	json_t *object;

	if (!dot)
		return json_object_set_new(json, name, value);
	snprintf(of, sizeof(of), "%.*s", (int)(dot - name), name);
	object = json_object_get(json, of);
	if (json_is_object(object))
		return json_object_set_new(object, dot + 1, value);
	if (json_is_null(value))
		return object ? 0 : json_object_set_new(json, of, value);
	object = json_object();
	if (json_object_set_new(json, of, object)) {
		json_decref(value);
		return -1;
	}
	return json_object_set_new(object, dot + 1, value);
}

int line_json(FILE *out, const struct column *column, const void *object)
{
	json_t *json = json_object();
	int err = json ? 0 : -ENOMEM;

	for (; column->name && !err; column++)
		if (*column->name &&
		    json_set_member(json, column->name, line_value(column, object)))
			err = -ENOMEM;
	if (!err && json_dumpf(json, out, JSON_COMPACT | JSON_ENSURE_ASCII))
		err = ferror(out) ? 0 : -ENOMEM;
	if (!err) {
		putc('\n', out);
		err = line_error(out);
	}
	json_decref(json);
	return err;
}

/* Nothing for null, so that an empty text has to be quoted. */
static void csv_text(FILE *out, const char *text)
{
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
	char safe[CELL_SIZE];
	struct value value;

	if (!column->get(column, object, &value))
		return;
	if (column->kind == VALUE_TEXT || column->kind == VALUE_LINES) {
		text_printable(safe, sizeof(safe), value.text, strlen(value.text));
		csv_text(out, safe);
	} else if (column->kind == VALUE_BOOL) {
		fputs(value.number ? "true" : "false", out);
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
