/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws the distributions of rows, one below the other on one axis.
 */
#pragma once

#include <stdio.h>

#include "util/hist.h"

struct distribution {
	const char *label; /* any bytes */
	const char *style; /* class of its bars */
	const struct hist *hist;
};

/* Those without values have no bars. id: of the element. Nothing if none has values. */
void distributions_draw(FILE *out, const char *id, const struct distribution *list, size_t nr,
			unsigned int height);
