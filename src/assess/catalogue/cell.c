#include "assess/catalogue/cell.h"

#include "assess/factor/factor.h"
#include "base/datetime.h"

#include <stdio.h>

const struct assess_choice cell_periods[] = {
    {"day", "日", "each day", "日"},
    {"month", "月", "each month", "月"},
    {"quarter", "季", "each quarter", "季;季度"},
    {"half_year", "半年", "each half year", "半年"},
    {"year", "年", "each year", "年"},
    {"all", "全部", "all days", "全部"},
    {NULL, NULL, NULL, NULL},
};

static bool refuse(struct reason *out, const char *zh, const char *en)
{
    *out = (struct reason){zh, en};
    return false;
}

static bool in_list(const char *list, struct span word)
{
    struct span rest = span_of(list);

    while (rest.len) {
        if (span_equal_nocase(span_take(&rest, ';'), word))
            return true;
    }
    return false;
}

bool cell_is_missing(struct span text)
{
    static const char words[] = "NaN;NA;N/A;-;--;—;_;*;/;null;缺测";

    return text.len == 0 || in_list(words, text);
}

/* ---- numbers and units ---- */

static bool convert(struct decimal *value, struct span from, struct span to,
                    struct reason *why)
{
    enum err err;

    if (from.len == 0 || span_equal(from, to))
        return true;
    err = unit_convert(*value, from, to, value);
    if (err == ERR_NOT_FOUND)
        return refuse(why, "未知单位,请用 --list 所列单位",
                      "unknown unit: use one of --list");
    if (err)
        return refuse(why, "单位不符,无法精确换算,请改用标准的单位",
                      "wrong unit: it cannot be converted exactly to that of "
                      "the standard");
    return true;
}

static bool read_number(struct span text, bool may_be_negative,
                        struct decimal *out, struct reason *why)
{
    if (decimal_parse(text, out))
        return refuse(why, "不是数:请写数字,缺测请留空",
                      "not a number: write digits, or leave it empty when "
                      "missing");
    if (out->mantissa < 0 && !may_be_negative)
        return refuse(why, "负值:请更正,无效请留空",
                      "negative: correct it, or leave it empty when invalid");
    return true;
}

/* ---- days ---- */

static int number_of(struct span digits)
{
    int number = 0;

    if (digits.len > 8)
        return -1;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return -1;
        number = number * 10 + (digits.at[i] - '0');
    }
    return digits.len ? number : -1;
}

/* A spreadsheet's 2026/4/1 8:00. */
static bool read_slashes(struct span text, int64_t *out_s)
{
    int year = number_of(span_take(&text, '/'));
    int month = number_of(span_take(&text, '/'));
    int day = number_of(span_take(&text, ' '));
    struct span clock = span_trim(text);
    int hour = 0, minute = 0;

    if (clock.len) {
        hour = number_of(span_take(&clock, ':'));
        minute = number_of(span_take(&clock, ':'));
        if (minute < 0)
            return false;
    }
    return !civil_to_utc((struct civil){year, month, day, hour, minute, 0, 0},
                         out_s);
}

/* 20200402, 2020040208, 202004020800, 20200402080000 */
static bool read_digits(struct span text, int64_t *out_s)
{
    static const char midnight[] = "00000000000000";
    char full[sizeof(midnight)];

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    if (text.len < 8 || text.len > 14 || text.len % 2)
        return false;
    memcpy(full, midnight, sizeof(full));
    memcpy(full, text.at, text.len);
    return !datetime_parse_compact(span_of(full), out_s);
}

static bool read_day(struct span text, struct assess_cell *out)
{
    bool good = span_find(text, '/') < text.len
                    ? read_slashes(text, &out->start_s)
                    : read_digits(text, &out->start_s) ||
                          !datetime_parse(text, &out->start_s);

    if (good)
        out->day = civil_day_number(out->start_s);
    return good;
}

/* ---- words ---- */

static bool read_choice(const struct assess_choice *choices, struct span text,
                        struct arena *arena, int *out, struct reason *why)
{
    const char *known = "";

    for (int i = 0; choices[i].name; i++) {
        const struct assess_choice *c = &choices[i];

        if (span_equal_nocase(text, span_of(c->name)) || span_is(text, c->zh) ||
            in_list(c->aliases, text)) {
            *out = i;
            return true;
        }
    }
    for (int i = 0; choices[i].name; i++)
        known = arena_printf(arena, "%s%s%s", known, *known ? ", " : "",
                             choices[i].name);
    return refuse(why, arena_printf(arena, "未知选项,请写其一:%s", known),
                  arena_printf(arena, "unknown: write one of %s", known));
}

