// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts entries into maps and takes them out: many at a time where the kernel can.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench/fill.h"
#include "bench/storage_owners.h"

#define BATCH_ENTRIES 4096
#define BATCH_BYTES   (4U << 20)
#define ENOTSUPP      524 /* the kernel's own, known to no libc */
#define MAX_WAITS     2000
#define WAIT_US	      1000

struct filler {
	const struct bench_type *type;
	__u32 entries;
	__u32 batch; /* entries at a time */
	char *keys;
	char *values; /* the same ones for all entries */
	size_t value_size;
	bool one_by_one; /* the kernel has no batches of this type */
};

/* Bytes of a value as user space has it. */
static size_t value_bytes(const struct scenario *scenario, const struct bench_type *type)
{
	size_t rounded = (scenario->value_size + 7UL) & ~7UL;
	int cpus = libbpf_num_possible_cpus();

	if (!type->percpu)
		return scenario->value_size;
	return rounded * (cpus > 0 ? cpus : 1);
}

int filler_new(struct filler **out, const struct scenario *scenario, const struct bench_type *type,
	       int inner_fd)
{
	struct filler *filler = calloc(1, sizeof(*filler));
	size_t fitting;

	if (!filler)
		return -ENOMEM;
	filler->type = type;
	filler->entries = scenario->entries;
	filler->value_size = value_bytes(scenario, type);
	fitting = BATCH_BYTES / filler->value_size;
	filler->batch = fitting < BATCH_ENTRIES ? fitting : BATCH_ENTRIES;
	if (filler->batch > filler->entries)
		filler->batch = filler->entries;
	if (!filler->batch)
		filler->batch = 1;
	filler->one_by_one = type->owner != OWNER_NONE;
	filler->keys = calloc(filler->batch, type->key_size);
	filler->values = malloc(filler->batch * filler->value_size);
	if (!filler->keys || !filler->values) {
		filler_free(filler);
		return -ENOMEM;
	}
	memset(filler->values, 0x5a, filler->batch * filler->value_size);
	for (__u32 i = 0; inner_fd >= 0 && i < filler->batch; i++)
		memcpy(filler->values + i * filler->value_size, &inner_fd, sizeof(inner_fd));
	*out = filler;
	return 0;
}

void filler_free(struct filler *filler)
{
	if (!filler)
		return;
	free(filler->keys);
	free(filler->values);
	free(filler);
}

/*
 * Prefixes of several lengths, most of them long, as in a table of routes. To multiply by an odd
 * number modulo a power of two spreads numbers and keeps them apart, so that none is met twice.
 */
static void prefix_key(__u32 index, __u32 key[2])
{
	static const __u32 bits[] = {32, 30, 28, 24}; /* 2^24 > 10,000,000 / 4 */
	__u32 len = bits[index % 4];

	key[0] = len;
	key[1] = htonl(index / 4 * 2654435761U << (32 - len));
}

void filler_key(const struct bench_type *type, __u32 index, __u32 key[2])
{
	if (type->map_type == BPF_MAP_TYPE_LPM_TRIE)
		prefix_key(index, key);
	else if (type->owner != OWNER_NONE)
		key[0] = owner_fd(type->owner, index);
	else if (type->can_delete)
		key[0] = index * 2654435761U;
	else
		key[0] = index; /* of an array */
}

typedef int (*op_fn)(const struct filler *filler, int fd, __u32 first, __u32 *nr);

/* These treat *nr keys from the first one on, and set *nr to how many they came to. */

static int update_some(const struct filler *filler, int fd, __u32 first, __u32 *nr)
{
	const char *keys = filler->keys + first * filler->type->key_size;

	if (!filler->one_by_one)
		return bpf_map_update_batch(fd, keys, filler->values, nr, NULL);
	*nr = 1;
	return bpf_map_update_elem(fd, keys, filler->values, BPF_ANY);
}

static int delete_some(const struct filler *filler, int fd, __u32 first, __u32 *nr)
{
	const char *keys = filler->keys + first * filler->type->key_size;

	if (!filler->one_by_one)
		return bpf_map_delete_batch(fd, keys, nr, NULL);
	*nr = 1;
	return bpf_map_delete_elem(fd, keys);
}

/*
 * What to make of an error of an operation on some entries: 0 if it is to be tried again, or was
 * none. The kernel's allocator is out of memory until a worker has brought some more; an LRU map
 * has dropped what is not found.
 */
static int forgive(struct filler *filler, int err, __u32 *done, unsigned int *waits)
{
	if (err == -ENOTSUPP && !filler->one_by_one) {
		filler->one_by_one = true;
		return 0;
	}
	if (err == -ENOENT) {
		++*done;
		return 0;
	}
	if ((err == -ENOMEM || err == -EAGAIN) && *waits < MAX_WAITS) {
		++*waits;
		usleep(WAIT_US);
		return 0;
	}
	return err;
}

static int for_all(struct filler *filler, int fd, op_fn op)
{
	unsigned int waits = 0;
	__u32 key[2];

	for (__u32 first = 0; first < filler->entries; first += filler->batch) {
		__u32 left = filler->entries - first, done = 0;

		if (left > filler->batch)
			left = filler->batch;
		for (__u32 i = 0; i < left; i++) {
			filler_key(filler->type, first + i, key);
			memcpy(filler->keys + i * filler->type->key_size, key,
			       filler->type->key_size);
		}
		while (done < left) {
			__u32 asked = left - done, nr = asked;
			int err = op(filler, fd, done, &nr);

			if (!err) {
				done += nr;
				continue;
			}
			/* An error before the first one leaves the number as it was. */
			if (!filler->one_by_one && nr < asked)
				done += nr;
			err = forgive(filler, err, &done, &waits);
			if (err)
				return err;
		}
	}
	return 0;
}

int filler_fill(struct filler *filler, int map_fd)
{
	return for_all(filler, map_fd, update_some);
}

int filler_empty(struct filler *filler, int map_fd)
{
	return for_all(filler, map_fd, delete_some);
}
