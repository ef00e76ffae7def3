// SPDX-License-Identifier: GPL-2.0-only
/* top: a screen of the teardowns in progress, or the tables of each second. */
#include <errno.h>

#include "cmd/option_rows.h"
#include "cmd/top_screen.h"
#include "screen/screen.h"
#include "util/diag.h"
#include "util/macros.h"

static int cmd_top(const struct options *opts)
{
	bool screen = screen_wanted(&opts->show, opts->output);

	if (opts->speed && !screen) {
		diag_error("--speed needs a screen (see memdestroy-trace top --help)");
		return EXIT_USAGE;
	}
	if (opts->nr_files[DIFF_BASE])
		return screen ? top_replay(opts) : report_command.run(opts);
	return screen ? top_trace(opts) : trace_command.run(opts);
}

/* Only recordings have them. */
static int check_keys(const struct view_options *show)
{
	for (size_t i = 0; i < show->nr_by; i++)
		if (show->by[i] >= KEY_HOST)
			return diag_invalid("--by: '%s' applies to recordings only",
					    key_names[show->by[i]]);
	return 0;
}

static int finish(struct options *opts)
{
	size_t nr = opts->nr_files[DIFF_BASE];

	if (!opts->show.interval_ns)
		opts->show.interval_ns = NSEC_PER_SEC;
	if (!nr && opts->speed)
		return diag_invalid("--speed needs a recording");
	if (nr > 1)
		return diag_invalid("top needs a single recording");
	if (!nr && check_keys(&opts->show))
		return -EINVAL;
	return nr ? report_command.finish(opts) : trace_command.finish(opts);
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	FILTER_ROWS,
	HEADING("When"),
	DURATION_ROW(.live = true),
	INTERVAL_ROW("draw the screen, or print the tables, at this interval",
		     .usual = {"1", "1", "1"}),
	VALUE(0, "speed", "N", option_speed, "replay a recording N times as fast: 1 (default)"),
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
	.take_words = option_files,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace top [OPTION]... [FILE]\n"
			 "       memdestroy-trace top calls [OPTION]... [FILE]\n"
			 "       memdestroy-trace top teardowns [OPTION]... [FILE]\n"
			 "\n"
			 "Show on a screen which BPF maps are torn down now, in which phase, for how long\n"
			 "and what they wait for, and which ended lately. ? explains the keys. A recording\n"
			 "is replayed. Where there is no screen, as in a pipe, or with an option for\n"
			 "tables alone (--format, --output, --histogram, --timeline), the tables of each\n"
			 "second follow each other.\n",
		 .examples = "  memdestroy-trace top\n"
			     "      the teardowns in progress; q ends it\n"
			     "  memdestroy-trace top teardowns --by name,released_by\n"
			     "      below, rows of what ended in the last minute\n"
			     "  memdestroy-trace top --speed 10 run.mdt\n"
			     "      a recording, ten times as fast\n"
			     "  memdestroy-trace top teardowns -n 5 -i 10 | cat\n"
			     "      tables: the five slowest teardowns of each ten seconds\n"},
	.statuses = LIVE_STATUSES,
};
