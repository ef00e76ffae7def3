// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library for LD_PRELOAD: of all allocations from the program's start on, the one whose number is
 * in $FAIL_ALLOC fails. The file named by $FAILED is made when it does. Children are spared.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long left = -1; /* to the one that fails; negative: it has, or there is none */
static const char *failed;

__attribute__((constructor)) static void start(void)
{
	const char *number = getenv("FAIL_ALLOC");

	failed = getenv("FAILED");
	left = number && failed ? atol(number) : -1;
	unsetenv("LD_PRELOAD");
}

static int fails(void)
{
	int fd;

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
