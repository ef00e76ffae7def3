/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread's kernel stack as text.
 */
#pragma once

#include <stddef.h>

#include "trace/ksyms.h"
#include "trace/probe.h"

/*
 * Writes one function a line ("synchronize_rcu+0x12"), innermost first, as many as fit. Empty if
 * the stack cannot be read.
 */
void task_stack_text(const struct probe *probe, struct ksyms *ksyms, __u32 tid, char *text,
		     size_t size);
