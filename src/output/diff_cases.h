/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A comparison as systems that count tests read it: a case for each row, and the first one for the
 * comparison as a whole.
 *
 * Only what was judged passes. Texts are printable, in one line each, and are to be freed; NULL: no
 * memory.
 */
#pragma once

#include "analysis/diff.h"
#include "recording/reader_set.h"

enum case_result {
	CASE_PASSED,
	CASE_FAILED,  /* beyond a limit; without limits, slower */
	CASE_ERROR,   /* not known, and the limits need it */
	CASE_SKIPPED, /* not known, and not asked for */
	NR_CASE_RESULTS,
};

struct diff_sides {
	const struct reader_set *readers[NR_DIFF_SIDES];
	bool forced; /* they are not well comparable */
};

#define CASE_WHOLE_NAME "the recordings are comparable"

enum case_result case_of_whole(const struct diff *diff, const struct diff_sides *sides);
enum case_result case_of_line(const struct diff *diff, const struct diff_line *line);

/* Why it did not pass; empty if it did. */
char *case_reason_of_whole(const struct diff *diff, const struct diff_sides *sides);
char *case_reason_of_line(const struct diff *diff, const struct diff_line *line);

/* "caller=htab_map_free map_type=hash"; empty: no keys */
char *case_keys(const struct diff *diff, const struct diff_line *line);

/* "base 39.5us of 12 values, new 59.2us of 12 values, +49.8%, p <0.001" */
char *case_figures(const struct diff_line *line);

/* Numbers of cases, the whole one too. */
struct case_counts {
	size_t all, of[NR_CASE_RESULTS];
};
struct case_counts cases_count(const struct diff *diff, const struct diff_sides *sides);

#define NO_EVIDENCE_SIZE 256

/* With RESULT_NO_EVIDENCE: why the limits are not known to be kept. Returns text. */
const char *diff_no_evidence(const struct diff *diff, char text[NO_EVIDENCE_SIZE]);
