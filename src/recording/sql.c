// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the writer and the reader of recordings share of SQLite.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/call.h"
#include "model/ledger.h"
#include "recording/sql.h"
#include "util/diag.h"
#include "util/text.h"

#define TEXT_MAX 4096 /* longer text is not looked at for whether it is UTF-8 */

/* A file that is replaced takes its journal with it, which is not to be applied to the new one. */
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

	if (err == -EINVAL) /* told */
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

/* No name, "file:..." and ":memory:" mean something else to SQLite than to everybody else. */
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

/* Of a commit that failed, only the file knows. 0: not known. */
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
		/* A quota and a limit on the size of files are full disks, too. */
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

static int next(struct insert *insert)
{
	return ++insert->at;
}

static void bound(struct insert *insert, int rc)
{
	if (!insert->rc)
		insert->rc = rc;
}

void insert_null(struct insert *insert)
{
	bound(insert, sqlite3_bind_null(insert->stmt, next(insert)));
}

void insert_number(struct insert *insert, __u64 number)
{
	bound(insert, sqlite3_bind_int64(insert->stmt, next(insert), (sqlite3_int64)number));
}

void insert_known(struct insert *insert, bool known, __u64 number)
{
	if (known)
		insert_number(insert, number);
	else
		insert_null(insert);
}

void insert_figure(struct insert *insert, __u64 figure)
{
	_Static_assert(UNKNOWN_NS > INT64_MAX && LEDGER_UNKNOWN > INT64_MAX &&
			       ENTRIES_UNKNOWN > INT64_MAX,
		       "what is unknown is too great");
	insert_known(insert, figure <= INT64_MAX, figure);
}

static bool is_utf8(const char *text, size_t len)
{
	char valid[TEXT_SIZE(TEXT_MAX)];
	size_t i = 0;

	while (i < len && (unsigned char)text[i] < 0x80)
		i++;
	if (i == len)
		return true;
	return len <= TEXT_MAX && text_utf8(valid, sizeof(valid), text, len) == len;
}

/* Text that is none is stored as bytes: what reads TEXT may rely on its being UTF-8. */
void insert_text(struct insert *insert, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (!text)
		insert_null(insert);
	else if (is_utf8(text, len))
		bound(insert,
		      sqlite3_bind_text(insert->stmt, next(insert), text, (int)len, SQLITE_STATIC));
	else
		bound(insert,
		      sqlite3_bind_blob(insert->stmt, next(insert), text, (int)len, SQLITE_STATIC));
}

int insert_run(struct insert *insert)
{
	int rc = insert->rc ? insert->rc : sqlite3_step(insert->stmt);

	sqlite3_reset(insert->stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
