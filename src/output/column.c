// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides what there is to show for a column of an object.
 */
#include <string.h>

#include "output/column.h"

size_t column_name_len(const char *name)
{
	return strchrnul(name, '.') - name;
}

const char *column_missing(const struct column *column, const void *object)
{
	return !column->applies || column->applies(column, object) ? "?" : "-";
}
