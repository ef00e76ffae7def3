// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the command line by one table of options.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "diag.h"
#include "option_values.h"
#include "usage.h"

#define DEFAULT_BUFFER (4UL << 20)
#define LONG_ONLY      256 /* what getopt says for an option with no short name: this + index */

enum opt {
	OPT_ATTACH,
	OPT_KPROBE,
	OPT_BUFFER,
	OPT_TYPE,
	OPT_NAME,
	OPT_CALLER,
	OPT_MIN_LATENCY,
	OPT_NO_EMPTY,
	OPT_DURATION,
	OPT_INTERVAL,
	OPT_TIMESTAMP,
	OPT_BY,
	OPT_SORT,
	OPT_TOP,
	OPT_HISTOGRAM,
	OPT_EVENTS,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_USAGE,
	OPT_VERSION,
	NR_OPTS,
};

/* Headings of --help. */
#define PROBING "Probing"
#define FILTERS "Filters, applied in the kernel"
#define WHEN	"When"
#define WHAT	"What to show"
#define OUTPUT	"Output"
#define ABOUT	"About"

#define VALUE(c, name, var, function, heading, text)                                               \
	{                                                                                          \
		.short_name = c, .long_name = name, .metavar = var, .parse = function,             \
		.group = heading, .help = text,                                                    \
	}
#define VALUES(c, name, var, function, heading, text)                                              \
	{                                                                                          \
		.short_name = c, .long_name = name, .metavar = var, .parse = function,             \
		.group = heading, .help = text, .repeatable = true,                                \
	}
#define FLAG(c, name, member, heading, text)                                                       \
	{                                                                                          \
		.short_name = c, .long_name = name, .flag = offsetof(struct options, member),      \
		.group = heading, .help = text,                                                    \
	}
#define ANSWER(c, name, text)                                                                      \
	{                                                                                          \
		.short_name = c, .long_name = name, .group = ABOUT, .help = text,                  \
	}

/* In the order of --help. */
static const struct option_spec specs[NR_OPTS] = {
	[OPT_ATTACH] = VALUE(0, "attach", "HOW", option_attach, PROBING,
			     "how to probe the function: auto (default), fentry or kprobe"),
	[OPT_KPROBE] =
		VALUE('k', NULL, NULL, option_kprobe, PROBING, "the same as --attach kprobe"),
	[OPT_BUFFER] = VALUE(0, "buffer", "SIZE", option_buffer, PROBING,
			     "size of the ring buffer, rounded up to a power of two:"
			     " 4M (default), at most 1G"),
	[OPT_TYPE] = VALUES('t', "type", "TYPE", option_type, FILTERS,
			    "only maps of this type, as bpftool names it: hash, lpm_trie, ..."
			    " (repeatable)"),
	[OPT_NAME] = VALUE(0, "name", "GLOB", option_name, FILTERS,
			   "only maps whose name matches: *, ?, [abc], [a-z], [!a] and \\;"
			   " '' is a map without a name"),
	[OPT_CALLER] = VALUES(0, "caller", "FUNC", option_caller, FILTERS,
			      "only calls made by this function (repeatable, up to 8)"),
	[OPT_MIN_LATENCY] = VALUE(0, "min-latency", "TIME", option_min_latency, FILTERS,
				  "only calls that took at least this long"),
	[OPT_NO_EMPTY] =
		FLAG(0, "no-empty", no_empty, FILTERS, "only calls that had something to destroy"),
	[OPT_DURATION] = VALUE('d', "duration", "SEC", option_duration, WHEN,
			       "stop by itself after this long"),
	[OPT_INTERVAL] = VALUE('i', "interval", "SEC", option_interval, WHEN,
			       "print the table each time this has passed, too"),
	[OPT_TIMESTAMP] = FLAG('T', "timestamp", timestamp, WHEN,
			       "print the time of day above each interim table"),
	[OPT_BY] = VALUE(0, "by", "KEY[,KEY...]", option_by, WHAT,
			 "one row for each: caller, type, alloc, name, comm, cpu"
			 " (default: caller,type)"),
	[OPT_SORT] = VALUE(0, "sort", "KEY", option_sort, WHAT,
			   "order of the rows: total (default), count, empty, min, mean, p50, p90,"
			   " p99, max, or key, which alone is ascending"),
	[OPT_TOP] = VALUE('n', "top", "N", option_top, WHAT, "only the first N rows"),
	[OPT_HISTOGRAM] =
		FLAG('H', "histogram", histogram, WHAT, "draw the distribution of each row"),
	[OPT_EVENTS] =
		FLAG('e', "events", events, WHAT, "one line for each call as it happens, no table"),
	[OPT_FORMAT] = VALUE('f', "format", "FORMAT", option_format, OUTPUT,
			     "table (default), json or csv"),
	[OPT_OUTPUT] = VALUE('o', "output", "FILE", option_output, OUTPUT,
			     "write to this file instead of the standard output"),
	[OPT_QUIET] = FLAG('q', "quiet", quiet, OUTPUT, "no banner; warnings and the ledger stay"),
	[OPT_VERBOSE] = FLAG('v', "verbose", verbose, OUTPUT,
			     "say what was detected, and show libbpf's own messages"),
	[OPT_HELP] = ANSWER('h', "help", "show this"),
	[OPT_USAGE] = ANSWER(0, "usage", "show the options in short"),
	[OPT_VERSION] = ANSWER('V', "version", "show the version"),
};

