/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes text into XML and HTML, so that it stays text.
 */
#pragma once

#include <stdio.h>

/* Text from text_printable(), in an element or as the value of an attribute in quotes. */
void xml_text(FILE *out, const char *text);
