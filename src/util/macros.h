/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros that C lacks: the length of an array, units of time in nanoseconds.
 */
#pragma once

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NSEC_PER_USEC 1000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL
