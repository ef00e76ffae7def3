// SPDX-License-Identifier: GPL-2.0-only
/* Publishes the metrics of a run: over HTTP, and in a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/exporter.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

/* Above the ports that exporters of other projects have registered with Prometheus. */
#define DEFAULT_LISTEN "127.0.0.1:10435"
#define AGE_NS	       (600 * NSEC_PER_SEC)

/* HTTP, on the server's thread */

static void take_published(struct exporter *exporter)
{
	struct metrics *published;

	pthread_mutex_lock(&exporter->lock);
	published = exporter->published;
	exporter->published = NULL;
	pthread_mutex_unlock(&exporter->lock);
	if (!published)
		return;
	free(exporter->current);
	exporter->current = published;
	for (int format = 0; format < NR_METRICS_FORMATS; format++) {
		free(exporter->texts[format].text);
		exporter->texts[format].text = NULL;
	}
}

static void answer_text(struct http_answer *answer, const char *text, size_t len)
{
	answer->body = malloc(len);
	if (!answer->body) {
		answer->status = 503;
		return;
	}
	memcpy(answer->body, text, len);
	answer->status = 200;
	answer->len = len;
}

static void answer_metrics(struct exporter *exporter, const struct http_request *request,
			   struct http_answer *answer)
{
	enum metrics_format format = metrics_negotiate(request->accept);
	struct exporter_text *text = &exporter->texts[format];

	take_published(exporter);
	answer->status = 503;
	if (!text->text && exporter->current)
		text->text = metrics_text(format, exporter->current, &text->len);
	if (!text->text)
		return;
	answer->type = metrics_content_types[format];
	answer_text(answer, text->text, text->len);
}

static void answer(void *ctx, const struct http_request *request, struct http_answer *answer)
{
	static const char index[] = "memdestroy-trace: metrics are at /metrics\n";

	answer->type = "text/plain; charset=utf-8";
	if (!strcmp(request->path, "/metrics"))
		answer_metrics(ctx, request, answer);
	else if (!strcmp(request->path, "/"))
		answer_text(answer, index, strlen(index));
	else
		answer->status = 404;
}

/* The file */

static int write_file(const struct exporter *exporter, const struct metrics *metrics)
{
	const char *path = exporter->opts->export.textfile;
	struct outfile *file;
	int err, close_err;

	if (!strcmp(path, "-"))
		path = NULL;
	err = outfile_open(&file, path, false);
	if (err)
		return err;
	outfile_is_written_again(file);
	errno = 0;
	metrics_write(outfile_stream(file), METRICS_TEXT, metrics);
	err = stream_flush(outfile_stream(file));
	close_err = outfile_close(file, !err);
	err = err ? err : close_err;
	return err == -EPIPE ? 0 : err; /* the reader has enough */
}

/* An error is reported once, until it is gone. */
static int update_file(struct exporter *exporter, const struct metrics *metrics)
{
	int err = write_file(exporter, metrics);
	const char *path = exporter->opts->export.textfile;

	if (err && !exporter->file_failed)
		outfile_failed(strcmp(path, "-") ? path : NULL, err);
	else if (!err && exporter->file_failed)
		diag_info("'%s': writing succeeds again", path);
	exporter->file_failed = err;
	return err;
}

/* From start to end */

static int take_sockets(struct exporter *exporter)
{
	const struct export_options *opts = &exporter->opts->export;
	int nr = listeners_take(&exporter->listeners);

	if (nr < 0)
		return nr;
	if (nr && opts->listen)
		return diag_invalid("--listen: systemd hands over a socket already");
	if (nr || (opts->textfile && !opts->listen))
		return 0;
	return listeners_open(&exporter->listeners, opts->listen ?: DEFAULT_LISTEN);
}

int exporter_open(struct exporter *exporter, const struct options *opts)
{
	int err;

	exporter->opts = opts;
	pthread_mutex_init(&exporter->lock, NULL);
	err = take_sockets(exporter);
	if (err)
		return err;
	exporter->gatherer = gatherer_new(&opts->export.metrics);
	if (exporter->gatherer)
		return 0;
	diag_error("cannot export: %s", strerror(ENOMEM));
	return -ENOMEM;
}

int exporter_begin(struct exporter *exporter, __u64 now_ns)
{
	const struct listeners *listeners = &exporter->listeners;
	int err = exporter_publish(exporter, now_ns, true);
	char name[128];

	if (err || !listeners->nr)
		return err;
	err = http_server_open(&exporter->server, listeners->fd, listeners->nr, answer, exporter);
	if (err)
		diag_error("cannot serve: %s", strerror(-err));
	for (size_t i = 0; i < listeners->nr && !err; i++)
		diag_info("serving /metrics at %s",
			  listener_name(listeners, i, name, sizeof(name)));
	return err;
}

int exporter_publish(struct exporter *exporter, __u64 now_ns, bool must)
{
	const struct options *opts = exporter->opts;
	struct metrics *metrics, *old = NULL;
	int err = 0;

	if (now_ns >= exporter->age_due_ns) {
		gatherer_age(exporter->gatherer);
		exporter->age_due_ns = now_ns + AGE_NS;
	}
	metrics = gatherer_copy(exporter->gatherer);
	if (!metrics && must) {
		diag_error("cannot export: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	if (!metrics) {
		diag_warn("out of memory: the metrics are not up to date");
		return 0;
	}
	if (opts->export.textfile && (must || now_ns >= exporter->file_due_ns)) {
		err = update_file(exporter, metrics);
		exporter->file_due_ns = now_ns + opts->show.interval_ns;
	}
	pthread_mutex_lock(&exporter->lock);
	old = exporter->published;
	exporter->published = metrics;
	pthread_mutex_unlock(&exporter->lock);
	free(old);
	return must ? err : 0;
}

void exporter_close(struct exporter *exporter)
{
	http_server_close(exporter->server);
	listeners_close(&exporter->listeners);
	gatherer_free(exporter->gatherer);
	free(exporter->published);
	free(exporter->current);
	for (int format = 0; format < NR_METRICS_FORMATS; format++)
		free(exporter->texts[format].text);
}
