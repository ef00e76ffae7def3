/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splits series of medians where their parts differ more than chance explains.
 */
#pragma once

#include "analysis/trend.h"

/* Fills the changes of the trend, unsorted: their series, point and p; and nr_few and enough. */
int trend_find_splits(struct trend *trend, const struct trend_options *opts);
