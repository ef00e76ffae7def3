// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints ledgers as text: one line if all is well, else also each loss; all figures with --verbose.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "model/run_info.h"
#include "output/hint.h"
#include "output/ledger_lines.h"
#include "trace/kernel_features.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "util/text.h"

static const char *why_unknown(__u64 figure)
{
	return figure == LEDGER_ABSENT ? "not recorded" : "not known";
}

/* The first line */

static void put_count(FILE *out, const char *gap, __u64 figure, const char *one, const char *more)
{
	if (figure_known(figure))
		fprintf(out, "%s%llu %s", gap, figure, figure == 1 ? one : more);
	else
		fprintf(out, "%s%s %s", gap, more, why_unknown(figure));
}

static void put_filtered(FILE *out, __u64 figure)
{
	if (is_loss(figure))
		fprintf(out, ", %llu filtered out", figure);
}

/* Calls with one side seen are in the output, too. */
static __u64 shown_calls(const struct ledger *l)
{
	__u64 shown = l->completed;

	figure_add(&shown, figure_known(l->entry_only) ? l->entry_only : 0);
	figure_add(&shown, figure_known(l->return_only) ? l->return_only : 0);
	figure_subtract(&shown, l->shed);
	return shown;
}

static __u64 shown_teardowns(const struct teardown_ledger *l)
{
	__u64 shown = l->shown;

	figure_subtract(&shown, l->shed);
	return shown;
}

static __u64 shown_frees(const struct teardown_ledger *l)
{
	__u64 shown = l->deferred;

	figure_subtract(&shown, l->shed_frees);
	return shown;
}

static void put_seen(FILE *out, const struct ledger_text *text)
{
	const struct teardown_ledger *l = text->teardowns;
	const char *gap = "";

	if (text->view != VIEW_TEARDOWNS) {
		put_count(out, "", shown_calls(text->calls), "call", "calls");
		put_filtered(out, text->calls->filtered);
		gap = ", ";
	}
	if (text->view != VIEW_CALLS && l) {
		put_count(out, gap, shown_teardowns(l), "map freed", "maps freed");
		put_filtered(out, l->filtered);
		if (!is_loss(l->filtered)) /* those of all maps are counted */
			put_count(out, ", ", shown_frees(l), "deferred free", "deferred frees");
	}
}

/* A figure that counts what went wrong, or could have. */
static void add_unknown(const struct figure *figures, const void *ledger, bool returns,
			bool *absent, bool *unknown)
{
	for (; figures->name; figures++) {
		if ((figures->of_return && !returns) || figures->kind == FIGURE_AMOUNT ||
		    figures->kind == FIGURE_LATER)
			continue;
		*absent |= figure_get(figures, ledger) == LEDGER_ABSENT;
		*unknown |= !figure_known(figure_get(figures, ledger));
	}
}

/* Whether nothing was lost, as far as is known. */
static const char *verdict(const struct ledger_text *text, size_t nr_losses)
{
	bool absent = false, unknown = false;

	add_unknown(ledger_figures, text->calls, false, &absent, &unknown);
	if (text->teardowns)
		add_unknown(teardown_ledger_figures, text->teardowns, false, &absent, &unknown);
	for (int i = 0; text->hooks && i < NR_HOOKS; i++)
		if (text->hooks[i].attached || text->hooks[i].seen == LEDGER_ABSENT)
			add_unknown(hook_figures, &text->hooks[i], text->hooks[i].returns, &absent,
				    &unknown);
	if (absent)
		return "; losses not recorded";
	if (!figure_known(text->calls->entered) ||
	    (text->teardowns && !figure_known(text->teardowns->started)))
		return "; losses not known";
	if (nr_losses)
		return "";
	return unknown ? "; nothing known to be lost" : "; nothing lost";
}

static int put_headline(struct ledger_lines *lines, const struct ledger_text *text,
			size_t nr_losses)
{
	char *line = NULL;
	size_t size;
	FILE *file = open_memstream(&line, &size);

	if (!file)
		return -ENOMEM;
	put_seen(file, text);
	fputs(verdict(text, nr_losses), file);
	if (text_memory_end(file, &line))
		return -ENOMEM;
	ledger_note(lines, "%s", line);
	free(line);
	return 0;
}

