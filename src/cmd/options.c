// SPDX-License-Identifier: GPL-2.0-only
/* Reads the command line by the command's table of options. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/option_values.h"
#include "util/diag.h"

#define DEFAULT_STUCK_NS 10000000000ULL
#define DEFAULT_ALPHA	 0.05
#define LONG		 256 /* getopt's value of a long option: this + index */
#define WORD		 1   /* getopt's value of an argument that is no option, with "-" */

const struct command *const commands[] = {
	&trace_command, &record_command, &report_command,
	&diff_command,	&bench_command,	 &check_command,
	NULL,
};

static const char teardowns[] = "teardowns";

struct option_name option_name(const struct option_row *row)
{
	struct option_name name;

	if (row->long_name)
		snprintf(name.text, sizeof(name.text), "--%s", row->long_name);
	else
		snprintf(name.text, sizeof(name.text), "-%c", row->short_name);
	return name;
}

const struct option_row *option_row(const struct command *command, const char *name)
{
	for (const struct option_row *row = command->rows; row->help; row++)
		if (row->long_name ? !strcmp(row->long_name, name)
				   : row->short_name == *name && *name)
			return row;
	return NULL;
}

/* By getopt's value. NULL: none. */
static const struct option_row *find_row(const struct command *command, int value)
{
	if (value >= LONG)
		return &command->rows[value - LONG];
	for (const struct option_row *row = command->rows; row->help; row++)
		if (row->short_name && row->short_name == value)
			return row;
	return NULL;
}

/* The ':' makes getopt distinguish a missing value from an unknown option. */
static void fill_getopt_tables(const struct command *command, char *shorts, struct option *longs)
{
	shorts = stpcpy(stpcpy(shorts, command->getopt_flags ?: ""), ":");
	for (const struct option_row *row = command->rows; row->help; row++) {
		if (row->short_name) {
			*shorts++ = row->short_name;
			if (row->metavar)
				*shorts++ = ':';
		}
		if (row->long_name)
			*longs++ = (struct option){
				.name = row->long_name,
				.has_arg = row->metavar ? required_argument : no_argument,
				.val = LONG + (int)(row - command->rows),
			};
	}
	*shorts = '\0';
	*longs = (struct option){};
}

static bool same_option(const struct option_row *a, const struct option_row *b)
{
	return a->short_name == b->short_name && !a->long_name == !b->long_name &&
	       (!a->long_name || !strcmp(a->long_name, b->long_name));
}

void options_list(char *list, size_t size, const char *dashes, const char *name)
{
	size_t end = strlen(list);

	snprintf(list + end, size - end, "%s%s%s", end ? ", " : "", dashes, name);
}

/* An option of another command by its short name. NULL: none. */
static const struct option_row *find_foreign_short(int short_name)
{
	const struct option_row *row = NULL;

	for (const struct command *const *other = commands; *other && !row; other++)
		row = find_row(*other, short_name);
	return row;
}

/* An option of another command by its long name, possibly abbreviated. NULL: none, or ambiguous. */
static const struct option_row *find_foreign(const char *abbreviation, size_t len)
{
	const struct option_row *found = NULL;

	for (const struct command *const *other = commands; *other; other++) {
		for (const struct option_row *row = (*other)->rows; row->help; row++) {
			if (!row->long_name || strncmp(row->long_name, abbreviation, len))
				continue;
			if (strlen(row->long_name) == len)
				return row;
			if (found && !same_option(found, row))
				return NULL;
			found = row;
		}
	}
	return found;
}

/* "unknown option '--foo' (see memdestroy-trace diff --help)" */
static int report_unknown(const struct command *command, const char *what, const char *word,
			  size_t len)
{
	return diag_invalid("%s '%.*s' (see memdestroy-trace%s%s --help)", what, (int)len, word,
			    command->name ? " " : "", command->name ? command->name : "");
}

/* "--list does not apply to record (only to bench)"; foreign NULL: no command has the option. */
static void report_foreign(const struct command *command, const struct option_row *foreign,
			   const char *option, size_t len)
{
	char where[64] = "";

	if (!foreign) {
		report_unknown(command, "unknown option", option, len);
		return;
	}
	for (const struct command *const *other = commands; *other; other++)
		for (const struct option_row *row = (*other)->rows; row->help; row++)
			if (same_option(row, foreign))
				options_list(where, sizeof(where), "", command_title(*other));
	diag_error("%s does not apply to %s (only to %s)", option_name(foreign).text,
		   command_title(command), where);
}

/* getopt found arg ("--foo=bar") to be no option, or an abbreviation of several. */
static void report_long(const struct command *command, const char *arg)
{
	size_t len = strcspn(arg, "="), nr_matches = 0;
	char matches[256] = "";

	for (const struct option_row *row = command->rows; row->help && len > 2; row++) {
		if (!row->long_name || strncmp(row->long_name, arg + 2, len - 2))
			continue;
		options_list(matches, sizeof(matches), "--", row->long_name);
		nr_matches++;
	}
	if (nr_matches > 1)
		diag_error("ambiguous option '%.*s' (one of %s)", (int)len, arg, matches);
	else
		report_foreign(command,
			       nr_matches || len <= 2 ? NULL : find_foreign(arg + 2, len - 2), arg,
			       len);
}

