// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes calls of bpf_mem_alloc_destroy() as evenly as can be, and prints what one costs: creating
 * a hash map larger than memory fails at once and calls the function twice, in this thread. In a
 * guest whose clock counts instructions the figure is the instructions of the whole attempt,
 * divided by two; what a tracer adds to it is the tracer's cost in the kernel. Each attempt is
 * timed by itself and the median taken, so that what runs in between (timers, the tracer's own
 * process, of which the benchmark sees to it that it has no other processor) does not count.
 *
 * usage: calls [ATTEMPTS]   prints the median of the second half, in ns (or instructions) a call
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bpf/bpf.h>

#define VALUE_SIZE	  (3 << 20)
#define CALLS_PER_ATTEMPT 2

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

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
	unsigned long long *each = calloc(attempts > 0 ? attempts : 1, sizeof(*each)), start;

	if (attempts < 2 || !each)
		return 2;
	for (i = 0; i < attempts; i++) {
		start = now_ns();
		attempt(2048);
		each[i] = now_ns() - start;
	}
	/* The first half warms up. */
	qsort(each + half, attempts - half, sizeof(*each), by_value);
	printf("%llu\n", each[half + (attempts - half) / 2] / CALLS_PER_ATTEMPT);
	free(each);
	return 0;
}
