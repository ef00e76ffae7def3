// SPDX-License-Identifier: GPL-2.0-only
/*
 * Derives how tables are laid out from what the user asked for and the terminal.
 */
#include "output/terminal.h"
#include "output/view_options.h"

struct table_style view_style(const struct view_options *show, FILE *out)
{
	return (struct table_style){
		.width = show->wide || show->format != FORMAT_TABLE ? 0 : terminal_width(out),
		.columns = show->columns,
		.sorts = 1U << show->sort,
	};
}
