/* The virtual table `reading`: blocks as plain rows. Reads what is flushed. */
#include "base/memory.h"
#include "storage/series/block.h"

#include <sqlite3.h>
#include <stdio.h>

enum { YEAR_S = 366 * DAY_S };

enum sql_column {
    SQL_CHANNEL,
    SQL_START,
    SQL_TIME,
    SQL_VALUE,
    SQL_MIN,
    SQL_MAX,
    SQL_TOTAL,
    SQL_CONVERTED,
    SQL_FLAG,
    SQL_QUALITY,
    SQL_ARRIVAL,
    SQL_VALUE_TEXT,
};

static const char declaration[] =
    "CREATE TABLE reading (channel INTEGER, start_s INTEGER, time TEXT,"
    " value NUMERIC, min NUMERIC, max NUMERIC, total NUMERIC,"
    " converted NUMERIC, flag TEXT, quality INTEGER, arrival_us INTEGER,"
    " value_text TEXT)";

/* Spans whose readings may lie in [?3, ?4], of channels in [?1, ?2]. */
static const char span_query[] =
    "SELECT s.channel, b.data FROM span s"
    " CROSS JOIN channel c ON c.id = s.channel"
    " CROSS JOIN block b ON b.id = s.block"
    " WHERE s.channel BETWEEN ?1 AND ?2 AND s.start BETWEEN ?5 AND ?4"
    " AND s.start + CASE WHEN c.cadence <= 1 THEN 86400"
    "  WHEN c.cadence = 2 THEN 2678400 ELSE 31622400 END > ?3"
    " ORDER BY s.channel, s.start";

struct table {
    sqlite3_vtab base;
    sqlite3 *db;
};

struct table_cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *spans;
    struct codec codec;
    struct columns columns;
    size_t index, stop;
    int64_t from_s, to_s; /* both included */
    int64_t channel;
    bool end;
};

/* Bits of idxNum, in the order of their arguments. */
enum { BY_CHANNEL = 1, FROM = 2, AFTER = 4, TO = 8, BEFORE = 16 };

static int table_connect(sqlite3 *db, void *context, int argc,
                         const char *const *argv, sqlite3_vtab **out,
                         char **error)
{
    struct table *table;
    int code = sqlite3_declare_vtab(db, declaration);

    (void)context;
    (void)argc;
    (void)argv;
    (void)error;
    if (code != SQLITE_OK)
        return code;
    table = memory_new(1, sizeof *table);
    table->db = db;
    *out = &table->base;
    return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

static int bit_of(const struct sqlite3_index_constraint *constraint)
{
    if (!constraint->usable)
        return 0;
    if (constraint->iColumn == SQL_CHANNEL)
        return constraint->op == SQLITE_INDEX_CONSTRAINT_EQ ? BY_CHANNEL : 0;
    if (constraint->iColumn != SQL_START)
        return 0;
    switch (constraint->op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return FROM | TO;
    case SQLITE_INDEX_CONSTRAINT_GE:
        return FROM;
    case SQLITE_INDEX_CONSTRAINT_GT:
        return AFTER;
    case SQLITE_INDEX_CONSTRAINT_LE:
        return TO;
    case SQLITE_INDEX_CONSTRAINT_LT:
        return BEFORE;
    default:
        return 0;
    }
}

/*
 * The plan is a text: a letter for each argument. SQLite checks every row
 * again, so bounds only have to be wide enough.
 */
static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    char plan[64];
    int arguments = 0, bits = 0;

    (void)base;
    for (int i = 0; i < info->nConstraint; i++) {
        int bit = bit_of(&info->aConstraint[i]);

        if (bit == 0 || arguments + 1 == (int)sizeof plan)
            continue;
        bits |= bit;
        plan[arguments++] = (char)('@' + bit);
        info->aConstraintUsage[i].argvIndex = arguments;
    }
    plan[arguments] = '\0';
    info->idxStr = sqlite3_mprintf("%s", plan);
    info->needToFreeIdxStr = 1;
    info->estimatedCost = bits & BY_CHANNEL ? 1e4 : 1e9;
    if (bits & (FROM | AFTER | TO | BEFORE))
        info->estimatedCost /= 10;
    if (info->nOrderBy == 2 && info->aOrderBy[0].iColumn == SQL_CHANNEL &&
        info->aOrderBy[1].iColumn == SQL_START && !info->aOrderBy[0].desc &&
        !info->aOrderBy[1].desc)
        info->orderByConsumed = 1;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int table_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct table_cursor *cursor = memory_new(1, sizeof *cursor);
    int code = sqlite3_prepare_v2(((struct table *)base)->db, span_query, -1,
                                  &cursor->spans, NULL);

    if (code != SQLITE_OK) {
        free(cursor);
        return code;
    }
    codec_init(&cursor->codec);
    columns_init(&cursor->columns);
    *out = &cursor->base;
    return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *base)
{
    struct table_cursor *cursor = (struct table_cursor *)base;

    sqlite3_finalize(cursor->spans);
    codec_done(&cursor->codec);
    columns_done(&cursor->columns);
    free(cursor);
    return SQLITE_OK;
}

