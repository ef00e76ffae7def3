// SPDX-License-Identifier: GPL-2.0-only
/* Names the functions of a kernel stack. */
#include <stdio.h>

#include "model/symbol.h"
#include "trace/stack_text.h"

void stack_text(char *text, size_t size, struct ksyms *ksyms, const __u64 *ip, size_t nr)
{
	const char *inner = NULL;
	bool trampoline = false; /* between the inner function and this one */
	size_t len = 0;
	__u64 offset;

	*text = '\0';
	for (size_t i = 0; i < nr; i++) {
		const char *name = ksyms_find(ksyms, ip[i], &offset);
		size_t more;

		/* A traced function begins with a call of the trampoline, which calls the rest. */
		if (name && (symbol_is_trampoline(name) ||
			     (trampoline && inner && symbol_same_function(name, inner)))) {
			trampoline = symbol_is_trampoline(name);
			continue;
		}
		inner = name;
		trampoline = false;
		more = name ? snprintf(text + len, size - len, "%s%s+0x%llx", len ? "\n" : "", name,
				       offset)
			    : snprintf(text + len, size - len, "%s0x%llx", len ? "\n" : "", ip[i]);
		if (more >= size - len) {
			text[len] = '\0';
			return;
		}
		len += more;
	}
}
