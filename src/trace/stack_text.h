/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel stack as text.
 */
#pragma once

#include <stddef.h>

#include "trace/ksyms.h"

/*
 * Writes one function a line ("synchronize_rcu+0x12"), innermost first, as many as fit. Trampolines
 * of programs, which are no work of the kernel, are left out.
 */
void stack_text(char *text, size_t size, struct ksyms *ksyms, const __u64 *ip, size_t nr);
