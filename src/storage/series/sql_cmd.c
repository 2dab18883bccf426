#include "storage/series/sql_cmd.h"

#include "base/csv.h"
#include "db/db.h"
#include "storage/series/series.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_NO = 1, EXIT_USAGE = 2, ROW_MAX_BYTES = 64 << 20 };

static const char usage[] =
    "shangyou sql - questions in SQL to the readings, as CSV\n\n"
    "  shangyou sql [--data DIR] 'SELECT ...'\n\n"
    "reading   channel, start_s, time, value, min, max, total, converted,\n"
    "          flag, quality, arrival_us, value_text (digits as written)\n"
    "channel   id, subject (0 point, 1 device), subject_id, factor,\n"
    "          cadence (0 real-time, 1 minute, 2 hour, 3 day, 4 month,\n"
    "          5 quarter, 6 year, 7 sample), origin (0 reported, 1 computed,\n"
    "          2 manual, 3 modelled)\n\n"
    "  shangyou sql \"SELECT time, value_text FROM reading WHERE channel IN\n"
    "    (SELECT id FROM channel WHERE factor = 'a34004')\"\n\n"
    "--data DIR   the data directory; default: data\n\n"
    "Only reads; a server may be running (what it wrote in the last seconds\n"
    "is not there yet). Exit codes: 0 answered, 1 not answered, 2 usage.\n";

static int no(sqlite3 *sqlite)
{
    fprintf(stderr, "sql: %s\n", sqlite3_errmsg(sqlite));
    return EXIT_NO;
}

static struct span cell(sqlite3_stmt *stmt, int i)
{
    const unsigned char *text = sqlite3_column_text(stmt, i);

    return (struct span){(const char *)text,
                         text ? (size_t)sqlite3_column_bytes(stmt, i) : 0};
}

/* A row goes out before the next is asked for. */
static int write_rows(sqlite3 *sqlite, sqlite3_stmt *stmt)
{
    int columns = sqlite3_column_count(stmt), step = SQLITE_ROW;
    bool written = true;
    struct buf row;

    buf_init(&row, ROW_MAX_BYTES);
    for (int i = 0; i < columns; i++)
        csv_add(&row, span_of(sqlite3_column_name(stmt, i)), i == 0);
    while (step == SQLITE_ROW && written) {
        csv_end(&row);
        written = !row.full && fwrite(row.at, 1, row.len, stdout) == row.len;
        buf_clear(&row);
        step = sqlite3_step(stmt);
        for (int i = 0; i < columns && step == SQLITE_ROW; i++)
            csv_add(&row, cell(stmt, i), i == 0);
    }
    buf_done(&row);
    if (step != SQLITE_DONE && written)
        return no(sqlite);
    return written && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_NO;
}

static int answer(sqlite3 *sqlite, const char *question)
{
    sqlite3_stmt *stmt = NULL;
    const char *rest = NULL;
    int code;

    if (sqlite3_prepare_v2(sqlite, question, -1, &stmt, &rest) != SQLITE_OK)
        return no(sqlite);
    if (!stmt || !sqlite3_stmt_readonly(stmt) || span_trim(span_of(rest)).len) {
        fputs("sql: one question that only reads, please\n", stderr);
        sqlite3_finalize(stmt);
        return EXIT_USAGE;
    }
    code = write_rows(sqlite, stmt);
    sqlite3_finalize(stmt);
    return code;
}

static int ask(const char *data, const char *question)
{
    struct db *db = NULL;
    char path[PATH_MAX];
    int code = EXIT_NO;
    enum err err;

    snprintf(path, sizeof(path), "%s/series.db", data);
    err = db_open(path, DB_READ_ONLY, &db);
    if (!err)
        err = series_register_sql(NULL, db_handle(db));
    if (err)
        fprintf(stderr, "sql: %s: %s\n", path, err_text(err));
    else
        code = answer(db_handle(db), question);
    db_close(db);
    return code;
}

int sql_command(int argc, char **argv)
{
    const char *data = "data", *question = NULL;

    for (int i = 1; i < argc; i++) {
        struct span word = span_of(argv[i]);

        if (span_is(word, "--help") || span_is(word, "-h")) {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (span_is(word, "--data") && i + 1 < argc) {
            data = argv[++i];
        } else if (!question && !span_starts(word, SPAN("--"))) {
            question = argv[i];
        } else {
            question = NULL;
            break;
        }
    }
    if (!question) {
        fputs("shangyou sql: one question; see shangyou sql --help\n", stderr);
        return EXIT_USAGE;
    }
    return ask(data, question);
}
