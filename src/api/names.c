/* How things are called, and small members that many rows have. */
#include "api/room.h"

struct factor_names factor_names(const char *code, const struct point *point)
{
    const char *element =
        point && point->site ? element_name(point->site->element) : "";
    const struct factor_use *use = factor_use_find(span_of(code), element);
    const struct factor *factor = factor_find(span_of(code));
    const struct factor_plan *plan =
        point ? point_factor(point, span_of(code)) : NULL;
    struct factor_names names = {code, code, "", -1};

    if (factor) {
        names = (struct factor_names){factor->name_zh, factor->name_en,
                                      factor->wire_unit, factor->decimals};
    }
    if (use) {
        names = (struct factor_names){use->name_zh, use->name_en, use->unit,
                                      use->decimals};
    }
    if (plan) {
        if (plan->unit && plan->unit[0])
            names.unit = plan->unit;
        if (plan->decimals >= 0)
            /* NOLINTNEXTLINE(bugprone-signed-char-misuse,cert-str34-c) */
            names.decimals = plan->decimals;
    }
    names.unit = unit_shown(names.unit);
    return names;
}

void key_names(struct json *j, struct factor_names names)
{
    json_key_text(j, "name_zh", names.zh);
    json_key_text(j, "name_en", names.en);
}

void key_quality(struct json *j, uint32_t quality)
{
    json_key(j, "quality");
    json_open(j, '[');
    for (int q = 0; q < QUALITY_COUNT; q++) {
        if (quality & ((uint32_t)1 << q))
            json_text(j, quality_name(q));
    }
    json_close(j, ']');
}

void key_decimal_if(struct json *j, const char *key, bool present,
                    struct decimal value)
{
    if (present)
        json_key_decimal(j, key, value);
    else
        json_key_null(j, key);
}

void key_letter(struct json *j, const char *key, char letter)
{
    if (letter)
        json_key_span(j, key, (struct span){&letter, 1});
    else
        json_key_null(j, key);
}

void key_time_us(struct json *j, const char *key, int64_t us)
{
    json_key(j, key);
    if (us)
        json_time_us(j, us);
    else
        json_none(j);
}

void key_time_if(struct json *j, const char *key, bool present, int64_t s)
{
    if (present)
        json_key_time(j, key, s);
    else
        json_key_null(j, key);
}

void key_column(struct json *j, const char *key, const struct reading *reading,
                enum reading_column column)
{
    key_decimal_if(j, key, reading->present & (1 << column),
                   reading->number[column]);
}

bool place_of(struct api *api, const struct registry_snapshot *s,
              channel_id channel, struct place *out)
{
    *out = (struct place){.point = NULL};
    if (!series_key(api->parts.series, channel, &out->key))
        return false;
    if (out->key.subject == SUBJECT_POINT) {
        out->point = registry_point(s, out->key.id);
        out->site = out->point ? out->point->site : NULL;
        return out->point;
    }
    out->device = registry_device(s, out->key.id);
    if (out->device && out->device->point)
        out->site = out->device->point->site;
    return out->device;
}

const struct outlet_limit *limit_on(const struct point *point,
                                    const char *factor, enum cadence cadence,
                                    int day)
{
    for (size_t i = 0; point && i < point->limit_count; i++) {
        const struct outlet_limit *l = &point->limits[i];

        if (l->averaging == cadence && span_is(span_of(factor), l->factor) &&
            l->from_day <= day && (l->to_day == 0 || day <= l->to_day))
            return l;
    }
    return NULL;
}

bool limit_exceeded(const struct outlet_limit *limit, const struct point *point,
                    const struct reading *reading)
{
    enum reading_column column =
        limit->converted ? COLUMN_CONVERTED : COLUMN_VALUE;
    const struct factor_plan *plan =
        point_factor(point, span_of(limit->factor));
    struct decimal value = reading->number[column];

    if (!(reading->present & (1 << column)) || !reading_is_valid(reading))
        return false;
    if (plan && plan->unit && plan->unit[0] && limit->unit && limit->unit[0] &&
        unit_convert(value, span_of(plan->unit), span_of(limit->unit),
                     &value) != OK)
        return false;
    return (limit->has_max && decimal_compare(value, limit->max) > 0) ||
           (limit->has_min && decimal_compare(value, limit->min) < 0);
}
