// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes even calls of bpf_mem_alloc_destroy() and prints the cost of one. The creation of a hash
 * map larger than memory fails at once and calls the function twice, in this thread. In a guest
 * whose clock counts instructions, the figure is the instructions from the first call to the end of
 * the second (calls.bpf.c), divided by two. A tracer's addition to it is its cost in the kernel.
 * The rest of a creation does not count: it allocates per-CPU memory, whose cost depends on the
 * tracer's own allocations. The median excludes timers and the tracer's process.
 *
 * usage: calls [ATTEMPTS]   prints the median of the second half, in ns (or instructions) a call
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "tests/bench/calls.skel.h"

#define VALUE_SIZE	  (3 << 20)
#define CALLS_PER_ATTEMPT 2

static void attempt(unsigned int max_entries)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "too_large", 4, VALUE_SIZE, max_entries, NULL);

	if (fd >= 0 || errno != ENOMEM) {
		fprintf(stderr, "calls: the map was not refused for its size: %s\n",
			fd >= 0 ? "created" : "another error");
		exit(1);
	}
}

static int by_value(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	int attempts = argc > 1 ? atoi(argv[1]) : 4000, half = attempts / 2, i;
	unsigned long long *each = calloc(attempts > 0 ? attempts : 1, sizeof(*each));
	struct calls_bpf *skel = calls_bpf__open_and_load();

	if (attempts < 2 || !each)
		return 2;
	if (!skel || calls_bpf__attach(skel)) {
		perror("calls: cannot time the function");
		return 1;
	}
	skel->bss->wanted = syscall(SYS_gettid);
	for (i = 0; i < attempts; i++) {
		skel->bss->from_ns = skel->bss->longest_ns = 0;
		attempt(2048);
		each[i] = skel->bss->longest_ns;
	}
	/* The first half warms up. */
	qsort(each + half, attempts - half, sizeof(*each), by_value);
	printf("%llu\n", each[half + (attempts - half) / 2] / CALLS_PER_ATTEMPT);
	calls_bpf__destroy(skel);
	free(each);
	return 0;
}
