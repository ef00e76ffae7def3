// SPDX-License-Identifier: GPL-2.0-only
/* Decides which rows of a comparison pass, and says why the others do not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/column.h"
#include "output/diff_cases.h"
#include "output/diff_report.h"
#include "output/table_cell.h"
#include "util/text.h"

/* Results */

static enum case_result unknown(const struct diff *diff, bool needed)
{
	return needed && diff->result != RESULT_NO_LIMITS ? CASE_ERROR : CASE_SKIPPED;
}

enum case_result case_of_line(const struct diff *diff, const struct diff_line *line)
{
	bool limits = diff->result != RESULT_NO_LIMITS;

	if (line->failed)
		return CASE_FAILED;
	if (!line->side[DIFF_BASE].n || !line->side[DIFF_NEW].n)
		return unknown(diff, diff->strict && diff_is_gone(line));
	if (line->row->other)
		return unknown(diff, diff->strict);
	if (diff->few_runs || diff->unlike)
		return unknown(diff, true);
	if (line->few || line->unclear)
		return unknown(diff, diff->strict && line->unclear);
	return !limits && line->verdict == VERDICT_SLOWER ? CASE_FAILED : CASE_PASSED;
}

enum case_result case_of_whole(const struct diff *diff, const struct diff_sides *sides)
{
	if (diff->result == RESULT_NO_EVIDENCE)
		return CASE_ERROR;
	if (!diff->tally.compared || diff->few_runs || diff->unlike)
		return unknown(diff, true);
	return sides->forced ? CASE_SKIPPED : CASE_PASSED;
}

struct case_counts cases_count(const struct diff *diff, const struct diff_sides *sides)
{
	struct case_counts counts = {.all = diff->nr + 1};

	counts.of[case_of_whole(diff, sides)]++;
	for (size_t i = 0; i < diff->nr; i++)
		counts.of[case_of_line(diff, &diff->line[i])]++;
	return counts;
}

/* Reasons */

/* Reasons that --allow-missing accepts */
static void missing_evidence(const struct diff *diff, char text[NO_EVIDENCE_SIZE])
{
	const struct diff_tally *tally = &diff->tally;

	if (diff->keys_mixed)
		snprintf(text, NO_EVIDENCE_SIZE,
			 "some of more than %d keys share a row (--allow-missing accepts that)",
			 DIFF_MAX_ROWS);
	else if (tally->only_in[DIFF_BASE])
		snprintf(text, NO_EVIDENCE_SIZE,
			 "%zu of the base's rows %s missing in the new side (--allow-missing"
			 " accepts that)",
			 tally->only_in[DIFF_BASE], tally->only_in[DIFF_BASE] > 1 ? "are" : "is");
	else
		snprintf(text, NO_EVIDENCE_SIZE,
			 "too few %s in %zu row%s (--allow-missing accepts that)",
			 diff->unit == UNIT_VALUE ? "values" : "runs", tally->unclear,
			 tally->unclear > 1 ? "s" : "");
}

const char *diff_no_evidence(const struct diff *diff, char text[NO_EVIDENCE_SIZE])
{
	const struct diff_tally *tally = &diff->tally;
	char few_runs[DIFF_RUNS_SIZE];

	if (!tally->compared)
		snprintf(text, NO_EVIDENCE_SIZE,
			 "nothing to compare: no row has values on both sides");
	else if (diff->few_runs)
		snprintf(text, NO_EVIDENCE_SIZE,
			 "%s: record %zu %s or more on each side%s (--within-run judges by the"
			 " noise within runs)",
			 diff_few_runs(diff, few_runs), diff->enough,
			 diff->unit == UNIT_BOOT ? "boots" : "runs",
			 diff->unit == UNIT_RUN && diff->boots[DIFF_BASE] > 1 ? " in one boot"
									      : "");
	else if (diff->unlike)
		snprintf(text, NO_EVIDENCE_SIZE,
			 "the benchmarks are not the same (--force compares them)");
	else if (diff->forced)
		snprintf(text, NO_EVIDENCE_SIZE,
			 "the recordings are not well comparable: with --force, limits can fail, "
			 "but not pass");
	else if (diff_is_blind(diff))
		snprintf(text, NO_EVIDENCE_SIZE,
			 "no row can be judged: too few %s in %zu of %zu row%s (record more)",
			 diff->unit == UNIT_VALUE ? "values" : "runs", tally->few, tally->compared,
			 tally->compared > 1 ? "s" : "");
	else
		missing_evidence(diff, text);
	return text;
}

