// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells what a kernel allows: this machine's, or another one's by its files.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "output/check_report.h"
#include "util/diag.h"
#include "util/outfile.h"

static int show(const struct options *opts, const struct facts *facts,
		const struct verdict *verdict)
{
	struct outfile *output = NULL;
	int err = outfile_open(&output, opts->output, false);

	if (!err)
		err = check_report(outfile_stream(output), opts->format, facts, verdict);
	return outfile_end(output, opts->output, err);
}

int cmd_check(const struct options *opts)
{
	bool files = opts->check_kernel || opts->check_btf;
	struct facts facts;
	struct verdict verdict = {.status = EXIT_FAILED};
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
	return err ? EXIT_FAILED : verdict.status;
}
