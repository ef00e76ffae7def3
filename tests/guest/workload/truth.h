/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The truth, in JSON lines.
 */
#pragma once

#include "maps.h"

void print_kind(const char *name, const struct kind *kind, unsigned long maps);
/* The kernel does not know the kind. */
void print_skipped(const struct kind *kind, int error);