/* Pairs that contradict each other. */
static const enum opt conflicts[][2] = {
	{OPT_EVENTS, OPT_HISTOGRAM}, {OPT_EVENTS, OPT_BY},	 {OPT_EVENTS, OPT_SORT},
	{OPT_EVENTS, OPT_TOP},	     {OPT_EVENTS, OPT_INTERVAL}, {OPT_QUIET, OPT_VERBOSE},
};

/* What was given on one command line. */
struct given {
	const char *value[NR_OPTS]; /* "" for an option that takes none; NULL: not given */
};

static int getopt_value(enum opt opt)
{
	return specs[opt].short_name ? specs[opt].short_name : LONG_ONLY + (int)opt;
}

/* NR_OPTS: none has this value. */
static enum opt find_option(int value)
{
	enum opt opt = 0;

	while (opt < NR_OPTS && getopt_value(opt) != value)
		opt++;
	return opt;
}

/* The leading ':' has getopt tell a missing value from an unknown option. */
static void fill_getopt_tables(char *shorts, struct option *longs)
{
	*shorts++ = ':';
	for (enum opt opt = 0; opt < NR_OPTS; opt++) {
		const struct option_spec *spec = &specs[opt];

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

/* getopt found arg to be no option, or an abbreviation of several. */
static void report_unknown(const char *arg)
{
	size_t len = strcspn(arg, "="), nr_matches = 0;
	char matches[256] = "";

	for (enum opt opt = 0; opt < NR_OPTS && len > 2; opt++) {
		const char *name = specs[opt].long_name;
		size_t end = strlen(matches);

		if (!name || strncmp(name, arg + 2, len - 2))
			continue;
		snprintf(matches + end, sizeof(matches) - end, "%s--%s", nr_matches ? ", " : "",
			 name);
		nr_matches++;
	}
	if (nr_matches > 1)
		diag_error("ambiguous option '%.*s' (one of %s)", (int)len, arg, matches);
	else
		diag_error("unknown option '%.*s' (see --help)", (int)len, arg);
}

/* What getopt_long() would have said itself, had it been let to. */
static void report_getopt_error(int result, const char *arg)
{
	enum opt opt = find_option(optopt);
	char name[32];

	if (opt < NR_OPTS && result == ':')
		diag_error("option '%s' needs a value (%s)",
			   usage_option_name(&specs[opt], name, sizeof(name)), specs[opt].metavar);
	else if (opt < NR_OPTS)
		diag_error("option '%s' takes no value",
			   usage_option_name(&specs[opt], name, sizeof(name)));
	else if (optopt)
		diag_error("unknown option '-%c' (see --help)", optopt);
	else
		report_unknown(arg);
}

static bool answer(enum opt opt)
{
	switch (opt) {
	case OPT_HELP:
		usage_print_help(stdout, specs, NR_OPTS);
		return true;
	case OPT_USAGE:
		usage_print_usage(stdout, specs, NR_OPTS);
		return true;
	case OPT_VERSION:
		printf("memdestroy-trace %s\n", VERSION);
		return true;
	default:
		return false;
	}
}

static int take_option(struct options *opts, struct given *given, enum opt opt, const char *value)
{
	const struct option_spec *spec = &specs[opt];
	const char *before = given->value[opt];
	char name[32];

	if (!spec->metavar)
		value = "";
	if (before && !spec->repeatable && strcmp(before, value)) {
		diag_error("option '%s' given twice, with '%s' and with '%s'",
			   usage_option_name(spec, name, sizeof(name)), before, value);
		return -EINVAL;
	}
	given->value[opt] = value;
	if (spec->parse)
		return spec->parse(opts, value);
	*(bool *)((char *)opts + spec->flag) = true;
	return 0;
}

static bool contradictory(const struct options *opts, const struct given *given)
{
	const char *attach = given->value[OPT_ATTACH];
	char first[32], second[32];

	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		enum opt a = conflicts[i][0], b = conflicts[i][1];

		if (!given->value[a] || !given->value[b])
			continue;
		diag_error("%s cannot be combined with %s",
			   usage_option_name(&specs[a], first, sizeof(first)),
			   usage_option_name(&specs[b], second, sizeof(second)));
		return true;
	}
	if (given->value[OPT_KPROBE] && attach && strcmp(attach, "kprobe")) {
		diag_error("-k cannot be combined with --attach %s", attach);
		return true;
	}
	if (opts->histogram && opts->format != FORMAT_TABLE) {
		diag_error("--histogram cannot be combined with --format %s",
			   opts->format == FORMAT_CSV ? "csv" : "json");
		return true;
	}
	return false;
}

enum options_result options_parse(struct options *opts, int argc, char **argv)
{
	char shorts[2 * NR_OPTS + 2];
	struct option longs[NR_OPTS + 1];
	struct given given = {};
	int value;

	*opts = (struct options){
		.by = {KEY_CALLER, KEY_TYPE},
		.nr_by = 2,
		.sort = SORT_TOTAL,
		.buffer_bytes = DEFAULT_BUFFER,
	};
	diag_init(false, false);
	fill_getopt_tables(shorts, longs);
	opterr = 0;
	optind = 0; /* glibc's way to start anew, whatever was parsed before */
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		enum opt opt = find_option(value);

		if (opt == NR_OPTS) {
			report_getopt_error(value, argv[optind - 1]);
			return OPTIONS_BAD;
		}
		if (answer(opt))
			return OPTIONS_DONE;
		if (take_option(opts, &given, opt, optarg))
			return OPTIONS_BAD;
	}
	if (optind < argc) {
		diag_error("unexpected argument '%s' (see --help)", argv[optind]);
		return OPTIONS_BAD;
	}
	if (contradictory(opts, &given))
		return OPTIONS_BAD;
	return OPTIONS_RUN;
}
