#include "db/db.h"

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static char path[64];

static void fresh(void)
{
    char template[] = "/tmp/shangyou-db-XXXXXX";

    CHECK(mkdtemp(template) != NULL);
    snprintf(path, sizeof path, "%s/x.db", template);
}

static const char *const steps[] = {
    "CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
    "ALTER TABLE station ADD COLUMN photo BLOB",
};

TEST(migrations_run_once_each_and_rows_come_back)
{
    struct db *db = NULL;
    struct stmt *stmt = NULL;

    fresh();
    CHECK_INT(db_open(path, DB_READ_WRITE, &db), OK);
    CHECK_INT(db_migrate(db, steps, 1), OK);
    CHECK_INT(db_migrate(db, steps, 2), OK);
    CHECK_INT(db_migrate(db, steps, 2), OK);

    CHECK_INT(db_prepare(db, "INSERT INTO station (name, photo) VALUES (?, ?)",
                         &stmt),
              OK);
    stmt_bind_text(stmt, 1, SPAN("草堂寺"));
    stmt_bind_bytes(stmt, 2, (struct span){"a\0b", 3});
    CHECK_INT(stmt_run(stmt), OK);
    CHECK_INT(db_last_id(db), 1);
    stmt_bind_text(stmt, 1, SPAN("草堂寺"));
    CHECK_INT(stmt_run(stmt), ERR_CONFLICT); /* an answer, not a failure */
    stmt_free(stmt);

    CHECK_INT(db_prepare(db, "SELECT name, photo, NULL FROM station", &stmt),
              OK);
    CHECK_INT(stmt_step(stmt), OK);
    CHECK_SPAN(stmt_text(stmt, 0), "草堂寺");
    CHECK_INT(stmt_bytes(stmt, 1).len, 3);
    CHECK(stmt_is_null(stmt, 2));
    CHECK_INT(stmt_step(stmt), ERR_NOT_FOUND);
    stmt_free(stmt);
    db_close(db);
}

TEST(a_file_of_a_newer_program_is_refused)
{
    struct db *db = NULL;

    fresh();
    CHECK_INT(db_open(path, DB_READ_WRITE, &db), OK);
    CHECK_INT(db_migrate(db, steps, 2), OK);
    CHECK_INT(db_migrate(db, steps, 1), ERR_UNSUPPORTED);
    db_close(db);
}

TEST(a_failed_step_leaves_nothing_behind)
{
    const char *const bad[] = {"CREATE TABLE a (x)", "nonsense"};
    struct db *db = NULL;
    struct stmt *stmt = NULL;

    fresh();
    CHECK_INT(db_open(path, DB_READ_WRITE, &db), OK);
    CHECK(db_migrate(db, bad, 2) != OK);
    CHECK(db_prepare(db, "SELECT * FROM a", &stmt) != OK);
    db_close(db);
}

TEST(absent_and_damaged_files_are_told_apart)
{
    struct db *db = NULL;
    FILE *file;

    fresh();
    CHECK_INT(db_open(path, DB_READ_ONLY, &db), ERR_NOT_FOUND);
    file = fopen(path, "w");
    CHECK(file != NULL);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database ", file);
    fclose(file);
    CHECK_INT(db_open(path, DB_READ_WRITE, &db), ERR_CORRUPT);
}