/* Opens blocks until one has readings in the bounds. */
static int next_block(struct table_cursor *cursor)
{
    for (;;) {
        int code = sqlite3_step(cursor->spans);
        struct span bytes;

        if (code != SQLITE_ROW) {
            cursor->end = true;
            return code == SQLITE_DONE ? SQLITE_OK : code;
        }
        cursor->channel = sqlite3_column_int64(cursor->spans, 0);
        bytes.at = sqlite3_column_blob(cursor->spans, 1);
        bytes.len = (size_t)sqlite3_column_bytes(cursor->spans, 1);
        if (block_decode(&cursor->codec, bytes, BLOCK_READINGS_MAX,
                         &cursor->columns) != OK) {
            sqlite3_free(cursor->base.pVtab->zErrMsg);
            cursor->base.pVtab->zErrMsg = sqlite3_mprintf(
                "a block of channel %lld is damaged", cursor->channel);
            return SQLITE_CORRUPT_VTAB;
        }
        cursor->index = columns_find(&cursor->columns, cursor->from_s);
        cursor->stop = columns_find(&cursor->columns, cursor->to_s + 1);
        if (cursor->index < cursor->stop)
            return SQLITE_OK;
    }
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void narrow(struct table_cursor *cursor, int bits, sqlite3_value *value,
                   int64_t channels[2])
{
    int64_t bound;

    /* Only whole numbers narrow; 1.5 and 'x' are left to SQLite's check. */
    if (sqlite3_value_numeric_type(value) != SQLITE_INTEGER)
        return;
    bound = sqlite3_value_int64(value);
    if (bits & BY_CHANNEL) {
        channels[0] = larger(channels[0], bound);
        channels[1] = smaller(channels[1], bound);
    }
    if (bits & (FROM | AFTER))
        cursor->from_s = larger(cursor->from_s, bound);
    if (bits & (TO | BEFORE))
        cursor->to_s = smaller(cursor->to_s, bound);
}

static int table_filter(sqlite3_vtab_cursor *base, int number, const char *plan,
                        int argc, sqlite3_value **argv)
{
    struct table_cursor *cursor = (struct table_cursor *)base;
    int64_t channels[2] = {0, UINT32_MAX};

    (void)number;
    cursor->from_s = MOMENT_MIN_S;
    cursor->to_s = MOMENT_MAX_S;
    cursor->end = false;
    for (int i = 0; i < argc; i++)
        narrow(cursor, plan[i] - '@', argv[i], channels);
    sqlite3_reset(cursor->spans);
    sqlite3_bind_int64(cursor->spans, 1, channels[0]);
    sqlite3_bind_int64(cursor->spans, 2, channels[1]);
    sqlite3_bind_int64(cursor->spans, 3, cursor->from_s);
    sqlite3_bind_int64(cursor->spans, 4, cursor->to_s);
    sqlite3_bind_int64(cursor->spans, 5,
                       larger(cursor->from_s - YEAR_S, MOMENT_MIN_S - YEAR_S));
    if (cursor->from_s > cursor->to_s) {
        cursor->end = true;
        return SQLITE_OK;
    }
    return next_block(cursor);
}

static int table_next(sqlite3_vtab_cursor *base)
{
    struct table_cursor *cursor = (struct table_cursor *)base;

    cursor->index++;
    return cursor->index < cursor->stop ? SQLITE_OK : next_block(cursor);
}

static int table_eof(sqlite3_vtab_cursor *base)
{
    return ((struct table_cursor *)base)->end;
}

/* As a number for arithmetic; value_text has the digits as written. */
static void give_number(sqlite3_context *context, const struct reading *r,
                        enum reading_column column)
{
    if (!(r->present & (1 << column)))
        sqlite3_result_null(context);
    else if (r->number[column].exponent == 0)
        sqlite3_result_int64(context, r->number[column].mantissa);
    else
        sqlite3_result_double(context, decimal_to_double(r->number[column]));
}

static void give_text(sqlite3_context *context, const struct reading *r)
{
    char text[DECIMAL_TEXT_MAX];
    size_t len;

    if (r->present & READING_VALUE) {
        len = decimal_format(r->number[COLUMN_VALUE], text);
        sqlite3_result_text(context, text, (int)len, SQLITE_TRANSIENT);
    } else if (r->text.len) {
        sqlite3_result_text(context, r->text.at, (int)r->text.len,
                            SQLITE_TRANSIENT);
    } else {
        sqlite3_result_null(context);
    }
}

static int table_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                        int column)
{
    struct table_cursor *cursor = (struct table_cursor *)base;
    struct reading r;
    char text[26];

    columns_get(&cursor->columns, cursor->index, &r);
    switch ((enum sql_column)column) {
    case SQL_CHANNEL:
        sqlite3_result_int64(context, cursor->channel);
        break;
    case SQL_START:
        sqlite3_result_int64(context, r.start_s);
        break;
    case SQL_TIME:
        datetime_format(r.start_s, text);
        sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
        break;
    case SQL_VALUE:
    case SQL_MIN:
    case SQL_MAX:
    case SQL_TOTAL:
    case SQL_CONVERTED:
        give_number(context, &r, (enum reading_column)(column - SQL_VALUE));
        break;
    case SQL_FLAG:
        if (r.flag)
            sqlite3_result_text(context, &r.flag, 1, SQLITE_TRANSIENT);
        break;
    case SQL_QUALITY:
        sqlite3_result_int64(context, r.quality);
        break;
    case SQL_ARRIVAL:
        sqlite3_result_int64(context, r.arrival_us);
        break;
    case SQL_VALUE_TEXT:
        give_text(context, &r);
        break;
    }
    return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    struct table_cursor *cursor = (struct table_cursor *)base;

    *out = (cursor->channel << 33) |
           (cursor->columns.start_s[cursor->index] - MOMENT_MIN_S);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = table_connect, /* without xCreate: there without being made */
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = table_open,
    .xClose = table_close,
    .xFilter = table_filter,
    .xNext = table_next,
    .xEof = table_eof,
    .xColumn = table_column,
    .xRowid = table_rowid,
};

enum err series_register_sql(struct series *series, void *sqlite)
{
    (void)series; /* the table reads through the connection it is asked on */
    return sqlite3_create_module(sqlite, "reading", &module, NULL) == SQLITE_OK
               ? OK
               : ERR_IO;
}
