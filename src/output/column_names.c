// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds columns by the names that users give them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "output/column_names.h"
#include "util/diag.h"
#include "util/suggest.h"

#define MAX_NAMES 2048 /* bytes of a list of all names */

const char *column_heading(char buffer[HEADING_SIZE], const struct column *column)
{
	size_t len = strlen(column->name), i;

	if (column->heading)
		return column->heading;
	if (len > 3 && !strcmp(column->name + len - 3, "_ns"))
		len -= 3;
	for (i = 0; i < len && i < HEADING_SIZE - 1; i++)
		buffer[i] = strchr("_.", column->name[i])
				    ? ' '
				    : (char)toupper((unsigned char)column->name[i]);
	buffer[i] = '\0';
	return buffer;
}

/* A record's type is the same in all lines, and CSV has no columns without a name. */
static bool is_offered(const struct column *column, enum format format)
{
	return !column->text && (format != FORMAT_CSV || *column->name);
}

static int folded(char c)
{
	return c == ' ' || c == '-' ? '_' : tolower((unsigned char)c);
}

static bool is_named(const char *text, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len && text[i]; i++)
		if (folded(text[i]) != folded(name[i]))
			return false;
	return i == len && !text[i];
}

static const struct column *find(const struct column *columns, const char *name, size_t len,
				 enum format format)
{
	char heading[HEADING_SIZE];
	const struct column *column;

	for (column = columns; column->name; column++)
		if (is_offered(column, format) && column->heading &&
		    is_named(column->heading, name, len))
			return column;
	for (column = columns; column->name; column++)
		if (is_offered(column, format) &&
		    (is_named(column->name, name, len) ||
		     is_named(column_heading(heading, column), name, len)))
			return column;
	return NULL;
}

/* What a list of names calls the column: its heading in small letters, or if it has none, its name.
 */
static void name_column(char name[HEADING_SIZE], const struct column *column, enum format format)
{
	bool by_heading = column->heading && format != FORMAT_CSV;
	const char *text = by_heading ? column->heading : column->name;
	size_t i;

	for (i = 0; text[i] && i < HEADING_SIZE - 1; i++)
		name[i] = by_heading ? (char)folded(text[i]) : text[i];
	name[i] = '\0';
}

/* "caller, type, p90_ns"; without columns that another one's heading hides */
static void list_names(char all[MAX_NAMES], const struct column *columns, enum format format)
{
	FILE *out = fmemopen(all, MAX_NAMES, "w");
	char name[HEADING_SIZE];
	const char *gap = "";

	all[0] = '\0';
	for (const struct column *column = columns; out && column->name; column++) {
		if (!is_offered(column, format))
			continue;
		name_column(name, column, format);
		if (find(columns, name, strlen(name), format) != column)
			continue;
		fprintf(out, "%s%s", gap, name);
		gap = ", ";
	}
	if (out)
		fclose(out);
}

/* Suggestions, and the list of names. */
static int report_unknown(const struct column *columns, const char *name, size_t len,
			  enum format format)
{
	char all[MAX_NAMES], each[MAX_NAMES], meant[SUGGESTION_SIZE], *rest = each, *word;
	struct suggestion nearest = SUGGEST(name, len);

	list_names(all, columns, format);
	memcpy(each, all, sizeof(each));
	while ((word = strsep(&rest, ", ")))
		if (*word)
			suggest_offer(&nearest, word);
	return diag_invalid("--columns: no column '%.*s' here%s (one of %s)", (int)len, name,
			    suggest_text(&nearest, "", meant), all);
}

int column_names_choose(struct column list[MAX_ROW_COLUMNS], const struct column *columns,
			const char *names, enum format format)
{
	size_t nr = 0, len;

	for (; names; names = names[len] ? names + len + 1 : NULL) {
		const struct column *column;

		len = strcspn(names, ",");
		column = find(columns, names, len, format);
		if (!column)
			return report_unknown(columns, names, len, format);
		for (size_t i = 0; i < nr; i++)
			if (list[i].name == column->name && list[i].heading == column->heading)
				return diag_invalid("--columns: '%.*s' given twice", (int)len,
						    names);
		list[nr++] = *column;
	}
	for (bool all = !nr; all && columns->name; columns++)
		list[nr++] = *columns;
	list[nr] = (struct column){};
	while (nr--)
		if (!strchr(list[nr].name, '.'))
			json_make_key(&list[nr].json_key, list[nr].name);
	return 0;
}
