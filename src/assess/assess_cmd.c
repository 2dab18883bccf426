#include "assess/assess_cmd.h"

#include "assess/factor/factor.h"
#include "assess/filter/filter.h"
#include "assess/standard/standard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FLUSH_AT = 1 << 16, BUFFER_MAX = 1 << 26, READ_SIZE = 1 << 16 };

static const struct {
    const char *name;
    enum verdict_kind kind;
    const char *help;
} filters[] = {
    {"aqi-hour",      VERDICT_AQI_HOUR,    "hourly AQI by HJ 633 / 小时 AQI"                },
    {"aqi-day",       VERDICT_AQI_DAY,     "daily AQI by HJ 633 / 日 AQI"                    },
    {"water-section", VERDICT_WATER_CLASS,
     "class of a surface-water section by GB 3838 / 断面水质类别"                       },
    {"outlet",        VERDICT_OUTLET,      "discharge against its limits / 排口达标判定"},
};

static const char help_text[] =
    "usage: shangyou assess FILTER [options] < in.csv > out.csv\n"
    "\n"
    "Every row of measurements becomes a row with its verdict, by the edition\n"
    "of the standard in force on the day of the measurement.\n"
    "\n"
    "filters\n";

static const char columns_text[] =
    "\n"
    "input: CSV with a header, UTF-8 or GB 18030\n"
    "  time (or date, day, 日期, 时间)  2026-11-24T08:00, 2026/11/24, "
    "20261124\n"
    "  wide: one column a factor, named by code or name, a unit may follow:\n"
    "        time,a34004,PM10,O3_1h,O3_8h,CO(mg/m3)      (aqi-*)\n"
    "        time,water_body,w01009,氨氮,总磷(mg/L)       (water-section)\n"
    "  long: the columns factor, value and, if not the standard's, unit; rows\n"
    "        equal in all other columns are one subject\n"
    "  outlet is long and needs min and/or max; also limit_unit, standard,\n"
    "        converted (yes: the value and the limit are the converted ones)\n"
    "  water: \"<0.01\" and \"0.01L\" are below that detection limit; "
    "water_body\n"
    "        is river or lake_reservoir\n"
    "  A plain O3 is the 1 h mean of an hour and the largest 8 h mean of a\n"
    "  day. Empty, NaN, NA, - and * are missing. Other columns pass through.\n"
    "\n"
    "output: those columns, then\n"
    "  outcome    given, insufficient, no_edition, refused\n"
    "  edition    the standard applied\n"
    "  rating     AQI; class 1-6 (6: worse than V); 1 when a limit is "
    "exceeded\n"
    "  level, level_zh, level_en, colour\n"
    "  decisive   primary pollutants, deciding or exceeding items\n"
    "  items      factor/period=rating of each\n"
    "  summary_zh, summary_en; with --explain steps_zh, steps_en\n"
    "\n"
    "options\n"
    "  --json            one JSON object a line instead of CSV\n"
    "  --explain         every calculation with its numbers\n"
    "  --list            the editions, breakpoints, limits and units in use\n"
    "  --quiet           do not mention missing values\n"
    "  --rounding RULE   aqi: half-up compares with publishers who round so\n"
    "                    water: none rates the digits as they are\n"
    "  --incomplete      aqi: an index from whatever inputs there are\n"
    "  --body BODY       water: river (default) or lake_reservoir\n"
    "  --averaging TIME  outlet: hour or day (default)\n"
    "\n"
    "Rows that cannot be used are named on standard error; the others are\n"
    "judged. Exit status: 0 all rows taken, 1 something refused, 2 usage.\n";

static int print_help(void)
{
    fputs(help_text, stdout);
    for (size_t i = 0; i < LENGTH(filters); i++)
        printf("  %-14s %s\n", filters[i].name, filters[i].help);
    fputs(columns_text, stdout);
    return EXIT_SUCCESS;
}

/* ---- --list ---- */

static const char *day_text(int day, char text[16])
{
    if (day >= STANDARD_OPEN)
        return "";
    snprintf(text, 16, "%04d-%02d-%02d", day / 10000 % 10000, day / 100 % 100,
             day % 100);
    return text;
}

