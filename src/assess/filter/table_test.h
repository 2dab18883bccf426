/*
 * table test - a table through an assessment, as a person runs one: for tests
 * of the descriptions. table_run judges, table_says and table_told look into
 * the answer (JSON with its steps) and the messages, table_done forgets both.
 */
#ifndef TABLE_TEST_H
#define TABLE_TEST_H

#include "assess/filter/filter.h"

#include "base/test.h"

enum { TABLE_ROOM = 1 << 22 };

static struct buf table_in, table_out, table_messages;
static struct engine_counts table_counts;

static bool table_keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

static void table_run(const char *name, const char *table)
{
    struct filter_options o = {.assessment = assessment_find(span_of(name)),
                               .json = true,
                               .explain = true};
    struct filter_sink sink = {&table_out, &table_messages, table_keep};

    CHECK(o.assessment != NULL);
    buf_init(&table_in, TABLE_ROOM);
    buf_init(&table_out, TABLE_ROOM);
    buf_init(&table_messages, TABLE_ROOM);
    buf_text(&table_in, table);
    CHECK_INT(filter_run(&o, &table_in, &sink, &table_counts), OK);
}

static void table_done(void)
{
    buf_done(&table_in);
    buf_done(&table_out);
    buf_done(&table_messages);
}

static bool table_has(const struct buf *b, const char *part)
{
    if (b->len && memmem(b->at, b->len, part, strlen(part)))
        return true;
    print_error("no \"%s\" in %.*s\n", part, (int)b->len, b->at);
    return false;
}

static inline bool table_says(const char *part)
{
    return table_has(&table_out, part);
}

static inline bool table_told(const char *part)
{
    return table_has(&table_messages, part);
}

/* A table that is refused, and the reason. */
struct table_refused {
    const char *name, *table, *reason;
};

static inline void table_refuse_all(const struct table_refused *cases,
                                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        table_run(cases[i].name, cases[i].table);
        if (!table_told(cases[i].reason))
            print_error("%s: case %zu\n", cases[i].name, i);
        CHECK(table_told(cases[i].reason));
        CHECK(table_counts.refused > 0);
        table_done();
    }
}

#endif
