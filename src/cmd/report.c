// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what recordings hold.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "output/report.h"
#include "recording/reader_set.h"
#include "util/diag.h"

static int show(struct reader_set *readers, const struct options *opts, struct report *report)
{
	const struct sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	int err = reader_set_ledger(readers, &ledger, &counts);

	if (!err)
		err = report_begin(report);
	if (err)
		return err;
	err = reader_set_run(readers, opts->show.view, opts->show.identity, &sink);
	if (err == -EINVAL) /* a damaged recording, of which no half is shown */
		return err;
	return report_end(report, reader_set_end_ns(readers), &ledger, &counts, err);
}

int cmd_report(const struct options *opts)
{
	struct reader_set readers = {};
	struct report *report;
	struct start start;
	int err = reader_set_open(&readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]);

	if (!err)
		err = reader_set_spare(&readers, opts->output);
	if (!err) {
		start = reader_set_start(&readers);
		err = report_open(&report, &opts->show, &opts->filter, opts->output, &start);
	}
	if (!err) {
		err = show(&readers, opts, report);
		report_close(report);
	}
	reader_set_close(&readers);
	return err ? EXIT_FAILED : EXIT_DONE;
}
