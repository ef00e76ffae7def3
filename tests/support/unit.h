/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka, with the headers that it needs but does not include.
 */
#ifndef MEMDESTROY_SUPPORT_UNIT_H
#define MEMDESTROY_SUPPORT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
