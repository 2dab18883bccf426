#include "assess/filter/filter_input.h"

#include "assess/factor/factor.h"

#include <assert.h>

/* ---- messages ---- */

void input_complain(struct input *in, int line, struct span column,
                    struct span value, const char *reason)
{
    struct span shown = span_first(value, 40);

    buf_printf(in->messages, "line %d, column %.*s, \"", line,
               SPAN_ARG(column));
    for (size_t i = 0; i < shown.len; i++) {
        unsigned char c = (unsigned char)shown.at[i];

        if (c < ' ' || c == 0x7f)
            buf_char(in->messages, '.');
        else
            buf_char(in->messages, shown.at[i]);
    }
    buf_printf(in->messages, "%s\": %s\n", value.len > shown.len ? "..." : "",
               reason);
    in->result->problems++;
}

static void note_missing(struct input *in, int line, struct span column,
                         struct span value)
{
    if (in->options->quiet)
        return;
    input_complain(in, line, column, value,
                   "no value: judged as missing / 缺测");
    in->result->problems--; /* said, and nothing was refused */
}

static void refuse(struct input *in, struct subject *subject,
                   struct span column, struct span value, const char *reason)
{
    input_complain(in, in->csv->line, column, value, reason);
    subject->refused = true;
}

/* ---- columns ---- */

static const struct {
    const char *name;
    enum column_role role;
} known_columns[] = {
    {"time",         COLUMN_TIME      },
    {"date",         COLUMN_TIME      },
    {"day",          COLUMN_TIME      },
    {"start",        COLUMN_TIME      },
    {"日期",       COLUMN_TIME      },
    {"时间",       COLUMN_TIME      },
    {"监测时间", COLUMN_TIME      },
    {"water_body",   COLUMN_BODY      },
    {"水体类型", COLUMN_BODY      },
    {"factor",       COLUMN_FACTOR    },
    {"item",         COLUMN_FACTOR    },
    {"因子",       COLUMN_FACTOR    },
    {"项目",       COLUMN_FACTOR    },
    {"value",        COLUMN_VALUE     },
    {"数值",       COLUMN_VALUE     },
    {"浓度",       COLUMN_VALUE     },
    {"unit",         COLUMN_UNIT      },
    {"单位",       COLUMN_UNIT      },
    {"min",          COLUMN_MIN       },
    {"max",          COLUMN_MAX       },
    {"limit",        COLUMN_MAX       },
    {"限值",       COLUMN_MAX       },
    {"limit_unit",   COLUMN_LIMIT_UNIT},
    {"standard",     COLUMN_STANDARD  },
    {"标准",       COLUMN_STANDARD  },
    {"converted",    COLUMN_CONVERTED },
};

static bool is_aqi(const struct input *in)
{
    return in->options->kind == VERDICT_AQI_HOUR ||
           in->options->kind == VERDICT_AQI_DAY;
}

/* Ozone has two averages; a plain "O3" is the 1 h of an hour, 8 h of a day. */
static struct named named_aqi(const struct input *in, struct span name)
{
    struct named none = {NULL, NO_INPUT, ""};
    const struct factor *factor;
    bool hour = in->options->kind == VERDICT_AQI_HOUR;
    int ozone = hour ? AQI_O3_1H : AQI_O3_8H;
    struct span stem = name;

    if (name.len > 3 &&
        span_equal_nocase(span_from(name, name.len - 3), SPAN("_1h"))) {
        ozone = AQI_O3_1H;
        stem.len -= 3;
    } else if (name.len > 3 &&
               span_equal_nocase(span_from(name, name.len - 3), SPAN("_8h"))) {
        ozone = AQI_O3_8H;
        stem.len -= 3;
    }
    if (span_equal_nocase(stem, SPAN("a0502408"))) { /* the 8 h mean's own */
        ozone = AQI_O3_8H;
        stem = SPAN("a05024");
    }
    factor = factor_find(stem);
    for (int i = 0; factor && i < AQI_INPUT_COUNT; i++) {
        bool is_ozone = i == AQI_O3_1H || i == AQI_O3_8H;

        if (!span_is(span_of(factor->code), aqi_factor((enum aqi_input)i)) ||
            (is_ozone ? i != ozone : stem.len != name.len))
            continue;
        return (struct named){
            aqi_factor((enum aqi_input)i), i,
            aqi_scale(aqi_edition_at(0), (enum aqi_input)i, CADENCE_DAY)->unit};
    }
    return none;
}

