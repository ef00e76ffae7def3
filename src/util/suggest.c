// SPDX-License-Identifier: GPL-2.0-only
/* Finds the known word nearest to a mistyped one, by their edit distance. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "util/suggest.h"

#define MAX_WORD   32 /* longer words get no suggestion */
#define MIN_PREFIX 2

/* Who types another number means it. */
static size_t replace_cost(char a, char b)
{
	bool digits = a >= '0' && a <= '9' && b >= '0' && b <= '9';

	return a == b ? 0 : digits ? 2 : 1;
}

/*
 * Letters to insert, delete, replace or exchange with their neighbour (optimal string alignment).
 * Both words have at most MAX_WORD letters.
 */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t cost[MAX_WORD + 1][MAX_WORD + 1];

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			if (!i || !j) {
				cost[i][j] = i + j;
				continue;
			}
			cost[i][j] = MIN(MIN(cost[i - 1][j], cost[i][j - 1]) + 1,
					 cost[i - 1][j - 1] + replace_cost(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost[i][j] = MIN(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_len][b_len];
}

/* "rep" of "report", "map_type" of "type". */
static bool is_part(const struct suggestion *s, const char *known, size_t known_len)
{
	if (s->len >= MIN_PREFIX && s->len < known_len)
		return !memcmp(s->word, known, s->len);
	return s->len > known_len + 1 && s->word[s->len - known_len - 1] == '_' &&
	       !memcmp(s->word + s->len - known_len, known, known_len);
}

void suggest_offer(struct suggestion *suggestion, const char *known)
{
	size_t len = strlen(known), distance, limit;

	if (!len || !suggestion->len || len > MAX_WORD || suggestion->len > MAX_WORD)
		return;
	distance = edit_distance(suggestion->word, suggestion->len, known, len);
	limit = MAX(MAX(len, suggestion->len) / 3, 1);
	if (distance > limit && is_part(suggestion, known, len))
		distance = 1;
	/* A word of one or two letters would be near to any other. */
	if (distance > limit || distance >= MIN(len, suggestion->len) ||
	    (suggestion->nearest && distance >= suggestion->distance))
		return;
	suggestion->nearest = known;
	suggestion->distance = distance;
}

char *suggest_text(const struct suggestion *suggestion, const char *prefix,
		   char text[SUGGESTION_SIZE])
{
	text[0] = '\0';
	if (suggestion->nearest)
		snprintf(text, SUGGESTION_SIZE, ": did you mean '%s%s'?", prefix,
			 suggestion->nearest);
	return text;
}
