// SPDX-License-Identifier: GPL-2.0-only
/* Files are written whole or not at all, live files immediately. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glob.h>

#include "support/messages.h"
#include "util/macros.h"
#include "util/outfile.h"

static char dir[] = "/tmp/test_output.XXXXXX";

static int enter_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) && !chdir(dir) ? 0 : -1;
}

static int leave_dir(void **state)
{
	(void)state;
	return chdir("/") || rmdir(dir);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_text(const char *path, const char *text)
{
	char buf[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(buf, 1, sizeof(buf) - 1, file), strlen(text));
	fclose(file);
	assert_string_equal(buf, text);
}

static size_t count(const char *pattern)
{
	glob_t found;
	size_t nr = glob(pattern, 0, NULL, &found) ? 0 : found.gl_pathc;

	globfree(&found);
	return nr;
}

/* The files that were synced, and whether "sync" was in its place by then. Filled up by later
 * tests. */
static char synced[64];

int fsync(int fd)
{
	size_t len = strlen(synced);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	snprintf(synced + len, sizeof(synced) - len, "%s %s, ",
		 S_ISDIR(st.st_mode) ? "directory" : "file",
		 access("sync", F_OK) ? "before" : "after");
	return 0;
}

TEST(is_on_the_disk_before_it_replaces_a_file)
{
	struct outfile *output;

	*synced = '\0';
	assert_int_equal(outfile_open(&output, "sync", false), 0);
	fputs("text", outfile_stream(output));
	assert_int_equal(outfile_close(output, true), 0);
	assert_string_equal(synced, "file before, directory after, ");
	unlink("sync");
}

static void close_output(void *output)
{
	assert_int_equal(outfile_close(output, true), -EISDIR);
}

TEST(keeps_what_cannot_replace_a_file)
{
	struct outfile *output;
	glob_t found;

	assert_int_equal(outfile_open(&output, "taken", false), 0);
	fputs("text", outfile_stream(output));
	assert_int_equal(mkdir("taken", 0700), 0);
	check_one_line(said(close_output, output), "complete in 'taken.");
	assert_int_equal(glob("taken.*", 0, NULL, &found), 0);
	assert_text(found.gl_pathv[0], "text");
	unlink(found.gl_pathv[0]);
	globfree(&found);
	rmdir("taken");
}

TEST(removes_what_cannot_replace_a_file_that_is_written_again)
{
	struct outfile *output;

	assert_int_equal(outfile_open(&output, "taken", false), 0);
	outfile_is_written_again(output);
	fputs("text", outfile_stream(output));
	assert_int_equal(mkdir("taken", 0700), 0);
	assert_string_equal(said(close_output, output), "");
	assert_int_equal(count("taken.*"), 0);
	rmdir("taken");
}

/* As a file of the host in a container. */
TEST(writes_a_mounted_file_in_place)
{
	struct outfile *output;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		skip();
	write_text("mounted", "old");
	write_text("source", "old");
	assert_int_equal(mount("source", "mounted", NULL, MS_BIND, NULL), 0);
	assert_int_equal(outfile_open(&output, "mounted", false), 0);
	fputs("new", outfile_stream(output));
	assert_int_equal(outfile_close(output, true), 0);
	assert_text("source", "new");
	assert_int_equal(umount("mounted"), 0);
	assert_int_equal(count("mounted*"), 1);
	unlink("mounted");
	unlink("source");
}

TEST(replaces_a_file_when_it_is_kept)
{
	struct outfile *output;
	struct stat st;

	write_text("file", "old");
	chmod("file", 0640);
	assert_int_equal(outfile_open(&output, "file", false), 0);
	fputs("new", outfile_stream(output));
	fflush(outfile_stream(output));
	assert_text("file", "old");
	assert_int_equal(outfile_close(output, true), 0);
	assert_text("file", "new");
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(count("file*"), 1);
	unlink("file");
}

