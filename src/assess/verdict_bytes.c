#include "assess/verdict_bytes.h"

/* Numbers are zigzag varints, texts have their length before them. */
enum {
    FORM = 2,
    FORM_PLAIN = 1, /* without names, indices and confidence; still read */
    ITEMS_MAX = 4096,
};

/* ---- writing ---- */

static void put_int(struct buf *out, int64_t value)
{
    uint64_t u = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);

    while (u >= 0x80) {
        buf_char(out, (char)(u | 0x80));
        u >>= 7;
    }
    buf_char(out, (char)u);
}

static void put_text(struct buf *out, const char *text)
{
    struct span s = span_of(text ? text : "");

    put_int(out, (int64_t)s.len);
    buf_add(out, s);
}

static void put_decimal(struct buf *out, struct decimal d)
{
    put_int(out, d.mantissa);
    put_int(out, d.exponent);
}

static void put_item(struct buf *out, const struct verdict_item *item)
{
    put_int(out, item->has_value | item->has_limit << 1 |
                     item->has_multiple << 2 | item->decisive << 3 |
                     item->has_index << 4 | (item->name_zh != NULL) << 5);
    put_text(out, item->factor);
    put_text(out, item->unit);
    put_text(out, item->period);
    put_int(out, item->rating);
    if (item->has_value)
        put_decimal(out, item->value);
    if (item->has_limit)
        put_decimal(out, item->limit);
    if (item->has_multiple)
        put_decimal(out, item->multiple);
    if (item->has_index)
        put_decimal(out, item->index);
    if (item->name_zh) {
        put_text(out, item->name_zh);
        put_text(out, item->name_en);
    }
    put_text(out, item->confidence);
    put_text(out, item->step_zh);
    put_text(out, item->step_en);
}

void verdict_encode(const struct verdict *v, struct buf *out)
{
    buf_char(out, FORM);
    put_int(out, v->outcome);
    put_int(out, v->rating);
    put_int(out, v->level);
    put_int(out, v->has_index);
    if (v->has_index)
        put_decimal(out, v->index);
    put_text(out, v->confidence);
    put_text(out, v->edition);
    put_text(out, v->level_zh);
    put_text(out, v->level_en);
    put_text(out, v->colour);
    put_text(out, v->advice_zh);
    put_text(out, v->advice_en);
    put_text(out, v->summary_zh);
    put_text(out, v->summary_en);
    put_int(out, (int64_t)v->item_count);
    for (size_t i = 0; i < v->item_count; i++)
        put_item(out, &v->items[i]);
}

/* ---- reading: what runs past the end makes all that follows bad ---- */

struct reader {
    struct span rest;
    struct arena *arena;
    bool plain;
    bool bad;
};

static int64_t get_int(struct reader *r)
{
    uint64_t u = 0;
    int shift = 0;

    for (;;) {
        uint8_t byte;

        if (r->rest.len == 0 || shift > 63) {
            r->bad = true;
            return 0;
        }
        byte = (uint8_t)r->rest.at[0];
        r->rest = span_from(r->rest, 1);
        u |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (!(byte & 0x80))
            return (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
    }
}

static const char *get_text(struct reader *r)
{
    int64_t len = get_int(r);
    struct span s;

    if (r->bad || len < 0 || (uint64_t)len > r->rest.len) {
        r->bad = true;
        return "";
    }
    s = span_first(r->rest, (size_t)len);
    r->rest = span_from(r->rest, (size_t)len);
    return arena_copy(r->arena, s).at;
}

static int get_small(struct reader *r)
{
    int64_t value = get_int(r);

    if (value < -1000000 || value > 1000000)
        r->bad = true;
    return r->bad ? 0 : (int)value;
}

static struct decimal get_decimal(struct reader *r)
{
    int64_t mantissa = get_int(r);
    int exponent = get_small(r);

    if (exponent < DECIMAL_EXPONENT_MIN || exponent > DECIMAL_EXPONENT_MAX)
        r->bad = true;
    return DECIMAL(mantissa, (int8_t)(r->bad ? 0 : exponent));
}

static void get_item(struct reader *r, struct verdict_item *item)
{
    int bits = get_small(r);

    item->has_value = bits & 1;
    item->has_limit = bits & 2;
    item->has_multiple = bits & 4;
    item->decisive = bits & 8;
    item->has_index = bits & 16;
    item->factor = get_text(r);
    item->unit = get_text(r);
    item->period = get_text(r);
    item->rating = get_small(r);
    if (item->has_value)
        item->value = get_decimal(r);
    if (item->has_limit)
        item->limit = get_decimal(r);
    if (item->has_multiple)
        item->multiple = get_decimal(r);
    if (item->has_index)
        item->index = get_decimal(r);
    if (bits & 32) {
        item->name_zh = get_text(r);
        item->name_en = get_text(r);
    }
    item->confidence = get_text(r);
    item->step_zh = get_text(r);
    item->step_en = get_text(r);
}

static void get_head(struct reader *r, struct verdict *v)
{
    int outcome = get_small(r);

    if (outcome < VERDICT_GIVEN || outcome > VERDICT_NO_EDITION)
        r->bad = true;
    v->outcome = (enum verdict_outcome)outcome;
    v->rating = get_small(r);
    v->level = get_small(r);
    if (!r->plain) {
        v->has_index = get_small(r);
        if (v->has_index)
            v->index = get_decimal(r);
        v->confidence = get_text(r);
    }
    v->edition = get_text(r);
    v->level_zh = get_text(r);
    v->level_en = get_text(r);
    v->colour = get_text(r);
    v->advice_zh = get_text(r);
    v->advice_en = get_text(r);
    v->summary_zh = get_text(r);
    v->summary_en = get_text(r);
}

enum err verdict_decode(struct span bytes, struct arena *arena,
                        struct verdict *out)
{
    struct reader r = {.rest = span_from(bytes, 1), .arena = arena};
    struct verdict v = {0};
    struct verdict_item *items;
    int64_t count;

    if (bytes.len == 0 || (bytes.at[0] != FORM && bytes.at[0] != FORM_PLAIN))
        return ERR_CORRUPT;
    r.plain = bytes.at[0] == FORM_PLAIN;
    get_head(&r, &v);
    count = get_int(&r);
    if (r.bad || count < 0 || count > ITEMS_MAX)
        return ERR_CORRUPT;
    items = arena_new(arena, (size_t)count + 1, sizeof(*items));
    for (int64_t i = 0; i < count && !r.bad; i++)
        get_item(&r, &items[i]);
    if (r.bad || r.rest.len > 0)
        return ERR_CORRUPT;
    v.items = items;
    v.item_count = (size_t)count;
    *out = v;
    return OK;
}
