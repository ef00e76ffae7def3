/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows for the tables of options, and those that several commands share.
 */
#pragma once

#include "cmd/command.h"
#include "cmd/option_choices.h"
#include "cmd/option_values.h"

/* Further members of the row may follow the text. */
#define OPTION(c, name, text, ...)                                                                 \
	{                                                                                          \
		.short_name = c, .long_name = name, .help = text, __VA_ARGS__                      \
	}
#define HEADING(text) OPTION(0, NULL, text)
#define VALUE(c, name, var, function, text, ...)                                                   \
	OPTION(c, name, text, .metavar = var, .parse = function, __VA_ARGS__)
#define FLAG(c, name, where, text, ...)                                                            \
	OPTION(c, name, text, .member = offsetof(struct options, where), __VA_ARGS__)
#define PATH(name, var, where, text, ...) FLAG(0, name, where, text, .metavar = var, __VA_ARGS__)
#define TIME(c, name, var, where, kind, text, ...)                                                 \
	FLAG(c, name, where, text, .metavar = var, .unit = kind, __VA_ARGS__)

#define ALL_FORMATS    ((1U << NR_FORMATS) - 1)
#define PAGE_FORMAT    (1U << FORMAT_HTML)
#define VIEWER_FORMATS (1U << FORMAT_PERFETTO | 1U << FORMAT_FOLDED)
#define CASE_FORMATS   (1U << FORMAT_JUNIT | 1U << FORMAT_KTAP)
/* Of comparisons */
#define DIFF_FORMATS (CASE_FORMATS | 1U << FORMAT_MAIL)
/* Of runs */
#define RUN_FORMATS (ALL_FORMATS & ~DIFF_FORMATS)
/* Figures are not made of single teardowns, which viewers show. */
#define FIGURE_FORMATS (RUN_FORMATS & ~VIEWER_FORMATS & ~PAGE_FORMAT)

#define PROBING_ROWS                                                                               \
	HEADING("Probing"),                                                                        \
		VALUE(0, "attach", "HOW", option_attach, "how to attach to functions: %s",         \
		      .choices = &attach_choices, .live = true),                                   \
		VALUE('k', NULL, NULL, option_kprobe, "the same as --attach kprobe",               \
		      .live = true),                                                               \
		VALUE(0, "buffer", "SIZE", option_buffer,                                          \
		      "size of the ring buffer, rounded up to a power of two, at most 1G"          \
		      " (default: 512K for each CPU, 1M to 16M)",                                  \
		      .live = true)

#define FILTER_ROWS                                                                                \
	HEADING("Filters"),                                                                        \
		VALUE('t', "type", "TYPE", option_type,                                            \
		      "only maps of this type, as bpftool names it: hash, lpm_trie, ..."           \
		      " (repeatable)",                                                             \
		      .repeatable = true),                                                         \
		VALUE(0, "name", "GLOB", option_map_name,                                          \
		      "only maps whose name matches: *, ?, [abc], [a-z], [!a] and \\;"             \
		      " '' is a map without a name"),                                              \
		VALUE(0, "caller", "FUNC", option_caller,                                          \
		      "only calls made by this function (repeatable, up to 8)",                    \
		      .repeatable = true, .view = OF_CALLS),                                       \
		TIME(0, "min-latency", "TIME", filter.min_latency_ns, UNIT_REQUIRED,               \
		     "only those that took at least this long"),                                   \
		FLAG(0, "no-empty", filter.no_empty, "only calls that had something to destroy",   \
		     .view = OF_CALLS),                                                            \
		HEADING("Filters by the map's id and who released it (all repeatable)"),           \
		VALUE(0, "id", "ID", option_map_id, "only the map with this id",                   \
		      .repeatable = true),                                                         \
		VALUE('p', "pid", "PID", option_pid, "only maps that this process released",       \
		      .repeatable = true),                                                         \
		VALUE(0, "comm", "GLOB", option_comm, "only maps released by a task of this name", \
		      .repeatable = true),                                                         \
		VALUE(0, "cgroup", "PATH", option_cgroup,                                          \
		      "only maps released in this cgroup or below it; a pattern, too",             \
		      .repeatable = true),                                                         \
		VALUE(0, "unit", "GLOB", option_unit,                                              \
		      "only maps that this unit of systemd released: foo.service",                 \
		      .repeatable = true),                                                         \
		VALUE(0, "pod", "GLOB", option_pod,                                                \
		      "only maps that a pod of Kubernetes with this UID released",                 \
		      .repeatable = true),                                                         \
		VALUE(0, "container", "GLOB", option_container,                                    \
		      "only maps that a container with this id released: 0123abcd*",               \
		      .repeatable = true)

