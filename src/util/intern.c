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

/* The same few values come again and again: those that came last are found without a hash. */
#define NR_RECENT 4

struct intern {
	struct known *known; /* by their values */
	size_t max;
	__s64 last_id;
	struct known *recent[NR_RECENT];
	unsigned int next_recent;
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
	memset(intern->recent, 0, sizeof(intern->recent));
}

static struct known *find_recent(const struct intern *intern, const void *value, size_t len)
{
	for (int i = 0; i < NR_RECENT; i++) {
		struct known *known = intern->recent[i];

		if (known && known->hh.keylen == len && !memcmp(known->value, value, len))
			return known;
	}
	return NULL;
}

static void set_recent(struct intern *intern, struct known *known)
{
	intern->recent[intern->next_recent++ % NR_RECENT] = known;
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
	struct known *known = find_recent(intern, value, len);
	unsigned int hash;

	if (known) {
		*id = known->id;
		return 0;
	}
	HASH_VALUE(value, len, hash);
	HASH_FIND_BYHASHVALUE(hh, intern->known, value, len, hash, known);
	if (known) {
		set_recent(intern, known);
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
	set_recent(intern, known);
	*id = known->id;
	return 1;
}
