// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the owners with the most teardowns, by the Space-Saving algorithm: a new owner takes the
 * place of the lightest candidate, and its weight as the error of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/metrics/owners.h"
#include "util/hash.h"

#define CANDIDATES_PER_SERIES 2
/* More than a new owner of which little is known. */
#define LEAST_WEIGHT 8

struct known_owner {
	struct owner_counts counts; /* since it has a series */
	__u64 weight;		    /* teardowns lately, and at most error more */
	__u64 error;
	bool shown;
	bool refused;
	UT_hash_handle hh;
	char labels[];
};

struct owners {
	struct known_owner *known; /* by labels */
	size_t limit, nr_shown;
	struct owner_counts other, replaced;
	__u64 called_other; /* teardowns in other of an owner with that name */
	char other_labels[];
};

struct owners *owners_new(size_t limit, const char *other)
{
	size_t size = strlen(other) + 1;
	struct owners *owners = calloc(1, sizeof(*owners) + size);

	if (!owners)
		return NULL;
	owners->limit = limit;
	memcpy(owners->other_labels, other, size);
	return owners;
}

static void drop(struct owners *owners, struct known_owner *owner)
{
	HASH_DEL(owners->known, owner);
	free(owner);
}

void owners_free(struct owners *owners)
{
	struct known_owner *owner, *next;

	if (!owners)
		return;
	HASH_ITER (hh, owners->known, owner, next)
		drop(owners, owner);
	free(owners);
}

/* The lightest one with a series, or of the candidates. NULL: there is none. */
static struct known_owner *lightest(const struct owners *owners, bool shown)
{
	struct known_owner *owner, *next, *found = NULL;

	HASH_ITER (hh, owners->known, owner, next)
		if (owner->shown == shown && (!found || owner->weight < found->weight))
			found = owner;
	return found;
}

/* A new owner, with a series if there is a free one. NULL: no memory. */
static struct known_owner *add_owner(struct owners *owners, const char *labels)
{
	size_t size = strlen(labels) + 1;
	struct known_owner *owner = calloc(1, sizeof(*owner) + size), *old = NULL;

	if (!owner)
		return NULL;
	memcpy(owner->labels, labels, size);
	owner->shown = owners->nr_shown < owners->limit;
	if (HASH_COUNT(owners->known) >= owners->limit * (1 + CANDIDATES_PER_SERIES))
		old = lightest(owners, false);
	if (old) {
		owner->weight = owner->error = old->weight;
		drop(owners, old);
	}
	HASH_ADD(hh, owners->known, labels, size - 1, owner);
	if (owner->refused) {
		free(owner);
		return NULL;
	}
	owners->nr_shown += owner->shown;
	return owner;
}

static void add_counts(struct owner_counts *to, const struct owner_counts *counts)
{
	to->teardowns += counts->teardowns;
	to->bytes += counts->bytes;
	to->total_ns += counts->total_ns;
}

/* Gives a candidate the series of a lighter owner. */
static void promote(struct owners *owners, struct known_owner *owner)
{
	__u64 weight = owner->weight - owner->error;
	struct known_owner *old;

	if (weight <= LEAST_WEIGHT)
		return;
	old = lightest(owners, true);
	if (!old || weight < 2 * old->weight)
		return;
	old->shown = false;
	add_counts(&owners->replaced, &old->counts);
	old->counts = (struct owner_counts){};
	owner->shown = true;
	owner->weight = weight;
	owner->error = 0;
}

int owners_add(struct owners *owners, const char *labels, const struct owner_counts *counts)
{
	struct known_owner *owner = NULL;

	if (!strcmp(labels, owners->other_labels)) { /* an owner may have that name */
		add_counts(&owners->other, counts);
		owners->called_other += counts->teardowns;
		return 0;
	}
	HASH_FIND(hh, owners->known, labels, strlen(labels), owner);
	if (!owner)
		owner = add_owner(owners, labels);
	if (!owner) {
		add_counts(&owners->other, counts);
		return -ENOMEM;
	}
	owner->weight += counts->teardowns;
	add_counts(owner->shown ? &owner->counts : &owners->other, counts);
	if (!owner->shown)
		promote(owners, owner);
	return 0;
}

void owners_age(struct owners *owners)
{
	struct known_owner *owner, *next;

	HASH_ITER (hh, owners->known, owner, next) {
		owner->weight /= 2;
		owner->error /= 2;
	}
}

struct owner_series owners_other(const struct owners *owners)
{
	return (struct owner_series){owners->other_labels, owners->other};
}

struct owner_series owners_other_at_end(const struct owners *owners)
{
	struct owner_series other = owners_other(owners);

	add_counts(&other.counts, &owners->replaced);
	return other;
}

__u64 owners_called_other(const struct owners *owners)
{
	return owners->called_other;
}

size_t owners_nr(const struct owners *owners)
{
	return owners->nr_shown;
}

void owners_list(const struct owners *owners, struct owner_series *list)
{
	struct known_owner *owner, *next;

	HASH_ITER (hh, owners->known, owner, next)
		if (owner->shown)
			*list++ = (struct owner_series){owner->labels, owner->counts};
}
