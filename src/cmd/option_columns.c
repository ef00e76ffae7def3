// SPDX-License-Identifier: GPL-2.0-only
/* Checks the names of columns against those that the table at hand has. */
#include "cmd/command.h"
#include "cmd/option_values.h"
#include "output/bench_table.h"
#include "output/check_report.h"
#include "output/column_names.h"

static const struct column *columns_of(const struct options *opts, const struct view_options *show,
				       struct column made[MAX_ROW_COLUMNS])
{
	bool teardowns = show->view == VIEW_TEARDOWNS;

	if (opts->command == &bench_command)
		return bench_columns();
	if (opts->command == &check_command)
		return hook_view_columns;
	if (opts->command == &trend_command) {
		trend_columns(made, show->by, show->nr_by, opts->diff.measure);
		return made;
	}
	if (opts->command == &diff_command) {
		diff_columns(made, show->by, show->nr_by, opts->diff.measure);
		return made;
	}
	if (teardowns ? !show->nr_by : show->events)
		return teardowns	? teardown_columns
		       : show->identity ? identified_call_columns
					: call_columns;
	row_columns(made, show->by, show->nr_by, teardowns, show->interval_ns);
	return made;
}

int option_check_columns(const struct options *opts, const struct view_options *show)
{
	struct column made[MAX_ROW_COLUMNS], chosen[MAX_ROW_COLUMNS];

	if (!show->columns)
		return 0;
	return column_names_choose(chosen, columns_of(opts, show, made), show->columns,
				   show->format);
}
