// SPDX-License-Identifier: GPL-2.0-only
/* Names the recordings of a benchmark's runs, and removes temporary ones. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/run_files.h"
#include "util/diag.h"

#define NEW_FILE "new.mdt"

static int no_memory(void)
{
	diag_error("cannot measure: %s", strerror(ENOMEM));
	return -ENOMEM;
}

static int make_folder(struct run_files *files)
{
	const char *parent = getenv("TMPDIR") ?: "/tmp";

	if (!*parent)
		parent = "/tmp";
	if (asprintf(&files->folder, "%s/memdestroy-trace.XXXXXX", parent) < 0) {
		files->folder = NULL;
		return no_memory();
	}
	if (mkdtemp(files->folder))
		return 0;
	diag_error("cannot make a temporary folder in '%s': %s (--output FILE keeps the recording)",
		   parent, strerror(errno));
	free(files->folder);
	files->folder = NULL;
	return -EIO;
}

/* Where a number is inserted: before ".mdt" or the like, which is not all of the name. */
static size_t stem_len(const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

/* nth: from 1; 0: the only file. */
static int add_file(struct run_files *files, const char *output, unsigned int nth)
{
	char **path = &files->path[files->nr];
	int stem = stem_len(output);
	int len = nth ? asprintf(path, "%.*s-%u%s", stem, output, nth, output + stem)
		      : asprintf(path, "%s", output);

	if (len < 0) {
		*path = NULL;
		return no_memory();
	}
	files->nr++;
	return 0;
}

int run_files_name(struct run_files *files, const struct options *opts)
{
	char *temporary = NULL;
	const char *output = opts->output;
	int err = output ? 0 : make_folder(files);

	if (!output && !err && asprintf(&temporary, "%s/" NEW_FILE, files->folder) < 0) {
		temporary = NULL;
		err = no_memory();
	}
	output = output ?: temporary;
	if (!err && !opts->runs)
		err = add_file(files, output, 0);
	for (unsigned int nth = 1; nth <= opts->runs && !err; nth++) {
		err = add_file(files, output, nth);
		if (err || opts->force || access(files->path[nth - 1], F_OK))
			continue;
		diag_error("'%s' exists already (--force replaces it)", files->path[nth - 1]);
		err = -EEXIST;
	}
	free(temporary);
	return err;
}

void run_files_free(struct run_files *files)
{
	for (size_t i = 0; i < files->nr; i++) {
		if (files->folder)
			unlink(files->path[i]);
		free(files->path[i]);
	}
	if (files->folder)
		rmdir(files->folder);
	free(files->folder);
	*files = (struct run_files){};
}
