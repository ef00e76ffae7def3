/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that makes the benchmark's maps and lets go of them, a run at a time, when it is told
 * to.
 *
 * It keeps its rights when the tracer drops its own, dies with it, and leaves SIGINT, SIGTERM and
 * SIGHUP to it. It is known as BENCH_WORKER_COMM. What goes wrong it tells on stderr.
 */
#ifndef MEMDESTROY_BENCH_WORKER_H
#define MEMDESTROY_BENCH_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/scenario.h"

#define BENCH_WORKER_COMM "bench-worker"

struct bench_worker;

/*
 * Forks it, from a process that has one thread, and from the thread that lives as long as the
 * process. Best before BPF programs are opened: what is mapped into memory then, it would hold
 * until its end. list must outlive it. On success *out is to be ended with bench_worker_stop().
 * -errno, of which the user has been told.
 */
int bench_worker_start(struct bench_worker **out, const struct scenario *list, size_t nr);

/*
 * Has it run a scenario once, with the scenario's maps or those of the warm-up. There must be no
 * run it has not answered. -errno, of which the user has been told: it is gone.
 */
int bench_worker_run(struct bench_worker *worker, size_t index, bool warm_up);

/* Readable when there is an answer, or when it is gone. */
int bench_worker_fd(const struct bench_worker *worker);

/*
 * Reads an answer, without waiting for it: *err is what scenario_run() gave for scenario *index,
 * of which the user has been told. -EAGAIN: there is none; any other -errno: it is gone, of which
 * the user has been told.
 */
int bench_worker_answer(struct bench_worker *worker, size_t *index, int *err);

/* Ends it and waits for its end, at most a second for a run to end; all of its maps are then let
 * go of. Takes NULL. */
void bench_worker_stop(struct bench_worker *worker);

#endif
