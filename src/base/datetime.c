#include "base/datetime.h"

#include <stdio.h>

static const char *const cadence_names[CADENCE_COUNT] = {
    "realtime", "minute", "hour", "day", "month", "quarter", "year", "sample",
};

const char *cadence_name(enum cadence cadence)
{
    return cadence < CADENCE_COUNT ? cadence_names[cadence] : "unknown";
}

enum err cadence_parse(struct span name, enum cadence *out)
{
    for (int i = 0; i < CADENCE_COUNT; i++) {
        if (span_is(name, cadence_names[i])) {
            *out = (enum cadence)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/*
 * Days since 1970-01-01 of a date of the Gregorian calendar, and back. Years
 * are counted from March, so that the leap day is the last of its year
 * (Howard Hinnant, "chrono-compatible low-level date algorithms").
 */
static int64_t days_from_date(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int64_t era = floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static void date_from_days(int64_t days, struct civil *out)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t d = z - era * 146097;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;

    out->day = (int)(of_year - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(y + era * 400 + (out->month <= 2));
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

struct civil civil_from_utc(int64_t utc_s)
{
    int64_t local = utc_s + BEIJING_OFFSET_S;
    int64_t days = floor_div(local, DAY_S);
    int of_day = (int)(local - days * DAY_S);
    struct civil c = {.hour = of_day / HOUR_S,
                      .minute = of_day / MINUTE_S % 60,
                      .second = of_day % 60};

    date_from_days(days, &c);
    return c;
}

enum err civil_to_utc(struct civil c, int64_t *out_s)
{
    if (c.year < 1900 || c.year > 2199 || c.month < 1 || c.month > 12 ||
        c.day < 1 || c.day > days_in_month(c.year, c.month) || c.hour < 0 ||
        c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 ||
        c.second > 59)
        return ERR_OUT_OF_RANGE;
    *out_s = days_from_date(c.year, c.month, c.day) * DAY_S +
             (int64_t)c.hour * HOUR_S + (int64_t)c.minute * MINUTE_S +
             c.second - BEIJING_OFFSET_S;
    return OK;
}

int civil_day_number(int64_t utc_s)
{
    struct civil c = civil_from_utc(utc_s);

    return c.year * 10000 + c.month * 100 + c.day;
}

enum err civil_day_start(int yyyymmdd, int64_t *out_s)
{
    return civil_to_utc((struct civil){.year = yyyymmdd / 10000,
                                       .month = yyyymmdd / 100 % 100,
                                       .day = yyyymmdd % 100},
                        out_s);
}

static int64_t month_start(int year, int month)
{
    return days_from_date(year, month, 1) * DAY_S - BEIJING_OFFSET_S;
}

int64_t period_start(int64_t utc_s, enum cadence cadence)
{
    struct civil c;

    switch (cadence) {
    case CADENCE_HOUR:
        return floor_div(utc_s, HOUR_S) * HOUR_S;
    case CADENCE_DAY:
        return floor_div(utc_s + BEIJING_OFFSET_S, DAY_S) * DAY_S -
               BEIJING_OFFSET_S;
    case CADENCE_MONTH:
        c = civil_from_utc(utc_s);
        return month_start(c.year, c.month);
    case CADENCE_QUARTER:
        c = civil_from_utc(utc_s);
        return month_start(c.year, (c.month - 1) / 3 * 3 + 1);
    case CADENCE_YEAR:
        c = civil_from_utc(utc_s);
        return month_start(c.year, 1);
    default:
        return utc_s;
    }
}

/* The month `months` after the one that starts at start_s. */
static int64_t months_later(int64_t start_s, int months)
{
    struct civil c = civil_from_utc(start_s);
    int month = c.month - 1 + months;

    return month_start(c.year + month / 12, month % 12 + 1);
}

int64_t period_next(int64_t utc_s, enum cadence cadence)
{
    int64_t start = period_start(utc_s, cadence);

    switch (cadence) {
    case CADENCE_HOUR:
        return start + HOUR_S;
    case CADENCE_DAY:
        return start + DAY_S;
    case CADENCE_MONTH:
        return months_later(start, 1);
    case CADENCE_QUARTER:
        return months_later(start, 3);
    case CADENCE_YEAR:
        return months_later(start, 12);
    default:
        return utc_s;
    }
}

/* The number in `count` digits at *rest, which moves on; -1 if there is none.
 */
static int digits(struct span *rest, size_t count)
{
    int value = 0;

    if (rest->len < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        char c = rest->at[i];

        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    *rest = span_from(*rest, count);
    return value;
}

static bool skip(struct span *rest, const char *any_of)
{
    if (rest->len == 0 || !strchr(any_of, rest->at[0]) || rest->at[0] == '\0')
        return false;
    *rest = span_from(*rest, 1);
    return true;
}

enum err datetime_parse_compact(struct span text, int64_t *out_s)
{
    struct civil c = {0};

    if (text.len != 14)
        return ERR_SYNTAX;
    c.year = digits(&text, 4);
    c.month = digits(&text, 2);
    c.day = digits(&text, 2);
    c.hour = digits(&text, 2);
    c.minute = digits(&text, 2);
    c.second = digits(&text, 2);
    if (text.len != 0)
        return ERR_SYNTAX;
    return civil_to_utc(c, out_s);
}

/* Writes the last `width` digits of a number; returns what is behind them. */
static char *put(char *text, int number, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return text + width;
}

void datetime_format_compact(int64_t utc_s, char text[15])
{
    struct civil c = civil_from_utc(utc_s);

    text = put(text, c.year, 4);
    text = put(text, c.month, 2);
    text = put(text, c.day, 2);
    text = put(text, c.hour, 2);
    text = put(text, c.minute, 2);
    text = put(text, c.second, 2);
    *text = '\0';
}

/* What stands behind the time of day: nothing, Z, or a signed offset. */
static bool zone(struct span rest, int64_t *offset_s)
{
    bool west = rest.len && rest.at[0] == '-';
    int hours, minutes;

    *offset_s = BEIJING_OFFSET_S;
    if (rest.len == 0)
        return true;
    if (span_is(rest, "Z") || span_is(rest, "z")) {
        *offset_s = 0;
        return true;
    }
    if (!skip(&rest, "+- ")) /* a + in an address arrives as a blank */
        return false;
    hours = digits(&rest, 2);
    skip(&rest, ":");
    minutes = rest.len ? digits(&rest, 2) : 0;
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || rest.len)
        return false;
    *offset_s = (int64_t)(west ? -1 : 1) * (hours * 60 + minutes) * MINUTE_S;
    return true;
}

/* hh:mm[:ss[.fraction]] */
static bool time_of_day(struct span *rest, struct civil *c)
{
    c->hour = digits(rest, 2);
    if (!skip(rest, ":"))
        return false;
    c->minute = digits(rest, 2);
    if (skip(rest, ":"))
        c->second = digits(rest, 2);
    if (skip(rest, "."))
        while (digits(rest, 1) >= 0)
            ; /* whole seconds are all we keep */
    return true;
}

enum err datetime_parse(struct span text, int64_t *out_s)
{
    int64_t offset_s = BEIJING_OFFSET_S, local_s;
    struct civil c = {0};
    enum err err;

    c.year = digits(&text, 4);
    if (!skip(&text, "-"))
        return ERR_SYNTAX;
    c.month = digits(&text, 2);
    if (!skip(&text, "-"))
        return ERR_SYNTAX;
    c.day = digits(&text, 2);
    if (text.len && (!skip(&text, "Tt ") || !time_of_day(&text, &c) ||
                     !zone(text, &offset_s)))
        return ERR_SYNTAX;
    err = civil_to_utc(c, &local_s);
    if (!err)
        *out_s = local_s + BEIJING_OFFSET_S - offset_s;
    return err;
}

/* 2026-11-24T16:00:00, without its zone. */
static char *put_iso(char *text, struct civil c)
{
    const struct {
        int number, width;
        char behind;
    } parts[] = {
        {c.year, 4, '-'}, {c.month, 2, '-'},  {c.day, 2, 'T'},
        {c.hour, 2, ':'}, {c.minute, 2, ':'},
    };

    for (size_t i = 0; i < LENGTH(parts); i++) {
        text = put(text, parts[i].number, parts[i].width);
        *text++ = parts[i].behind;
    }
    return put(text, c.second, 2);
}

void datetime_format(int64_t utc_s, char text[26])
{
    memcpy(put_iso(text, civil_from_utc(utc_s)), "+08:00", 7);
}

void datetime_format_us(int64_t utc_us, char text[33])
{
    int64_t utc_s = floor_div(utc_us, 1000000);

    text = put_iso(text, civil_from_utc(utc_s));
    *text++ = '.';
    memcpy(put(text, (int)(utc_us - utc_s * 1000000), 6), "+08:00", 7);
}
