// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and opens the files of recordings, and explains SQLite's errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/sql.h"
#include "util/diag.h"

/* Removes the journal too: SQLite would apply it to the new file. */
static int make_way(const char *path)
{
	struct stat old;
	char *journal;

	if (lstat(path, &old))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(old.st_mode)) {
		diag_error("cannot write '%s': not a regular file", path);
		return -EINVAL;
	}
	if (asprintf(&journal, "%s-journal", path) < 0)
		return -ENOMEM;
	unlink(journal);
	free(journal);
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int sql_make_file(const char *path, bool force)
{
	struct stat old;
	int err = force ? make_way(path) : 0, fd;

	if (err == -EINVAL) /* already reported */
		return err;
	fd = err ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0) {
		err = err ? err : -errno;
		if (err == -EEXIST && !lstat(path, &old) && !S_ISREG(old.st_mode))
			diag_error("cannot write '%s': not a regular file", path);
		else if (err == -EEXIST)
			diag_error("'%s' exists already (--force replaces it)", path);
		else
			diag_error("cannot write '%s': %s", path, strerror(-err));
		return err;
	}
	close(fd);
	return 0;
}

/* To SQLite, an empty name, "file:..." and ":memory:" are no files. */
int sql_open(sqlite3 **db, const char *path, int flags)
{
	char *file;
	int rc;

	*db = NULL;
	if (asprintf(&file, "%s%s", *path == '/' ? "" : "./", path) < 0)
		return SQLITE_NOMEM;
	rc = sqlite3_open_v2(file, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	free(file);
	return rc;
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
	case SQLITE_BUSY:
		return "another program has it locked";
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
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