static struct named named_factor(const struct input *in, struct span name)
{
    struct named named = {NULL, NO_INPUT, ""};
    const struct factor *factor;
    const struct water_item *item;

    if (is_aqi(in))
        return named_aqi(in, name);
    factor = factor_find(name);
    if (!factor)
        return named;
    named.code = factor->code;
    named.unit = factor->wire_unit;
    if (in->options->kind == VERDICT_WATER_CLASS) {
        const struct factor_use *use =
            factor_use_find(span_of(factor->code), "water");

        item = water_item_find(span_of(factor->code), WATER_LAKE_RESERVOIR);
        named.unit = item ? item->unit : use ? use->unit : named.unit;
    }
    return named;
}

static bool cut_at(struct span *name, struct span *unit, struct span open,
                   struct span close)
{
    for (size_t i = 1; i + open.len < name->len; i++) {
        struct span rest = span_from(*name, i);

        if (!span_starts(rest, open) ||
            !span_equal(span_from(rest, rest.len - close.len), close) ||
            rest.len <= open.len + close.len)
            continue;
        *unit = span_trim(span_first(span_from(rest, open.len),
                                     rest.len - open.len - close.len));
        *name = span_trim(span_first(*name, i));
        return true;
    }
    return false;
}

/* "PM2.5(ug/m3)" into name and unit; a name that is known whole stays whole. */
static void read_measured(struct input *in, struct column *column)
{
    struct span name = column->name, unit = SPAN("");

    column->named = named_factor(in, name);
    if (!column->named.code && (cut_at(&name, &unit, SPAN("("), SPAN(")")) ||
                                cut_at(&name, &unit, SPAN("["), SPAN("]")) ||
                                cut_at(&name, &unit, SPAN("("), SPAN(")"))))
        column->named = named_factor(in, name);
    column->unit = unit;
    if (column->named.code)
        column->role = COLUMN_MEASURED;
}

/* a34004, w01018: meant as a code, known or not. */
static bool looks_like_code(struct span name)
{
    if (name.len != 6 || !strchr("awAW", name.at[0]))
        return false;
    for (size_t i = 1; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
    }
    return true;
}

static enum column_role known_role(const struct input *in, struct span name)
{
    bool outlet = in->options->kind == VERDICT_OUTLET;

    for (size_t i = 0; i < LENGTH(known_columns); i++) {
        enum column_role role = known_columns[i].role;

        if (!span_equal_nocase(name, span_of(known_columns[i].name)) ||
            (role >= COLUMN_MIN && !outlet) ||
            (role == COLUMN_BODY && in->options->kind != VERDICT_WATER_CLASS))
            continue;
        return role;
    }
    return COLUMN_KEPT;
}

static size_t count_role(const struct input *in, enum column_role role)
{
    size_t count = 0;

    for (size_t i = 0; i < in->count; i++)
        count += in->column[i].role == role;
    return count;
}

static void demote(struct input *in, enum column_role first,
                   enum column_role last)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->column[i].role >= first && in->column[i].role <= last)
            in->column[i].role = COLUMN_KEPT;
    }
}

/* A table is long when it has both; else those words are ordinary columns. */
static void choose_shape(struct input *in)
{
    in->is_long =
        count_role(in, COLUMN_FACTOR) == 1 && count_role(in, COLUMN_VALUE) == 1;
    if (in->is_long)
        return;
    demote(in, COLUMN_FACTOR, COLUMN_UNIT);
    for (size_t i = 0; i < in->count; i++) {
        struct column *column = &in->column[i];

        if (column->role != COLUMN_KEPT)
            continue;
        read_measured(in, column);
        if (column->role == COLUMN_KEPT && looks_like_code(column->name))
            input_complain(in, in->csv->line, column->name, SPAN(""),
                           "unknown code: the column is not judged; correct it "
                           "(--list shows the codes) / 未知编码");
    }
}

static enum err broken(struct input *in, const char *message)
{
    buf_printf(in->messages, "line %d: %s\n", in->csv->line, message);
    in->result->problems++;
    return ERR_INVALID;
}

