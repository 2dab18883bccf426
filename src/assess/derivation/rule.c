#include "assess/derivation/rule.h"

#include "base/memory.h"

#include <assert.h>
#include <pthread.h>

enum { TABLES_MAX = 16 };

struct kept {
    const char *file;
    struct rule_table table;
};

static struct kept kept[TABLES_MAX];
static size_t kept_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Three columns as one text when the table has no column "key". */
static const char *key_of(const struct standard_table *t, size_t row)
{
    static const char *const parts[] = {"index", "class", "subclass"};
    const char *key = standard_text(t, row, "key");
    char text[256];
    size_t len = 0;

    if (*key)
        return key;
    for (size_t i = 0; i < LENGTH(parts); i++) {
        struct span part = standard_cell(t, row, parts[i]);

        assert(len + part.len + 2 < sizeof(text));
        if (i > 0)
            text[len++] = '/';
        if (part.len)
            memcpy(text + len, part.at, part.len);
        len += part.len;
    }
    return memory_text((struct span){text, len});
}

static void read_days(const struct standard_table *t, size_t row,
                      struct rule *rule)
{
    const struct standard_edition *e = NULL;

    for (size_t i = 0; (e = standard_edition_at(i)); i++) {
        if (strcmp(e->standard, rule->standard) == 0)
            break;
    }
    rule->from_day = standard_day(t, row, "valid_from", e ? e->from_day : 0);
    rule->to_day =
        standard_day(t, row, "valid_to", e ? e->to_day : STANDARD_OPEN);
}

static void read_table(const struct standard_table *t, struct rule_table *out)
{
    struct rule *rules = memory_new(t->row_count + 1, sizeof(*rules));

    for (size_t row = 0; row < t->row_count; row++) {
        struct rule *r = &rules[row];

        *r = (struct rule){
            .record = standard_text(t, row, "record"),
            .standard = standard_text(t, row, "standard"),
            .key = key_of(t, row),
            .param = standard_text(t, row, "param"),
            .text = standard_text(t, row, "value"),
            .name_zh = standard_text(t, row, "name_zh"),
            .name_en = standard_text(t, row, "name_en"),
            .unit = standard_text(t, row, "unit"),
            .clause = standard_text(t, row, "clause"),
            .confidence = standard_text(t, row, "confidence"),
            .note = standard_text(t, row, "note"),
        };
        r->is_number = !decimal_parse(span_of(r->text), &r->value);
        read_days(t, row, r);
    }
    *out = (struct rule_table){rules, t->row_count};
}

const struct rule_table *rule_table(const char *file)
{
    const struct rule_table *found = NULL;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < kept_count; i++) {
        if (strcmp(kept[i].file, file) == 0)
            found = &kept[i].table;
    }
    if (!found) {
        const struct standard_table *t = standard_table(file);

        assert(t && kept_count < TABLES_MAX);
        kept[kept_count].file = file;
        read_table(t, &kept[kept_count].table);
        found = &kept[kept_count++].table;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static bool is_or_any(const char *text, const char *wanted)
{
    return !wanted || strcmp(text, wanted) == 0;
}

static bool is_edition(const struct rule *r, const struct rule_question *q)
{
    return is_or_any(r->standard, q->standard) ||
           (q->day != 0 && standard_same_document(r->standard, q->standard));
}

static bool answers(const struct rule *r, const struct rule_question *q)
{
    return is_or_any(r->record, q->record) && is_edition(r, q) &&
           is_or_any(r->key, q->key) && is_or_any(r->param, q->param) &&
           (q->day == 0 || standard_in_force(r->from_day, r->to_day, q->day));
}

const struct rule *rule_next(const struct rule_table *table,
                             struct rule_question question,
                             const struct rule *last)
{
    size_t i = last ? (size_t)(last - table->rules) + 1 : 0;

    for (; i < table->count; i++) {
        if (answers(&table->rules[i], &question))
            return &table->rules[i];
    }
    return NULL;
}

const struct rule *rule_find(const struct rule_table *table,
                             struct rule_question question)
{
    return rule_next(table, question, NULL);
}

const struct rule *rule_need(const struct rule_table *table,
                             struct rule_question question)
{
    const struct rule *found = rule_find(table, question);

    assert(found);
    return found;
}

bool rule_range(const struct rule *rule, struct rule_range *out)
{
    const char *dots = strstr(rule->text, "..");
    struct span low, high;

    if (!dots)
        return false;
    low = (struct span){rule->text, (size_t)(dots - rule->text)};
    high = span_of(dots + strlen(".."));
    *out =
        (struct rule_range){.has_low = low.len > 0, .has_high = high.len > 0};
    return (!out->has_low || !decimal_parse(low, &out->low)) &&
           (!out->has_high || !decimal_parse(high, &out->high));
}
