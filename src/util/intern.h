/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers values: values with the same bytes get the same number.
 */
#pragma once

#include <stddef.h>

#include <linux/types.h>

struct intern;

/*
 * Keeps at most max values; then it forgets all, and they get new numbers when they return. NULL:
 * no memory. intern_free() takes NULL.
 */
struct intern *intern_new(size_t max);
void intern_free(struct intern *intern);

/*
 * Sets *id, from 1. Padding of a structure must be zeroed. Returns 1 for a new value, 0 for a known
 * one, or -ENOMEM.
 */
int intern_id(struct intern *intern, const void *value, size_t len, __s64 *id);
