/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What characters are on a terminal, whatever locales the machine has.
 */
#pragma once

#include <stdbool.h>
#include <wchar.h>

/*
 * The columns of a character: 2 of a wide one, 0 of an accent; -1 if it is a control. Exact where
 * the C library has a locale for UTF-8; otherwise right for the common scripts.
 */
int unicode_columns(wchar_t c);

/* Shows nothing, or joins, splits or reorders what is beside it: Unicode's default ignorables. */
bool unicode_ignorable(wchar_t c);
