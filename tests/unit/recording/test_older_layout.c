// SPDX-License-Identifier: GPL-2.0-only
/* Recordings that lack tables and columns which came later; here, of a made-up layout. */
#include <errno.h>

#include "recording/cursor.h"
#include "recording/schema.h"
#include "support/recorded.h"

struct thing {
	__u32 number, later_number;
	char later_text[16];
	__u64 later_ns;
	__u8 known, later_percent;
	__u32 later_setting, later_word;
};

static const char *const words[] = {"no", "yes"};

#define NUMBER                                                                                     \
	{                                                                                          \
		"number", FIELD(NUMBER, thing, number)                                             \
	}

static const struct field older_fields[] = {NUMBER, {}};

static const struct field newer_fields[] = {
	NUMBER,
	{"later_number", FIELD(NONZERO, thing, later_number), .later = true},
	{"later_text", FIELD(TEXT, thing, later_text), .later = true},
	{"later_ns", FIELD(TIME, thing, later_ns), .later = true},
	{"later_percent", FIELD(NUMBER, thing, later_percent), .later = true,
	 .flags = offsetof(struct thing, known), .known = 2},
	{"later_setting", FIELD(NUMBER, thing, later_setting), .later = true, .usual = 50},
	{"later_word", FIELD(WORD, thing, later_word), .words = words, .nr_words = 2, .later = true,
	 .usual = 1},
	{},
};

static const struct table older = {"thing", "older", "id", .fields = older_fields};
static const struct table newer = {"thing", "newer", "id", .fields = newer_fields};
static const struct table later = {"other", "later", "id", .fields = newer_fields, .later = true};

static const struct thing written = {7, 8, "text", 9, 2, 1, 3, 0};

static sqlite3 *make(const struct table *table)
{
	char *sql = table_create_sql(table);
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(sql);
	assert_int_equal(table_prepare_insert(db, table, &stmt), SQLITE_OK);
	assert_int_equal(table_insert(stmt, table, 5, &written), SQLITE_OK);
	sqlite3_finalize(stmt);
	return db;
}

/* The only row there is. */
static void read_thing(sqlite3 *db, struct thing *thing)
{
	struct cursor cursor;

	memset(thing, 0x55, sizeof(*thing));
	assert_int_equal(cursor_open(&cursor, db, "x", &newer, false), 0);
	assert_int_equal(cursor_next(&cursor), 0);
	assert_true(cursor.row);
	assert_int_equal(cursor_read(&cursor, thing), 0);
	assert_int_equal(cursor.key, 5);
	assert_int_equal(cursor_next(&cursor), 0);
	assert_false(cursor.row);
	cursor_close(&cursor);
}

TEST(test_columns)
{
	struct thing thing;
	sqlite3 *db = make(&newer);

	read_thing(db, &thing);
	assert_int_equal(thing.number, 7);
	assert_int_equal(thing.later_number, 8);
	assert_string_equal(thing.later_text, "text");
	assert_int_equal(thing.later_ns, 9);
	assert_true(thing.known & 2);
	assert_int_equal(thing.later_percent, 1);
	assert_int_equal(thing.later_setting, 3);
	assert_int_equal(thing.later_word, 0);
	sqlite3_close(db);

	db = make(&older);
	read_thing(db, &thing);
	assert_int_equal(thing.number, 7);
	assert_int_equal(thing.later_number, 0);
	assert_string_equal(thing.later_text, "");
	assert_true(thing.later_ns == UNKNOWN_NS);
	assert_false(thing.known & 2);
	assert_int_equal(thing.later_setting, 50);
	assert_int_equal(thing.later_word, 1);
	sqlite3_close(db);
}

TEST(test_table)
{
	struct cursor cursor;
	sqlite3 *db = make(&older);

	assert_int_equal(cursor_open(&cursor, db, "x", &later, false), 0);
	assert_int_equal(cursor_next(&cursor), 0);
	assert_false(cursor.row);
	cursor_close(&cursor);
	sqlite3_close(db);
}

static void open_other(void *db)
{
	struct table first = later;
	struct cursor cursor;

	first.later = false;
	assert_int_equal(cursor_open(&cursor, db, "x", &first, false), -EINVAL);
	cursor_close(&cursor);
}

/* A table of the first layout must not be missing. */
TEST(test_not_later)
{
	sqlite3 *db = make(&older);

	check_one_line(said(open_other, db), "no such table: other");
	sqlite3_close(db);
}

/* NULL takes the place of a column that is missing, and the usual value that of a setting. */
TEST(test_may_be_unknown)
{
	const struct field *field;

	for (int i = 0; i < NR_TABLES; i++)
		for (field = schema_table(i)->fields; field->name; field++)
			if (field->later && !field_may_be_unknown(field) && i != TABLE_SCENARIO)
				fail_msg("%s.%s", schema_table(i)->name, field->name);
	field = schema_table(TABLE_SCENARIO)->fields;
	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		if (!setting->column)
			continue;
		while (strcmp(field->name, setting->column))
			field++;
		assert_int_equal(field->later, setting->later);
		assert_int_equal(field->usual, setting->usual);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_not_later),
		cmocka_unit_test(test_may_be_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
