/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Can recordings be compared at all?
 */
#ifndef MEMDESTROY_RECORDING_COMPARABLE_H
#define MEMDESTROY_RECORDING_COMPARABLE_H

#include "recording/reader_set.h"

/* Losses up to this part of all calls do not speak against a comparison. */
#define COMPARABLE_LOSS 1000

/*
 * Names all that speaks against it on stderr. False: it is enough not to compare them. -errno of
 * reading them, of which the user has been told, goes to *err.
 */
bool comparable(struct reader_set *base, struct reader_set *new_side, int *err);

#endif
