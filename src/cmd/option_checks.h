/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks which options are required, and which cannot be combined.
 *
 * given: by the index of the command's rows, the value, "" for an option that takes none, NULL for
 * one that was not given. Both return 0 or -EINVAL; errors are already reported.
 */
#pragma once

#include "cmd/command.h"

int options_check_needs(const struct options *opts, const char *const *given);

/* To be called once *opts is complete. */
int options_check(const struct options *opts, const char *const *given);
