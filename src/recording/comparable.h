/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether recordings can be compared.
 */
#pragma once

#include "recording/reader_set.h"

/* A comparison tolerates the loss of one call in so many. */
#define COMPARABLE_LOSS 1000

/*
 * Reports every objection on stderr. False: they must not be compared. Sets *err to 0 or to the
 * -errno of reading them, already reported.
 */
bool comparable(struct reader_set *base, struct reader_set *new_side, int *err);
