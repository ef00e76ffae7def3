// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides what there is to show for a column of an object.
 */
#include "output/column.h"

static bool applies(const struct column *column, const void *object)
{
	return !column->applies || column->applies(column, object);
}

bool column_read(const struct column *column, const void *object, struct value *value)
{
	return applies(column, object) && column->get(column, object, value);
}

const char *column_missing(const struct column *column, const void *object)
{
	return applies(column, object) ? "?" : "-";
}
