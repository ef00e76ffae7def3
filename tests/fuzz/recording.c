// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes cells, tables and bytes of recordings, and has report and diff read them. Whatever the
 * file holds, they show it or refuse it in words, and what they show is well-formed.
 *
 * An input is a command, a recording and changes, each of some bytes; see change().
 */
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fuzz.h"
#include "memory_vfs.h"
#include "util/macros.h"

/* The mutated recording is @, another, as it was made, is =. */
static const char *const lines[] = {
	"report @",
	"report -e @",
	"report -e --identity -f json @",
	"report -e -f csv @",
	"report -f json --by caller,alloc,comm,cpu,type,name,id @",
	"report -f csv --by released_by,released_pid,cgroup,host,scenario @",
	"report -i 0.5 -T -H @",
	"report -v -f markdown @ =",
	"report teardowns @",
	"report teardowns -e -f json @",
	"report teardowns -e -f csv @",
	"report teardowns -f folded @ =",
	"report teardowns --timeline @",
	"report teardowns --by type,name,released_by,host,scenario -f json @",
	"report teardowns -i 0.5 -f csv @",
	"diff @ =",
	"diff --force -f json = @",
	"diff teardowns --force --fail-on p50>10% -f markdown = @",
	"diff --force --by host,scenario,caller,comm -f csv --base = @ --new @ =",
	"report teardowns -f perfetto @", /* not if in haste: its tables of threads take 5 ms */
};

/* Recordings of tests/cli/recordings.c, as made; files[0] is the one that is changed. */
static const char *const names[] = {"few.mdt", "stuck.mdt", "bench-a.mdt", "unended.mdt"};
static struct memory_file files[2], made[ARRAY_SIZE(names)];
static size_t last_made = ARRAY_SIZE(names);
static sqlite3 *db; /* writes to files[0] */
static bool in_haste;

int recordings_main(int argc, char **argv);

static void load(struct memory_file *file, const char *name)
{
	FILE *from = fopen(name, "r");

	assert_non_null(from);
	file->size = fread(file->data, 1, sizeof(file->data), from);
	fclose(from);
}

static void remove_files(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlink(files[i].path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char dir[] = "/tmp/fuzz-recordings.XXXXXX", command[64], *cwd = getcwd(NULL, 0);
	char *args[] = {"recordings", dir};

	(void)argc;
	(void)argv;
	fuzz_init();
	in_haste = getenv("FUZZ_FAST");
	if (in_haste)
		memory_vfs_fast();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(recordings_main(2, args), 0); /* changes to the folder */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		load(&made[i], names[i]);
	load(&files[1], "base.mdt");
	assert_int_equal(chdir(cwd), 0);
	free(cwd);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		strcpy(files[i].path, "/tmp/fuzz.XXXXXX");
		close(mkstemp(files[i].path));
	}
	atexit(remove_files);
	memory_vfs_use(files, ARRAY_SIZE(files));
	return 0;
}

/* Changes */

/* The cells of a column, and how to set the nth or all of them; NULL: not prepared yet. */
struct column {
	char table[32], name[32];
	sqlite3_stmt *set_one, *set_all;
};

static struct column columns[256];
static size_t nr_columns;

static void find_columns(void)
{
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT m.name, c.name FROM sqlite_master m, "
					    "pragma_table_info(m.name) c WHERE m.type = 'table'",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	for (nr_columns = 0; sqlite3_step(stmt) == SQLITE_ROW; nr_columns++) {
		struct column *column = &columns[nr_columns];

		assert_true(nr_columns < ARRAY_SIZE(columns));
		*column = (struct column){};
		snprintf(column->table, sizeof(column->table), "%s", sqlite3_column_text(stmt, 0));
		snprintf(column->name, sizeof(column->name), "%s", sqlite3_column_text(stmt, 1));
	}
	sqlite3_finalize(stmt);
}

static void forget_columns(void)
{
	for (size_t i = 0; i < nr_columns; i++) {
		sqlite3_finalize(columns[i].set_one);
		sqlite3_finalize(columns[i].set_all);
	}
	nr_columns = 0;
}

