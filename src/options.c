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

#define DEFAULT_BUFFER	 (4UL << 20)
#define DEFAULT_STUCK_NS 10000000000ULL
#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define LONG_ONLY	 256 /* what getopt says for an option with no short name: this + index */

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
	OPT_STUCK,
	OPT_BY,
	OPT_SORT,
	OPT_TOP,
	OPT_HISTOGRAM,
	OPT_TIMELINE,
	OPT_EVENTS,
	OPT_IDENTITY,
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
#define FILTERS "Filters"
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
				  "only calls, or teardowns, that took at least this long"),
	[OPT_NO_EMPTY] =
		FLAG(0, "no-empty", no_empty, FILTERS, "only calls that had something to destroy"),
	[OPT_DURATION] = VALUE('d', "duration", "SEC", option_duration, WHEN,
			       "stop by itself after this long"),
	[OPT_INTERVAL] = VALUE('i', "interval", "SEC", option_interval, WHEN,
			       "print the table each time this has passed, too"),
	[OPT_TIMESTAMP] = FLAG('T', "timestamp", timestamp, WHEN,
			       "print the time of day above each interim table"),
	[OPT_STUCK] = VALUE(0, "stuck", "SEC", option_stuck, WHEN,
			    "tell of what takes longer than this while it does, with the kernel"
			    " stack: 10 (default); 0: never"),
	[OPT_BY] =
		VALUE(0, "by", "KEY[,KEY...]", option_by, WHAT,
		      "one row for each: caller, alloc, comm, cpu; type, name, id, released_by,"
		      " released_pid, cgroup (default: caller,type; of teardowns, one row for each"
		      " map)"),
	[OPT_SORT] =
		VALUE(0, "sort", "KEY", option_sort, WHAT,
		      "order of the rows: total (default), count, empty, min, mean, p50, p90,"
		      " p99, max; of teardowns also wait, free, destroy, deferred; or key, which"
		      " alone is ascending"),
	[OPT_TOP] = VALUE('n', "top", "N", option_top, WHAT, "only the first N rows"),
	[OPT_HISTOGRAM] =
		FLAG('H', "histogram", histogram, WHAT, "draw the distribution of each row"),
	[OPT_TIMELINE] = FLAG(0, "timeline", timeline, WHAT,
			      "of teardowns, draw the phases of each to scale"),
	[OPT_EVENTS] = FLAG('e', "events", events, WHAT,
			    "one line for each call or teardown as it happens, no table"),
	[OPT_IDENTITY] =
		FLAG(0, "identity", identity, WHAT,
		     "in the events of calls, find the map's id and who let go of it, too"),
	[OPT_FORMAT] = VALUE('f', "format", "FORMAT", option_format, OUTPUT,
			     "table (default), json or csv; of teardowns also perfetto or folded"),
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
	{OPT_EVENTS, OPT_TIMELINE},  {OPT_TIMELINE, OPT_BY},
};

/* What is only said of one view. */
static const enum opt only_of_calls[] = {OPT_CALLER, OPT_NO_EMPTY, OPT_HISTOGRAM};
static const enum opt only_of_teardowns[] = {OPT_TIMELINE};

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

#define SEE_TEARDOWNS " (see: memdestroy-trace teardowns)"
#define OF(view)      ((view) == VIEW_CALLS ? "calls" : "teardowns")

/* Options and values that mean nothing in the view that was asked for. */
static bool out_of_view(const struct options *opts, const struct given *given)
{
	const enum opt *only = opts->view == VIEW_CALLS ? only_of_teardowns : only_of_calls;
	size_t nr = opts->view == VIEW_CALLS ? ARRAY_SIZE(only_of_teardowns)
					     : ARRAY_SIZE(only_of_calls);
	bool calls = opts->view == VIEW_CALLS;
	char name[32];

	for (size_t i = 0; i < nr; i++) {
		if (!given->value[only[i]])
			continue;
		diag_error("%s says nothing of %s%s",
			   usage_option_name(&specs[only[i]], name, sizeof(name)), OF(opts->view),
			   calls ? SEE_TEARDOWNS : "");
		return true;
	}
	for (size_t i = 0; i < opts->nr_by; i++) {
		if (calls || opts->by[i] >= KEY_TYPE)
			continue;
		diag_error("--by: '%s' says nothing of teardowns", option_key_name(opts->by[i]));
		return true;
	}
	if (calls ? opts->sort >= SORT_WAIT && opts->sort <= SORT_DEFERRED
		  : opts->sort == SORT_EMPTY ||
			    (!opts->nr_by && opts->sort >= SORT_COUNT && opts->sort <= SORT_MAX)) {
		diag_error("--sort: '%s' says nothing of %s%s", option_sort_name(opts->sort),
			   OF(opts->view),
			   calls		      ? SEE_TEARDOWNS
			   : opts->sort == SORT_EMPTY ? ""
						      : " without --by");
		return true;
	}
	if (calls && opts->format >= FORMAT_PERFETTO) {
		diag_error("--format: '%s' says nothing of calls" SEE_TEARDOWNS,
			   option_format_name(opts->format));
		return true;
	}
	if (calls && given->value[OPT_IDENTITY] && !opts->events) {
		diag_error("--identity needs --events (or see --by released_by)");
		return true;
	}
	return false;
}

static bool contradictory(const struct options *opts, const struct given *given)
{
	static const enum opt of_tables[] = {OPT_EVENTS, OPT_BY, OPT_SORT, OPT_TOP, OPT_INTERVAL};
	const char *attach = given->value[OPT_ATTACH];
	char first[32], second[32];

	for (size_t i = 0; i < ARRAY_SIZE(conflicts); i++) {
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
	if ((opts->histogram || opts->timeline) && opts->format != FORMAT_TABLE) {
		diag_error("--%s cannot be combined with --format %s",
			   opts->histogram ? "histogram" : "timeline",
			   option_format_name(opts->format));
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_tables) && opts->format >= FORMAT_PERFETTO; i++) {
		if (!given->value[of_tables[i]])
			continue;
		diag_error("%s cannot be combined with --format %s",
			   usage_option_name(&specs[of_tables[i]], first, sizeof(first)),
			   option_format_name(opts->format));
		return true;
	}
	return out_of_view(opts, given);
}

enum options_result options_parse(struct options *opts, int argc, char **argv)
{
	char shorts[2 * NR_OPTS + 2];
	struct option longs[NR_OPTS + 1];
	struct given given = {};
	int value;

	*opts = (struct options){
		.sort = SORT_TOTAL,
		.buffer_bytes = DEFAULT_BUFFER,
		.stuck_ns = DEFAULT_STUCK_NS,
	};
	diag_init(false, false);
	if (argc > 1 && !strcmp(argv[1], "teardowns")) {
		opts->view = VIEW_TEARDOWNS;
		opts->identity = true;
		argc--;
		argv++;
	}
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
		diag_error("unexpected argument '%s' (%s)", argv[optind],
			   strcmp(argv[optind], "teardowns") ? "see --help"
							     : "it has to come first");
		return OPTIONS_BAD;
	}
	if (contradictory(opts, &given))
		return OPTIONS_BAD;
	if (opts->view == VIEW_CALLS && !opts->nr_by) {
		opts->by[opts->nr_by++] = KEY_CALLER;
		opts->by[opts->nr_by++] = KEY_TYPE;
	}
	return OPTIONS_RUN;
}
