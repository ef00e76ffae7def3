// SPDX-License-Identifier: GPL-2.0-only
/* Lays the header of a screen out: what it shows, rates, losses, and what is in progress. */
#include <stdio.h>
#include <string.h>

#include "screen/screen_view.h"
#include "util/macros.h"
#include "util/text.h"

#define LEAST_NAME 8 /* columns of a recording's name */

struct bytes_text {
	char text[BYTES_SIZE + 1];
};

static struct bytes_text bytes_text(__u64 bytes, bool more)
{
	struct bytes_text text;

	text_bytes(text.text, bytes);
	if (more)
		strcat(text.text, "+");
	return text;
}

static void put_duration(const struct screen_lines *lines, struct screen_line *line, __u64 ns)
{
	char text[DURATION_SIZE] = "-";

	if (ns != UNKNOWN_NS)
		text_duration(text, ns);
	line_put(lines, line, STYLE_BOLD, text);
}

/* The recording's name is shortened to the room that is left. */
static void put_source(const struct screen_lines *lines, struct screen_line *line,
		       const struct screen_state *state)
{
	const char *slash = strrchr(state->source, '/');
	const char *file = slash ? slash + 1 : state->source;
	char name[TEXT_SIZE(64)], shown[sizeof(name) + 4], length[DURATION_SIZE];
	char where[48] = "";
	size_t taken;

	if (state->over)
		strcpy(where, ", at its end");
	else if (state->speed != 1)
		snprintf(where, sizeof(where), ", %g times as fast", state->speed);
	text_printable(name, sizeof(name), file, strnlen(file, 64));
	text_duration(length, state->length_ns);
	line_printf(lines, line, 0, " of %s of ", length);
	taken = line ? line->width + strlen(where) : 0;
	text_shorten(shown, sizeof(shown), name,
		     lines->width > taken + LEAST_NAME ? lines->width - taken : LEAST_NAME,
		     lines->utf8 ? "…" : "...");
	line_printf(lines, line, 0, "%s%s", shown, where);
}

void screen_header_title(struct screen_lines *lines, const struct screen_model *model,
			 const struct screen_state *state)
{
	struct screen_line *line = lines_add(lines);
	__u64 now_ns = model->figures.now_ns;

	line_put(lines, line, STYLE_BOLD, "memdestroy-trace top");
	if (state->clock)
		line_printf(lines, line, 0, "  %s", state->clock);
	line_put(lines, line, 0, "  ");
	put_duration(lines, line, now_ns > model->start_ns ? now_ns - model->start_ns : 0);
	if (state->frozen)
		line_put(lines, line, COLOR_WARNING | STYLE_REVERSE, " FROZEN ");
	if (state->source)
		put_source(lines, line, state);
}

static void put_losses(const struct screen_lines *lines, struct screen_line *line,
		       const struct screen_figures *figures)
{
	const struct {
		const char *name;
		__u64 nr;
		enum color color;
	} losses[] = {
		{"lost", figures->lost, COLOR_WARNING},
		{"missed", figures->missed, COLOR_WARNING},
		{"stuck", figures->stuck, COLOR_BAD},
	};

	if (*figures->blind) {
		line_put(lines, line, COLOR_BAD, "  BLIND: ");
		line_put(lines, line, 0, figures->blind);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(losses); i++)
		if (!figures->counted)
			line_printf(lines, line, 0, "  %s ?", losses[i].name);
		else
			line_printf(lines, line, losses[i].nr ? losses[i].color : COLOR_NONE,
				    "  %s %llu", losses[i].name, losses[i].nr);
}

void screen_header_rates(struct screen_lines *lines, const struct screen_model *model,
			 enum view view)
{
	const struct screen_figures *figures = &model->figures;
	struct screen_line *line = lines_add(lines);

	if (view != VIEW_CALLS) {
		line_put(lines, line, 0, "Teardowns ");
		line_printf(lines, line, STYLE_BOLD, "%.1f/s", figures->teardowns_per_s);
		line_put(lines, line, 0, "  bytes ");
		line_printf(lines, line, STYLE_BOLD, "%s/s",
			    bytes_text((__u64)figures->bytes_per_s, figures->given_back.more).text);
	}
	if (view != VIEW_TEARDOWNS) {
		line_put(lines, line, 0, view == VIEW_CALLS ? "Calls " : "  calls ");
		line_printf(lines, line, STYLE_BOLD, "%.1f/s", figures->calls_per_s);
	}
	put_losses(lines, line, figures);
}

void screen_header_pending(struct screen_lines *lines, const struct screen_model *model)
{
	static const enum phase phases[] = {PHASE_WAIT, PHASE_FREE, PHASE_DESTROY, PHASE_DEFERRED};
	static const enum color colors[] = {COLOR_WAIT, COLOR_FREE, COLOR_DESTROY, COLOR_DEFERRED};
	const struct screen_figures *figures = &model->figures;
	struct screen_line *line = lines_add(lines);

	line_put(lines, line, 0, "Pending ");
	line_put(lines, line, STYLE_BOLD,
		 bytes_text(figures->pending.bytes, figures->pending.more).text);
	line_put(lines, line, 0, "  oldest ");
	put_duration(lines, line, figures->oldest_ns);
	line_put(lines, line, 0, "  now ");
	line_printf(lines, line, STYLE_BOLD, "%llu", figures->nr_unfinished);
	line_put(lines, line, 0, ":");
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		line_printf(lines, line, 0, "%s %llu ", i ? "," : "", figures->by_phase[phases[i]]);
		line_put(lines, line, colors[i], phase_names[phases[i]]);
	}
}
