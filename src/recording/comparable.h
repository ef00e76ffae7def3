/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether recordings can be compared.
 */
#pragma once

#include "recording/reader_set.h"

/* A comparison tolerates the loss of one call in so many. */
#define COMPARABLE_LOSS 1000

/*
 * False: they must not be compared; every objection is reported. as_evidence: for a comparison that
 * others rely on; runs without their end or counts, and a recording on both sides, do not serve.
 */
bool comparable(const struct reader_set *base, const struct reader_set *new_side, bool as_evidence);

/* False: a recorder left out maps, so the recordings' sums are too low; comparable() warns of it.
 */
bool comparable_sums(const struct reader_set *readers);

/*
 * Whether both sides measured the same; the first difference is reported. by_scenario: they are
 * compared scenario by scenario, so that one side may have more.
 */
bool comparable_benchmarks(const struct reader_set *base, const struct reader_set *new_side,
			   bool by_scenario);