#define DURATION_ROW(...)                                                                          \
	TIME('d', "duration", "SEC", trace.duration_ns, UNIT_SECONDS, "stop after this time",      \
	     .least = "1ns", __VA_ARGS__)
#define STUCK_ROW                                                                                  \
	TIME(0, "stuck", "SEC", trace.stuck_ns, UNIT_SECONDS,                                      \
	     "report calls and teardowns stuck for longer than this, with the kernel stack:"       \
	     " 10 (default); 0: never",                                                            \
	     .live = true)

#define USER_STACK_ROW                                                                             \
	VALUE(0, "user-stack", NULL, option_user_stack,                                            \
	      "show the user stack of who released each map; with -f folded, in the stacks",       \
	      .view = OF_TEARDOWNS, .not_formats = PAGE_FORMAT, .not_with = "by timeline")

#define COUNTERS_ROW(...)                                                                          \
	FLAG(0, "counters", trace.counters,                                                        \
	     "count the instructions, cycles, cache and dTLB misses of each free, where the"       \
	     " machine can",                                                                       \
	     __VA_ARGS__)

#define INTERVAL_ROW(text, ...)                                                                    \
	TIME('i', "interval", "SEC", show.interval_ns, UNIT_SECONDS, text, .least = "1ms",         \
	     .not_formats = VIEWER_FORMATS | PAGE_FORMAT, __VA_ARGS__)
#define TIMESTAMP_ROW                                                                              \
	FLAG('T', "timestamp", show.timestamp, "print times of day, not seconds since the start")

#define BY_ROW(text, ...)                                                                          \
	VALUE(0, "by", "KEY[,KEY...]", option_by, text, .view = OF_EITHER,                         \
	      .choices = &key_choices, .usual = {__VA_ARGS__}, .not_formats = VIEWER_FORMATS)
#define SHOW_BY_ROW                                                                                \
	BY_ROW("one row for each: %s", "caller,type; for teardowns: one row for each map",         \
	       "caller,type", "one row for each map")
#define TOP_ROW(text)                                                                              \
	VALUE('n', "top", "N", option_top, text, .not_formats = VIEWER_FORMATS | CASE_FORMATS)
#define ROW_ROWS                                                                                   \
	VALUE(0, "sort", "KEY", option_sort, "order of the rows: %s; descending, except by key",   \
	      .choices = &sort_choices, .view = OF_EITHER, .not_formats = VIEWER_FORMATS),         \
		TOP_ROW("only the first N rows; 0: all (default; teardowns on a terminal: 20)"),   \
		FLAG('H', "histogram", show.histogram, "draw the distribution of each row",        \
		     .view = OF_CALLS, .not_formats = ~(1U << FORMAT_TABLE)),                      \
		FLAG(0, "timeline", show.timeline, "draw the phases of each to scale",             \
		     .view = OF_TEARDOWNS, .not_formats = ~(1U << FORMAT_TABLE),                   \
		     .not_with = "by columns")
#define EVENTS_ROW(text)                                                                           \
	FLAG('e', "events", show.events, text, .view = OF_EITHER,                                  \
	     .not_formats = VIEWER_FORMATS | PAGE_FORMAT | 1U << FORMAT_MARKDOWN,                  \
	     .not_with = "histogram by sort top interval timeline")
#define IDENTITY_ROW                                                                               \
	FLAG(0, "identity", show.identity, "with --events, add the map's id and who released it",  \
	     .view = OF_CALLS, .needs = "events")

