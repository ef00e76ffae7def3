/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers values: what is the same by its bytes gets the same number.
 */
#ifndef MEMDESTROY_UTIL_INTERN_H
#define MEMDESTROY_UTIL_INTERN_H

#include <stddef.h>

#include <linux/types.h>

struct intern;

/*
 * At most max values are known at a time; then all are forgotten, and get new numbers when they
 * come again. NULL: no memory. Free takes NULL.
 */
struct intern *intern_new(size_t max);
void intern_free(struct intern *intern);

/*
 * Sets *id, from 1. Padding in what is not an array of bytes has to be zeroed. 1: the value was not
 * known, and is now; 0: it was; -ENOMEM.
 */
int intern_id(struct intern *intern, const void *value, size_t len, __s64 *id);

#endif
