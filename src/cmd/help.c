// SPDX-License-Identifier: GPL-2.0-only
/* Lays out the help of a command. */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/option_choices.h"
#include "util/text.h"

#define HELP_COLUMN 26

/* The text beside an option: "for calls: order of the rows: total (default), ..." */
static void print_text(const struct command *command, enum view view, const struct option_row *row)
{
	static const char *const of_views[] = {
		[OF_BOTH] = "",
		[OF_EITHER] = "",
		[OF_CALLS] = "for calls: ",
		[OF_TEARDOWNS] = "for teardowns: ",
	};
	int help = view == VIEW_BOTH ? HELP_ALL : view == VIEW_CALLS ? HELP_CALLS : HELP_TEARDOWNS;
	const char *values = strstr(row->help, "%s"), *rest = values ? values + 2 : "";
	int len = values ? (int)(values - row->help) : (int)strlen(row->help);
	char text[512];

	snprintf(text, sizeof(text), "%s%.*s%s%s%s%s%s",
		 command->views && view == VIEW_BOTH ? of_views[row->view] : "", len, row->help,
		 values ? choices_describe(row->choices, command, view).text : "", rest,
		 row->usual[help] ? " (default: " : "", row->usual[help] ?: "",
		 row->usual[help] ? ")" : "");
	text_wrap(stdout, text, HELP_COLUMN);
}

static void print_option(const struct command *command, enum view view,
			 const struct option_row *row)
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
	print_text(command, view, row);
}

static void print_options(const struct command *command, enum view view)
{
	enum option_unit unit = UNIT_NONE;

	for (const struct option_row *row = command->rows; row->help; row++) {
		if (!row->short_name && !row->long_name) {
			printf("\n%s:\n", row->help);
		} else if (option_applies(row, view)) {
			print_option(command, view, row);
			if (unit != UNIT_SECONDS && row->unit)
				unit = row->unit;
		}
	}
	if (unit)
		putchar('\n');
	if (unit == UNIT_SECONDS)
		puts("SEC is a number of seconds (10, 0.5), or a TIME.");
	if (unit)
		puts("TIME is a number and its unit, or several: 250us, 1.5s, 1h30m. Units: ns, us,\n"
		     "ms, s, m, h, d.");
}

int option_help(struct options *opts, const char *value)
{
	const struct command *command = opts->command;
	enum view view = command->views && !opts->view_given ? VIEW_BOTH : opts->show.view;
	const struct help *help = &command->help[HELP_ALL];

	(void)value;
	if (command->views && view == VIEW_CALLS && command->help[HELP_CALLS].head)
		help = &command->help[HELP_CALLS];
	if (command->views && view == VIEW_TEARDOWNS && command->help[HELP_TEARDOWNS].head)
		help = &command->help[HELP_TEARDOWNS];
	fputs(help->head, stdout);
	print_options(command, view);
	printf("\nEXIT STATUS:\n"
	       "  0  done\n"
	       "  1  failure\n"
	       "  2  bad usage\n"
	       "%s\nEXAMPLES:\n%s",
	       command->statuses ?: "", help->examples);
	return OPTION_DONE;
}

int option_version(struct options *opts, const char *value)
{
	(void)opts;
	(void)value;
	printf("memdestroy-trace %s\n", VERSION);
	return OPTION_DONE;
}
