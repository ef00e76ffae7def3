// SPDX-License-Identifier: GPL-2.0-only
/* Finds contradictions on the command line, most of them by what the rows of the options say. */
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

/* "--phase: 'wait' does not apply to calls (see: memdestroy-trace diff teardowns)" */
static int out_of_view(const struct options *opts, const char *what, const char *value,
		       const char *hint)
{
	const char *name = opts->command->name;
	char quoted[64] = "";

	if (value)
		snprintf(quoted, sizeof(quoted), ": '%s'", value);
	if (opts->show.view == VIEW_TEARDOWNS)
		return diag_invalid("%s%s does not apply to teardowns%s", what, quoted, hint);
	return diag_invalid("%s%s does not apply to calls (see: memdestroy-trace %s%steardowns)",
			    what, quoted, name ? name : "", name ? " " : "");
}

/* Copies the next name of a list, separated by spaces. False: there is none. */
static bool next_name(const char **list, char name[32])
{
	if (!*list || !**list)
		return false;
	snprintf(name, 32, "%.*s", (int)strcspn(*list, " "), *list);
	*list += strcspn(*list, " ");
	*list += **list == ' ';
	return true;
}

/* One option against the format and the other options. */
static int check_row(const struct options *opts, const char *const *given,
		     const struct option_row *row)
{
	const struct option_name name = option_name(row);
	const char *with = row->not_with, *needs = row->needs;
	char other[32];

	if (row->live && opts->command->take_words == option_files && opts->nr_files[DIFF_BASE])
		return diag_invalid("%s cannot be combined with a recording", name.text);
	while (next_name(&with, other))
		if (value_of(opts, given, other))
			return diag_invalid("%s cannot be combined with %s", name.text,
					    option_name(option_row(opts->command, other)).text);
	while (next_name(&needs, other))
		if (option_row(opts->command, other) && !value_of(opts, given, other))
			return diag_invalid("%s needs --%s", name.text, other);
	if (row->not_formats & 1U << opts->show.format)
		return diag_invalid("%s cannot be combined with --format %s", name.text,
				    format_names[opts->show.format]);
	return 0;
}

static int check_sort(const struct options *opts)
{
	enum sort sort = opts->show.sort;
	bool of_teardown = sort >= SORT_WAIT && sort <= SORT_BYTES;
	bool of_rows = sort >= SORT_COUNT && sort <= SORT_MAX && !opts->show.nr_by;

	if (opts->show.view == VIEW_CALLS ? !of_teardown : sort != SORT_EMPTY && !of_rows)
		return 0;
	return out_of_view(opts, "--sort", sort_names[sort],
			   sort == SORT_EMPTY ? "" : " without --by");
}

/* Values that do not apply to the view. */
static int check_values(const struct options *opts)
{
	const struct view_options *show = &opts->show;
	bool calls = show->view == VIEW_CALLS;

	for (size_t i = 0; i < show->nr_by; i++)
		if (calls ? show->by[i] == KEY_MEMCG : show->by[i] < KEY_TYPE)
			return out_of_view(opts, "--by", key_names[show->by[i]], "");
	if (check_sort(opts))
		return -EINVAL;
	if (calls && (show->format == FORMAT_PERFETTO || show->format == FORMAT_FOLDED))
		return out_of_view(opts, "--format", format_names[show->format], "");
	for (enum phase phase = 0; calls && phase < NR_PHASES; phase++)
		if (phase != PHASE_DESTROY && opts->diff.phases & 1U << phase)
			return out_of_view(opts, "--phase", phase_names[phase], "");
	if (calls && opts->diff.measure != MEASURE_TIME)
		return out_of_view(opts, "--measure", measure_names[opts->diff.measure], "");
	return 0;
}

static int check_view(const struct options *opts, const char *const *given)
{
	const struct option_row *rows = opts->command->rows;

	for (const struct option_row *row = rows; row->help; row++)
		if (given[row - rows] && !option_applies(row, opts->show.view))
			return out_of_view(opts, option_name(row).text, NULL, "");
	return check_values(opts);
}

/* Counts are of one phase. */
static int check_measure(const struct options *opts)
{
	for (enum phase phase = 0; opts->diff.measure != MEASURE_TIME && phase < NR_PHASES; phase++)
		if (phase != PHASE_FREE && opts->diff.phases & 1U << phase)
			return diag_invalid("--phase: '%s' does not apply to --measure %s (only"
					    " free does)",
					    phase_names[phase], measure_names[opts->diff.measure]);
	return 0;
}

int options_check(const struct options *opts, const char *const *given)
{
	const char *attach = value_of(opts, given, "attach");
	const struct option_row *rows = opts->command->rows;

	for (const struct option_row *row = rows; row->help; row++)
		if (given[row - rows] && check_row(opts, given, row))
			return -EINVAL;
	if (attach && value_of(opts, given, "k") && strcmp(attach, "kprobe"))
		return diag_invalid("-k cannot be combined with --attach %s", attach);
	if (opts->show.view != VIEW_BOTH && check_view(opts, given))
		return -EINVAL;
	if (check_measure(opts))
		return -EINVAL;
	/* These choose their keys by the recordings. */
	if (opts->command == &diff_command || opts->command == &trend_command)
		return 0;
	return option_check_columns(opts, &opts->show);
}