/* Of comparisons; in bench, they need a base. */
#define PHASE_ROW(...)                                                                             \
	VALUE(0, "phase", "PHASE[,PHASE...]", option_phase, "compare only these: %s",              \
	      .choices = &phase_choices, .usual = {__VA_ARGS__}, .needs = "against")
#define MEASURE_ROW                                                                                \
	VALUE(0, "measure", "MEASURE", option_measure,                                             \
	      "compare this measure: %s; counts are of free alone, from --counters",               \
	      .choices = &measure_choices, .needs = "against")
#define LIMIT_ROWS                                                                                 \
	VALUE(0, "alpha", "NUMBER", option_alpha, "probability of a false alarm: 0.05 (default)",  \
	      .needs = "against"),                                                                 \
		VALUE(0, "fail-on", "LIMIT", option_fail_on,                                       \
		      "end with status 10 if this metric has grown by more than that, as"          \
		      " 'p50>10%': one of %s; with 1 if that is unknown (repeatable)",             \
		      .repeatable = true, .choices = &metric_choices, .needs = "against"),         \
		FLAG(0, "allow-missing", diff.allow_missing,                                       \
		     "--fail-on passes even if rows of the base are missing, share a row with"     \
		     " others or have too few values",                                             \
		     .needs = "fail-on"),                                                          \
		FLAG(0, "within-run", diff.within_run,                                             \
		     "compare values as if runs did not differ by chance, as where the clock"      \
		     " counts instructions; one run a side is then enough",                        \
		     .needs = "against")

/* Of tables. */
#define COLUMNS_ROW                                                                                \
	VALUE(0, "columns", "NAME[,NAME...]", option_columns,                                      \
	      "show these columns, in this order, of those that the table or CSV has",             \
	      .view = OF_EITHER,                                                                   \
	      .not_formats = ~(1U << FORMAT_TABLE | 1U << FORMAT_MARKDOWN | 1U << FORMAT_CSV))
#define WIDE_ROW                                                                                   \
	FLAG(0, "wide", show.wide,                                                                 \
	     "show all columns and whole names, even if the terminal is too narrow",               \
	     .not_formats = ~(1U << FORMAT_TABLE))
#define COLOR_ROW                                                                                  \
	VALUE(0, "color", "WHEN", option_color, "color what a terminal shows: %s",                 \
	      .choices = &color_choices)
#define TABLE_ROWS COLUMNS_ROW, WIDE_ROW, COLOR_ROW

#define FORMAT_ROW                                                                                 \
	VALUE('f', "format", "FORMAT", option_format, "format of the output: %s",                  \
	      .choices = &format_choices)
#define OUTPUT_ROW                                                                                 \
	VALUE('o', "output", "FILE", option_output, "write to this file instead of standard output")
#define RECORDING_ROW(text)  VALUE('o', "output", "FILE", option_recording, text, .recording = true)
#define FORCE_ROW(text, ...) FLAG(0, "force", force, text, __VA_ARGS__)
#define QUIET_ROW(text)	     FLAG('q', "quiet", quiet, text, .not_with = "verbose")
#define VERBOSE_ROW(text)    VALUE('v', "verbose", NULL, option_verbose, text)

#define LIVE_TALK_ROWS                                                                             \
	QUIET_ROW("no banner and no ledger; warnings stay"),                                       \
		VERBOSE_ROW("report what was detected; -vv: also libbpf's own messages")
#define RECORDED_TALK_ROWS                                                                         \
	QUIET_ROW("only the result and warnings"), VERBOSE_ROW("report what the recordings hold")

/* And the end of the table. */
#define ABOUT_ROWS                                                                                 \
	HEADING("About"), VALUE('h', "help", NULL, option_help, "show this help"),                 \
		VALUE('V', "version", NULL, option_version, "show the version"),                   \
	{                                                                                          \
	}

#define LIVE_STATUSES "  3  this kernel cannot be traced, or not all was seen\n  4  not permitted\n"
