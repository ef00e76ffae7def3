// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and opens the files of recordings, and explains SQLite's errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/sql.h"
#include "util/diag.h"
#include "util/macros.h"

static const char *const suffixes[] = {"-journal", "-wal", "-shm"};

static char refusal[PATH_MAX + 64];
static struct stat created; /* the file that is about to be opened; no inode: none is */

/*
 * Files that SQLite finds by their names. Any user who can write to the directory can plant them:
 * to be applied to the recording, to be written, or never to be opened to the end.
 */
static bool is_beside(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t end = strlen(suffixes[i]);

		if (len > end && !strcmp(path + len - end, suffixes[i]))
			return true;
	}
	return false;
}

/* Why the file beside a recording is not one that this tool made; NULL: it may be. */
static const char *why_foreign(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "is a link";
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_nlink > 1)
		return "is a file with other names";
	return st->st_uid && st->st_uid != geteuid() ? "belongs to another user" : NULL;
}

static void refuse(const char *path, const char *why)
{
	snprintf(refusal, sizeof(refusal), "'%s' %s", path, why);
}

/* SQLite's open(). */
static int open_own(const char *path, int flags, int mode)
{
	bool beside = is_beside(path);
	int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC | (beside ? O_NOFOLLOW : 0), mode);
	const char *why = NULL;
	struct stat st;

	if (fd < 0) {
		if (beside && errno == ELOOP)
			refuse(path, "is a link");
		return fd;
	}
	if (fstat(fd, &st))
		why = "is unknown";
	else if (beside)
		why = why_foreign(&st);
	else if (created.st_ino && (flags & O_ACCMODE) == O_RDWR &&
		 (st.st_ino != created.st_ino || st.st_dev != created.st_dev))
		why = "was replaced";
	if (!why)
		return fd;
	refuse(path, why);
	close(fd);
	errno = EPERM;
	return -1;
}

/* SQLite's stat(), by which it looks for a write-ahead log: recordings have none. */
static int stat_own(const char *path, struct stat *st)
{
	int err = is_beside(path) ? lstat(path, st) : stat(path, st);
	size_t len = strlen(path);

	if (err || len < 4 || strcmp(path + len - 4, "-wal") != 0 || !why_foreign(st))
		return err;
	errno = ENOENT;
	return -1;
}

static void set_rules(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (!vfs || vfs->iVersion < 3)
		return;
	vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)open_own);
	vfs->xSetSystemCall(vfs, "stat", (sqlite3_syscall_ptr)stat_own);
}

const char *sql_refusal(void)
{
	return *refusal ? refusal : NULL;
}

/* To SQLite, an empty name, "file:..." and ":memory:" are no files. */
int sql_open(sqlite3 **db, const char *path, int flags)
{
	char *file;
	int rc;

	*db = NULL;
	*refusal = '\0';
	if (asprintf(&file, "%s%s", *path == '/' ? "" : "./", path) < 0)
		return SQLITE_NOMEM;
	set_rules();
	rc = sqlite3_open_v2(file, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	free(file);
	return rc;
}
static int cannot_write(const char *path, const char *why, int err)
{
	diag_error("cannot write '%s': %s", path, why);
	return err;
}

/* Also of an older recording: SQLite would apply its journal to the new one. */
static int make_way_beside(const char *path, const char *suffix, bool force)
{
	char *beside;
	const char *why;
	struct stat st;
	int err = 0;

	if (asprintf(&beside, "%s%s", path, suffix) < 0)
		return cannot_write(path, strerror(ENOMEM), -ENOMEM);
	why = lstat(beside, &st) ? NULL : why_foreign(&st);
	if (why && !force) {
		refuse(beside, why);
		err = cannot_write(path, refusal, -EEXIST);
	} else if (remove(beside) && errno != ENOENT) {
		err = cannot_write(beside, strerror(errno), -errno);
	}
	free(beside);
	return err;
}

static int make_way(const char *path, bool force)
{
	struct stat old;
	int err = 0;

	if (lstat(path, &old)) {
		if (errno != ENOENT)
			return cannot_write(path, strerror(errno), -errno);
	} else if (!S_ISREG(old.st_mode)) {
		return cannot_write(path, "not a regular file", force ? -EINVAL : -EEXIST);
	} else if (!force) {
		diag_error("'%s' exists already (--force replaces it)", path);
		return -EEXIST;
	} else if (unlink(path) && errno != ENOENT) {
		return cannot_write(path, strerror(errno), -errno);
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes) && !err; i++)
		err = make_way_beside(path, suffixes[i], force);
	return err;
}

