// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds contradictions on the command line, most of them by what the rows of the options say.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/option_values.h"
#include "model/teardown.h"
#include "util/diag.h"

static const char *value_of(const struct options *opts, const char *const *given, const char *name)
{
	const struct option_row *row = option_row(opts->command, name);

	return row ? given[row - opts->command->rows] : NULL;
}

/* " (see: memdestroy-trace report teardowns)" */
static void report_out_of_view(const struct options *opts, const char *what, const char *value,
			       const char *hint)
{
	const char *name = opts->command->name;
	bool calls = opts->show.view == VIEW_CALLS;
	char see[80] = "";

	if (calls)
		snprintf(see, sizeof(see), " (see: memdestroy-trace %s%steardowns)",
			 name ? name : "", name ? " " : "");
	diag_error("%s%s%s%s does not apply to %s%s", what, value ? ": '" : "", value ? value : "",
		   value ? "'" : "", calls ? "calls" : "teardowns", calls ? see : hint);
}

/* One option against the view, the format and the other options. */
static bool row_contradicts(const struct options *opts, const char *const *given,
			    const struct option_row *row)
{
	char name[OPTION_NAME_SIZE], other[OPTION_NAME_SIZE];
	const char *with = row->not_with;

	option_name(row, name);
	for (; with && *with; with += strcspn(with, " "), with += *with == ' ') {
		snprintf(other, sizeof(other), "%.*s", (int)strcspn(with, " "), with);
		if (!value_of(opts, given, other))
			continue;
		diag_error("%s cannot be combined with --%s", name, other);
		return true;
	}
	if (row->not_formats & 1U << opts->show.format) {
		diag_error("%s cannot be combined with --format %s", name,
			   format_names[opts->show.format]);
		return true;
	}
	return false;
}

static bool sort_out_of_view(const struct options *opts)
{
	const struct view_options *show = &opts->show;
	const char *hint = "";

	if (show->view == VIEW_CALLS) {
		if (show->sort < SORT_WAIT || show->sort > SORT_DEFERRED)
			return false;
	} else if (show->sort != SORT_EMPTY) {
		if (show->nr_by || show->sort < SORT_COUNT || show->sort > SORT_MAX)
			return false;
		hint = " without --by";
	}
	report_out_of_view(opts, "--sort", sort_names[show->sort], hint);
	return true;
}

/* Values that do not apply to the view. */
static bool value_out_of_view(const struct options *opts)
{
	const struct view_options *show = &opts->show;
	bool calls = show->view == VIEW_CALLS;

	for (size_t i = 0; i < show->nr_by && !calls; i++) {
		if (show->by[i] >= KEY_TYPE)
			continue;
		report_out_of_view(opts, "--by", key_names[show->by[i]], "");
		return true;
	}
	if (sort_out_of_view(opts))
		return true;
	if (calls && (show->format == FORMAT_PERFETTO || show->format == FORMAT_FOLDED)) {
		report_out_of_view(opts, "--format", format_names[show->format], "");
		return true;
	}
	for (enum phase phase = 0; calls && phase < NR_PHASES; phase++) {
		if (phase == PHASE_DESTROY || !(opts->diff.phases & 1U << phase))
			continue;
		report_out_of_view(opts, "--phase", phase_names[phase], "");
		return true;
	}
	return false;
}

static bool out_of_view(const struct options *opts, const char *const *given)
{
	bool calls = opts->show.view == VIEW_CALLS;
	const struct option_row *rows = opts->command->rows;
	char name[OPTION_NAME_SIZE];

	for (const struct option_row *row = rows; row->help; row++) {
		if (!given[row - rows] || row->view != (calls ? OF_TEARDOWNS : OF_CALLS))
			continue;
		report_out_of_view(opts, option_name(row, name), NULL, "");
		return true;
	}
	if (calls && value_of(opts, given, "identity") && !opts->show.events) {
		diag_error("--identity needs --events (or see --by released_by)");
		return true;
	}
	return value_out_of_view(opts);
}

int options_check(const struct options *opts, const char *const *given)
{
	const char *attach = value_of(opts, given, "attach");
	const struct option_row *rows = opts->command->rows;

	for (const struct option_row *row = rows; row->help; row++)
		if (given[row - rows] && row_contradicts(opts, given, row))
			return -EINVAL;
	if (attach && value_of(opts, given, "k") && strcmp(attach, "kprobe"))
		return diag_invalid("-k cannot be combined with --attach %s", attach);
	return opts->show.view != VIEW_BOTH && out_of_view(opts, given) ? -EINVAL : 0;
}