/* Why nothing was seen. */

/* Names the events of the view that never came. False: all came, or it is not known. */
static bool find_empty(const struct ledger_text *text, enum view *empty)
{
	bool no_calls = text->view != VIEW_TEARDOWNS && !shown_calls(text->calls);
	bool no_teardowns =
		text->view != VIEW_CALLS && text->teardowns && !shown_teardowns(text->teardowns);

	*empty = no_calls && no_teardowns ? VIEW_BOTH : no_calls ? VIEW_CALLS : VIEW_TEARDOWNS;
	return no_calls || no_teardowns;
}

static void put_hint(struct ledger_lines *lines, const struct ledger_text *text)
{
	struct map_allocators kernel = {};
	struct hint_facts facts = {
		.filter = text->filter,
		.both_views = text->view == VIEW_BOTH,
		.recorded = text->recorded,
		.kernel = &kernel,
		.calls = text->calls,
		.teardowns = text->all_teardowns,
	};
	char *hint, *rest, *line;

	if (!text->filter || diag_is_quiet() || !find_empty(text, &facts.view))
		return;
	if (!text->recorded)
		kernel_map_allocators(&kernel);
	hint = hint_text(&facts);
	for (rest = hint; (line = strsep(&rest, "\n"));)
		ledger_note(lines, "%s", line);
	free(hint);
}

/* All figures: by the names that they have in JSON. */

static int put_figures(struct ledger_lines *lines, const char *title, const struct figure *figures,
		       const void *ledger, bool returns)
{
	char *line = NULL;
	size_t size;
	FILE *file = open_memstream(&line, &size);
	const char *gap = " ";

	if (!file)
		return -ENOMEM;
	fprintf(file, "%s:", title);
	for (; figures->name; figures++) {
		__u64 figure = figure_get(figures, ledger);

		if (figures->of_return && !returns)
			continue;
		if (figure_known(figure))
			fprintf(file, "%s%s %llu", gap, figures->name, figure);
		else
			fprintf(file, "%s%s %s", gap, figures->name, why_unknown(figure));
		gap = ", ";
	}
	if (text_memory_end(file, &line))
		return -ENOMEM;
	ledger_note(lines, "%s", line);
	free(line);
	return 0;
}

static int put_all(struct ledger_lines *lines, const struct ledger_text *text)
{
	int err = put_figures(lines, "calls", ledger_figures, text->calls, false);

	if (!err && text->teardowns)
		err = put_figures(lines, "teardowns", teardown_ledger_figures, text->teardowns,
				  false);
	for (int i = 0; text->hooks && i < NR_HOOKS && !err; i++)
		if (text->hooks[i].attached)
			err = put_figures(lines, text->hooks[i].function, hook_figures,
					  &text->hooks[i], text->hooks[i].returns);
	return err;
}

struct ledger_text ledger_text_of_view(const struct view_options *show, const struct filter *filter,
				       const struct ledger *calls,
				       const struct teardown_counts *counts)
{
	return (struct ledger_text){
		.calls = calls,
		.teardowns = show->view == VIEW_CALLS ? NULL : &counts->ledger,
		.hooks = show->identity ? counts->hooks : NULL,
		.view = show->view,
		.filter = filter,
		.all_teardowns = &counts->ledger,
		.recorded = show->recorded,
	};
}

int ledger_text(FILE *out, const struct ledger_text *text)
{
	struct ledger_lines counted = {}, lines = {.out = out, .below_table = text->below_table};
	int err;

	errno = 0;
	ledger_losses(&counted, text);
	err = put_headline(&lines, text, counted.nr_losses);
	put_hint(&lines, text);
	ledger_losses(&lines, text);
	ledger_notes(&lines, text);
	if (!err && diag_is_verbose())
		err = put_all(&lines, text);
	return err ? err : stream_flush(out);
}

void ledger_text_blind(FILE *out, const char *why)
{
	struct ledger_lines lines = {.out = out};
	char safe[TEXT_SIZE(RUN_INFO_LEN)];

	text_printable(safe, sizeof(safe), why, strlen(why));
	if (*why)
		ledger_loss(&lines,
			    "not all was seen, so the counts of calls and teardowns are not known: "
			    "%s",
			    safe);
}
