/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Publishes the metrics of a run: over HTTP, and in a file.
 *
 * The thread of the run gathers and copies. The HTTP server's thread answers from the last copy, so
 * that a scrape never waits for the run, nor the run for a scrape.
 */
#pragma once

#include <pthread.h>

#include "cmd/options.h"
#include "output/metrics/render.h"
#include "util/http_server.h"
#include "util/listener.h"

struct exporter_text {
	char *text; /* NULL: not made yet */
	size_t len;
};

struct exporter {
	const struct options *opts;
	struct listeners listeners;
	struct gatherer *gatherer;
	struct http_server *server; /* NULL: none */
	bool file_failed;	    /* the last time */
	__u64 file_due_ns, age_due_ns;

	pthread_mutex_t lock;
	struct metrics *published; /* under the lock; NULL: the server has taken it */

	/* Of the server's thread. */
	struct metrics *current; /* NULL: none yet */
	struct exporter_text texts[NR_METRICS_FORMATS];
};

/*
 * Opens the sockets that the options ask for, systemd's or the default one. *exporter: all zero.
 * Call exporter_close() in any case. Functions return 0 or -errno; errors are already reported.
 */
int exporter_open(struct exporter *exporter, const struct options *opts);

/* Publishes the first metrics, and starts to serve: after signals_block() and privileges_drop(). */
int exporter_begin(struct exporter *exporter, __u64 now_ns);

/*
 * Publishes what has been gathered. Writes the file if it is due. must: writes it in any case, and
 * returns errors, which are only reported otherwise.
 */
int exporter_publish(struct exporter *exporter, __u64 now_ns, bool must);

void exporter_close(struct exporter *exporter);
