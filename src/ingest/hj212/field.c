#include "base/datetime.h"
#include "ingest/hj212/hj212.h"

enum { TIME_LEN = 14, QN_LEN = 17, AHEAD_S = 5 * MINUTE_S };

const struct hj212_value *hj212_field(const struct hj212_frame *frame,
                                      const char *name)
{
    struct span wanted = span_of(name);

    for (size_t i = 0; i < frame->value_count; i++) {
        if (span_equal_nocase(frame->values[i].name, wanted))
            return &frame->values[i];
    }
    return NULL;
}

enum err hj212_time_field(const struct hj212_frame *frame, const char *name,
                          int64_t *out_s)
{
    const struct hj212_value *value = hj212_field(frame, name);

    if (!value)
        return ERR_NOT_FOUND;
    return datetime_parse_compact(value->text.len == QN_LEN
                                      ? span_first(value->text, TIME_LEN)
                                      : value->text,
                                  out_s);
}

/* A day's data are named by its start and sent after its end. */
static int64_t late_after_s(int cn)
{
    return cn == 2031 || cn == 2041 ? 2 * DAY_S : DAY_S;
}

hj212_deviations hj212_time_deviations(const struct hj212_frame *frame,
                                       int64_t arrival_s)
{
    int64_t at_s;

    if (hj212_time_field(frame, "DataTime", &at_s) != OK)
        return 0;
    if (at_s > arrival_s + AHEAD_S)
        return HJ212_DEV_BIT(TIME_FUTURE);
    if (arrival_s - at_s > late_after_s(frame->cn))
        return HJ212_DEV_BIT(TIME_LATE);
    return 0;
}

bool hj212_contradicts(const struct hj212_frame *a, const struct hj212_frame *b)
{
    int64_t a_s, b_s;

    return a->cn == b->cn && span_equal_nocase(a->mn, b->mn) &&
           span_equal(a->st, b->st) && a->pno == b->pno &&
           hj212_time_field(a, "DataTime", &a_s) == OK &&
           hj212_time_field(b, "DataTime", &b_s) == OK && a_s == b_s &&
           !span_equal(a->cp, b->cp);
}
