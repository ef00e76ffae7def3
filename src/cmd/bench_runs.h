/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench --runs: measures several times, each time in a process of its own.
 */
#pragma once

#include "bench/scenario.h"
#include "cmd/run_files.h"

/* One run of a benchmark. */
struct bench_job {
	const struct scenario *list; /* read only */
	size_t nr;
	unsigned int nth, nr_runs; /* this run, from 1; nr_runs 0: the only one */
	bool show;		   /* print the results */
};

/* Measures once, and records in opts->output, if there is one. Returns an exit status. */
typedef int bench_fn(const struct options *opts, const struct bench_job *job);

/*
 * Calls bench() for each of the files: for a single one here, with --runs in one process after the
 * other. Every other run has the scenarios in the reverse order, so that a drift over all runs
 * affects them alike. Ends after the first run that fails or is interrupted; the file of an
 * interrupted one is removed. Sets *whole to the number of files that are complete. Returns the
 * exit status of the last run; an interruption is a failure. Errors are already reported.
 */
int bench_runs(const struct options *opts, const struct scenario *list, size_t nr, bench_fn *bench,
	       const struct run_files *files, size_t *whole);