static void bind_value(sqlite3_stmt *stmt, struct input *input)
{
	static const __s64 numbers[] = {0, 1, -1, 255, INT32_MAX, UINT32_MAX, INT64_MAX, INT64_MIN};
	__u8 kind = take_number(input, 1);
	char bytes[300];
	size_t len;

	if (kind < 64)
		sqlite3_bind_int64(stmt, 1, numbers[kind % ARRAY_SIZE(numbers)]);
	else if (kind < 128)
		sqlite3_bind_int64(stmt, 1, take_number(input, 1 + kind % 8));
	else if (kind < 140)
		sqlite3_bind_double(stmt, 1, take_number(input, 2) / 7.0);
	else if (kind < 150)
		sqlite3_bind_null(stmt, 1);
	else {
		len = take(input, bytes, kind < 250 ? kind % 20 : sizeof(bytes));
		if (kind & 1)
			sqlite3_bind_blob(stmt, 1, bytes, len, SQLITE_TRANSIENT);
		else
			sqlite3_bind_text(stmt, 1, bytes, len, SQLITE_TRANSIENT);
	}
}

/* Sets the nth cell of a column, or all. */
static void change_cells(struct column *column, struct input *input, bool all)
{
	sqlite3_stmt **stmt = all ? &column->set_all : &column->set_one;
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE %s SET %s = ?1%s%s%s", column->table, column->name,
		 all ? "" : " WHERE rowid = (SELECT rowid FROM ", all ? "" : column->table,
		 all ? "" : " LIMIT 1 OFFSET ?2)");
	if (!*stmt && sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL))
		return;
	if (!all)
		sqlite3_bind_int(*stmt, 2, take_number(input, 1) % 16);
	bind_value(*stmt, input);
	sqlite3_step(*stmt);
	sqlite3_reset(*stmt);
}

static void change_table(struct input *input, __u8 what)
{
	struct column *column = &columns[take_number(input, 1) % nr_columns];
	char sql[256];

	switch (what) {
	case 0:
		snprintf(sql, sizeof(sql), "ALTER TABLE %s DROP COLUMN %s", column->table,
			 column->name);
		break;
	case 1:
		snprintf(sql, sizeof(sql), "DROP TABLE %s", column->table);
		break;
	case 2:
		snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE rowid %% 4 = %llu", column->table,
			 take_number(input, 1) % 4);
		break;
	default:
		change_cells(column, input, what == 3);
		return;
	}
	sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Bytes at a place: mostly in a page, or in the header of the file. */
static void change_bytes(struct input *input, __u8 what)
{
	size_t at = take_number(input, what & 1 ? 3 : 1) % files[0].size;
	__u8 bytes[8];
	size_t len = take(input, bytes, 1 + what % sizeof(bytes));

	if (at + len <= files[0].size)
		memcpy(files[0].data + at, bytes, len);
}

static void change(struct input *input)
{
	__u8 kind = take_number(input, 1);

	if (kind < 160) {
		change_table(input, kind % 32);
	} else if (kind < 240) {
		change_bytes(input, kind);
	} else if (kind < 250) {
		files[0].size = 1 + take_number(input, 3) % files[0].size;
	} else {
		sqlite3_exec(db, kind & 1 ? "PRAGMA user_version = 1" : "PRAGMA user_version = 77",
			     NULL, NULL, NULL);
	}
}

/* Nothing is left of the last input's changes. */
static void make(size_t nr, struct input *input)
{
	memcpy(files[0].data, made[nr].data, made[nr].size);
	files[0].size = made[nr].size;
	if (last_made != nr) {
		forget_columns();
		sqlite3_close(db);
		assert_int_equal(sqlite3_open_v2(files[0].path, &db, SQLITE_OPEN_READWRITE, NULL),
				 SQLITE_OK);
		sqlite3_exec(db,
			     "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			     "PRAGMA temp_store = MEMORY",
			     NULL, NULL, NULL);
		find_columns();
		last_made = nr;
	}
	sqlite3_db_release_memory(db);
	while (input->left)
		change(input);
}

static void check_output(const char *line, const struct said *said)
{
	if (!said->out_len)
		return;
	if (strstr(line, "-f json") || (strstr(line, "perfetto") && said->status != EXIT_FAILED))
		json_check_lines(said->out);
	else if (!strstr(line, "perfetto"))
		check_text(said->out, said->out_len);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct input input = {data, size};
	size_t choice = take_number(&input, 1), last = ARRAY_SIZE(lines) - 1;
	const char *line = lines[choice == 255 && !in_haste ? last : choice % last];
	char words[256], *argv[16] = {"memdestroy-trace"}, *save;
	struct said said;
	int argc = 1;

	make(take_number(&input, 1) % ARRAY_SIZE(made), &input);
	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = *word == '@' ? files[0].path : *word == '=' ? files[1].path : word;
	said = run_command(argc, argv, true);
	check_output(line, &said);
	said_free(&said);
	return 0;
}
