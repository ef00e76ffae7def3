// SPDX-License-Identifier: GPL-2.0-only
/* Writes a comparison as JUnit XML. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/diff_report.h"
#include "output/junit.h"
#include "output/xml.h"
#include "util/outfile.h"
#include "util/text.h"

#define SUITE	  "memdestroy-trace diff"
#define MAX_VALUE 4096

/* Any bytes */
static void put_text(FILE *out, const char *text)
{
	char safe[TEXT_SIZE(MAX_VALUE)];

	text_printable(safe, sizeof(safe), text, strnlen(text, MAX_VALUE));
	xml_text(out, safe);
}

static void begin_suite(FILE *out, const struct case_counts *counts)
{
	char numbers[128];

	snprintf(numbers, sizeof(numbers),
		 "tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", counts->all,
		 counts->of[CASE_FAILED], counts->of[CASE_ERROR], counts->of[CASE_SKIPPED]);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"" SUITE "\" %s>\n"
		"<testsuite name=\"" SUITE "\" %s>\n",
		numbers, numbers);
}

static int end_suite(FILE *out)
{
	fputs("</testsuite>\n</testsuites>\n", out);
	return stream_flush(out);
}

static void put_property(FILE *out, const char *side, const char *name, const char *value)
{
	if (!*value)
		return;
	fprintf(out, "<property name=\"%s.%s\" value=\"", side, name);
	put_text(out, value);
	fputs("\"/>\n", out);
}

static void put_count(FILE *out, const char *side, const char *name, __u64 count)
{
	if (count)
		fprintf(out, "<property name=\"%s.%s\" value=\"%llu\"/>\n", side, name, count);
}

static void put_side(FILE *out, const char *name, const struct reader_set *readers, size_t runs,
		     size_t boots)
{
	const struct run_info *run_info = readers->first;

	for (size_t i = 0; i < readers->nr; i++)
		put_property(out, name, "recording", readers->reader[i]->path);
	put_property(out, name, "kernel", run_info->kernel_release);
	put_property(out, name, "kernel_version", run_info->kernel_version);
	put_property(out, name, "host", run_info->host);
	put_property(out, name, "machine", run_info->machine);
	put_property(out, name, "attach", run_info->attach);
	put_count(out, name, "cpus", run_info->cpus_online);
	put_count(out, name, "runs", runs);
	put_count(out, name, "boots", boots);
}

/* The texts are printable; name is empty for a row without keys: its subject names it. */
static void put_case(FILE *out, const char *subject, const char *name, enum case_result result,
		     const char *reason, const char *figures)
{
	static const char *const elements[NR_CASE_RESULTS] = {
		[CASE_FAILED] = "failure",
		[CASE_ERROR] = "error",
		[CASE_SKIPPED] = "skipped",
	};

	fprintf(out, "<testcase classname=\"diff%s%s\" name=\"", subject ? "." : "", subject ?: "");
	xml_text(out, *name ? name : subject);
	fputs("\">\n", out);
	if (elements[result]) {
		fprintf(out, "<%s message=\"", elements[result]);
		xml_text(out, reason);
		fputs("\"/>\n", out);
	}
	if (*figures) {
		fputs("<system-out>", out);
		xml_text(out, figures);
		fputs("</system-out>\n", out);
	}
	fputs("</testcase>\n", out);
}

static int put_line(FILE *out, const struct diff *diff, const struct diff_line *line)
{
	char *name = case_keys(diff, line), *reason = case_reason_of_line(diff, line);
	char *figures = case_figures(line);
	int err = name && reason && figures ? 0 : -ENOMEM;

	if (!err)
		put_case(out, diff_subject(line), name, case_of_line(diff, line), reason, figures);
	free(name);
	free(reason);
	free(figures);
	return err;
}

int junit_write(FILE *out, const struct diff *diff, const struct diff_sides *sides)
{
	static const char *const names[] = {[DIFF_BASE] = "base", [DIFF_NEW] = "new"};
	const struct case_counts counts = cases_count(diff, sides);
	char *reason = case_reason_of_whole(diff, sides);
	char verdict[DIFF_VERDICT_SIZE];
	int err = 0;

	if (!reason)
		return -ENOMEM;
	errno = 0;
	begin_suite(out, &counts);
	fputs("<properties>\n", out);
	if (diff->measure != MEASURE_TIME)
		fprintf(out, "<property name=\"measure\" value=\"%s\"/>\n",
			measure_names[diff->measure]);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		put_side(out, names[i], sides->readers[i], diff->runs[i], diff->boots[i]);
	fputs("</properties>\n", out);
	put_case(out, NULL, CASE_WHOLE_NAME, case_of_whole(diff, sides), reason,
		 diff_verdict(diff, verdict));
	for (size_t i = 0; i < diff->nr && !err; i++)
		err = put_line(out, diff, &diff->line[i]);
	free(reason);
	return err ?: end_suite(out);
}

int junit_write_refusal(FILE *out, const char *reason)
{
	const struct case_counts counts = {.all = 1, .of = {[CASE_ERROR] = 1}};
	char safe[TEXT_SIZE(MAX_VALUE)];

	errno = 0;
	text_printable(safe, sizeof(safe), reason, strnlen(reason, MAX_VALUE));
	begin_suite(out, &counts);
	put_case(out, NULL, CASE_WHOLE_NAME, CASE_ERROR, safe, "");
	return end_suite(out);
}
