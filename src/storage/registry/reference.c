#include "storage/registry/reference.h"

#include "base/csv.h"
#include "base/memory.h"
#include "standards/standards.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

struct reference {
    struct arena arena;
    struct region *regions; /* sorted by code */
    size_t region_count;
    struct pollutant *pollutants; /* of 2017, sorted by code */
    size_t pollutant_count;
    struct pollutant *of_2005; /* sorted by code of 2005 */
    size_t of_2005_count;
};

/* ---- reading the tables ---- */

static size_t lines_of(struct span text)
{
    size_t count = 0;

    while (text.len) {
        span_take(&text, '\n');
        count++;
    }
    return count;
}

/* A reader over a copy of a table, at its first row. */
static void table_open(struct reference *r, const char *name, struct csv *csv,
                       size_t *out_rows)
{
    struct span text = standards_file(name);
    char *copy = arena_take(&r->arena, text.len + 1);
    enum err err;

    assert(text.len);
    memcpy(copy, text.at, text.len);
    csv_init(csv, copy, text.len);
    err = csv_header(csv);
    assert(err == OK);
    *out_rows = lines_of(text);
}

static int integer(struct span text, int otherwise)
{
    struct decimal d;

    if (decimal_parse(text, &d) || d.exponent != 0 || d.mantissa > INT32_MAX)
        return otherwise;
    return (int)d.mantissa;
}

static double degrees(struct span text)
{
    struct decimal d;

    return decimal_parse(text, &d) ? (double)NAN : decimal_to_double(d);
}

static const char *text_of(struct reference *r, struct span s)
{
    return arena_copy(&r->arena, s).at;
}

static int by_region_code(const void *a, const void *b)
{
    const struct region *x = a, *y = b;

    return (x->code > y->code) - (x->code < y->code);
}

static void read_regions(struct reference *r)
{
    struct csv *csv = memory_new(1, sizeof(*csv));
    size_t rows;

    table_open(r, "regions.csv", csv, &rows);
    r->regions = arena_new(&r->arena, rows, sizeof(*r->regions));
    while (csv_row(csv) == OK) {
        struct region *region = &r->regions[r->region_count++];

        *region = (struct region){
            .code = integer(csv_field(csv, "code"), 0),
            .parent = integer(csv_field(csv, "parent_code"), 0),
            .level = text_of(r, csv_field(csv, "level")),
            .name_zh = text_of(r, csv_field(csv, "name_zh")),
            .name_en = text_of(r, csv_field(csv, "name_en")),
            .lon = degrees(csv_field(csv, "lon_approx")),
            .lat = degrees(csv_field(csv, "lat_approx")),
        };
        assert(region->code && r->region_count < rows);
    }
    qsort(r->regions, r->region_count, sizeof(*r->regions), by_region_code);
    free(csv);
}

static int order_nocase(struct span a, struct span b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? strncasecmp(a.at, b.at, len) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_code(const void *a, const void *b)
{
    const struct pollutant *x = a, *y = b;

    return order_nocase(x->code, y->code);
}

static int by_code_2005(const void *a, const void *b)
{
    const struct pollutant *x = a, *y = b;

    return order_nocase(x->code2005, y->code2005);
}

static void read_pollutants(struct reference *r)
{
    struct csv *csv = memory_new(1, sizeof(*csv));
    size_t rows;

    table_open(r, "pollutants.csv", csv, &rows);
    r->pollutants = arena_new(&r->arena, rows, sizeof(*r->pollutants));
    r->of_2005 = arena_new(&r->arena, rows, sizeof(*r->of_2005));
    while (csv_row(csv) == OK) {
        struct pollutant p = {
            .code = csv_field(csv, "code2017"),
            .code2005 = csv_field(csv, "code2005"),
            .name_zh = csv_field(csv, "name_zh"),
            .name_en = csv_field(csv, "name_en"),
            .unit = csv_field(csv, "unit_concentration"),
            .decimals = integer(csv_field(csv, "decimals_hint"), -1),
        };

        if (p.code.len)
            r->pollutants[r->pollutant_count++] = p;
        if (p.code2005.len)
            r->of_2005[r->of_2005_count++] = p;
    }
    qsort(r->pollutants, r->pollutant_count, sizeof(*r->pollutants), by_code);
    qsort(r->of_2005, r->of_2005_count, sizeof(*r->of_2005), by_code_2005);
    free(csv);
}

/* ---- asking ---- */

const struct region *reference_regions(const struct reference *reference,
                                       size_t *out_count)
{
    *out_count = reference->region_count;
    return reference->regions;
}

const struct region *reference_region(const struct reference *reference,
                                      int code)
{
    struct region key = {.code = code};

    return bsearch(&key, reference->regions, reference->region_count,
                   sizeof(key), by_region_code);
}

const struct region *reference_region_named(const struct reference *reference,
                                            struct span name)
{
    const struct region *found = NULL;

    for (size_t i = 0; i < reference->region_count; i++) {
        const struct region *region = &reference->regions[i];

        if (!span_is(name, region->name_zh) &&
            !span_equal_nocase(name, span_of(region->name_en)))
            continue;
        if (found)
            return NULL;
        found = region;
    }
    return found;
}

const struct pollutant *reference_pollutant(const struct reference *reference,
                                            struct span code)
{
    struct pollutant key = {.code = code};
    char family[7];
    const struct pollutant *p =
        bsearch(&key, reference->pollutants, reference->pollutant_count,
                sizeof(key), by_code);

    if (p || code.len != sizeof(family) - 1)
        return p;
    for (size_t i = 4; i < 6; i++) {
        if (code.at[i] < '0' || code.at[i] > '9')
            return NULL;
    }
    snprintf(family, sizeof(family), "%.4sxx", code.at);
    key.code = span_of(family);
    return bsearch(&key, reference->pollutants, reference->pollutant_count,
                   sizeof(key), by_code);
}

const struct pollutant *
reference_pollutant_2005(const struct reference *reference, struct span code)
{
    struct pollutant key = {.code2005 = code};
    const struct pollutant *p =
        bsearch(&key, reference->of_2005, reference->of_2005_count, sizeof(key),
                by_code_2005);

    while (p && p > reference->of_2005 && by_code_2005(p - 1, &key) == 0)
        p--;
    return p;
}

void reference_free(struct reference *reference)
{
    if (!reference)
        return;
    arena_done(&reference->arena);
    free(reference);
}

struct reference *reference_new(void)
{
    struct reference *r = memory_new(1, sizeof(*r));

    arena_init(&r->arena);
    read_regions(r);
    read_pollutants(r);
    return r;
}
