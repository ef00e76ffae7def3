/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user stacks of tasks that released maps, for people.
 */
#pragma once

#include <stdio.h>

#include "model/map_info.h"

/*
 * Writes the stack of a struct teardown below its line, indented, innermost first, a function a
 * line; or a line that says why it is not known.
 */
void user_stack_text_print(FILE *out, const void *teardown);

/* Why there is no stack, in a few words: "closed at exit". */
const char *user_stack_lack(const struct identity *identity);
