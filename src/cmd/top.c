// SPDX-License-Identifier: GPL-2.0-only
/* top: tracing that prints its tables every second. */
#include "cmd/option_rows.h"
#include "util/macros.h"

static int cmd_top(const struct options *opts)
{
	return trace_command.run(opts);
}

static int finish(struct options *opts)
{
	if (!opts->show.interval_ns)
		opts->show.interval_ns = NSEC_PER_SEC;
	return trace_command.finish(opts);
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	FILTER_ROWS,
	HEADING("When"),
	DURATION_ROW,
	INTERVAL_ROW("print the tables at this interval", .usual = {"1", "1", "1"}),
	TIMESTAMP_ROW,
	STUCK_ROW,
	HEADING("What to show"),
	SHOW_BY_ROW,
	ROW_ROWS,
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command top_command = {
	.name = "top",
	.run = cmd_top,
	.rows = rows,
	.view = VIEW_BOTH,
	.views = true,
	.formats = FIGURE_FORMATS,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace top [OPTION]...\n"
			 "       memdestroy-trace top calls [OPTION]...\n"
			 "       memdestroy-trace top teardowns [OPTION]...\n"
			 "\n"
			 "Trace as without a command, and print the tables every second, one below the\n"
			 "other: the same as memdestroy-trace -i 1. Ends at Ctrl-C.\n",
		 .examples = "  memdestroy-trace top\n"
			     "      calls and teardowns of each second\n"
			     "  memdestroy-trace top teardowns -n 5 -i 10\n"
			     "      the five slowest teardowns of each ten seconds\n"},
	.statuses = LIVE_STATUSES,
};
