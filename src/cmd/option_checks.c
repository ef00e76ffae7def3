// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds contradictions on the command line.
 */
#include <errno.h>
#include <string.h>

#include "cmd/option_checks.h"
#include "cmd/option_values.h"
#include "model/teardown.h"
#include "util/diag.h"
#include "util/macros.h"

/* Pairs that contradict each other. */
static const enum opt conflicts[][2] = {
	{OPT_KERNEL, OPT_BTF},	  {OPT_EVENTS, OPT_HISTOGRAM}, {OPT_EVENTS, OPT_BY},
	{OPT_EVENTS, OPT_SORT},	  {OPT_EVENTS, OPT_TOP},       {OPT_EVENTS, OPT_INTERVAL},
	{OPT_QUIET, OPT_VERBOSE}, {OPT_EVENTS, OPT_TIMELINE},  {OPT_TIMELINE, OPT_BY},
};

/* What is only said of one view. */
static const enum opt only_of_calls[] = {OPT_CALLER, OPT_NO_EMPTY, OPT_HISTOGRAM};
static const enum opt only_of_teardowns[] = {OPT_TIMELINE};

static const char *name_of(enum opt opt, char *buf, size_t size)
{
	return option_spec_name(&option_specs[opt], buf, size);
}

/* What is not made of rows or lines, but a file of its own kind. */
static bool for_viewers(enum format format)
{
	return format == FORMAT_PERFETTO || format == FORMAT_FOLDED;
}

#define VIEW_NAME(view) ((view) == VIEW_CALLS ? "calls" : "teardowns")

/* Where what says nothing of calls says something. */
static const char *see_teardowns(const struct options *opts)
{
	switch (opts->action) {
	case ACTION_REPORT:
		return " (see: memdestroy-trace report teardowns)";
	case ACTION_DIFF:
		return " (see: memdestroy-trace diff teardowns)";
	default:
		return " (see: memdestroy-trace teardowns)";
	}
}

static bool sort_out_of_view(const struct options *opts)
{
	const char *where = "";

	if (opts->show.view == VIEW_CALLS) {
		if (opts->show.sort < SORT_WAIT || opts->show.sort > SORT_DEFERRED)
			return false;
		where = see_teardowns(opts);
	} else if (opts->show.sort != SORT_EMPTY) {
		if (opts->show.nr_by || opts->show.sort < SORT_COUNT || opts->show.sort > SORT_MAX)
			return false;
		where = " without --by";
	}
	diag_error("--sort: '%s' says nothing of %s%s", sort_names[opts->show.sort],
		   VIEW_NAME(opts->show.view), where);
	return true;
}

/* Options that mean nothing in the view that was asked for. */
static bool option_out_of_view(const struct options *opts, const struct options_given *given)
{
	bool calls = opts->show.view == VIEW_CALLS;
	const enum opt *only = calls ? only_of_teardowns : only_of_calls;
	size_t nr = calls ? ARRAY_SIZE(only_of_teardowns) : ARRAY_SIZE(only_of_calls);
	char name[32];

	for (size_t i = 0; i < nr; i++) {
		if (!given->value[only[i]])
			continue;
		diag_error("%s says nothing of %s%s", name_of(only[i], name, sizeof(name)),
			   VIEW_NAME(opts->show.view), calls ? see_teardowns(opts) : "");
		return true;
	}
	if (calls && given->value[OPT_IDENTITY] && !opts->show.events) {
		diag_error("--identity needs --events (or see --by released_by)");
		return true;
	}
	return false;
}

