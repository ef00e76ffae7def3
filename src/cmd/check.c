// SPDX-License-Identifier: GPL-2.0-only
/* check: says whether a kernel can be traced: this machine's, or another one by its files. */
#include <errno.h>

#include "cmd/option_rows.h"
#include "output/check_report.h"
#include "util/diag.h"
#include "util/outfile.h"

static int write_report(FILE *out, const struct view_options *show, const struct facts *facts,
			const struct verdict *verdict, int status)
{
	const struct table_style style = view_style(show, out);

	return check_report(out, show->format, facts, verdict, status, &style);
}

static int cmd_check(const struct options *opts)
{
	bool files = opts->check_kernel || opts->check_btf;
	struct outfile *output = NULL;
	struct verdict verdict;
	struct facts facts;
	int err = 0, status;

	facts_init(&facts);
	if (files)
		err = facts_from_files(&facts, opts->check_kernel, opts->check_btf,
				       opts->check_kallsyms);
	else
		facts_from_machine(&facts);
	if (!err) {
		verdict_make(&verdict, &facts);
		status = exit_status_of(0, verdict.traceable);
		err = outfile_open(&output, opts->output, false);
		if (!err)
			err = write_report(outfile_stream(output), &opts->show, &facts, &verdict,
					   status);
		err = outfile_end(output, opts->output, err);
	}
	facts_free(&facts);
	return err ? EXIT_FAILED : status;
}

/* check takes no arguments: a user may expect to name an image this way. */
static int take_words(struct options *opts, int argc, char **argv)
{
	(void)opts;
	(void)argc;
	return diag_invalid("unexpected argument '%s' (see --kernel, --btf and --kallsyms)",
			    argv[0]);
}

static int finish(struct options *opts)
{
	if (!opts->check_kallsyms || opts->check_kernel || opts->check_btf)
		return 0;
	return diag_invalid("--kallsyms needs --kernel or --btf, whose symbols they are");
}

static const struct option_row rows[] = {
	HEADING("Another kernel"),
	PATH("kernel", "IMAGE", check_kernel,
	     "check this vmlinuz, vmlinux or similar image instead of this machine",
	     .not_with = "btf"),
	PATH("btf", "FILE", check_btf, "read types from this file: BTF, or ELF with BTF"),
	PATH("kallsyms", "FILE", check_kallsyms,
	     "read symbols from this file: a copy of /proc/kallsyms, or a System.map"),
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	VERBOSE_ROW("report what each attempt detected; -vv: also libbpf's own messages"),
	ABOUT_ROWS,
};

const struct command check_command = {
	.name = "check",
	.run = cmd_check,
	.rows = rows,
	.formats =
		1U << FORMAT_TABLE | 1U << FORMAT_JSON, /* facts of many kinds are no one table */
	.view = VIEW_BOTH,
	.take_words = take_words,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace check [OPTION]...\n"
			 "       memdestroy-trace check [OPTION]... --kernel IMAGE [--kallsyms FILE]\n"
			 "       memdestroy-trace check [OPTION]... --btf FILE [--kallsyms FILE]\n"
			 "\n"
			 "Check whether a kernel can be traced, how, and what would be missing. On this\n"
			 "machine, as far as permitted, programs are attached and a map is released to see\n"
			 "if they run. Another kernel is checked by its files.\n",
		 .examples = "  memdestroy-trace check\n"
			     "      this machine\n"
			     "  memdestroy-trace check -f json | jq -r 'select(.reason).reason'\n"
			     "      the verdict alone\n"
			     "  memdestroy-trace check --kernel /boot/vmlinuz-7.3.4-amd64\n"
			     "      a kernel before it is booted\n"},
	.statuses = LIVE_STATUSES,
};