static void list_scale(const struct aqi_edition *edition, enum aqi_input input,
                       enum cadence cadence)
{
    const struct aqi_scale *s = aqi_scale(edition, input, cadence);
    char from[16], to[16], value[DECIMAL_TEXT_MAX];

    for (int i = 0; i < s->steps; i++) {
        decimal_format(s->at[i], value);
        printf("%s,%s,%s,%s,%s,IAQI %d,%s,%s,%s,%s\n", edition->name,
               day_text(edition->from_day, from), day_text(edition->to_day, to),
               aqi_factor(input), s->period, s->iaqi[i], value, s->unit,
               s->clause, s->confidence);
    }
}

static void list_aqi(enum cadence cadence)
{
    const struct aqi_edition *edition;

    for (size_t e = 0; (edition = aqi_edition_at(e)); e++) {
        for (int input = 0; input < AQI_INPUT_COUNT; input++) {
            if (cadence == CADENCE_DAY || input != AQI_O3_8H)
                list_scale(edition, (enum aqi_input)input, cadence);
        }
    }
}

static void list_water(void)
{
    static const char *const names[] = {"I", "II", "III", "IV", "V"};
    static const char *const signs[] = {"", "<=", ">=", "from"};
    const struct water_item *item;
    char value[DECIMAL_TEXT_MAX];

    for (size_t i = 0; (item = water_item_at(i)); i++) {
        for (int class = 0; class < WATER_CLASSES; class ++) {
            decimal_format(item->limit[class], value);
            printf("GB 3838-2002,2002-06-01,,%s,%s,class %s,%s %s,%s,%s,%s\n",
                   item->code,
                   item->river && item->lake ? "any"
                   : item->river             ? "river"
                                             : "lake_reservoir",
                   names[class], signs[item->bound], value, item->unit,
                   item->clause, item->confidence);
        }
    }
}

static void list_units(void)
{
    const struct standard_table *t = standard_table("units.csv");

    for (size_t row = 0; t && row < t->row_count; row++)
        printf("unit,,,%s,%s,%s,%s,,,\n", standard_text(t, row, "unit"),
               standard_text(t, row, "dimension"),
               standard_text(t, row, "aliases"),
               standard_text(t, row, "factor"));
}

static int print_list(enum verdict_kind kind)
{
    const struct factor *f;

    puts("standard,from,to,factor,period,step,value,unit,clause,confidence");
    if (kind == VERDICT_AQI_HOUR)
        list_aqi(CADENCE_HOUR);
    else if (kind == VERDICT_AQI_DAY)
        list_aqi(CADENCE_DAY);
    else if (kind == VERDICT_WATER_CLASS)
        list_water();
    else
        for (size_t i = 0; (f = factor_at(i)); i++)
            printf("factor,,,%s,%s,%s,,%s,,\n", f->code, f->code2005, f->medium,
                   f->wire_unit);
    list_units();
    return EXIT_SUCCESS;
}

/* ---- input and output ---- */

static bool flush_to(struct buf *b, FILE *file)
{
    bool ok = fwrite(b->at, 1, b->len, file) == b->len;

    buf_clear(b);
    return ok;
}

static bool flush(struct filter_sink *sink)
{
    bool ok = !sink->out->full;

    if (sink->messages->len)
        flush_to(sink->messages, stderr);
    if (sink->out->len >= FLUSH_AT)
        ok = flush_to(sink->out, stdout) && ok;
    return ok;
}

static bool read_all(struct buf *in)
{
    for (;;) {
        char *room = buf_room(in, READ_SIZE);
        size_t got;

        if (!room) {
            fprintf(stderr, "assess: the input is larger than %d bytes\n",
                    FILTER_INPUT_MAX);
            return false;
        }
        got = fread(room, 1, READ_SIZE, stdin);
        in->len += got;
        in->at[in->len] = '\0';
        if (got == 0)
            break;
    }
    if (ferror(stdin)) {
        fprintf(stderr, "assess: reading: %s\n", strerror(errno));
        return false;
    }
    return true;
}

