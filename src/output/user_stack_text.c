// SPDX-License-Identifier: GPL-2.0-only
/* Writes user stacks of tasks that released maps. */
#include <string.h>

#include "model/teardown.h"
#include "output/user_stack_text.h"
#include "util/text.h"

const char *user_stack_lack(const struct identity *identity)
{
	return identity->close_flags & CLOSE_AT_EXIT ? "closed at exit" : "user stack unknown";
}

void user_stack_text_print(FILE *out, const void *object)
{
	const struct teardown *teardown = object;
	const char *line = teardown->map.identity.user_stack;
	char safe[TEXT_SIZE(USER_STACK_TEXT)];

	if (!line)
		fprintf(out, "    [%s]\n", user_stack_lack(&teardown->map.identity));
	while (line && *line) {
		size_t len = strcspn(line, "\n");

		text_printable(safe, sizeof(safe), line, len);
		fprintf(out, "    %s\n", safe);
		line += len + (line[len] == '\n');
	}
}
