/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names the functions of user stacks, by the symbols of the files that the code is in.
 */
#pragma once

#include <stddef.h>

#include "event.h"

struct user_stacks;

/*
 * Keeps at most max different stacks, of up to 4 KiB each. NULL: no memory.
 */
struct user_stacks *user_stacks_new(size_t max);
void user_stacks_free(struct user_stacks *stacks); /* takes NULL */

/*
 * The frames, innermost first, a line each, as many as fit into USER_STACK_TEXT:
 *
 *   drop_map+0x1c (/usr/bin/agent)     a function, and the file that it is in
 *   /usr/bin/agent+0x1234              the offset in a file without such a symbol
 *   [build-id 0123...]+0x1234          in a file that was not found
 *   [vdso]+0x123, 0x7f0012345678       in no file
 *
 * The text is valid until user_stacks_free(). NULL: there are too many, or no memory.
 */
const char *user_stacks_text(struct user_stacks *stacks, const struct record_user_stack *stack);
