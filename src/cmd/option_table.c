// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options and the actions they belong to.
 */
#include "cmd/option_table.h"
#include "cmd/option_values.h"

#define TRACE  OF(ACTION_TRACE)
#define RECORD OF(ACTION_RECORD)
#define REPORT OF(ACTION_REPORT)
#define DIFF   OF(ACTION_DIFF)
#define BENCH  OF(ACTION_BENCH)
#define CHECK  OF(ACTION_CHECK)
#define LIVE   (TRACE | RECORD | BENCH) /* those that probe a kernel */
#define READS  (TRACE | REPORT | DIFF)	/* those that choose what they show */
#define SHOWS  (TRACE | REPORT)		/* those with events, rows and all that */
#define SAYS   (LIVE | READS)		/* those that say what they do meanwhile */
#define ALL    (SAYS | CHECK)

/* Headings of --help. */
#define RECORDINGS "Recordings"
#define KERNEL	   "Another kernel"
#define SCENARIOS  "Scenarios"
#define PROBING	   "Probing"
#define FILTERS	   "Filters"
#define WHEN	   "When"
#define WHAT	   "What to show"
#define OUTPUT	   "Output"
#define ABOUT	   "About"

/* What stands behind the text are further members. */
#define VALUE(mask, c, name, var, function, heading, text, ...)                                    \
	{                                                                                          \
		.of = mask, .short_name = c, .long_name = name, .metavar = var, .parse = function, \
		.group = heading, .help = text, __VA_ARGS__                                        \
	}
#define FLAG(mask, c, name, member, heading, text, ...)                                            \
	{                                                                                          \
		.of = mask, .short_name = c, .long_name = name,                                    \
		.flag = offsetof(struct options, member), .group = heading, .help = text,          \
		__VA_ARGS__                                                                        \
	}
#define ANSWER(c, name, text)                                                                      \
	{                                                                                          \
		.of = ALL, .short_name = c, .long_name = name, .group = ABOUT, .help = text,       \
	}

#define CALL_KEYS      "caller, alloc, comm, cpu; "
#define MAP_KEYS       "type, name, id, released_by, released_pid, cgroup"
#define RECORDING_KEYS "; host, scenario"
#define ROWS_DEFAULT   " (default: caller,type; of teardowns, one row for each map)"

