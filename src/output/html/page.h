/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frame of HTML pages, and text in them.
 *
 * A page is one file: its style and script are in it, and its Content-Security-Policy allows no
 * others, no network and no style attributes. The stream keeps errors: see stream_flush().
 */
#pragma once

#include <stdio.h>

#define PAGE_WIDTH 960 /* of drawings, in their own units */

/* Begins and ends the page. title: any bytes. */
void page_begin(FILE *out, const char *title);
void page_end(FILE *out);

void page_begin_section(FILE *out, const char *heading);
void page_end_section(FILE *out);

/*
 * Any bytes as text or as the value of an attribute in quotes; control characters and bytes that
 * are no UTF-8 become \xNN. Cuts text after 4 KiB.
 */
void page_text(FILE *out, const char *text);

/* Lines of text; those that begin with "WARNING" are marked. Nothing for no text. */
void page_lines(FILE *out, const char *text);
