// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the command line by the table of options.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cmd/option_checks.h"
#include "cmd/option_values.h"
#include "cmd/usage.h"
#include "model/teardown.h"
#include "util/diag.h"

#define DEFAULT_STUCK_NS 10000000000ULL
#define DEFAULT_ALPHA	 0.05
#define LONG_ONLY	 256 /* what getopt says for an option with no short name: this + index */
#define WORD		 1   /* what it says for a word that is no option, if it is to tell */

/* One command line on its way in. */
struct parser {
	struct options *opts;
	struct options_given given;
	bool side_named;     /* by --base or --new, */
	enum diff_side side; /* to which words go from there on */
};

static const char teardowns[] = "teardowns";

static bool is_of(enum opt opt, enum action action)
{
	return option_specs[opt].of & OF(action);
}

static int getopt_value(enum opt opt)
{
	return option_specs[opt].short_name ? option_specs[opt].short_name : LONG_ONLY + (int)opt;
}

/* NR_OPTS: none has this value. */
static enum opt find_option(int value)
{
	enum opt opt = 0;

	while (opt < NR_OPTS && getopt_value(opt) != value)
		opt++;
	return opt;
}

/*
 * Only the action's own options: those of others must not make an abbreviation ambiguous. The ':'
 * has getopt tell a missing value from an unknown option.
 */
static void fill_getopt_tables(enum action action, char *shorts, struct option *longs)
{
	if (action == ACTION_RECORD)
		*shorts++ = '+'; /* the options end where the command begins */
	if (action == ACTION_DIFF)
		*shorts++ = '-'; /* where a word stands matters */
	*shorts++ = ':';
	for (enum opt opt = 0; opt < NR_OPTS; opt++) {
		const struct option_spec *spec = &option_specs[opt];

		if (!is_of(opt, action))
			continue;
		if (spec->short_name) {
			*shorts++ = spec->short_name;
			if (spec->metavar)
				*shorts++ = ':';
		}
		if (spec->long_name)
			*longs++ = (struct option){
				.name = spec->long_name,
				.has_arg = spec->metavar ? required_argument : no_argument,
				.val = getopt_value(opt),
			};
	}
	*shorts = '\0';
	*longs = (struct option){};
}

/* "--list says nothing of record (only of bench)" */
static void report_foreign(enum action action, enum opt opt)
{
	char name[32], where[64] = "";

	for (enum action other = ACTION_TRACE; other < NR_ACTIONS; other++) {
		size_t end = strlen(where);

		if (is_of(opt, other))
			snprintf(where + end, sizeof(where) - end, "%s%s", end ? ", " : "",
				 action_name(other));
	}
	diag_error("%s says nothing of %s (only of %s)",
		   option_spec_name(&option_specs[opt], name, sizeof(name)), action_name(action),
		   where);
}

/* Another action's option that arg is, in whole or alone in being abbreviated so; or NR_OPTS. */
static enum opt find_foreign(const char *arg, size_t len)
{
	enum opt found = NR_OPTS;

	for (enum opt opt = 0; opt < NR_OPTS && len > 2; opt++) {
		const char *name = option_specs[opt].long_name;

		if (!name || strncmp(name, arg + 2, len - 2))
			continue;
		if (strlen(name) == len - 2)
			return opt;
		if (found < NR_OPTS)
			return NR_OPTS;
		found = opt;
	}
	return found;
}

/* getopt found arg to be no option, or an abbreviation of several. */
static void report_unknown(enum action action, const char *arg)
{
	size_t len = strcspn(arg, "="), nr_matches = 0;
	char matches[256] = "";
	enum opt foreign = NR_OPTS;

	for (enum opt opt = 0; opt < NR_OPTS && len > 2; opt++) {
		const char *name = option_specs[opt].long_name;
		size_t end = strlen(matches);

		if (!is_of(opt, action) || !name || strncmp(name, arg + 2, len - 2))
			continue;
		snprintf(matches + end, sizeof(matches) - end, "%s--%s", nr_matches ? ", " : "",
			 name);
		nr_matches++;
	}
	if (!nr_matches)
		foreign = find_foreign(arg, len);
	if (nr_matches > 1)
		diag_error("ambiguous option '%.*s' (one of %s)", (int)len, arg, matches);
	else if (foreign < NR_OPTS)
		report_foreign(action, foreign);
	else
		diag_error("unknown option '%.*s' (see --help)", (int)len, arg);
}

/* What getopt_long() would have said itself, had it been let to. */
static void report_getopt_error(enum action action, int result, const char *arg)
{
	enum opt opt = find_option(optopt);
	const struct option_spec *spec = &option_specs[opt];
	char name[32];

	if (opt < NR_OPTS && !is_of(opt, action))
		report_foreign(action, opt);
	else if (opt < NR_OPTS && result == ':')
		diag_error("option '%s' needs a value (%s)",
			   option_spec_name(spec, name, sizeof(name)), spec->metavar);
	else if (opt < NR_OPTS)
		diag_error("option '%s' takes no value",
			   option_spec_name(spec, name, sizeof(name)));
	else if (optopt)
		diag_error("unknown option '-%c' (see --help)", optopt);
	else
		report_unknown(action, arg);
}

