/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws the phases of teardowns as stacked bars.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "analysis/aggregate.h"
#include "model/teardown.h"

/* The parts of a bar, which add up to its length: PART_FREE is without the destroy calls. */
enum part { PART_WAIT, PART_FREE, PART_DESTROY, PART_DEFERRED, NR_PARTS };

/* Classes of the style. */
static const char *const part_names[] = {
	[PART_WAIT] = "wait",
	[PART_FREE] = "free",
	[PART_DESTROY] = "destroy",
	[PART_DEFERRED] = "deferred",
};
_Static_assert(sizeof(part_names) / sizeof(*part_names) == NR_PARTS, "a name for each");

#define BAR_LABEL 512

struct bar {
	char label[BAR_LABEL];
	double part_ns[NR_PARTS];
	bool unknown; /* some of its parts are, and add nothing */
};

/* The label is left empty. */
struct bar bar_of_row(const struct row *row);
struct bar bar_of_teardown(const struct teardown *teardown);

/* The legend of the colors. */
void bars_legend(FILE *out);

/*
 * Draws them to one scale; shares: beside it, the parts of each in percent. id: of the element.
 * Nothing for none.
 */
void bars_draw(FILE *out, const char *id, const struct bar *bars, size_t nr, bool shares);
