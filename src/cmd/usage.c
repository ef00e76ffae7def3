// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays out --help and --usage.
 */
#include <string.h>

#include "cmd/option_table.h"
#include "cmd/usage.h"
#include "util/macros.h"
#include "util/text.h"

#define HELP_COLUMN 26
#define LIVE	    (OF(ACTION_TRACE) | OF(ACTION_RECORD) | OF(ACTION_BENCH) | OF(ACTION_CHECK))

/* Which actions end with it, and what it says there. */
static const struct {
	int status;
	unsigned int of;
	const char *text;
} statuses[] = {
	{0, ~0U, "done"},
	{1, ~0U, "failure"},
	{2, ~0U, "bad usage"},
	{3, LIVE, "this kernel cannot be traced"},
	{4, LIVE, "not permitted"},
	{10, OF(ACTION_TRACE), "diff: a regression beyond --fail-on"},
	{10, OF(ACTION_DIFF), "a regression beyond --fail-on"},
	{126, OF(ACTION_RECORD), "the command cannot be run"},
	{127, OF(ACTION_RECORD), "the command is not found; else, its own status"},
};

static const char *help_of(const struct option_spec *spec, enum action action)
{
	for (size_t i = 0; i < MAX_UNLIKE; i++)
		if (spec->unlike[i].of & OF(action))
			return spec->unlike[i].help;
	return spec->help;
}

static void print_option(FILE *out, const struct option_spec *spec, enum action action)
{
	char left[64] = "      ", name[32];
	size_t len;

	if (spec->short_name)
		snprintf(left, sizeof(left), "  -%c%s", spec->short_name,
			 spec->long_name ? ", " : "");
	len = strlen(left);
	snprintf(left + len, sizeof(left) - len, "%s%s%s",
		 spec->long_name ? option_spec_name(spec, name, sizeof(name)) : "",
		 spec->metavar ? " " : "", spec->metavar ? spec->metavar : "");
	fprintf(out, "%-*s", HELP_COLUMN, left);
	if (strlen(left) >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	text_wrap(out, help_of(spec, action), HELP_COLUMN);
}

void usage_print_help(FILE *out, enum action action)
{
	const struct usage_text *text = &usage_texts[action];
	const char *group = "";

	fputs(text->head, out);
	for (enum opt opt = 0; opt < NR_OPTS; opt++) {
		const struct option_spec *spec = &option_specs[opt];

		if (!(spec->of & OF(action)))
			continue;
		if (strcmp(group, spec->group)) {
			group = spec->group;
			fprintf(out, "\n%s:\n", group);
		}
		print_option(out, spec, action);
	}
	if (text->times)
		fprintf(out, "\n%s", text->times);
	fputs("\nEXIT STATUS:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].of & OF(action))
			fprintf(out, "%3d  %s\n", statuses[i].status, statuses[i].text);
	fprintf(out, "\nEXAMPLES:\n%s", text->examples);
}

/* Not text_wrap(): a space within brackets is no place to break the line. */
static size_t print_item(FILE *out, const char *item, size_t column)
{
	if (column + 1 + strlen(item) > TEXT_WIDTH) {
		fputs("\n      ", out);
		column = strlen("      ");
	}
	fprintf(out, " %s", item);
	return column + 1 + strlen(item);
}

void usage_print_usage(FILE *out, enum action action)
{
	const struct usage_text *text = &usage_texts[action];
	size_t column;

	column = fprintf(out, "Usage: memdestroy-trace%s", text->words);
	for (enum opt opt = 0; opt < NR_OPTS; opt++) {
		const struct option_spec *spec = &option_specs[opt];
		bool required = spec->required & OF(action);
		char item[96], name[32];

		if (!(spec->of & OF(action)))
			continue;
		snprintf(item, sizeof(item), "%s%s%s%s%s%s", required ? "" : "[",
			 option_spec_name(spec, name, sizeof(name)), spec->metavar ? " " : "",
			 spec->metavar ? spec->metavar : "", required ? "" : "]",
			 spec->repeatable ? "..." : "");
		column = print_item(out, item, column);
	}
	if (text->operands)
		print_item(out, text->operands, column);
	fputc('\n', out);
}