static bool answer(enum action action, enum opt opt)
{
	switch (opt) {
	case OPT_HELP:
		usage_print_help(stdout, action);
		return true;
	case OPT_USAGE:
		usage_print_usage(stdout, action);
		return true;
	case OPT_VERSION:
		printf("memdestroy-trace %s\n", VERSION);
		return true;
	default:
		return false;
	}
}

/* From here on, words are of the side that --base or --new names. */
static int name_side(struct parser *parser, enum opt opt)
{
	struct options *opts = parser->opts;
	const char *const *loose = opts->files[DIFF_BASE];

	if (!parser->side_named && opts->nr_files[DIFF_BASE]) {
		diag_error("unexpected argument '%s' before --%s (which side is it of?)", loose[0],
			   option_specs[opt].long_name);
		return -EINVAL;
	}
	parser->side_named = true;
	parser->side = opt == OPT_BASE ? DIFF_BASE : DIFF_NEW;
	return 0;
}

static int take_option(struct parser *parser, enum opt opt, const char *value)
{
	const struct option_spec *spec = &option_specs[opt];
	const char *before = parser->given.value[opt];
	char name[32];

	if (!spec->metavar)
		value = "";
	if (before && !spec->repeatable && strcmp(before, value)) {
		diag_error("option '%s' given twice, with '%s' and with '%s'",
			   option_spec_name(spec, name, sizeof(name)), before, value);
		return -EINVAL;
	}
	if ((opt == OPT_BASE || opt == OPT_NEW) && name_side(parser, opt))
		return -EINVAL;
	parser->given.value[opt] = value;
	if (spec->parse)
		return spec->parse(parser->opts, value);
	*(bool *)((char *)parser->opts + spec->flag) = true;
	return 0;
}

static bool is_action(const char *word)
{
	for (enum action action = ACTION_RECORD; action < NR_ACTIONS; action++)
		if (!strcmp(word, action_name(action)))
			return true;
	return false;
}

static int take_file(struct parser *parser, const char *word)
{
	enum action action = parser->opts->action;

	if (!strcmp(word, teardowns)) {
		diag_error("unexpected argument '%s' (it has to follow '%s'; a file of that name is"
			   " ./%s)",
			   word, action_name(action), word);
		return -EINVAL;
	}
	return option_file(parser->opts, parser->side, word);
}

/* The words that getopt left: argv ends with NULL. */
static int take_words(struct parser *parser, int argc, char **argv)
{
	struct options *opts = parser->opts;
	bool known;

	if (!argc)
		return 0;
	switch (opts->action) {
	case ACTION_TRACE:
		known = is_action(argv[0]) || !strcmp(argv[0], teardowns);
		diag_error("unexpected argument '%s' (%s)", argv[0],
			   known ? "it has to come first" : "see --help");
		return -EINVAL;
	case ACTION_CHECK:
		diag_error(
			"unexpected argument '%s' (a kernel's files are named by --kernel, --btf "
			"and --kallsyms)",
			argv[0]);
		return -EINVAL;
	case ACTION_RECORD:
		opts->command = argv;
		return 0;
	case ACTION_BENCH:
		opts->scenarios = (const char *const *)argv;
		opts->nr_scenarios = argc;
		return 0;
	case ACTION_REPORT:
	case ACTION_DIFF:
	case NR_ACTIONS:
		break;
	}
	for (; argc; argc--, argv++)
		if (take_file(parser, *argv))
			return -EINVAL;
	return 0;
}

/* Of two words that no option gave a side, the first is the base. */
static int tell_sides(struct parser *parser)
{
	struct options *opts = parser->opts;
	size_t *nr = opts->nr_files;

	if (parser->side_named) {
		if (nr[DIFF_BASE] && nr[DIFF_NEW])
			return 0;
		diag_error("diff needs a recording on each side, and there is none for --%s",
			   nr[DIFF_BASE] ? "new" : "base");
		return -EINVAL;
	}
	if (nr[DIFF_BASE] != 2) {
		diag_error("diff needs two recordings, BASE and NEW%s",
			   nr[DIFF_BASE] > 2 ? ": for more, see --base and --new" : "");
		return -EINVAL;
	}
	opts->files[DIFF_NEW][0] = opts->files[DIFF_BASE][1];
	nr[DIFF_BASE] = nr[DIFF_NEW] = 1;
	return 0;
}

