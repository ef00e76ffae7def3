// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an object as one line of JSON, by its columns.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "output/json_line.h"
#include "util/outfile.h"

static void put_lines(struct json_writer *json, const char *text)
{
	size_t len;

	json_begin_array(json);
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		json_string(json, text, len);
	}
	json_end_array(json);
}

static void put_items(struct json_writer *json, const struct column *columns,
		      const struct item_list *items)
{
	const struct column *column;

	json_begin_array(json);
	for (size_t i = 0; i < items->nr; i++) {
		json_begin_object(json);
		for (column = columns; column->name; column++) {
			json_key(json, column->name, strlen(column->name));
			json_column(json, column, (const char *)items->first + i * items->size);
		}
		json_end_object(json);
	}
	json_end_array(json);
}

/* "value" is room that all columns share: to set up one each takes longer than most of them. */
static inline void put_value(struct json_writer *json, const struct column *column,
			     const void *object, struct value *value)
{
	if (!column_read(column, object, value)) {
		json_null(json);
		return;
	}
	switch (column->kind) {
	case VALUE_TEXT:
		json_string(json, value->text, strlen(value->text));
		break;
	case VALUE_LINES:
		if (column->items)
			put_items(json, column->items, &value->items);
		else
			put_lines(json, value->text);
		break;
	case VALUE_BOOL:
		json_bool(json, value->number);
		break;
	case VALUE_INTEGER:
		json_i64(json, value->integer);
		break;
	case VALUE_REAL:
		json_double(json, value->real);
		break;
	default:
		json_u64(json, value->number);
	}
}

void json_column(struct json_writer *json, const struct column *column, const void *object)
{
	struct value value;

	put_value(json, column, object, &value);
}

/* Whether a column belongs to the member with the first len bytes of this name. */
static bool is_of(const struct column *column, const char *name, size_t len)
{
	return !strncmp(column->name, name, len) && column->name[len] == '.';
}

static bool is_known(const struct column *column, const void *object)
{
	struct value value;

	return column_read(column, object, &value) &&
	       (column->kind != VALUE_REAL || isfinite(value.real));
}

/* The object "a", of the columns "a.b" from the first one on; null if none of them is known. */
static void put_members(struct json_writer *json, const struct column *first, const void *object,
			size_t len)
{
	const struct column *column = first;

	while (column->name && !(is_of(column, first->name, len) && is_known(column, object)))
		column++;
	if (!column->name) {
		json_null(json);
		return;
	}
	json_begin_object(json);
	for (column = first; column->name; column++) {
		if (!is_of(column, first->name, len))
			continue;
		json_key(json, column->name + len + 1, strlen(column->name + len + 1));
		json_column(json, column, object);
	}
	json_end_object(json);
}

/* Whether an earlier column has had the member written that this one belongs to. */
static bool is_written(const struct column *columns, const struct column *column, size_t len)
{
	for (; columns < column; columns++)
		if (is_of(columns, column->name, len))
			return true;
	return false;
}

/* An object's members are written where the first of them is. */
static void put_member(struct json_writer *json, const struct column *columns,
		       const struct column *column, const void *object, struct value *value)
{
	size_t len = column_name_len(column->name);
	bool member = column->name[len];

	if (!len || (member && is_written(columns, column, len)))
		return;
	json_key(json, column->name, len);
	if (member)
		put_members(json, column, object, len);
	else
		put_value(json, column, object, value);
}

int json_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns)
{
	const struct column *column;
	struct json_writer json;
	struct value value;

	(void)start_ns;
	json_start(&json, out);
	json_begin_object(&json);
	for (column = columns; column->name; column++) {
		if (!column->json_key.len) {
			put_member(&json, columns, column, object, &value);
			continue;
		}
		json_made_key(&json, &column->json_key);
		put_value(&json, column, object, &value);
	}
	json_end_object(&json);
	json_flush(&json);
	putc_unlocked('\n', out);
	return stream_error(out);
}
