// SPDX-License-Identifier: GPL-2.0-only
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

void hang_print(FILE *file, const struct hang *hang)
{
	const struct task_id *task = identity_task(&hang->call.identity);
	const char *line = hang->stack;
	char duration[DURATION_SIZE];

	diag_status(NULL);
	fprintf(file, "memdestroy-trace: stuck for %s: %s", text_duration(duration, hang->for_ns),
		hang->where);
	if (call_has(&hang->call, CALL_MAP))
		fprintf(file, " of %s", maptype_name(hang->call.map_type));
	if (call_has(&hang->call, CALL_MAP | CALL_NAME)) {
		fputs(" '", file);
		print_safe(file, hang->call.map_name);
		putc('\'', file);
	}
	if (hang->call.identity.map_id)
		fprintf(file, " (id %u)", hang->call.identity.map_id);
	if (task) {
		fputs(", let go of by ", file);
		print_safe(file, task->comm);
		fprintf(file, " (pid %u)", task->pid);
	}
	if (hang->in_worker) {
		fputs(", in ", file);
		print_safe(file, hang->call.comm);
		fprintf(file, " (pid %u)", hang->call.tid);
	}
	putc('\n', file);
	while (*line) {
		int len = (int)strcspn(line, "\n");

		fprintf(file, "    %.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
	fflush(file);
}
