#include "base/decimal.h"
#include "storage/registry/field.h"
#include "storage/registry/reference.h"

#include <assert.h>
#include <math.h>

/* How far a site may lie from its region's seat before we wonder. */
enum { FAR_DEGREES = 6 };

struct judging {
    enum row_kind kind;
    const struct row *row;
    const struct reference *reference;
    struct arena *arena;
    struct finding *why, *warning;
};

static struct span value_of(const struct judging *j, const char *name)
{
    int index = row_field(j->kind, span_of(name));

    assert(index >= 0);
    return j->row->value[index];
}

static struct finding finding_of(const struct judging *j, const char *name,
                                 const char *reason, const char *suggestion)
{
    return (struct finding){
        .column = name,
        .value = arena_copy(j->arena, value_of(j, name)).at,
        .reason = reason,
        .suggestion = suggestion,
    };
}

static bool refuse(const struct judging *j, const char *name,
                   const char *reason, const char *suggestion)
{
    *j->why = finding_of(j, name, reason, suggestion);
    return false;
}

/* Whether the two fields are numbers with low <= high, or one is empty. */
static bool in_order(const struct judging *j, const char *low, const char *high)
{
    struct decimal a, b;

    if (decimal_parse(value_of(j, low), &a) ||
        decimal_parse(value_of(j, high), &b))
        return true;
    return decimal_compare(a, b) <= 0;
}

static bool required_are_there(const struct judging *j)
{
    const struct row_schema *schema = row_schema(j->kind);

    for (size_t i = 0; i < schema->count; i++) {
        const struct field *f = &schema->fields[i];

        if (!(f->flags & FIELD_REQUIRED) || j->row->value[i].len)
            continue;
        return refuse(
            j, f->name, "is missing (必填)",
            arena_printf(j->arena, "%s, such as %s", f->en, f->example));
    }
    return true;
}

/* ---- site ---- */

static void wonder_about_place(const struct judging *j)
{
    struct decimal lon, lat, code;
    const struct region *region;

    if (decimal_parse(value_of(j, "lon"), &lon) ||
        decimal_parse(value_of(j, "lat"), &lat) ||
        decimal_parse(value_of(j, "region"), &code))
        return;
    region = reference_region(j->reference, (int)code.mantissa);
    while (region && (isnan(region->lon) || isnan(region->lat)))
        region = reference_region(j->reference, region->parent);
    if (!region || (fabs(region->lon - decimal_to_double(lon)) < FAR_DEGREES &&
                    fabs(region->lat - decimal_to_double(lat)) < FAR_DEGREES))
        return;
    *j->warning = finding_of(
        j, "lon",
        arena_printf(j->arena, "lies more than %d degrees from %s (位置偏远)",
                     (int)FAR_DEGREES, region->name_zh),
        "check longitude, latitude and region");
}

static bool judge_site(const struct judging *j)
{
    struct span element = value_of(j, "element");
    bool water = span_is(element, "water");

    if (!value_of(j, "lon").len != !value_of(j, "lat").len)
        return refuse(j, value_of(j, "lon").len ? "lat" : "lon",
                      "is missing while the other coordinate is given (坐标)",
                      "give both, or neither");
    if (water && !value_of(j, "water_body").len)
        return refuse(j, "water_body", "is missing for a water section (水体)",
                      "river or lake_reservoir");
    if (!water && value_of(j, "water_body").len)
        return refuse(j, "water_body", "belongs to element water only (水体)",
                      "leave it empty");
    if (!water && value_of(j, "target_class").len)
        return refuse(j, "target_class",
                      "belongs to element water only (水质目标)",
                      "leave it empty");
    if (!span_is(element, "noise") && value_of(j, "noise_class").len)
        return refuse(j, "noise_class",
                      "belongs to element noise only (声环境功能区)",
                      "leave it empty");
    if (!span_is(element, "air") &&
        span_is(value_of(j, "control_point"), "yes"))
        return refuse(j, "control_point",
                      "belongs to element air only (对照点)", "leave it empty");
    wonder_about_place(j);
    return true;
}

/* ---- factor ---- */

static bool judge_factor(const struct judging *j)
{
    const struct pollutant *p =
        reference_pollutant(j->reference, value_of(j, "factor"));

    if (!value_of(j, "unit").len && !p)
        return refuse(j, "unit",
                      "is missing, and the factor is not in "
                      "standards/pollutants.csv (计量单位)",
                      "write the unit, or correct the factor's code");
    if (!value_of(j, "unit").len && !p->unit.len)
        return refuse(j, "unit",
                      "is missing, and standards/pollutants.csv has none for "
                      "this factor (计量单位)",
                      "write the unit that the device sends");
    /* HJ 212-2017 table B.2 names ng/m3 for particles; devices send others. */
    if (!value_of(j, "unit").len && span_is(p->unit, "ng/m3"))
        return refuse(j, "unit",
                      "is missing, and ng/m3 by the letter of HJ 212 is seldom "
                      "what devices send (计量单位)",
                      "write the unit that the device sends, such as ug/m3");
    if (!in_order(j, "range_low", "range_high"))
        return refuse(j, "range_high", "lies below range_low (量程)",
                      "exchange the two");
    if (!p)
        *j->warning = finding_of(
            j, "factor", "is not in standards/pollutants.csv (污染物编码)",
            "kept as it is; check that the device sends this code");
    return true;
}

/* ---- limit ---- */

static bool judge_limit(const struct judging *j)
{
    struct span from = value_of(j, "from"), to = value_of(j, "to");

    if (!value_of(j, "min").len && !value_of(j, "max").len)
        return refuse(j, "max", "and min are both missing (限值)",
                      "give one or both");
    if (!in_order(j, "min", "max"))
        return refuse(j, "max", "lies below min (限值)", "exchange the two");
    if (to.len && memcmp(to.at, from.at, from.len) < 0)
        return refuse(j, "to", "lies before the first day (日期)",
                      "the last day in force, or nothing");
    return true;
}

bool row_judge(enum row_kind kind, const struct row *row,
               const struct reference *reference, struct arena *arena,
               struct finding *why, struct finding *warning)
{
    const struct judging j = {kind, row, reference, arena, why, warning};

    *warning = (struct finding){0};
    if (!required_are_there(&j))
        return false;
    switch (kind) {
    case ROW_SITE:
        return judge_site(&j);
    case ROW_FACTOR:
        return judge_factor(&j);
    case ROW_LIMIT:
        return judge_limit(&j);
    case ROW_POINT:
    case ROW_DEVICE:
    case ROW_KIND_COUNT:
        break;
    }
    return true;
}