const struct option_spec option_specs[NR_OPTS] = {
	[OPT_BASE] =
		VALUE(DIFF, 0, "base", "FILE", option_base, RECORDINGS,
		      "this and the words after it are what is compared with", .repeatable = true),
	[OPT_NEW] = VALUE(DIFF, 0, "new", "FILE", option_new, RECORDINGS,
			  "this and the words after it are what is compared", .repeatable = true),
	[OPT_KERNEL] = VALUE(CHECK, 0, "kernel", "IMAGE", option_kernel, KERNEL,
			     "look into this vmlinuz, vmlinux or the like instead of this machine"),
	[OPT_BTF] = VALUE(CHECK, 0, "btf", "FILE", option_btf, KERNEL,
			  "read types from here: BTF, or an ELF file with it"),
	[OPT_KALLSYMS] = VALUE(CHECK, 0, "kallsyms", "FILE", option_kallsyms, KERNEL,
			       "and symbols from here: a copy of /proc/kallsyms, or a System.map"),
	[OPT_LIST] = FLAG(BENCH, 0, "list", list, SCENARIOS,
			  "only name the standard scenarios, and measure nothing"),
	[OPT_QUICK] = FLAG(BENCH, 0, "quick", quick, SCENARIOS, "fewer and smaller ones"),
	[OPT_ATTACH] = VALUE(LIVE, 0, "attach", "HOW", option_attach, PROBING,
			     "how to probe the function: auto (default), fentry or kprobe"),
	[OPT_KPROBE] =
		VALUE(LIVE, 'k', NULL, NULL, option_kprobe, PROBING, "the same as --attach kprobe"),
	[OPT_BUFFER] = VALUE(LIVE, 0, "buffer", "SIZE", option_buffer, PROBING,
			     "size of the ring buffer, rounded up to a power of two, at most 1G"
			     " (default: 512K for each CPU, 1M to 16M)"),
	[OPT_TYPE] = VALUE(READS, 't', "type", "TYPE", option_type, FILTERS,
			   "only maps of this type, as bpftool names it: hash, lpm_trie, ..."
			   " (repeatable)",
			   .repeatable = true),
	[OPT_NAME] = VALUE(READS, 0, "name", "GLOB", option_name, FILTERS,
			   "only maps whose name matches: *, ?, [abc], [a-z], [!a] and \\;"
			   " '' is a map without a name"),
	[OPT_CALLER] =
		VALUE(READS, 0, "caller", "FUNC", option_caller, FILTERS,
		      "only calls made by this function (repeatable, up to 8)", .repeatable = true),
	[OPT_MIN_LATENCY] = VALUE(READS, 0, "min-latency", "TIME", option_min_latency, FILTERS,
				  "only calls, or teardowns, that took at least this long"),
	[OPT_NO_EMPTY] = FLAG(READS, 0, "no-empty", filter.no_empty, FILTERS,
			      "only calls that had something to destroy"),
	[OPT_DURATION] = VALUE(TRACE | RECORD, 'd', "duration", "SEC", option_duration, WHEN,
			       "stop by itself after this long"),
	[OPT_INTERVAL] =
		VALUE(SHOWS, 'i', "interval", "SEC", option_interval, WHEN,
		      "print the table each time this has passed, too",
		      .unlike = {{REPORT, "of a single recording, print the table each time this"
					  " had passed, too"}}),
	[OPT_TIMESTAMP] = FLAG(SHOWS, 'T', "timestamp", show.timestamp, WHEN,
			       "print the time of day above each interim table"),
	[OPT_STUCK] = VALUE(TRACE | RECORD, 0, "stuck", "SEC", option_stuck, WHEN,
			    "tell of what takes longer than this while it does, with the kernel"
			    " stack: 10 (default); 0: never"),
	[OPT_BY] = VALUE(
		READS, 0, "by", "KEY[,KEY...]", option_by, WHAT,
		"one row for each: " CALL_KEYS MAP_KEYS ROWS_DEFAULT,
		.unlike = {{REPORT,
			    "one row for each: " CALL_KEYS MAP_KEYS RECORDING_KEYS ROWS_DEFAULT},
			   {DIFF, "compare what these name: " CALL_KEYS MAP_KEYS RECORDING_KEYS
				  " (default: caller,type; of teardowns, type,name; of benchmarks,"
				  " scenario)"}}),
	[OPT_PHASE] = VALUE(DIFF, 0, "phase", "PHASE[,PHASE...]", option_phase, WHAT,
			    "of teardowns, compare only these: wait, free, destroy, deferred,"
			    " total (default: all)"),
	[OPT_ALPHA] = VALUE(DIFF, 0, "alpha", "NUMBER", option_alpha, WHAT,
			    "how probable a false alarm may be: 0.05 (default)"),
	[OPT_FAIL_ON] = VALUE(DIFF, 0, "fail-on", "LIMIT", option_fail_on, WHAT,
			      "end with status 10 if this figure has grown by more than that:"
			      " 'p50>10%', p99, mean or total (repeatable)",
			      .repeatable = true),
	[OPT_SORT] =
		VALUE(SHOWS, 0, "sort", "KEY", option_sort, WHAT,
		      "order of the rows: total (default), count, empty, min, mean, p50, p90,"
		      " p99, max; of teardowns also wait, free, destroy, deferred; or key, which"
		      " alone is ascending"),
	[OPT_TOP] = VALUE(READS, 'n', "top", "N", option_top, WHAT, "only the first N rows",
			  .unlike = {{DIFF, "only the N worst lines; --fail-on looks at all"}}),
	[OPT_HISTOGRAM] = FLAG(SHOWS, 'H', "histogram", show.histogram, WHAT,
			       "draw the distribution of each row"),
	[OPT_TIMELINE] = FLAG(SHOWS, 0, "timeline", show.timeline, WHAT,
			      "of teardowns, draw the phases of each to scale"),
	[OPT_EVENTS] = FLAG(SHOWS, 'e', "events", show.events, WHAT,
			    "one line for each call or teardown as it happens, no table",
			    .unlike = {{REPORT, "one line for each call or teardown, no table"}}),
	[OPT_IDENTITY] =
		FLAG(SHOWS, 0, "identity", show.identity, WHAT,
		     "in the events of calls, find the map's id and who let go of it, too",
		     .unlike = {{REPORT, "in the events of calls, show the map's id and who let go"
					 " of it, too"}}),
	[OPT_FORMAT] = VALUE(READS | BENCH | CHECK, 'f', "format", "FORMAT", option_format, OUTPUT,
			     "table (default), json, csv or markdown; of teardowns also perfetto or"
			     " folded",
			     .unlike = {{DIFF | BENCH, "table (default), json, csv or markdown"},
					{CHECK, "table (default) or json"}}),
	[OPT_OUTPUT] = VALUE(ALL, 'o', "output", "FILE", option_output, OUTPUT,
			     "write to this file instead of the standard output",
			     .unlike = {{RECORD, "the recording to write; needed"},
					{BENCH, "keep what was measured, as a recording"}},
			     .required = RECORD),
	[OPT_FORCE] = FLAG(RECORD | DIFF | BENCH, 0, "force", force, OUTPUT,
			   "write over the recording if there is one",
			   .unlike = {{DIFF, "compare also what cannot be compared well"}}),
	[OPT_QUIET] =
		FLAG(SAYS, 'q', "quiet", quiet, OUTPUT, "no banner; warnings and the ledger stay",
		     .unlike = {{REPORT | DIFF, "only warnings and what was asked for"}}),
	[OPT_VERBOSE] = FLAG(ALL, 'v', "verbose", verbose, OUTPUT,
			     "say what was detected, and show libbpf's own messages",
			     .unlike = {{REPORT | DIFF, "say what was found in the recordings"},
					{CHECK, "show libbpf's own messages on what is tried"}}),
	[OPT_HELP] = ANSWER('h', "help", "show this"),
	[OPT_USAGE] = ANSWER(0, "usage", "show the options in short"),
	[OPT_VERSION] = ANSWER('V', "version", "show the version"),
};

const char *option_spec_name(const struct option_spec *spec, char *buf, size_t size)
{
	if (spec->long_name)
		snprintf(buf, size, "--%s", spec->long_name);
	else
		snprintf(buf, size, "-%c", spec->short_name);
	return buf;
}

const char *action_name(enum action action)
{
	static const char *const names[] = {
		[ACTION_TRACE] = "tracing", [ACTION_RECORD] = "record", [ACTION_REPORT] = "report",
		[ACTION_DIFF] = "diff",	    [ACTION_BENCH] = "bench",	[ACTION_CHECK] = "check",
	};

	return names[action];
}
