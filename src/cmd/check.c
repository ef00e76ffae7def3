// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells what a kernel allows: this machine's, or another one's by its files.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "output/check_report.h"
#include "util/diag.h"
#include "util/outfile.h"

static int show(const struct options *opts, const struct findings *findings,
		const struct verdict *verdict)
{
	struct output *output = NULL;
	int err = output_open(&output, opts->output, false);

	if (!err)
		err = check_report(output_file(output), opts->format, findings, verdict);
	return output_end(output, opts->output, err);
}

int cmd_check(const struct options *opts)
{
	bool files = opts->check_kernel || opts->check_btf;
	struct findings findings;
	struct verdict verdict = {.status = EXIT_FAILED};
	int err;

	findings_init(&findings);
	err = files ? findings_from_files(&findings, opts->check_kernel, opts->check_btf,
					  opts->check_kallsyms)
		    : findings_from_machine(&findings);
	if (!err) {
		verdict_make(&verdict, &findings);
		err = show(opts, &findings, &verdict);
	}
	findings_free(&findings);
	return err ? EXIT_FAILED : verdict.status;
}
