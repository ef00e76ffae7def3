/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long each phase of a teardown took.
 */
#pragma once

#include <stdbool.h>

#include "model/teardown.h"

/*
 * Sets the phases of a teardown, UNKNOWN_NS where they are unknown. destroys_known: if the map made
 * no destroy call, then because there was none, and not because it was missed.
 */
void set_phases(struct teardown *teardown, bool destroys_known);
