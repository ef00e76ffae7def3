// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the facts and the verdict on a kernel as text or as lines of JSON.
 */
#include <errno.h>
#include <string.h>

#include "model/hooks.h"
#include "output/check_report.h"
#include "output/color.h"
#include "output/column.h"
#include "output/format.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

#define INDENT 21 /* after the longest heading */

/* Writes lines as words. */
static void write_lines(FILE *out, const char *lines)
{
	char all[2048], safe[TEXT_SIZE(sizeof(all))];

	snprintf(all, sizeof(all), "%s", lines);
	all[strlen(all) - (*all ? 1 : 0)] = '\0';
	for (char *end = all; (end = strchr(end, '\n'));)
		*end = ' ';
	text_printable(safe, sizeof(safe), all, strlen(all));
	text_wrap(out, safe, INDENT);
}

static int write_head(FILE *out, const struct check_view *view)
{
	char cell[CELL_SIZE];
	struct value value;

	for (const struct column *column = check_columns; column->name; column++) {
		if (!column->heading || (column->optional && !view->facts.live)) /* not in files */
			continue;
		fprintf(out, "%-*s", INDENT, column->heading);
		if (column->kind == VALUE_LINES && column_read(column, view, &value)) {
			write_lines(out, value.text);
			continue;
		}
		table_cell_fill(cell, column, view, 0);
		text_wrap(out, cell, INDENT);
	}
	return stream_error(out);
}

static int write_hooks(FILE *out, enum format format, const struct facts *facts,
		       const struct table_style *style)
{
	struct hook_view views[NR_HOOKS];
	const struct object_list list = {
		.objects = views, .size = sizeof(*views), .nr = NR_HOOKS, .style = style};

	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		struct hook_view *view = &views[hook];

		*view = (struct hook_view){
			.function = hook_info[hook].function,
			.present = hook_present(facts, hook),
			.symbol = hook_symbol(facts, hook),
			.inlined =
				facts->hooks[hook].part == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN,
			.seen = facts->hooks[hook].seen,
		};
		for (int mode = 0; mode < NR_ATTACH_MODES; mode++) {
			struct attachable found = hook_attachable(facts, hook, mode);

			view->mode[mode].attachable = found.answer;
			view->mode[mode].known_by = means_names[found.means];
		}
	}
	return format_list(out, format, hook_view_columns, &list);
}

/* In tables they are in the head. */
static int write_callers(FILE *out, const struct facts *facts)
{
	int err = 0;

	for (size_t i = 0; i < NR_MAP_OWNERS; i++) {
		const struct map_owner *owner = &map_owners[i];

		for (int nth = 0; owner->callers[nth] && !err; nth++) {
			const struct caller_view view = {owner->callers[nth],
							 facts->callers[i][nth],
							 caller_can_call(facts, owner, nth)};

			err = format_line(out, FORMAT_JSON, caller_view_columns, &view, 0);
		}
	}
	return err;
}

static void write_lacks_text(FILE *out, const struct verdict *verdict)
{
	char line[2 * VERDICT_LEN], safe[TEXT_SIZE(sizeof(line))];

	fprintf(out, "%-*s", INDENT, "missing");
	if (!verdict->nr_lacks)
		text_wrap(out, "nothing, as far as is known", INDENT);
	for (size_t i = 0; i < verdict->nr_lacks; i++) {
		const struct lack *lack = &verdict->lacks[i];

		snprintf(line, sizeof(line), "%s (%s)", lack->what, lack->why);
		text_printable(safe, sizeof(safe), line, strlen(line));
		fprintf(out, "%*s", i ? INDENT : 0, "");
		text_wrap(out, safe, INDENT);
	}
	putc('\n', out);
}

static int write_text(FILE *out, const struct check_view *view, const struct verdict *verdict,
		      const struct table_style *style)
{
	char reason[TEXT_SIZE(VERDICT_LEN)], line[sizeof(reason) + 64];
	enum color color = verdict->traceable == TRACEABLE_YES ? COLOR_GOOD : COLOR_BAD;
	int err = write_head(out, view);

	putc('\n', out);
	if (!err)
		err = write_hooks(out, FORMAT_TABLE, &view->facts, style);
	putc('\n', out);
	if (verdict->lacks_known)
		write_lacks_text(out, verdict);
	text_printable(reason, sizeof(reason), view->reason, strlen(view->reason));
	snprintf(line, sizeof(line), "%s%s%s: %s", color_start(out, color), view->verdict,
		 color_end(out, color), reason);
	text_line(out, line);
	return err ? err : stream_flush(out);
}

int check_report(FILE *out, enum format format, const struct facts *facts,
		 const struct verdict *verdict, int exit_status, const struct table_style *style)
{
	static const char *const names[] = {
		[TRACEABLE_YES] = "traceable",
		[TRACEABLE_NO] = "untraceable",
		[TRACEABLE_FORBIDDEN] = "forbidden",
		[TRACEABLE_UNKNOWN] = "unknown",
	};
	const struct check_view view = {
		.facts = *facts,
		.function = hook_present(facts, HOOK_DESTROY),
		.verdict = names[verdict->traceable],
		.reason = verdict->reason,
		.attach = verdict->attach == ATTACH_AUTO ? NULL
							 : attach_mode_programs[verdict->attach],
		.source = facts->live ? "machine" : "files",
		.exit_status = exit_status,
	};
	const struct object_list lacks = {.objects = verdict->lacks,
					  .size = sizeof(*verdict->lacks),
					  .nr = verdict->nr_lacks};
	int err;

	errno = 0;
	if (format == FORMAT_TABLE)
		return write_text(out, &view, verdict, style);
	err = format_line(out, format, check_columns, &view, 0);
	if (!err)
		err = write_hooks(out, format, facts, style);
	if (!err)
		err = write_callers(out, facts);
	return err ? err : format_list(out, format, lack_columns, &lacks);
}