/* Of this user only, whatever the umask. */
static int make_file(const char *path, const char *suffix, struct stat *st)
{
	char *file;
	int fd = -1, err = 0;

	if (asprintf(&file, "%s%s", path, suffix) < 0)
		return cannot_write(path, strerror(ENOMEM), -ENOMEM);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600) || fstat(fd, st))
		err = cannot_write(file, strerror(errno), -errno);
	if (fd >= 0)
		close(fd);
	free(file);
	return err;
}

int sql_create(sqlite3 **db, const char *path, bool force)
{
	struct stat journal;
	int rc, err = make_way(path, force);

	*db = NULL;
	err = err ?: make_file(path, "", &created);
	if (err)
		return err;
	err = make_file(path, "-journal", &journal);
	if (!err) {
		rc = sql_open(db, path, SQLITE_OPEN_READWRITE);
		if (rc)
			err = cannot_write(path, sql_error(*db, rc), sql_errno(*db, rc));
	}
	created = (struct stat){};
	if (err) {
		sqlite3_close(*db);
		sql_remove(path);
	}
	return err;
}

void sql_close(sqlite3 *db)
{
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* if there is one */
	sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	sqlite3_close(db);
}

static int write_all(int fd, const unsigned char *bytes, sqlite3_int64 size)
{
	while (size > 0) {
		ssize_t nr = write(fd, bytes, size);

		if (nr < 0)
			return -errno;
		bytes += nr;
		size -= nr;
	}
	return fsync(fd) ? -errno : 0;
}

void sql_save_beside(sqlite3 *db, const char *path)
{
	sqlite3_int64 size = 0;
	unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
	char *file = NULL;
	int fd, err;

	if (!bytes || asprintf(&file, "%s.XXXXXX", path) < 0) {
		cannot_write(path, strerror(ENOMEM), 0);
		sqlite3_free(bytes);
		return;
	}
	fd = mkostemp(file, O_CLOEXEC);
	err = fd < 0 ? -errno : write_all(fd, bytes, size);
	if (err)
		cannot_write(file, strerror(-err), 0);
	else
		diag_warn("the recording is complete in '%s'", file);
	if (fd >= 0 && err)
		unlink(file);
	if (fd >= 0)
		close(fd);
	sqlite3_free(bytes);
	free(file);
}

void sql_remove(const char *path)
{
	char *journal;

	unlink(path);
	if (asprintf(&journal, "%s-journal", path) < 0)
		return;
	unlink(journal);
	free(journal);
}

/* After a commit that failed, only the file has it. 0: unknown. */
static int system_errno(sqlite3 *db)
{
	int err = db ? sqlite3_system_errno(db) : 0;

	if (db && !err)
		sqlite3_file_control(db, NULL, SQLITE_FCNTL_LAST_ERRNO, &err);
	return err;
}

int sql_errno(sqlite3 *db, int rc)
{
	int err = system_errno(db);

	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		/* A quota, or a limit on the size of files, is a full disk too. */
		return err == ENOSPC || err == EDQUOT || err == EFBIG ? -ENOSPC : -EIO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CANTOPEN:
		return err ? -err : -EIO;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	default:
		return -EINVAL;
	}
}

const char *sql_error(sqlite3 *db, int rc)
{
	int err = system_errno(db);

	switch (rc & 0xff) {
	case SQLITE_ERROR:
		return sqlite3_errmsg(db);
	case SQLITE_FULL:
		return strerror(ENOSPC);
	case SQLITE_READONLY:
		if (sqlite3_extended_errcode(db) != SQLITE_READONLY_DBMOVED)
			break;
		return "it was removed or replaced";
	case SQLITE_BUSY:
		return "another program has it locked";
	case SQLITE_CANTOPEN:
		if (*refusal)
			return refusal;
		/* fall through */
	case SQLITE_IOERR:
		if (err)
			return strerror(err);
	}
	return sqlite3_errstr(rc);
}

int sql_cannot_read(sqlite3 *db, int rc, const char *path, const char *table)
{
	int err = sql_errno(db, rc);

	if (rc == SQLITE_NOTADB)
		return diag_invalid("'%s' is not a recording of memdestroy-trace", path);
	if (err == -EINVAL)
		return diag_invalid("'%s' is damaged: %s%s%s%s", path, table ? "table " : "",
				    table ?: "", table ? ": " : "", sql_error(db, rc));
	diag_error("cannot read '%s': %s", path, sql_error(db, rc));
	return err;
}
