// SPDX-License-Identifier: GPL-2.0-only
/* Gives equal values the same number. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"
#include "util/intern.h"

struct known {
	__s64 id;
	bool refused;
	UT_hash_handle hh;
	char value[];
};

struct intern {
	struct known *known; /* by their values */
	size_t max;
	__s64 last_id;
};

struct intern *intern_new(size_t max)
{
	struct intern *intern = calloc(1, sizeof(*intern));

	if (intern)
		intern->max = max;
	return intern;
}

static void forget(struct intern *intern)
{
	struct known *known, *next;

	HASH_ITER (hh, intern->known, known, next) {
		HASH_DEL(intern->known, known);
		free(known);
	}
}

void intern_free(struct intern *intern)
{
	if (!intern)
		return;
	forget(intern);
	free(intern);
}

int intern_id(struct intern *intern, const void *value, size_t len, __s64 *id)
{
	struct known *known;
	unsigned int hash;

	HASH_VALUE(value, len, hash);
	HASH_FIND_BYHASHVALUE(hh, intern->known, value, len, hash, known);
	if (known) {
		*id = known->id;
		return 0;
	}
	if (HASH_COUNT(intern->known) >= intern->max)
		forget(intern);
	known = calloc(1, sizeof(*known) + len);
	if (!known)
		return -ENOMEM;
	known->id = ++intern->last_id;
	memcpy(known->value, value, len);
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, intern->known, known->value, len, hash, known);
	if (known->refused) {
		free(known);
		return -ENOMEM;
	}
	*id = known->id;
	return 1;
}
