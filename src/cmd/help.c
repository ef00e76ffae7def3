// SPDX-License-Identifier: GPL-2.0-only
/* Lays out the help of a command. */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "util/text.h"

#define HELP_COLUMN 26

static void print_option(const struct option_row *row)
{
	char left[64] = "      ";
	size_t len;

	if (row->short_name)
		snprintf(left, sizeof(left), "  -%c%s", row->short_name,
			 row->long_name ? ", " : "");
	len = strlen(left);
	snprintf(left + len, sizeof(left) - len, "%s%s%s",
		 row->long_name ? option_name(row).text : "", row->metavar ? " " : "",
		 row->metavar ? row->metavar : "");
	printf("%-*s", HELP_COLUMN, left);
	if (strlen(left) >= HELP_COLUMN)
		printf("\n%*s", HELP_COLUMN, "");
	text_wrap(stdout, row->help, HELP_COLUMN);
}

int option_help(struct options *opts, const char *value)
{
	const struct command *command = opts->command;

	(void)value;
	fputs(command->head, stdout);
	for (const struct option_row *row = command->rows; row->help; row++) {
		if (row->short_name || row->long_name)
			print_option(row);
		else
			printf("\n%s:\n", row->help);
	}
	printf("%s\nEXIT STATUS:\n"
	       "  0  done\n"
	       "  1  failure\n"
	       "  2  bad usage\n"
	       "%s\nEXAMPLES:\n%s",
	       command->times ?: "", command->statuses ?: "", command->examples);
	return OPTION_DONE;
}

int option_version(struct options *opts, const char *value)
{
	(void)opts;
	(void)value;
	printf("memdestroy-trace %s\n", VERSION);
	return OPTION_DONE;
}
