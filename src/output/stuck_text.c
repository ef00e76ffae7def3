// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words reports of stuck calls and teardowns.
 */
#include <stdlib.h>
#include <string.h>

#include "model/map_type.h"
#include "output/stuck_text.h"
#include "util/diag.h"
#include "util/text.h"

static void print_safe(FILE *file, const char *text)
{
	char safe[TEXT_SIZE(NAME_LEN)];

	text_printable(safe, sizeof(safe), text, strnlen(text, NAME_LEN));
	fputs(safe, file);
}

static void put_head(FILE *file, const struct stuck *stuck)
{
	const struct releaser *releaser = identity_releaser(&stuck->map.identity);
	char duration[DURATION_SIZE] = "?";

	if (stuck->for_ns != UNKNOWN_NS)
		text_duration(duration, stuck->for_ns);
	fprintf(file, "memdestroy-trace: stuck for %s: %s", duration, stuck->where);
	if (map_has_type(&stuck->map))
		fprintf(file, " of %s", map_type_name(stuck->map.type));
	if (map_has_name(&stuck->map)) {
		fputs(" '", file);
		print_safe(file, stuck->map.name);
		putc('\'', file);
	}
	if (stuck->map.identity.map_id)
		fprintf(file, " (id %u)", stuck->map.identity.map_id);
	if (releaser) {
		fputs(", released by ", file);
		print_safe(file, releaser->task.comm);
		fprintf(file, " (pid %u)", releaser->task.pid);
	}
	if (stuck->in_worker) {
		fputs(", in ", file);
		print_safe(file, stuck->worker.comm);
		fprintf(file, " (pid %u)", stuck->worker.tid);
	}
}

void stuck_text_print(FILE *file, const struct stuck *stuck)
{
	const char *line = stuck->stack;
	char *head = NULL;
	size_t size;
	FILE *memory = open_memstream(&head, &size);

	diag_status(NULL);
	if (memory) {
		put_head(memory, stuck);
		if (!text_memory_end(memory, &head))
			text_line(file, head);
	}
	free(head);
	while (*line) {
		int len = (int)strcspn(line, "\n");

		fprintf(file, "    %.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
	fflush(file);
}
