// SPDX-License-Identifier: GPL-2.0-only
/* Names of allocators, those that this version does not know included. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "event.h"
#include "model/alloc_name.h"
#include "util/macros.h"

static const char *const names[] = {
	[ALLOC_UNKNOWN] = ALLOC_NOT_KNOWN, [ALLOC_MA] = "ma",
	[ALLOC_PCPU_MA] = "pcpu_ma",	   [ALLOC_SELEM_MA] = "selem_ma",
	[ALLOC_STORAGE_MA] = "storage_ma",
};
_Static_assert(ARRAY_SIZE(names) == NR_ALLOC_MEMBERS, "a name for each");
_Static_assert(NR_ALLOC_MEMBERS + MAX_OTHER_NAMES <= 256, "a record has a byte for it");

static char others[MAX_OTHER_NAMES][ALLOC_NAME_SIZE];
static unsigned int nr_others;

const char *alloc_name(unsigned int alloc)
{
	if (alloc < NR_ALLOC_MEMBERS)
		return names[alloc];
	return alloc < alloc_numbers() ? others[alloc - NR_ALLOC_MEMBERS] : ALLOC_NOT_KNOWN;
}

unsigned int alloc_numbers(void)
{
	return NR_ALLOC_MEMBERS + nr_others;
}

/* Recordings come from elsewhere: such a name harms no terminal, and no format of output. */
static bool is_member_name(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= ALLOC_NAME_SIZE || isdigit((unsigned char)*name))
		return false;
	while (isalnum((unsigned char)*name) || *name == '_')
		name++;
	return !*name;
}

unsigned int alloc_number(const char *name)
{
	for (unsigned int alloc = 0; alloc < alloc_numbers(); alloc++)
		if (!strcmp(alloc_name(alloc), name))
			return alloc;
	if (nr_others == MAX_OTHER_NAMES || !is_member_name(name))
		return ALLOC_UNKNOWN;
	strcpy(others[nr_others], name);
	return NR_ALLOC_MEMBERS + nr_others++;
}
