/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes text and figures into Markdown, so that they stay text wherever it is read.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/*
 * Any printable text. If it holds markup, or what a forge makes a mention, a link, or a reference
 * to an issue or a commit, it becomes a code span, in which nothing is that.
 */
void markdown_text(FILE *out, const char *text, bool in_table);

/* A figure or heading of ours: a backslash before each character that would be markup. */
void markdown_figure(FILE *out, const char *text);