static int run(const struct filter_options *options)
{
    struct buf in, out, messages;
    struct filter_sink sink = {&out, &messages, flush};
    struct filter_result result = {0, 0, 0, 0};
    enum err err = ERR_IO;

    buf_init(&in, FILTER_INPUT_MAX);
    buf_init(&out, BUFFER_MAX);
    buf_init(&messages, BUFFER_MAX);
    if (read_all(&in))
        err = filter_run(options, &in, &sink, &result);
    if (messages.len)
        flush_to(&messages, stderr);
    if (out.len && !flush_to(&out, stdout))
        err = ERR_IO;
    if (fflush(stdout) != 0)
        err = ERR_IO;
    if (err == ERR_IO)
        fprintf(stderr, "assess: %s\n", err_text(err));
    else if (!err)
        fprintf(stderr,
                "%zu rows, %zu judged, %zu with too few inputs, %zu refused\n",
                result.subjects, result.judged,
                result.subjects - result.judged - result.refused,
                result.refused);
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    return err || result.problems ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- options ---- */

static bool set_value(struct filter_options *o, struct span name,
                      struct span value)
{
    bool aqi = o->kind == VERDICT_AQI_HOUR || o->kind == VERDICT_AQI_DAY;
    bool water = o->kind == VERDICT_WATER_CLASS;

    if (span_is(name, "--rounding") && span_is(value, "standard"))
        return aqi || water;
    if (span_is(name, "--rounding") && span_is(value, "half-up"))
        return o->practice.half_up = aqi;
    if (span_is(name, "--rounding") && span_is(value, "none")) {
        o->rounding = WATER_ROUND_NONE;
        return water;
    }
    if (span_is(name, "--body") && span_is(value, "lake_reservoir")) {
        o->body = WATER_LAKE_RESERVOIR;
        return water;
    }
    if (span_is(name, "--body"))
        return water && span_is(value, "river");
    if (span_is(name, "--averaging") && o->kind == VERDICT_OUTLET)
        return !cadence_parse(value, &o->averaging) &&
               (o->averaging == CADENCE_HOUR || o->averaging == CADENCE_DAY);
    return false;
}

static bool set_flag(struct filter_options *o, struct span name, bool *list)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"--json",       &o->json               },
        {"--explain",    &o->explain            },
        {"--quiet",      &o->quiet              },
        {"--incomplete", &o->practice.incomplete},
        {"--list",       list                   },
    };

    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (span_is(name, flags[i].name))
            return *flags[i].flag = true;
    }
    return false;
}

static bool asks_help(struct span word)
{
    return span_is(word, "--help") || span_is(word, "-h") ||
           span_is(word, "help");
}

static int run_filter(enum verdict_kind kind, int argc, char **argv)
{
    struct filter_options o = {.kind = kind,
                               .rounding = WATER_ROUND_STATISTICS,
                               .body = WATER_RIVER,
                               .averaging = CADENCE_DAY};
    bool list = false;

    for (int i = 2; i < argc; i++) {
        struct span word = span_of(argv[i]);

        if (asks_help(word))
            return print_help();
        if (set_flag(&o, word, &list))
            continue;
        if (i + 1 < argc && set_value(&o, word, span_of(argv[i + 1]))) {
            i++;
            continue;
        }
        fprintf(stderr,
                "assess %s: '%s' is no option here, or its value is "
                "not; see shangyou assess --help\n",
                argv[1], argv[i]);
        return 2;
    }
    return list ? print_list(kind) : run(&o);
}

int assess_command(int argc, char **argv)
{
    if (argc >= 2 && asks_help(span_of(argv[1])))
        return print_help();
    for (size_t i = 0; argc >= 2 && i < LENGTH(filters); i++) {
        if (span_is(span_of(argv[1]), filters[i].name))
            return run_filter(filters[i].kind, argc, argv);
    }
    fprintf(stderr, "assess: which filter? see shangyou assess --help\n");
    return 2;
}
