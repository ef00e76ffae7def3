// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells what a kernel allows: this machine's, or another one's by its files.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "output/check_report.h"
#include "util/diag.h"
#include "util/outfile.h"

static enum exit_status status_of(const struct verdict *verdict)
{
	switch (verdict->traceable) {
	case TRACEABLE_YES:
		return EXIT_DONE;
	case TRACEABLE_NO:
		return EXIT_UNTRACEABLE;
	case TRACEABLE_FORBIDDEN:
		return EXIT_FORBIDDEN;
	case TRACEABLE_UNKNOWN:
		break;
	}
	return EXIT_FAILED;
}

static int show(const struct options *opts, const struct facts *facts,
		const struct verdict *verdict)
{
	struct outfile *output = NULL;
	int err = outfile_open(&output, opts->output, false);

	if (!err)
		err = check_report(outfile_stream(output), opts->show.format, facts, verdict,
				   status_of(verdict));
	return outfile_end(output, opts->output, err);
}

int cmd_check(const struct options *opts)
{
	bool files = opts->check_kernel || opts->check_btf;
	struct facts facts;
	struct verdict verdict;
	int err;

	facts_init(&facts);
	err = files ? facts_from_files(&facts, opts->check_kernel, opts->check_btf,
				       opts->check_kallsyms)
		    : facts_from_machine(&facts);
	if (!err) {
		verdict_make(&verdict, &facts);
		err = show(opts, &facts, &verdict);
	}
	facts_free(&facts);
	return err ? EXIT_FAILED : status_of(&verdict);
}