char *case_reason_of_whole(const struct diff *diff, const struct diff_sides *sides)
{
	char text[NO_EVIDENCE_SIZE];

	if (case_of_whole(diff, sides) == CASE_PASSED)
		return strdup("");
	if (diff->result == RESULT_NO_EVIDENCE || !diff->tally.compared || diff->few_runs ||
	    diff->unlike)
		return strdup(diff_no_evidence(diff, text));
	return strdup("they are not well comparable (see the warnings); --force compared them");
}

static void write_failure(FILE *out, const struct diff_line *line)
{
	const char *gap = "";
	char change[CHANGE_SIZE];

	for (size_t i = 0; i < MAX_LIMITS; i++) {
		if (!((line->failed | line->unclear) & 1U << i))
			continue;
		fputs(gap, out);
		diff_write_exceeded(out, line, i);
		gap = "; ";
	}
	if (!*gap)
		fprintf(out, "%s %s: p50 %s, p=%.2g", diff_subject(line),
			line->measure == MEASURE_TIME ? "is slower" : "are higher",
			text_change(change, line->delta[METRIC_P50]), line->p_corrected);
}

static void write_reason(FILE *out, const struct diff *diff, const struct diff_line *line)
{
	char few_runs[DIFF_RUNS_SIZE];

	if (case_of_line(diff, line) == CASE_PASSED)
		return;
	if (line->failed)
		write_failure(out, line);
	else if (!line->side[DIFF_BASE].n)
		fputs("missing in the base", out);
	else if (!line->side[DIFF_NEW].n)
		fputs("missing in the new side", out);
	else if (line->row->other)
		fputs("several keys share this row", out);
	else if (diff->few_runs)
		fputs(diff_few_runs(diff, few_runs), out);
	else if (diff->unlike)
		fputs("the benchmarks are not the same", out);
	else if (line->few && !line->unclear)
		fputs(diff_too_few(line), out);
	else
		write_failure(out, line);
}

/* Texts in memory */

struct text_memory {
	char *text;
	size_t size;
	FILE *out; /* NULL: no memory */
};

static FILE *memory_open(struct text_memory *memory)
{
	*memory = (struct text_memory){};
	memory->out = open_memstream(&memory->text, &memory->size);
	return memory->out;
}

static char *memory_text(struct text_memory *memory)
{
	return text_memory_end(memory->out, &memory->text) ? NULL : memory->text;
}

char *case_reason_of_line(const struct diff *diff, const struct diff_line *line)
{
	struct text_memory memory;

	if (!memory_open(&memory))
		return NULL;
	write_reason(memory.out, diff, line);
	return memory_text(&memory);
}

char *case_keys(const struct diff *diff, const struct diff_line *line)
{
	struct column columns[MAX_ROW_COLUMNS];
	struct text_memory memory;

	if (!memory_open(&memory))
		return NULL;
	diff_columns(columns, diff->by, diff->nr_by, diff->measure);
	table_cell_keys(memory.out, FORMAT_TABLE, columns, line);
	return memory_text(&memory);
}

static void write_side(FILE *out, const char *name, enum measure measure,
		       const struct diff_figures *side)
{
	char text[DURATION_SIZE];

	if (!side->n) {
		fprintf(out, "%s without values", name);
		return;
	}
	fprintf(out, "%s %s", name, measure_text(text, measure, side->metric[METRIC_P50]));
	if (measure != MEASURE_TIME)
		fprintf(out, " %s", measure_names[measure]);
	fprintf(out, " of %llu value%s", side->n, side->n > 1 ? "s" : "");
	if (side->runs > 1)
		fprintf(out, " in %llu runs", side->runs);
}

char *case_figures(const struct diff_line *line)
{
	struct text_memory memory;
	char change[CHANGE_SIZE];

	if (!memory_open(&memory))
		return NULL;
	write_side(memory.out, "base", line->measure, &line->side[DIFF_BASE]);
	fputs(", ", memory.out);
	write_side(memory.out, "new", line->measure, &line->side[DIFF_NEW]);
	if (isfinite(line->delta[METRIC_P50]))
		fprintf(memory.out, ", %s", text_change(change, line->delta[METRIC_P50]));
	if (isfinite(line->p_corrected))
		fprintf(memory.out, line->p_corrected < 0.001 ? ", p<0.001" : ", p=%.3f",
			line->p_corrected);
	return memory_text(&memory);
}