static bool read_yes(struct span text, int *out, struct reason *why)
{
    if (in_list("yes;y;true;1;是", text))
        *out = 1;
    else if (in_list("no;n;false;0;否", text))
        *out = 0;
    else
        return refuse(why, "请写 yes(是)或 no(否)", "write yes or no");
    return true;
}

static bool read_count(struct span text, struct assess_cell *out,
                       struct reason *why)
{
    if (decimal_parse(text, &out->number) || out->number.mantissa < 0 ||
        decimal_exact(out->number, 0, &out->number))
        return refuse(why, "不是非负整数", "not a whole number from 0 up");
    return true;
}

static bool read_text(struct span text, struct reason *why)
{
    if (text.len > CELL_TEXT_MAX)
        return refuse(why, "文字过长,至多 200 字节",
                      "too long: at most 200 bytes");
    return true;
}

/* A kind each: NOLINTNEXTLINE(readability-function-size) */
bool cell_read(const struct assess_field *field, struct span text,
               struct span unit, struct arena *arena, struct assess_cell *out,
               struct reason *out_why)
{
    *out = (struct assess_cell){.given = true, .text = text};
    switch (field->kind) {
    case ASSESS_TEXT:
        return read_text(text, out_why);
    case ASSESS_DECIMAL:
        return read_number(text, field->flags & ASSESS_SIGNED, &out->number,
                           out_why) &&
               convert(&out->number, unit, span_of(field->unit), out_why);
    case ASSESS_COUNT:
        return read_count(text, out, out_why);
    case ASSESS_DAY:
        return read_day(text, out) ||
               refuse(out_why, "不是日期:请写 2026-11-24 或 2026-11-24T08:00",
                      "not a date: write 2026-11-24 or 2026-11-24T08:00");
    case ASSESS_CHOICE:
        return read_choice(field->choices, text, arena, &out->choice, out_why);
    case ASSESS_YES:
        return read_yes(text, &out->choice, out_why);
    case ASSESS_PERIOD:
        return read_choice(cell_periods, text, arena, &out->choice, out_why);
    }
    return refuse(out_why, "未知", "unknown");
}

/* ---- values of items ---- */

static bool cut_start(struct span *text, struct span start)
{
    if (text->len < start.len ||
        !span_equal_nocase(span_first(*text, start.len), start))
        return false;
    *text = span_trim(span_from(*text, start.len));
    return true;
}

/* "(0.01)", with wide brackets too, without them. */
static void cut_brackets(struct span *text)
{
    static const char *const pairs[][2] = {
        {"(", ")"},
        {"\uff08", "\uff09"},
    };

    for (size_t i = 0; i < LENGTH(pairs); i++) {
        struct span open = span_of(pairs[i][0]), close = span_of(pairs[i][1]);

        if (text->len <= open.len + close.len || !span_starts(*text, open) ||
            !span_equal(span_from(*text, text->len - close.len), close))
            continue;
        text->at += open.len;
        text->len -= open.len + close.len;
        *text = span_trim(*text);
    }
}

/* Takes what says "not detected" off; what stays is the limit, or nothing. */
static bool cut_detection(struct span *text)
{
    bool below = cut_start(text, SPAN("未检出")) ||
                 cut_start(text, SPAN("not detected")) ||
                 cut_start(text, SPAN("ND")) || cut_start(text, SPAN("N.D."));

    if (below)
        cut_brackets(text);
    if (cut_start(text, SPAN("<")) || cut_start(text, SPAN("\uff1c")))
        return true;
    if (!below && text->len > 1 && text->at[text->len - 1] == 'L') {
        text->len--;
        return true;
    }
    return below;
}

static bool read_answer(struct span text, struct assess_value *out)
{
    if (in_list("无;none;absent", text))
        out->is = ASSESS_NONE;
    else if (in_list("有;present", text))
        out->is = ASSESS_PRESENT;
    else
        return false;
    return true;
}

bool cell_read_value(struct span text, struct span unit,
                     struct assess_value *out, struct reason *out_why)
{
    const struct assess_item *item = out->item;

    if (item->may_be_text && read_answer(text, out))
        return true;
    out->unit = unit;
    out->below_detection = cut_detection(&text);
    if (out->below_detection && text.len == 0) {
        out->is = ASSESS_NOT_DETECTED;
        return true;
    }
    return read_number(text, item->may_be_negative && !out->below_detection,
                       &out->value, out_why) &&
           (!item->unit ||
            convert(&out->value, unit, span_of(item->unit), out_why));
}