/* Replaces getopt_long()'s own messages. */
static void report_getopt_error(const struct command *command, int result, const char *arg)
{
	const struct option_row *row = find_row(command, optopt);

	if (row && result == ':')
		diag_error("option '%s' needs a value (%s)", option_name(row).text, row->metavar);
	else if (row)
		diag_error("option '%s' takes no value", option_name(row).text);
	else if (optopt)
		report_foreign(command, find_foreign_short(optopt), (char[]){'-', (char)optopt}, 2);
	else
		report_long(command, arg);
}

static int set_member(struct options *opts, const struct option_row *row, const char *value)
{
	void *member = (char *)opts + row->member;

	if (!row->metavar) {
		*(bool *)member = true;
		return 0;
	}
	if (row->unit != UNIT_NONE)
		return option_time(row, value, member);
	if (!*value)
		return diag_invalid("--%s: the name of the file is empty", row->long_name);
	*(const char **)member = value;
	return 0;
}

static int take_option(struct options *opts, const struct option_row *row, const char *value,
		       const char **given)
{
	if (!row->metavar)
		value = "";
	if (*given && !row->repeatable && strcmp(*given, value))
		return diag_invalid("option '%s' given twice, with '%s' and with '%s'",
				    option_name(row).text, *given, value);
	*given = value;
	return row->parse ? row->parse(opts, value) : set_member(opts, row, value);
}

/* The command and the view, which come first. Returns how many words they took. */
static int take_first_words(struct options *opts, int argc, char **argv)
{
	int taken = 0;

	opts->command = commands[0];
	for (const struct command *const *other = commands + 1; argc > 1 && *other; other++) {
		if (strcmp(argv[1], (*other)->name))
			continue;
		opts->command = *other;
		taken = 1;
	}
	opts->show.view = opts->command->view;
	if (opts->show.view == VIEW_CALLS && argc > taken + 1 &&
	    !strcmp(argv[taken + 1], teardowns)) {
		opts->show.view = VIEW_TEARDOWNS;
		opts->view_given = true;
		taken++;
	}
	opts->show.identity = opts->show.view != VIEW_CALLS;
	return taken;
}

/* An argument that had to come first, or is not allowed, is an error. */
static int check_word(const struct command *command, const char *word)
{
	if (command->view == VIEW_CALLS && command->name && !strcmp(word, teardowns))
		return diag_invalid("unexpected argument '%s' (it has to follow '%s'; a file of"
				    " that name is ./%s)",
				    word, command->name, word);
	if (command->take_words)
		return 0;
	for (const struct command *const *other = commands + 1; !command->name && *other; other++)
		if (!strcmp(word, (*other)->name) || !strcmp(word, teardowns))
			return diag_invalid("unexpected argument '%s' (it has to come first)",
					    word);
	return report_unknown(command, "unexpected argument", word, strlen(word));
}

static int take_words(struct options *opts, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (check_word(opts->command, argv[i]))
			return -EINVAL;
	return argc ? opts->command->take_words(opts, argc, argv) : 0;
}

/* OPTIONS_RUN: all options were taken, and optind is the index of the first argument left. */
static enum options_result take_options(struct options *opts, const char **given, int argc,
					char **argv)
{
	const struct command *command = opts->command;
	struct option longs[MAX_OPTIONS + 1];
	char shorts[2 * MAX_OPTIONS + 3];
	int value;

	fill_getopt_tables(command, shorts, longs);
	opterr = 0;
	optind = 0; /* glibc: restart, whatever was parsed before */
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_row *row = find_row(command, value);
		int result;

		if (value == WORD) {
			result = take_words(opts, 1, &optarg);
		} else if (row) {
			result = take_option(opts, row, optarg, &given[row - command->rows]);
		} else {
			report_getopt_error(command, value, argv[optind - 1]);
			return OPTIONS_BAD;
		}
		if (result)
			return result == OPTION_DONE ? OPTIONS_DONE : OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

enum options_result options_parse(struct options *opts, int argc, char **argv)
{
	const char *given[MAX_OPTIONS] = {};
	enum options_result result;
	int taken;

	*opts = (struct options){
		.argc = argc,
		.argv = argv,
		.side = NR_DIFF_SIDES,
		.show.sort = SORT_TOTAL,
		.trace.stuck_ns = DEFAULT_STUCK_NS,
		.diff.alpha = DEFAULT_ALPHA,
	};
	diag_init(false, false);
	taken = take_first_words(opts, argc, argv);
	argc -= taken;
	argv += taken;
	result = take_options(opts, given, argc, argv);
	if (result != OPTIONS_RUN)
		return result;
	if (take_words(opts, argc - optind, argv + optind) ||
	    (opts->command->finish && opts->command->finish(opts)) || options_check(opts, given))
		return OPTIONS_BAD;
	opts->trace.view = opts->show.view;
	opts->trace.identity = opts->show.identity;
	return OPTIONS_RUN;
}