static int check_needs(struct parser *parser)
{
	const struct options *opts = parser->opts;
	char name[32];

	for (enum opt opt = 0; opt < NR_OPTS; opt++) {
		const struct option_spec *spec = &option_specs[opt];

		if (!(spec->required & OF(opts->action)) || parser->given.value[opt])
			continue;
		diag_error("%s needs %s %s%s", action_name(opts->action),
			   option_spec_name(spec, name, sizeof(name)), spec->metavar,
			   opts->command ? ", before the command" : "");
		return -EINVAL;
	}
	if (opts->action == ACTION_REPORT && !opts->nr_files[DIFF_BASE]) {
		diag_error("report needs a recording (see record)");
		return -EINVAL;
	}
	return opts->action == ACTION_DIFF ? tell_sides(parser) : 0;
}

/* Without a word for it, what is only said of one view asks for that view. */
static void imply_view(struct parser *parser)
{
	struct options *opts = parser->opts;
	bool calls = parser->given.value[OPT_CALLER] || parser->given.value[OPT_NO_EMPTY];

	for (size_t i = 0; i < opts->show.nr_by; i++)
		calls |= opts->show.by[i] < KEY_TYPE;
	if (calls) {
		opts->view_given = true;
	} else if (opts->diff.phases & ~(1U << PHASE_DESTROY)) {
		opts->show.view = VIEW_TEARDOWNS;
		opts->view_given = true;
		opts->show.identity = true;
	}
}

static void set_defaults(struct options *opts)
{
	*opts = (struct options){
		.show.sort = SORT_TOTAL,
		.trace.stuck_ns = DEFAULT_STUCK_NS,
		.diff.alpha = DEFAULT_ALPHA,
	};
}

/* The action and the view, which come first. Returns how many words they took. */
static int take_first_words(struct options *opts, int argc, char **argv)
{
	int taken = 0;

	for (enum action action = ACTION_RECORD; argc > 1 && action < NR_ACTIONS; action++) {
		if (strcmp(argv[1], action_name(action)))
			continue;
		opts->action = action;
		taken = 1;
		break;
	}
	if (opts->action == ACTION_RECORD || opts->action == ACTION_BENCH) {
		opts->show.view = VIEW_BOTH;
		opts->show.identity = true;
	} else if (opts->action == ACTION_CHECK) {
		opts->show.view = VIEW_BOTH;
	} else if (argc > taken + 1 && !strcmp(argv[taken + 1], teardowns)) {
		opts->show.view = VIEW_TEARDOWNS;
		opts->view_given = true;
		opts->show.identity = true;
		taken++;
	}
	return taken;
}

/* OPTIONS_RUN: all options were taken, and optind is that of the first word left. */
static enum options_result take_options(struct parser *parser, int argc, char **argv)
{
	enum action action = parser->opts->action;
	char shorts[2 * NR_OPTS + 3];
	struct option longs[NR_OPTS + 1];
	int value;

	fill_getopt_tables(action, shorts, longs);
	opterr = 0;
	optind = 0; /* glibc's way to start anew, whatever was parsed before */
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		enum opt opt = find_option(value);

		if (value == WORD) {
			if (take_file(parser, optarg))
				return OPTIONS_BAD;
			continue;
		}
		if (opt == NR_OPTS) {
			report_getopt_error(action, value, argv[optind - 1]);
			return OPTIONS_BAD;
		}
		if (answer(action, opt))
			return OPTIONS_DONE;
		if (take_option(parser, opt, optarg))
			return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

/* What follows from the options, for those who use a part of them only. */
static void derive(struct options *opts)
{
	struct view_options *show = &opts->show;

	if (show->view == VIEW_CALLS && opts->action != ACTION_DIFF && !show->nr_by) {
		show->by[show->nr_by++] = KEY_CALLER;
		show->by[show->nr_by++] = KEY_TYPE;
	}
	show->recorded = opts->action == ACTION_REPORT;
	show->only_warnings = opts->quiet && show->recorded;
	opts->diff.top = show->top;
	opts->trace.view = show->view;
	opts->trace.identity = show->identity;
	opts->trace.to_file = opts->action != ACTION_TRACE;
	opts->trace.ends_by_itself = opts->command || opts->action == ACTION_BENCH;
}

enum options_result options_parse(struct options *opts, int argc, char **argv)
{
	struct parser parser = {.opts = opts, .side = DIFF_BASE};
	enum options_result result;
	int taken;

	set_defaults(opts);
	opts->argc = argc;
	opts->argv = argv;
	diag_init(false, false);
	taken = take_first_words(opts, argc, argv);
	argc -= taken;
	argv += taken;
	result = take_options(&parser, argc, argv);
	if (result != OPTIONS_RUN)
		return result;
	if (take_words(&parser, argc - optind, argv + optind) || check_needs(&parser))
		return OPTIONS_BAD;
	if (opts->action == ACTION_DIFF && !opts->view_given)
		imply_view(&parser);
	if (options_check(opts, &parser.given))
		return OPTIONS_BAD;
	derive(opts);
	return OPTIONS_RUN;
}
