/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers --help and --version on stdout, which the caller flushes and checks.
 */
#pragma once

#include "cmd/options.h"

/* Both return OPTION_DONE; there is no value. */
int option_help(struct options *opts, const char *value);
int option_version(struct options *opts, const char *value);
