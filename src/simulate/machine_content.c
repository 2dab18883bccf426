/* What a record says: the values of its period, with the flags of the day. */
#include "simulate/machine.h"

static int seconds_of(const struct machine *m, int cn)
{
    switch (cn) {
    case 2051:
        return m->minute_min * MINUTE_S;
    case 2061:
        return HOUR_S;
    case 2031:
        return DAY_S;
    default:
        return 0;
    }
}

static int hour_of(int64_t utc_s)
{
    return civil_from_utc(utc_s).hour;
}

/* Analysers of the air check themselves in the small hours; others are served.
 */
static char flag_of(const struct machine *m, const struct physics_factor *f,
                    int64_t start_s)
{
    int hour = hour_of(start_s);
    bool gas = span_is(span_of(f->st), "22") && f->burdened &&
               !span_starts(span_of(f->code), SPAN("a34"));

    if (m->fault == FAULT_MAINTENANCE && (hour == 10 || hour == 11))
        return 'M';
    if (gas && hour == (int)(m->who->place.seed % 3) + 1 &&
        civil_from_utc(start_s).day % 7 == 0)
        return 'C';
    return 'N';
}

static struct decimal times(struct decimal d, int64_t factor)
{
    d.mantissa *= factor;
    return d;
}

static void scale(struct physics_period *p, int64_t by)
{
    struct decimal *all[] = {&p->mean,         &p->min,       &p->max,
                             &p->total,        &p->converted, &p->converted_min,
                             &p->converted_max};

    for (size_t i = 0; i < LENGTH(all); i++)
        *all[i] = times(*all[i], by);
}

static struct physics_period measure(const struct machine *m,
                                     const struct physics_factor *f,
                                     int64_t start_s, int seconds)
{
    bool first = f == m->who->factors[0];
    int64_t when = m->fault == FAULT_STUCK && first ? 0 : start_s;
    struct physics_period p =
        physics_over(&m->who->place, f, when, seconds ? seconds : 1);

    if (m->fault == FAULT_SPIKE && f->burdened && start_s / HOUR_S % 10 == 0)
        scale(&p, 4);
    if (m->fault == FAULT_NEGATIVE && first && start_s / 600 % 7 == 0)
        scale(&p, -1);
    return p;
}

static void add_pair(struct buf *cp, const char *code, const char *suffix,
                     struct decimal value)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_format(value, text);
    buf_printf(cp, "%s-%s=%s,", code, suffix, text);
}

static void add_statistics(struct buf *cp, const struct physics_factor *f,
                           const struct physics_period *p)
{
    if (f->total)
        add_pair(cp, f->code, "Cou", p->total);
    add_pair(cp, f->code, "Min", p->min);
    add_pair(cp, f->code, "Avg", p->mean);
    add_pair(cp, f->code, "Max", p->max);
    if (f->converted) {
        add_pair(cp, f->code, "ZsMin", p->converted_min);
        add_pair(cp, f->code, "ZsAvg", p->converted);
        add_pair(cp, f->code, "ZsMax", p->converted_max);
    }
}

static void add_item(const struct machine *m, const struct physics_factor *f,
                     int cn, int64_t start_s, struct buf *cp)
{
    int seconds = seconds_of(m, cn);
    struct physics_period p = measure(m, f, start_s, seconds);

    buf_char(cp, ';');
    if (cn == 2011) {
        add_pair(cp, f->code, "Rtd", p.mean);
        if (f->converted)
            add_pair(cp, f->code, "ZsRtd", p.converted);
    } else if (span_is(span_of(f->st), "23")) {
        add_pair(cp, f->code, "Data", p.mean);
        if (cn == 2031) {
            add_pair(cp, f->code, "DayData", p.max);
            add_pair(cp, f->code, "NightData", p.min);
        }
    } else {
        add_statistics(cp, f, &p);
    }
    buf_printf(cp, "%s-Flag=%c", f->code, flag_of(m, f, start_s));
}

/* A device that labels periods by their end writes the end. */
static int64_t label(const struct machine *m, int cn, int64_t start_s)
{
    return m->who->label_is_end ? start_s + seconds_of(m, cn) : start_s;
}

void machine_content(const struct machine *m, int cn, int64_t start_s, int part,
                     struct buf *cp)
{
    size_t count = m->who->factor_count, half = (count + 1) / 2;
    size_t from = part == 2 ? half : 0, to = part == 1 ? half : count;
    char time[15];

    datetime_format_compact(label(m, cn, start_s) + m->clock_error_ms / 1000,
                            time);
    buf_printf(cp, "DataTime=%s", time);
    if (cn == 2021) {
        buf_text(cp, ";SB1-RS=1");
        return;
    }
    if (cn == 2041) {
        buf_text(cp, ";SB1-RT=24.0");
        return;
    }
    if (cn == 2081) {
        datetime_format_compact(m->installed_s, time);
        buf_printf(cp, ";RestartTime=%s", time);
        return;
    }
    for (size_t i = from; i < to; i++)
        add_item(m, m->who->factors[i], cn, start_s, cp);
}
