// SPDX-License-Identifier: GPL-2.0-only
/* Compiles shell patterns into a bit-parallel automaton. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "model/glob.h"
#include "event.h"

#define MAX_TOKENS 63

/* The bytes that one token of a pattern matches. */
struct byte_set {
	bool has[256];
};

static void add_range(struct byte_set *set, unsigned int low, unsigned int high)
{
	for (unsigned int c = low; c <= high; c++)
		set->has[c] = true;
}

/* Reads a byte, possibly escaped. -EINVAL: the pattern ends. */
static int read_byte(const char **p)
{
	if (**p == '\\')
		(*p)++;
	if (!**p)
		return -EINVAL;
	return (unsigned char)*(*p)++;
}

/* Reads a byte of a set. */
static int read_member(const char **p)
{
	if ((*p)[0] == '[' && (*p)[1] && strchr(":.=", (*p)[1]))
		return -EINVAL;
	return read_byte(p);
}

/* Reads the set after a '[', including the ']'. */
static int read_set(const char **p, struct byte_set *set)
{
	bool negated = **p == '!' || **p == '^';
	bool first = true;

	if (negated)
		(*p)++;
	for (; **p != ']' || first; first = false) {
		int low = read_member(p);
		int high = low;

		if (low < 0)
			return low;
		if ((*p)[0] == '-' && (*p)[1] != ']') {
			(*p)++;
			high = read_member(p);
			if (high < low)
				return -EINVAL;
		}
		add_range(set, low, high);
	}
	(*p)++;
	for (int c = 0; negated && c < 256; c++)
		set->has[c] = !set->has[c];
	return 0;
}

static int read_token(const char **p, struct byte_set *set)
{
	int c;

	if (**p == '?') {
		(*p)++;
		add_range(set, 0, 255);
		return 0;
	}
	if (**p == '[') {
		(*p)++;
		return read_set(p, set);
	}
	c = read_byte(p);
	if (c < 0)
		return c;
	add_range(set, c, c);
	return 0;
}

int glob_compile(const char *pattern, struct name_filter *filter)
{
	unsigned int nr_tokens = 0;

	memset(filter, 0, sizeof(*filter));
	filter->start = 1;
	while (*pattern) {
		struct byte_set set = {};
		int err;

		if (*pattern == '*') {
			filter->stay |= 1ULL << nr_tokens;
			pattern++;
			continue;
		}
		err = read_token(&pattern, &set);
		if (err)
			return err;
		if (nr_tokens == MAX_TOKENS)
			return -E2BIG;
		for (int c = 0; c < 256; c++)
			if (set.has[c])
				filter->step[c] |= 1ULL << nr_tokens;
		nr_tokens++;
	}
	filter->accept = 1ULL << nr_tokens;
	return 0;
}

unsigned int glob_min_len(const struct name_filter *filter)
{
	return __builtin_ctzll(filter->accept);
}
