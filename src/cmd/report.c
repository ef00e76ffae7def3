// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what recordings hold.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "recording/reader_set.h"
#include "util/diag.h"

static int show(struct replays *replays, const struct options *opts, struct report *report)
{
	const struct sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	int err = replays_ledger(replays, &ledger, &counts);

	if (!err)
		err = report_begin(report);
	if (err)
		return err;
	err = replays_run(replays, opts->view, opts->identity, &sink);
	if (err == -EINVAL) /* a damaged recording, of which no half is shown */
		return err;
	return report_end(report, replays_end_ns(replays), &ledger, &counts, err);
}

int cmd_report(const struct options *opts)
{
	struct replays replays = {};
	struct report *report;
	struct start start;
	int err = replays_open(&replays, opts->files[SIDE_BASE], opts->nr_files[SIDE_BASE]);

	if (!err)
		err = replays_spare(&replays, opts->output);
	if (!err) {
		start = replays_start(&replays);
		err = report_open(&report, opts, &start);
	}
	if (!err) {
		err = show(&replays, opts, report);
		report_close(report);
	}
	replays_close(&replays);
	return err ? EXIT_FAILED : EXIT_DONE;
}