TEST(leaves_nothing_when_it_is_not_kept)
{
	struct outfile *output;

	assert_int_equal(outfile_open(&output, "none", false), 0);
	fputs("half", outfile_stream(output));
	assert_int_equal(outfile_close(output, false), 0);
	assert_int_equal(count("none*"), 0);
}

/* Returns the status of a child that gets the signal while it writes. */
static int interrupted(int signo, void (*handler)(int))
{
	struct outfile *output;
	pid_t pid = fork();
	int status;

	if (!pid) {
		signal(signo, handler);
		if (outfile_open(&output, "file", false))
			_exit(2);
		fputs("half", outfile_stream(output));
		fflush(outfile_stream(output));
		raise(signo);
		_exit(outfile_close(output, true));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

TEST(leaves_nothing_when_a_signal_ends_the_process)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

	write_text("file", "old");
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		assert_int_equal(interrupted(ending[i], SIG_DFL), ending[i]);
		assert_int_equal(count("file*"), 1);
		assert_text("file", "old");
	}
	assert_int_equal(interrupted(SIGHUP, SIG_IGN), 0);
	assert_text("file", "half");
	unlink("file");
}

static void write_database(const char *path, const char *application_id)
{
	char header[100] = "SQLite format 3";
	FILE *file = fopen(path, "w");

	memcpy(header + 68, application_id, 4);
	assert_non_null(file);
	assert_int_equal(fwrite(header, sizeof(header), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

TEST(never_replaces_a_recording)
{
	struct outfile *output;

	write_database("file", "mdtr");
	assert_int_equal(outfile_open(&output, "file", false), -EEXIST);
	assert_int_equal(outfile_open(&output, "file", true), -EEXIST);
	assert_int_equal(count("file*"), 1);
	write_database("file", "none");
	assert_int_equal(outfile_open(&output, "file", false), 0);
	assert_int_equal(outfile_close(output, true), 0);
	unlink("file");
}

TEST(replaces_what_a_link_points_to)
{
	struct outfile *output;
	struct stat st;

	write_text("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(outfile_open(&output, "link", false), 0);
	fputs("new", outfile_stream(output));
	assert_int_equal(outfile_close(output, true), 0);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_text("target", "new");
	unlink("link");
	unlink("target");
}

TEST(writes_a_live_file_itself)
{
	struct outfile *output;

	assert_int_equal(outfile_open(&output, "live", true), 0);
	fputs("line\n", outfile_stream(output));
	assert_int_equal(fflush(outfile_stream(output)), 0);
	assert_text("live", "line\n");
	assert_int_equal(outfile_close(output, true), 0);
	unlink("live");
}

TEST(reports_why_it_cannot_be_opened)
{
	struct outfile *output;

	assert_int_equal(outfile_open(&output, "no/such/file", false), -ENOENT);
	assert_int_equal(outfile_open(&output, "no/such/file", true), -ENOENT);
	assert_int_equal(outfile_open(&output, ".", false), -EISDIR);
}

TEST(reports_a_full_disk)
{
	struct outfile *output;

	assert_int_equal(outfile_open(&output, "/dev/full", false), 0);
	fputs("lost", outfile_stream(output));
	assert_int_equal(outfile_close(output, true), -ENOSPC);
}

TEST(notices_that_nobody_reads)
{
	int ends[2], saved = dup(STDOUT_FILENO);
	struct outfile *output;
	bool before, after;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDOUT_FILENO);
	assert_int_equal(outfile_open(&output, NULL, false), 0);
	before = outfile_abandoned(output);
	close(ends[0]);
	after = outfile_abandoned(output);
	assert_int_equal(outfile_close(output, true), 0);
	dup2(saved, STDOUT_FILENO);
	close(ends[1]);
	close(saved);
	assert_false(before);
	assert_true(after);
}

TEST_MAIN(enter_dir, leave_dir)
