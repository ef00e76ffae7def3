// SPDX-License-Identifier: GPL-2.0-only
/* Reads the command line by the command's table of options. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/option_rows.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/suggest.h"

#define DEFAULT_STUCK_NS    10000000000ULL
#define DEFAULT_ALPHA	    0.05
#define DEFAULT_LABEL_LIMIT 20
#define LONG		    256 /* getopt's value of a long option: this + index */
#define WORD		    1	/* getopt's value of an argument that is no option, with "-" */

const struct command *const commands[] = {
	&trace_command, &record_command, &report_command, &diff_command,   &trend_command,
	&bench_command, &check_command,	 &top_command,	  &export_command, NULL,
};

static const char *const view_names[] = {
	[VIEW_CALLS] = "calls",
	[VIEW_TEARDOWNS] = "teardowns",
};

static const char help_word[] = "help";

/* VIEW_BOTH: it names none. */
static enum view named_view(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(view_names); i++)
		if (!strcmp(word, view_names[i]))
			return i;
	return VIEW_BOTH;
}

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
				   : row->short_name == *name && *name && !name[1])
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

struct command_words command_words(const struct options *opts)
{
	const char *name = opts->command->name;
	struct command_words words;
	size_t len;

	len = snprintf(words.text, sizeof(words.text), "%s%s", name ? " " : "", name ?: "");
	if (opts->command->views && opts->view_given)
		snprintf(words.text + len, sizeof(words.text) - len, " %s",
			 view_names[opts->show.view]);
	return words;
}

/* "unknown option '--foo' (see memdestroy-trace diff --help)" */
static int report_unknown(const struct options *opts, const char *what, const char *word,
			  size_t len, const char *meant)
{
	return diag_invalid("%s '%.*s'%s (see memdestroy-trace%s --help)", what, (int)len, word,
			    meant, command_words(opts).text);
}

/* An option that no command has. */
static void report_unknown_option(const struct options *opts, const char *option, size_t len)
{
	const struct option_row *row = opts->command->rows;
	struct suggestion nearest = SUGGEST(option + 2, len > 2 ? len - 2 : 0);
	enum view view = opts->view_given ? opts->show.view : VIEW_BOTH;
	char meant[SUGGESTION_SIZE];

	for (; row->help; row++)
		if (row->long_name && option_applies(row, view))
			suggest_offer(&nearest, row->long_name);
	report_unknown(opts, "unknown option", option, len, suggest_text(&nearest, "--", meant));
}

/* "--list does not apply to record (only to bench)"; foreign NULL: no command has the option. */
static void report_foreign(const struct options *opts, const struct option_row *foreign,
			   const char *option, size_t len)
{
	char where[64] = "";

	if (!foreign) {
		report_unknown_option(opts, option, len);
		return;
	}
	for (const struct command *const *other = commands; *other; other++)
		for (const struct option_row *row = (*other)->rows; row->help; row++)
			if (same_option(row, foreign))
				options_list(where, sizeof(where), "", command_title(*other));
	diag_error("%s does not apply to %s (only to %s)", option_name(foreign).text,
		   command_title(opts->command), where);
}

/* getopt found arg ("--foo=bar") to be no option, or an abbreviation of several. */
static void report_long(const struct options *opts, const char *arg)
{
	const struct command *command = opts->command;
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
		report_foreign(opts, nr_matches || len <= 2 ? NULL : find_foreign(arg + 2, len - 2),
			       arg, len);
}

