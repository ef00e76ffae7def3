// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library for LD_PRELOAD: of all allocations from the program's start on, the one whose number is
 * in $FAIL_ALLOC fails. The file named by $FAILED is made when it does. Children are spared.
 * Or the file named by $ALLOC_STACKS gets the numbers of the first two allocations of each call
 * stack.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long left = -1; /* to the one that fails; negative: it has, or there is none */
static const char *failed;

/* The stacks seen, by hash; full, it lists every allocation. */
#define MAX_STACKS 65536
static struct {
	uint64_t hash;
	int seen;
} stacks[MAX_STACKS];
static int list = -1; /* the file for the numbers */
static long number;   /* of the last allocation */

static uint64_t hash_stack(void)
{
	uint64_t hash = 0xcbf29ce484222325;
	void *frames[64];
	int nr = backtrace(frames, 64);

	for (int i = 0; i < nr; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 0x100000001b3;
	return hash ? hash : 1;
}

static int seen_twice(uint64_t hash)
{
	for (int i = 0; i < MAX_STACKS; i++) {
		size_t at = (hash + i) % MAX_STACKS;

		if (!stacks[at].hash)
			stacks[at].hash = hash;
		if (stacks[at].hash == hash)
			return ++stacks[at].seen > 2;
	}
	return 0;
}

/* backtrace() may allocate, too. */
static void list_stack(void)
{
	static int inside;
	char line[24];
	int len;

	if (inside)
		return;
	inside = 1;
	number++;
	len = snprintf(line, sizeof(line), "%ld\n", number);
	if (!seen_twice(hash_stack()) && write(list, line, len) != len)
		abort();
	inside = 0;
}

__attribute__((constructor)) static void start(void)
{
	const char *nth = getenv("FAIL_ALLOC"), *listed = getenv("ALLOC_STACKS");
	void *frame;

	failed = getenv("FAILED");
	unsetenv("LD_PRELOAD");
	backtrace(&frame, 1); /* loads its library */
	if (listed && *listed)
		list = open(listed, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	left = nth && failed ? atol(nth) : -1;
}

static int fails(void)
{
	int fd;

	if (list >= 0)
		list_stack();
	if (left < 0 || --left)
		return 0;
	left = -1;
	fd = open(failed, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	return fails() ? NULL : __libc_calloc(nr, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t nr, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}