enum err input_columns(struct input *in)
{
    if (csv_header(in->csv))
        return broken(in, "no header row could be read / 读不到表头");
    in->count = in->csv->names;
    for (size_t i = 0; i < in->count; i++) {
        struct span name = span_trim(in->csv->name[i]);

        in->column[i] = (struct column){
            known_role(in, name), name, {NULL, NO_INPUT, ""},
               SPAN("")
        };
    }
    choose_shape(in);
    if (count_role(in, COLUMN_TIME) != 1)
        return broken(in, "one column time (or date, day) is needed / "
                          "需要一列时间 time");
    if (!in->is_long && !count_role(in, COLUMN_MEASURED))
        return broken(in, "no column is a factor, nor are there factor and "
                          "value / 没有因子列");
    if (in->options->kind == VERDICT_OUTLET &&
        (!in->is_long ||
         (!count_role(in, COLUMN_MIN) && !count_role(in, COLUMN_MAX))))
        return broken(in, "an outlet needs the columns factor, value and min "
                          "or max / 需要 factor、value 和 min 或 max");
    return OK;
}

/* ---- cells ---- */

static struct span cell(const struct input *in, size_t i)
{
    return i < in->csv->count ? span_trim(in->csv->field[i]) : SPAN("");
}

static struct span role_cell(const struct input *in, enum column_role role)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->column[i].role == role)
            return cell(in, i);
    }
    return SPAN("");
}

static struct span role_name(const struct input *in, enum column_role role)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->column[i].role == role)
            return in->column[i].name;
    }
    return SPAN("");
}

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

/* A spreadsheet's 2026/4/1 8:00; 0 when it is none. */
static int day_of_slashes(struct span text)
{
    int64_t start;
    int year = number_of(span_take(&text, '/'));
    struct span month = span_take(&text, '/');
    struct span day = span_take(&text, ' ');
    int number;

    if (year < 1900 || year > 9999 || month.len > 2 || day.len > 2 ||
        number_of(month) < 1 || number_of(day) < 1)
        return 0;
    number = year * 10000 + number_of(month) * 100 + number_of(day);
    return civil_day_start(number, &start) ? 0 : number;
}

/* The Beijing day of 20200402, 2020040208, 20200402080000, 2020-04-02T08:00. */
static int day_of(struct span text)
{
    int64_t start;
    int day = text.len >= 8 ? number_of(span_first(text, 8)) : -1;

    if (span_find(text, '/') < text.len)
        return day_of_slashes(text);
    if (day > 0 &&
        (text.len == 8 || text.len == 10 || text.len == 12 || text.len == 14))
        return civil_day_start(day, &start) ? 0 : day;
    return datetime_parse(text, &start) ? 0 : civil_day_number(start);
}

static bool is_missing(struct span text)
{
    static const char *const words[] = {"",  "NaN", "NA", "N/A", "-",   "--",
                                        "—", "_",   "*",  "/",   "null"};

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (span_equal_nocase(text, span_of(words[i])))
            return true;
    }
    return false;
}

/* "<0.01" and "0.01L": below that detection limit. */
static bool cut_detection(struct span *text)
{
    if (text->len > 1 && text->at[0] == '<') {
        *text = span_trim(span_from(*text, 1));
        return true;
    }
    if (text->len > 1 && text->at[text->len - 1] == 'L') {
        text->len--;
        return true;
    }
    return false;
}

static bool already(const struct subject *subject, struct named named)
{
    if (named.input == NO_INPUT && !named.code)
        return false;
    for (size_t i = 0; i < subject->count; i++) {
        const struct named *n = &subject->value[i].named;

        if (n->input == named.input && span_is(span_of(n->code), named.code))
            return true;
    }
    return false;
}

/* What the assessment can take; NULL, or why not. */
static const char *read_value(const struct input *in, struct span text,
                              struct span unit, struct measured *m)
{
    bool may_be_negative =
        !is_aqi(in) && span_is(span_of(m->named.code), "w01010");
    enum err err;

    if (in->options->kind == VERDICT_WATER_CLASS)
        m->below_detection = cut_detection(&text);
    if (decimal_parse(text, &m->value))
        return "not a number: write digits, or leave it empty when missing / "
               "不是数";
    if (m->value.mantissa < 0 && !may_be_negative)
        return "negative: correct it, or leave it empty when invalid / 负值";
    if (unit.len == 0)
        return NULL;
    err = unit_convert(m->value, unit, span_of(m->named.unit), &m->value);
    if (err == ERR_NOT_FOUND)
        return "unknown unit: use one of --list / 未知单位";
    return err ? "wrong unit: it cannot be converted exactly to that of the "
                 "standard / 单位不符"
               : NULL;
}

static void add_value(struct input *in, struct subject *subject,
                      struct measured m, struct span column, struct span text,
                      struct span unit)
{
    const char *why;

