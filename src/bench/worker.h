/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that makes and releases the benchmark's maps, one run per request.
 *
 * It keeps its capabilities when the tracer drops its own, dies with the tracer, and ignores
 * SIGINT, SIGTERM and SIGHUP. Its comm is WORKER_COMM. It reports its errors on stderr itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bench/scenario.h"

#define WORKER_COMM "bench-worker"

struct worker {
	pid_t pid; /* 0: not started */
	int fd;	   /* readable when there is an answer, or when the worker is gone */
	size_t nr; /* scenarios */
};

/*
 * Forks it; the calling process must have one thread. Call this before BPF programs are opened, or
 * the worker would keep their memory mapped. list must outlive it. End it with worker_stop().
 * Returns 0 or -errno; errors are already reported.
 */
int worker_start(struct worker *worker, const struct scenario *list, size_t nr);

/*
 * Requests one run of a scenario, as a warm-up or not. The previous run must have been answered.
 * -errno: the worker is gone; already reported.
 */
int worker_run(struct worker *worker, size_t index, bool warm_up);

/*
 * Reads an answer without waiting: *err is the result of maps_run() for scenario *index. -EAGAIN:
 * none yet; any other -errno: the worker is gone; already reported.
 */
int worker_read_answer(struct worker *worker, size_t *index, int *err);

/* Ends the worker, which releases all its maps; waits at most a second for its run. Once only. */
void worker_stop(struct worker *worker);
