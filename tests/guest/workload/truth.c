// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints as JSON lines how many maps of a kind were made, or why none was.
 */
#include <stdio.h>

#include "truth.h"

void print_kind(const char *name, const struct kind *kind, unsigned long maps)
{
	static const char *const fill[] = {"empty", "filled", "emptied"};

	printf("{\"kind\":\"%s\",\"map_type\":\"%s\",\"map_name\":\"%s\",\"maps\":%lu,"
	       "\"prealloc\":%s,\"fill\":\"%s\",\"key_size\":%u,\"value_size\":%u,"
	       "\"max_entries\":%u,\"map_flags\":%u}\n",
	       name, kind->type->name, kind->map_name, maps, kind->prealloc ? "true" : "false",
	       fill[kind->fill], kind->type->key_size, kind->type->value_size, kind->max_entries,
	       kind_flags(kind));
}

void print_skipped(const struct kind *kind, int error)
{
	printf("{\"kind\":\"%s\",\"map_type\":\"%s\",\"skipped\":\"%s when creating it\"}\n",
	       kind->map_name, kind->type->name, error_name(error));
}
