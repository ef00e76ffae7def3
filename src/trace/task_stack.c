// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a thread's kernel stack and names its functions.
 */
#include <stdio.h>

#include "trace/task_stack.h"

void task_stack_text(const struct probe *probe, struct ksyms *ksyms, __u32 tid, char *text,
		     size_t size)
{
	__u64 ip[STACK_DEPTH], offset;
	int nr = probe_stack(probe, tid, ip), i;
	size_t len = 0;

	text[0] = '\0';
	for (i = 0; i < nr; i++) {
		const char *name = ksyms_find(ksyms, ip[i], &offset), *newline = i ? "\n" : "";
		size_t room = size - len;
		int more;

		if (name)
			more = snprintf(text + len, room, "%s%s+0x%llx", newline, name, offset);
		else
			more = snprintf(text + len, room, "%s0x%llx", newline, ip[i]);
		if ((size_t)more >= room) {
			text[len] = '\0';
			return;
		}
		len += more;
	}
}
