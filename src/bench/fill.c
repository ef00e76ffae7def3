// SPDX-License-Identifier: GPL-2.0-only
/* Puts entries into maps and deletes them: in batches where the kernel has these. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench/fill.h"
#include "bench/owners.h"

#define BATCH_ENTRIES 4096
#define BATCH_BYTES   (4U << 20)
#define ENOTSUPP      524 /* the kernel's own; libc has no such error */
#define MAX_WAITS     2000
#define WAIT_US	      1000

/* Bytes of a value in user space. */
static size_t value_bytes(const struct scenario *scenario, const struct map_limits *limits)
{
	size_t rounded = (scenario->value_size + 7UL) & ~7UL;
	int cpus = libbpf_num_possible_cpus();

	if (!(limits->abilities & IS_PERCPU))
		return scenario->value_size;
	return rounded * (cpus > 0 ? cpus : 1);
}

int fill_init(struct filler *filler, const struct scenario *scenario,
	      const struct map_limits *limits, int inner_fd)
{
	size_t value_size = value_bytes(scenario, limits);
	__u32 batch = MIN(MIN(BATCH_BYTES / value_size, BATCH_ENTRIES), scenario->entries);

	*filler = (struct filler){
		.limits = limits,
		.order = scenario->keys,
		.entries = scenario->entries,
		.batch = MAX(batch, 1),
		.one_by_one = limits->owner != OWNER_NONE,
	};
	filler->keys = calloc(filler->batch, limits->key_size);
	filler->values = malloc(filler->batch * value_size);
	if (!filler->keys || !filler->values)
		return -ENOMEM;
	memset(filler->values, 0x5a, filler->batch * value_size);
	for (__u32 i = 0; inner_fd >= 0 && i < filler->batch; i++)
		memcpy(filler->values + i * value_size, &inner_fd, sizeof(inner_fd));
	return 0;
}

void fill_free(struct filler *filler)
{
	free(filler->keys);
	free(filler->values);
}

/*
 * Prefixes of several lengths, most of them long, as in a routing table. Multiplication by an odd
 * number modulo a power of two is a bijection: the keys are spread, and no two are the same.
 */
static void prefix_key(__u32 index, __u32 key[2])
{
	static const __u32 bits[] = {32, 30, 28, 24}; /* 2^24 > 10,000,000 / 4 */
	__u32 len = bits[index % 4];

	key[0] = len;
	key[1] = htonl(index / 4 * 2654435761U << (32 - len));
}

static bool is_array(const struct map_limits *limits)
{
	return !(limits->abilities & CAN_DELETE) || limits->map_type == BPF_MAP_TYPE_ARRAY_OF_MAPS;
}

void fill_key(const struct map_limits *limits, enum key_order order, __u32 index, __u32 key[2])
{
	bool is_trie = limits->map_type == BPF_MAP_TYPE_LPM_TRIE;

	if (limits->owner != OWNER_NONE)
		key[0] = owner_fd(limits->owner, index);
	else if (is_trie && order == KEYS_SPREAD)
		prefix_key(index, key);
	else if (order == KEYS_SPREAD && !is_array(limits))
		key[0] = index * 2654435761U;
	else
		key[is_trie] = index;
	if (is_trie && order == KEYS_DENSE)
		key[0] = 32; /* bits of prefix */
}

/* Adds or deletes *nr keys from the first one on, and sets *nr to how many are done. */
static int change_some(const struct filler *filler, int fd, bool delete, __u32 first, __u32 *nr)
{
	const char *keys = filler->keys + first * filler->limits->key_size;

	if (!filler->one_by_one)
		return delete ? bpf_map_delete_batch(fd, keys, nr, NULL)
			      : bpf_map_update_batch(fd, keys, filler->values, nr, NULL);
	*nr = 1;
	return delete ? bpf_map_delete_elem(fd, keys)
		      : bpf_map_update_elem(fd, keys, filler->values, BPF_ANY);
}

/*
 * Returns 0 if the operation is to go on after this error, else the error. The kernel's allocator
 * may be out of memory until its worker refills it, and an LRU map may have evicted an entry.
 */
static int forgive(struct filler *filler, int err, __u32 *done, unsigned int *waits)
{
	if (err == -ENOTSUPP && !filler->one_by_one) {
		filler->one_by_one = true;
	} else if (err == -ENOENT) {
		++*done;
	} else if ((err == -ENOMEM || err == -EAGAIN) && *waits < MAX_WAITS) {
		++*waits;
		usleep(WAIT_US);
	} else {
		return err;
	}
	return 0;
}

/* The first access to a page of an arena, through memory that is mapped to it, allocates it. */
static int touch_pages(int fd, __u32 entries)
{
	size_t page = getpagesize(),
	       size = ((size_t)entries * SCENARIO_PAGE + page - 1) / page * page;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	for (size_t at = 0; at < size; at += page)
		*(volatile char *)(memory + at) = 1;
	munmap(memory, size);
	return 0;
}

int fill_map(struct filler *filler, int fd, bool delete)
{
	unsigned int waits = 0;
	__u32 key[2];

	if (filler->limits->abilities & IN_PAGES)
		return touch_pages(fd, filler->entries);
	for (__u32 first = 0; first < filler->entries; first += filler->batch) {
		__u32 left = filler->entries - first, done = 0;

		if (left > filler->batch)
			left = filler->batch;
		for (__u32 i = 0; i < left; i++) {
			fill_key(filler->limits, filler->order, first + i, key);
			memcpy(filler->keys + i * filler->limits->key_size, key,
			       filler->limits->key_size);
		}
		while (done < left) {
			__u32 asked = left - done, nr = asked;
			int err = change_some(filler, fd, delete, done, &nr);

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
