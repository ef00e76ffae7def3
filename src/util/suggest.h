/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the known word that a mistyped one was probably meant to be.
 */
#pragma once

#include <stddef.h>

#define SUGGESTION_SIZE 96 /* bytes, with the NUL */

/* Starts as SUGGEST(word, len), or zeroed with these two set. */
struct suggestion {
	const char *word; /* not NUL-terminated; any bytes */
	size_t len;
	const char *nearest; /* NULL: no known word is near */
	size_t distance;
};

#define SUGGEST(of_word, word_len) ((struct suggestion){.word = of_word, .len = word_len})

/*
 * Offers a known word, which must outlive *suggestion. Of equally near words the first one wins.
 * A word is near if a third of its letters, at least one, are wrong, missing, surplus or exchanged
 * with the next (another digit counts as two); if it begins with the mistyped one; or if it ends
 * that one behind a '_'.
 */
void suggest_offer(struct suggestion *suggestion, const char *known);

/*
 * Writes ": did you mean 'PREFIXword'?", or nothing if no word is near. Returns text.
 */
char *suggest_text(const struct suggestion *suggestion, const char *prefix,
		   char text[SUGGESTION_SIZE]);
