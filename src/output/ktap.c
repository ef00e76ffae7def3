// SPDX-License-Identifier: GPL-2.0-only
/* Writes a comparison as KTAP version 1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/diff_report.h"
#include "output/ktap.h"
#include "util/outfile.h"
#include "util/text.h"

#define MAX_REASON 4096

/* A '#' would end the name of a case. The text is printable. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '#' ? "\\x23" : "%c", *text);
}

static void begin(FILE *out, size_t nr)
{
	fprintf(out, "KTAP version 1\n1..%zu\n", nr);
}

/* The figures are diagnostics, which come before their case. */
static void put_case(FILE *out, size_t nth, const char *name, const char *subject,
		     enum case_result result, const char *reason, const char *figures)
{
	static const char *const directives[NR_CASE_RESULTS] = {
		[CASE_PASSED] = "",
		[CASE_FAILED] = " # ",
		[CASE_ERROR] = " # ERROR ",
		[CASE_SKIPPED] = " # SKIP ",
	};
	bool ok = result == CASE_PASSED || result == CASE_SKIPPED;

	if (*figures) {
		fputs("# ", out);
		put_text(out, figures);
		putc('\n', out);
	}
	fprintf(out, "%s %zu ", ok ? "ok" : "not ok", nth);
	put_text(out, name);
	fprintf(out, "%s%s%s", *name && *subject ? " " : "", subject, directives[result]);
	put_text(out, reason);
	putc('\n', out);
}

static int put_line(FILE *out, size_t nth, const struct diff *diff, const struct diff_line *line)
{
	char *name = case_keys(diff, line), *reason = case_reason_of_line(diff, line);
	char *figures = case_figures(line);
	int err = name && reason && figures ? 0 : -ENOMEM;

	if (!err)
		put_case(out, nth, name, diff_subject(line), case_of_line(diff, line), reason,
			 figures);
	free(name);
	free(reason);
	free(figures);
	return err;
}

int ktap_write(FILE *out, const struct diff *diff, const struct diff_sides *sides)
{
	char *reason = case_reason_of_whole(diff, sides);
	char verdict[DIFF_VERDICT_SIZE];
	int err = 0;

	if (!reason)
		return -ENOMEM;
	errno = 0;
	begin(out, diff->nr + 1);
	put_case(out, 1, CASE_WHOLE_NAME, "", case_of_whole(diff, sides), reason,
		 diff_verdict(diff, verdict));
	for (size_t i = 0; i < diff->nr && !err; i++)
		err = put_line(out, i + 2, diff, &diff->line[i]);
	free(reason);
	return err ?: stream_flush(out);
}

int ktap_write_refusal(FILE *out, const char *reason)
{
	char safe[TEXT_SIZE(MAX_REASON)];

	errno = 0;
	text_printable(safe, sizeof(safe), reason, strnlen(reason, MAX_REASON));
	begin(out, 1);
	put_case(out, 1, CASE_WHOLE_NAME, "", CASE_ERROR, safe, "");
	return stream_flush(out);
}
