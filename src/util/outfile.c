// SPDX-License-Identifier: GPL-2.0-only
/* Opens, replaces and closes output files, and words their errors. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

#define LIVE_BUFFER 65536

int stream_error(FILE *stream)
{
	if (!ferror(stream))
		return 0;
	return errno ? -errno : -EIO;
}

int stream_flush(FILE *stream)
{
	int err = stream_error(stream);

	if (err)
		return err;
	return fflush(stream) ? -errno : 0;
}

bool same_stream(FILE *a, FILE *b)
{
	struct stat of_a, of_b;

	return !fstat(fileno(a), &of_a) && !fstat(fileno(b), &of_b) && of_a.st_dev == of_b.st_dev &&
	       of_a.st_ino == of_b.st_ino;
}

struct outfile {
	FILE *file;
	char *path; /* to be given to the file at the end; NULL: none */
	char *temp;
	bool again; /* see outfile_is_written_again() */
};

/* The file that is being written beside another one. Empty: none. */
static char unfinished[PATH_MAX];

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

void outfile_remove_unfinished(void)
{
	if (*unfinished)
		unlink(unfinished);
}

static void remove_and_end(int signo)
{
	outfile_remove_unfinished();
	raise(signo); /* ends the process after the handler: see SA_RESETHAND */
}

/* Signals that end the process from now on remove the file. Those that are ignored stay ignored. */
static void catch_signals(void)
{
	const struct sigaction action = {.sa_handler = remove_and_end, .sa_flags = SA_RESETHAND};
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		if (!sigaction(ending[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(ending[i], &action, NULL);
}

/* No signal ends the process between the file and its name in "unfinished". */
static int make_unfinished(char *temp)
{
	sigset_t signals, old;
	int fd;

	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		sigaddset(&signals, ending[i]);
	catch_signals();
	pthread_sigmask(SIG_BLOCK, &signals, &old);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd >= 0)
		snprintf(unfinished, sizeof(unfinished), "%s", temp);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return fd;
}

/* With the permissions of the replaced file, or of any new one. */
static int open_beside(struct outfile *output, const char *path, const struct stat *old)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	/* Replaces the target of a symbolic link, not the link. */
	output->path = old ? realpath(path, NULL) : strdup(path);
	if (!output->path || asprintf(&output->temp, "%s.XXXXXX", output->path) < 0) {
		output->temp = NULL;
		return -errno;
	}
	fd = make_unfinished(output->temp);
	if (fd < 0) {
		free(output->temp);
		output->temp = NULL;
		return -errno;
	}
	if (!fchmod(fd, old ? old->st_mode & 07777 : 0666 & ~mask)) {
		output->file = fdopen(fd, "w");
		if (output->file)
			return 0;
	}
	close(fd);
	return -errno;
}

/* A file that is mounted itself, as into a container, cannot be replaced. */
static bool is_mounted(const char *path)
{
	struct statx st;

	return !statx(AT_FDCWD, path, 0, STATX_TYPE, &st) &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static bool is_recording(const char *path)
{
	static const char magic[] = "SQLite format 3";
	char header[100];
	__u32 id;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool whole = fd >= 0 && read(fd, header, sizeof(header)) == sizeof(header);

	if (fd >= 0)
		close(fd);
	if (!whole || memcmp(header, magic, sizeof(magic)) != 0)
		return false;
	memcpy(&id, header + 68, sizeof(id));
	return be32toh(id) == RECORDING_APPLICATION_ID;
}

int outfile_open(struct outfile **out, const char *path, bool live)
{
	struct outfile *output = calloc(1, sizeof(*output));
	struct stat old;
	bool exists;
	int err = 0;

	if (!output)
		return -ENOMEM;
	signal(SIGPIPE, SIG_IGN); /* write() reports it */
	exists = path && !stat(path, &old);
	if (!path) {
		/* If stdout was closed, main() has opened it for reading only. */
		output->file = stdout;
		if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
			err = -EBADF;
	} else if (exists && S_ISREG(old.st_mode) && is_recording(path)) {
		err = -EEXIST;
	} else if (live || (exists && (!S_ISREG(old.st_mode) || is_mounted(path)))) {
		output->file = fopen(path, "we");
		err = output->file ? 0 : -errno;
	} else {
		err = open_beside(output, path, exists ? &old : NULL);
	}
	if (err) {
		outfile_close(output, false);
		return err;
	}
	if (live) /* report.c flushes when no more lines are pending */
		setvbuf(output->file, NULL, _IOFBF, LIVE_BUFFER);
	*out = output;
	return 0;
}

FILE *outfile_stream(const struct outfile *output)
{
	return output->file;
}

bool outfile_abandoned(const struct outfile *output)
{
	struct pollfd fd = {.fd = fileno(output->file)};

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLERR | POLLNVAL));
}

/* Without it, the old file may be back after a power cut. Not all file systems can. */
static void sync_directory(const char *path)
{
	char *dir = strdup(path);
	int fd = dir ? open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(dir);
}

void outfile_is_written_again(struct outfile *output)
{
	output->again = true;
}

/*
 * Puts the complete file in its place. If that fails it stays under its other name, unless the next
 * one is to come.
 */
static int replace(const struct outfile *output)
{
	int err;

	if (!rename(output->temp, output->path)) {
		sync_directory(output->path);
		return 0;
	}
	err = -errno;
	if (output->again)
		unlink(output->temp);
	else
		diag_warn("the output is complete in '%s'", output->temp);
	return err;
}

int outfile_close(struct outfile *output, bool keep)
{
	int err = 0;

	if (!output)
		return 0;
	if (output->file) {
		errno = 0;
		if (fflush(output->file) || ferror(output->file))
			err = errno ? -errno : -EIO;
		if (output->temp && keep && !err && fsync(fileno(output->file)))
			err = -errno;
		if (output->file != stdout && fclose(output->file) && !err)
			err = -errno;
	}
	if (output->temp && keep && !err)
		err = replace(output);
	else if (output->temp)
		unlink(output->temp);
	if (output->temp)
		*unfinished = '\0';
	free(output->temp);
	free(output->path);
	free(output);
	return err;
}

void outfile_failed(const char *path, int err)
{
	if (!path)
		diag_error("cannot write stdout: %s", strerror(-err));
	else if (err == -EEXIST)
		diag_error("cannot write '%s': it is a recording (remove it first, or name another"
			   " file)",
			   path);
	else
		diag_error("cannot write '%s': %s", path, strerror(-err));
}

int outfile_end(struct outfile *output, const char *path, int err)
{
	int close_err = outfile_close(output, !err);

	err = err ? err : close_err;
	if (err == -EPIPE)
		return 0;
	if (err)
		outfile_failed(path, err);
	return err;
}