/* Replaces getopt_long()'s own messages. */
static void report_getopt_error(const struct options *opts, int result, const char *arg)
{
	const struct option_row *row = find_row(opts->command, optopt);

	if (row && result == ':')
		diag_error("option '%s' needs a value (%s)", option_name(row).text, row->metavar);
	else if (row)
		diag_error("option '%s' takes no value", option_name(row).text);
	else if (optopt)
		report_foreign(opts, find_foreign_short(optopt), (char[]){'-', (char)optopt}, 2);
	else
		report_long(opts, arg);
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

/* NULL: none. */
static const struct command *find_command(const char *word)
{
	for (const struct command *const *other = commands + 1; *other; other++)
		if (!strcmp(word, (*other)->name))
			return *other;
	return NULL;
}

/* A first argument that is no command, view or option. */
static int report_unknown_command(const struct options *opts, const char *word)
{
	struct suggestion nearest = SUGGEST(word, strlen(word));
	char meant[SUGGESTION_SIZE];

	for (const struct command *const *other = commands + 1; *other; other++)
		suggest_offer(&nearest, (*other)->name);
	for (size_t i = 0; i < ARRAY_SIZE(view_names); i++)
		suggest_offer(&nearest, view_names[i]);
	suggest_offer(&nearest, help_word);
	return report_unknown(opts, "unknown command", word, strlen(word),
			      suggest_text(&nearest, "", meant));
}

/* A word where a view may be, which is no file either. */
static int check_view_word(const struct options *opts, const char *word)
{
	struct suggestion nearest = SUGGEST(word, strlen(word));
	char meant[SUGGESTION_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(view_names); i++)
		suggest_offer(&nearest, view_names[i]);
	if (!nearest.nearest || !opts->command->views || !opts->command->take_words ||
	    *word == '-' || !access(word, F_OK))
		return 0;
	return diag_invalid("'%s' is neither a file nor a view%s", word,
			    suggest_text(&nearest, "", meant));
}

/*
 * The command and the view, which come first. Returns how many words they took, or -EINVAL, which
 * is reported.
 */
static int take_first_words(struct options *opts, int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	int taken = command ? 1 : 0;
	enum view view;

	opts->command = command ?: commands[0];
	opts->show.view = opts->command->view;
	view = opts->command->views && argc > taken + 1 ? named_view(argv[taken + 1]) : VIEW_BOTH;
	if (view != VIEW_BOTH) {
		opts->show.view = view;
		opts->view_given = true;
		taken++;
	} else if (argc > taken + 1 && check_view_word(opts, argv[taken + 1])) {
		return -EINVAL;
	}
	if (argc > 1 && !taken && (argv[1][0] != '-' || !argv[1][1]))
		return report_unknown_command(opts, argv[1]);
	return taken;
}

/* An argument that had to come first, or is not allowed, is an error. */
static int check_word(const struct options *opts, const char *word)
{
	const struct command *command = opts->command;
	bool is_view = command->views && named_view(word) != VIEW_BOTH;

	if (is_view && command->name)
		return diag_invalid("unexpected argument '%s' (it has to follow '%s'; a file of"
				    " that name is ./%s)",
				    word, command->name, word);
	if (command->take_words)
		return 0;
	if (!command->name && (is_view || find_command(word) || !strcmp(word, help_word)))
		return diag_invalid("unexpected argument '%s' (it has to come first)", word);
	return report_unknown(opts, "unexpected argument", word, strlen(word), "");
}

static int take_words(struct options *opts, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (check_word(opts, argv[i]))
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
			report_getopt_error(opts, value, argv[optind - 1]);
			return OPTIONS_BAD;
		}
		if (result)
			return result == OPTION_DONE ? OPTIONS_DONE : OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

/* "help report teardowns"; argv[0] is "help". */
static enum options_result answer_help(struct options *opts, int argc, char **argv)
{
	int taken;

	if (argc == 2 &&
	    (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], help_word)))
		argc--;
	taken = take_first_words(opts, argc, argv);
	if (taken < 0)
		return OPTIONS_BAD;
	if (argc > taken + 1) {
		report_unknown(opts, "unexpected argument", argv[taken + 1],
			       strlen(argv[taken + 1]), "");
		return OPTIONS_BAD;
	}
	option_help(opts, "");
	return OPTIONS_DONE;
}

/* The only view that the options apply to. VIEW_BOTH: they apply to both at once. */
static enum view implied_view(const struct options *opts, const char *const *given)
{
	const struct option_row *rows = opts->command->rows;
	bool calls = opts->show.format == FORMAT_CSV; /* one heading */

	if (VIEWER_FORMATS & 1U << opts->show.format)
		return VIEW_TEARDOWNS;
	for (const struct option_row *row = rows; row->help; row++) {
		if (!given[row - rows])
			continue;
		if (row->view == OF_TEARDOWNS)
			return VIEW_TEARDOWNS;
		calls |= row->view == OF_CALLS || row->view == OF_EITHER;
	}
	return calls ? VIEW_CALLS : VIEW_BOTH;
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
		.export.metrics.label_limit = DEFAULT_LABEL_LIMIT,
	};
	diag_init(false, 0);
	if (argc > 1 && !strcmp(argv[1], help_word))
		return answer_help(opts, argc - 1, argv + 1);
	taken = take_first_words(opts, argc, argv);
	if (taken < 0)
		return OPTIONS_BAD;
	argc -= taken;
	argv += taken;
	result = take_options(opts, given, argc, argv);
	if (result != OPTIONS_RUN)
		return result;
	if (take_words(opts, argc - optind, argv + optind))
		return OPTIONS_BAD;
	if (opts->command->views && opts->show.view == VIEW_BOTH)
		opts->show.view = implied_view(opts, given);
	opts->show.identity |= opts->show.view != VIEW_CALLS;
	if ((opts->command->finish && opts->command->finish(opts)) || options_check(opts, given))
		return OPTIONS_BAD;
	opts->trace.view = opts->show.view;
	opts->trace.identity = opts->show.identity;
	return OPTIONS_RUN;
}

/* The command line was not understood, so this goes by the option's look, abbreviated or not. */
int options_bad_status(int argc, char **argv)
{
	static const char bisect[] = "--bisect", least[] = "--bi";
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	bool traces = argc < 2 || *argv[1] == '-' || named_view(argv[1]) != VIEW_BOTH;

	/* A word that is no command may be a misspelled "bench". */
	if (command ? command != &bench_command : traces)
		return EXIT_USAGE;
	for (int i = 2; i < argc && strcmp(argv[i], "--"); i++) {
		size_t len = strlen(argv[i]);

		if (len >= strlen(least) && !strncmp(argv[i], bisect, len))
			return BISECT_STOP;
	}
	return EXIT_USAGE;
}