/* And values. */
static bool value_out_of_view(const struct options *opts)
{
	bool calls = opts->show.view == VIEW_CALLS;

	for (size_t i = 0; i < opts->show.nr_by; i++) {
		if (calls || opts->show.by[i] >= KEY_TYPE)
			continue;
		diag_error("--by: '%s' says nothing of teardowns", key_names[opts->show.by[i]]);
		return true;
	}
	if (sort_out_of_view(opts))
		return true;
	if (calls && for_viewers(opts->show.format)) {
		diag_error("--format: '%s' says nothing of calls%s",
			   option_format_name(opts->show.format), see_teardowns(opts));
		return true;
	}
	for (enum phase phase = 0; calls && phase < NR_PHASES; phase++) {
		if (phase == PHASE_DESTROY || !(opts->diff.phases & 1U << phase))
			continue;
		diag_error("--phase: '%s' says nothing of calls%s", phase_name(phase),
			   see_teardowns(opts));
		return true;
	}
	return false;
}

static bool call_matcher_contradictory(const struct options_given *given)
{
	const char *attach = given->value[OPT_ATTACH];
	char first[32], second[32];

	for (size_t i = 0; i < ARRAY_SIZE(conflicts); i++) {
		enum opt a = conflicts[i][0], b = conflicts[i][1];

		if (!given->value[a] || !given->value[b])
			continue;
		diag_error("%s cannot be combined with %s", name_of(a, first, sizeof(first)),
			   name_of(b, second, sizeof(second)));
		return true;
	}
	if (given->value[OPT_KPROBE] && attach && strcmp(attach, "kprobe")) {
		diag_error("-k cannot be combined with --attach %s", attach);
		return true;
	}
	return false;
}

/* Options that mean nothing in the format that was asked for. */
static bool format_contradictory(const struct options *opts, const struct options_given *given)
{
	static const enum opt of_tables[] = {OPT_EVENTS, OPT_BY, OPT_SORT, OPT_TOP, OPT_INTERVAL};
	const char *format = option_format_name(opts->show.format);
	char name[32];

	if ((opts->show.histogram || opts->show.timeline) && opts->show.format != FORMAT_TABLE) {
		diag_error("--%s cannot be combined with --format %s",
			   opts->show.histogram ? "histogram" : "timeline", format);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_tables) && for_viewers(opts->show.format); i++) {
		if (!given->value[of_tables[i]])
			continue;
		diag_error("%s cannot be combined with --format %s",
			   name_of(of_tables[i], name, sizeof(name)), format);
		return true;
	}
	/* A table of which nobody knows yet how wide it gets is no table of a document. */
	if (opts->show.events && opts->show.format == FORMAT_MARKDOWN) {
		diag_error("--events cannot be combined with --format markdown");
		return true;
	}
	return false;
}

/* The file of a recording is written to here and there, as no pipe can be. */
static bool writer_misplaced(const struct options *opts, const struct options_given *given)
{
	if (opts->action != ACTION_RECORD && opts->action != ACTION_BENCH)
		return false;
	if (!given->value[OPT_OUTPUT] || opts->output)
		return false;
	diag_error("--output: a recording cannot be written to the standard output");
	return true;
}

static bool words_contradictory(const struct options *opts, const struct options_given *given)
{
	if (opts->check_kallsyms && !opts->check_kernel && !opts->check_btf) {
		diag_error("--kallsyms needs --kernel or --btf, whose symbols they are");
		return true;
	}
	if (given->value[OPT_INTERVAL] && opts->nr_files[DIFF_BASE] > 1) {
		diag_error("--interval needs a single recording");
		return true;
	}
	if (opts->nr_scenarios && (opts->list || opts->quick)) {
		diag_error("--%s says nothing of the scenario '%s': it is of the standard ones",
			   opts->list ? "list" : "quick", opts->scenarios[0]);
		return true;
	}
	return false;
}

int options_check(const struct options *opts, const struct options_given *given)
{
	if (call_matcher_contradictory(given) || format_contradictory(opts, given))
		return -EINVAL;
	if (writer_misplaced(opts, given) || words_contradictory(opts, given))
		return -EINVAL;
	if (opts->show.view == VIEW_BOTH)
		return 0;
	return option_out_of_view(opts, given) || value_out_of_view(opts) ? -EINVAL : 0;
}