    if (is_missing(text)) {
        note_missing(in, in->csv->line, column, text);
        return;
    }
    why = read_value(in, text, unit, &m);
    if (!why && already(subject, m.named) &&
        in->options->kind != VERDICT_OUTLET)
        why = "the item comes twice: keep one / 项目重复";
    if (!why && subject->count == SUBJECT_VALUES_MAX)
        why = "too many items of one subject / 项目过多";
    if (why) {
        refuse(in, subject, column, text, why);
        return;
    }
    subject->value[subject->count++] = m;
}

static bool read_bound(struct input *in, struct subject *subject,
                       enum column_role role, struct decimal *out)
{
    struct span text = role_cell(in, role);

    if (is_missing(text))
        return false;
    if (decimal_parse(text, out)) {
        refuse(in, subject, role_name(in, role), text,
               "not a number: the limit cannot be read / 限值不是数");
        return false;
    }
    return true;
}

/* The row's limit; the value is brought to its unit. */
static void read_limit(struct input *in, struct subject *subject,
                       struct measured *m)
{
    struct emission_limit *limit = &m->limit;
    struct span unit = role_cell(in, COLUMN_LIMIT_UNIT);
    struct span standard = role_cell(in, COLUMN_STANDARD);
    struct span converted = role_cell(in, COLUMN_CONVERTED);

    limit->factor = m->named.code;
    limit->has_min = read_bound(in, subject, COLUMN_MIN, &limit->min);
    limit->has_max = read_bound(in, subject, COLUMN_MAX, &limit->max);
    limit->standard =
        standard.len ? arena_copy(in->arena, standard).at : "limit";
    limit->converted = span_equal_nocase(converted, SPAN("yes")) ||
                       span_is(converted, "1") || span_is(converted, "是");
    if (unit.len == 0)
        unit = role_cell(in, COLUMN_UNIT);
    if (unit.len) {
        const char *known = unit_find(unit);

        if (!known)
            refuse(in, subject, role_name(in, COLUMN_LIMIT_UNIT), unit,
                   "unknown unit: use one of --list / 未知单位");
        else
            m->named.unit = known;
    }
    limit->unit = m->named.unit;
}

static void measure_long(struct input *in, struct subject *subject)
{
    struct span name = role_cell(in, COLUMN_FACTOR);
    struct measured m = {.named = named_factor(in, name)};

    if (!m.named.code) {
        input_complain(in, in->csv->line, role_name(in, COLUMN_FACTOR), name,
                       "unknown code, or none of this assessment: the row is "
                       "not judged; correct it (--list) / 未知编码");
        return;
    }
    if (in->options->kind == VERDICT_OUTLET)
        read_limit(in, subject, &m);
    add_value(in, subject, m, role_name(in, COLUMN_VALUE),
              role_cell(in, COLUMN_VALUE), role_cell(in, COLUMN_UNIT));
}

void input_begin(struct input *in, struct subject *subject)
{
    struct span time = role_cell(in, COLUMN_TIME);
    struct span body = role_cell(in, COLUMN_BODY);

    subject->line = in->csv->line;
    subject->count = 0;
    subject->refused = false;
    subject->body = in->options->body;
    subject->day = day_of(time);
    if (!subject->day)
        refuse(in, subject, role_name(in, COLUMN_TIME), time,
               "not a date: write 2026-11-24 or 2026-11-24T08:00 / 不是日期");
    if (span_is(body, "river") || span_is(body, "河流"))
        subject->body = WATER_RIVER;
    else if (span_is(body, "lake_reservoir") || span_is(body, "湖库"))
        subject->body = WATER_LAKE_RESERVOIR;
    else if (body.len)
        refuse(in, subject, role_name(in, COLUMN_BODY), body,
               "no kind of water body: write river or lake_reservoir / "
               "水体类型不明");
}

void input_measure(struct input *in, struct subject *subject)
{
    if (in->csv->count != in->count) {
        refuse(in, subject, SPAN("(row)"), SPAN(""),
               "another number of fields than the header: correct the row / "
               "列数与表头不符");
        return;
    }
    if (in->is_long) {
        measure_long(in, subject);
        return;
    }
    for (size_t i = 0; i < in->count; i++) {
        const struct column *column = &in->column[i];

        if (column->role == COLUMN_MEASURED)
            add_value(in, subject, (struct measured){.named = column->named},
                      column->name, cell(in, i), column->unit);
    }
}
