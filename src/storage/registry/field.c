#include "storage/registry/field.h"

#include <assert.h>

enum { KEY = FIELD_REQUIRED };

/* clang-format off */
static const struct field site_fields[] = {
    {"code", FIELD_CODE, KEY, 1, 64, NULL, NULL, "1431A",
     "unique code, as its owner writes it", "站点编码，全省唯一"},
    {"name_zh", FIELD_TEXT, FIELD_REQUIRED, 1, 200, NULL, NULL, "金泉两河",
     "Chinese name", "中文名称"},
    {"name_en", FIELD_TEXT, 0, 1, 200, NULL, "the Chinese name",
     "Jinquan Lianghe", "English name", "英文名称"},
    {"element", FIELD_CHOICE, FIELD_REQUIRED, 0, 0,
     "air water groundwater drinking_water soil noise radiation source_gas "
     "source_water ecology", NULL, "air", "what is monitored", "环境要素"},
    {"level", FIELD_CHOICE, FIELD_REQUIRED, 0, 0,
     "national province city county enterprise", NULL, "national",
     "who answers for it", "级别：国控、省控、市控、县控、企业"},
    {"region", FIELD_REGION, FIELD_REQUIRED, 0, 0, NULL, NULL, "510106",
     "division (GB/T 2260) of the county or city", "行政区划代码"},
    {"lon", FIELD_DEGREES, 0, 73, 136, NULL, "unknown", "103.9728",
     "longitude, WGS 84, degrees east", "经度，WGS 84"},
    {"lat", FIELD_DEGREES, 0, 3, 54, NULL, "unknown", "30.7236",
     "latitude, WGS 84, degrees north", "纬度，WGS 84"},
    {"water_body", FIELD_CHOICE, 0, 0, 0, "river lake_reservoir", "none",
     "river", "kind of water body; required for element water",
     "水体类型：河流、湖库"},
    {"target_class", FIELD_CLASS, 0, 1, 5, NULL, "none", "3",
     "class a water section has to reach (GB 3838), 1-5 or I-V",
     "水质目标类别"},
    {"noise_class", FIELD_CHOICE, 0, 0, 0, "0 1 2 3 4a 4b", "none", "2",
     "noise: class of the function zone (GB 3096); none: levels only",
     "声环境功能区类别"},
    {"control_point", FIELD_BOOL, 0, 0, 0, NULL, "no", "no",
     "air: a control (background) station, left out of city means",
     "对照点(清洁对照点)"},
    {"public_page", FIELD_BOOL, 0, 0, 0, NULL,
     "yes; no for source_gas and source_water", "yes", "shown without log-in",
     "是否对公众公开"},
};

static const struct field point_fields[] = {
    {"site", FIELD_CODE, KEY, 1, 64, NULL, NULL, "QY0001", "code of the site",
     "所属站点编码"},
    {"code", FIELD_CODE, KEY, 1, 64, NULL, NULL, "DA001",
     "code, unique within the site", "点位或排口编号"},
    {"name_zh", FIELD_TEXT, FIELD_REQUIRED, 1, 200, NULL, NULL, "1号机组总排口",
     "Chinese name", "中文名称"},
    {"name_en", FIELD_TEXT, 0, 1, 200, NULL, "the Chinese name",
     "Unit 1 main stack", "English name", "英文名称"},
};

static const struct field device_fields[] = {
    {"mn", FIELD_MN, KEY, 1, 64, NULL, NULL, "010000A8900016F000169DC0",
     "MN that the device sends; case is ignored", "数采仪唯一标识 MN"},
    {"site", FIELD_CODE, FIELD_REQUIRED, 1, 64, NULL, NULL, "QY0001",
     "code of the site", "所属站点编码"},
    {"point", FIELD_CODE, FIELD_REQUIRED, 1, 64, NULL, NULL, "DA001",
     "code of the point it reports", "所报点位编号"},
    {"password", FIELD_PASSWORD, FIELD_SECRET, 1, 32, NULL,
     "none: any password is taken", "123456",
     "PW on the wire; never shown again", "访问密码 PW"},
    {"st", FIELD_SYSTEM, 0, 2, 2, NULL, "any", "31",
     "system code ST it should send", "系统编码 ST"},
    {"tolerate", FIELD_DEVIATIONS, 0, 0, 0, NULL, "the default set",
     "+large_segment",
     "deviations from the protocol by name, + tolerated, - refused, against "
     "the default set", "容许或拒绝的协议偏差"},
    {"sm4_key", FIELD_SM4_KEY, FIELD_SECRET, 32, 32, NULL, "no encryption",
     "0123456789abcdeffedcba9876543210",
     "SM4 key, 32 hex digits; never shown again", "国密 SM4 密钥"},
    {"label_is_end", FIELD_BOOL, 0, 0, 0, NULL, "no", "no",
     "its DataTime names the end of the period", "时标为时段末"},
    {"enabled", FIELD_BOOL, 0, 0, 0, NULL, "yes", "yes",
     "may report; a point has one enabled device", "是否启用"},
    {"realtime_s", FIELD_INT, 0, 30, 3600, NULL, "left alone", "60",
     "real-time interval it should keep, s", "实时数据间隔，秒"},
    {"minute_min", FIELD_STEPS, 0, 1, 30, "1 2 3 4 5 6 10 12 15 20 30",
     "left alone", "10", "minute-data interval it should keep, min",
     "分钟数据间隔，分钟"},
    {"addresses", FIELD_ADDRESSES, 0, 0, 0, NULL, "from anywhere",
     "10.20.0.0/16 2001:db8::/32",
     "CIDR blocks it may connect from, IPv4 or IPv6", "允许的来源地址"},
};

static const struct field factor_fields[] = {
    {"site", FIELD_CODE, KEY, 1, 64, NULL, NULL, "QY0001", "code of the site",
     "所属站点编码"},
    {"point", FIELD_CODE, KEY, 1, 64, NULL, NULL, "DA001", "code of the point",
     "点位编号"},
    {"factor", FIELD_FACTOR, KEY, 1, 15, NULL, NULL, "a21026",
     "pollutant code of HJ 212-2017 (HJ 524, HJ 525)", "污染物编码"},
    {"unit", FIELD_TEXT, 0, 1, 32, NULL, "that of standards/pollutants.csv",
     "mg/m3", "unit, as the device sends it; required when the table has none",
     "计量单位"},
    {"decimals", FIELD_INT, 0, 0, 9, NULL, "that of standards/pollutants.csv",
     "2", "digits after the point in displays", "显示小数位数"},
    {"detection_limit", FIELD_DECIMAL, 0, 0, 0, NULL, "none", "0.5",
     "detection limit, in the unit", "检出限"},
    {"range_low", FIELD_DECIMAL, 0, 0, 0, NULL, "none", "0",
     "lower end of the measuring range, in the unit", "量程下限"},
    {"range_high", FIELD_DECIMAL, 0, 0, 0, NULL, "none", "500",
     "upper end of the measuring range, in the unit", "量程上限"},
};

static const struct field limit_fields[] = {
    {"site", FIELD_CODE, KEY, 1, 64, NULL, NULL, "QY0001", "code of the site",
     "所属站点编码"},
    {"point", FIELD_CODE, KEY, 1, 64, NULL, NULL, "DA001", "code of the outlet",
     "排口编号"},
    {"factor", FIELD_FACTOR, KEY, 1, 15, NULL, NULL, "a21026", "pollutant code",
     "污染物编码"},
    {"averaging", FIELD_CHOICE, KEY, 0, 0, "hour day", NULL, "hour",
     "the mean that is compared", "评价时段：小时均值、日均值"},
    {"from", FIELD_DAY, KEY, 0, 0, NULL, NULL, "2014-07-01",
     "first day in force", "生效日期"},
    {"standard", FIELD_TEXT, KEY, 1, 120, NULL, NULL, "GB 13223-2011",
     "what sets it: a standard or a permit", "依据：标准或排污许可证"},
    {"min", FIELD_DECIMAL, 0, 0, 0, NULL, "none", "6",
     "lower limit; min or max is required", "下限"},
    {"max", FIELD_DECIMAL, 0, 0, 0, NULL, "none", "200",
     "upper limit; min or max is required", "上限"},
    {"unit", FIELD_TEXT, FIELD_REQUIRED, 1, 32, NULL, NULL, "mg/m3",
     "unit of the limit", "计量单位"},
    {"converted", FIELD_BOOL, 0, 0, 0, NULL, "no", "yes",
     "compares the value converted to reference oxygen", "是否按折算值评价"},
    {"to", FIELD_DAY, 0, 0, 0, NULL, "open", "2030-12-31", "last day in force",
     "失效日期"},
};

static const struct row_schema schemas[ROW_KIND_COUNT] = {
    [ROW_SITE] = {"site", "sites", "site", "站点", site_fields,
     LENGTH(site_fields), 1},
    [ROW_POINT] = {"point", "points", "point", "点位、排口", point_fields,
     LENGTH(point_fields), 2},
    [ROW_DEVICE] = {"device", "devices", "device", "数采仪", device_fields,
     LENGTH(device_fields), 1},
    [ROW_FACTOR] = {"factor", "factors", "factor", "监测因子", factor_fields,
     LENGTH(factor_fields), 3},
    [ROW_LIMIT] = {"limit", "limits", "outlet_limit", "排放限值", limit_fields,
     LENGTH(limit_fields), 6},
};
/* clang-format on */

const struct row_schema *row_schema(enum row_kind kind)
{
    assert(kind < ROW_KIND_COUNT);
    return &schemas[kind];
}

enum err row_kind_parse(struct span name, enum row_kind *out)
{
    for (int i = 0; i < ROW_KIND_COUNT; i++) {
        if (span_is(name, schemas[i].name) ||
            span_is(name, schemas[i].plural)) {
            *out = (enum row_kind)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

int row_field(enum row_kind kind, struct span name)
{
    for (size_t i = 0; i < schemas[kind].count; i++) {
        if (span_is(name, schemas[kind].fields[i].name))
            return (int)i;
    }
    return -1;
}

/* ---- the code of a row ---- */

const char *row_code(enum row_kind kind, const struct row *row,
                     struct arena *arena)
{
    struct buf code;
    const char *text;

    buf_init(&code, (size_t)FIELDS_MAX * (FIELD_VALUE_MAX + 1));
    for (size_t i = 0; i < schemas[kind].keys; i++) {
        if (i)
            buf_char(&code, ':');
        buf_add(&code, row->value[i]);
    }
    text = arena_copy(arena, buf_span(&code)).at;
    buf_done(&code);
    return text;
}

enum err row_code_parse(enum row_kind kind, struct span code, struct row *out)
{
    size_t keys = schemas[kind].keys;

    *out = (struct row){0};
    for (size_t i = 0; i < keys; i++) {
        out->value[i] = i + 1 < keys ? span_take(&code, ':') : code;
        if (out->value[i].len == 0)
            return ERR_SYNTAX;
    }
    return OK;
}

/* ---- the manual ---- */

static void manual_kind(struct buf *out, const struct field *f)
{
    static const char *const words[] = {
        [FIELD_TEXT] = "text",
        [FIELD_CODE] = "code",
        [FIELD_CHOICE] = "choice",
        [FIELD_INT] = "integer",
        [FIELD_BOOL] = "yes/no",
        [FIELD_DECIMAL] = "decimal",
        [FIELD_DEGREES] = "degrees",
        [FIELD_DAY] = "date",
        [FIELD_CLASS] = "class",
        [FIELD_STEPS] = "integer",
        [FIELD_REGION] = "division",
        [FIELD_FACTOR] = "factor",
        [FIELD_MN] = "MN",
        [FIELD_PASSWORD] = "password",
        [FIELD_SYSTEM] = "ST",
        [FIELD_SM4_KEY] = "key",
        [FIELD_ADDRESSES] = "CIDR list",
        [FIELD_DEVIATIONS] = "names",
    };
    bool bytes = f->kind == FIELD_TEXT || f->kind == FIELD_CODE ||
                 f->kind == FIELD_MN || f->kind == FIELD_PASSWORD ||
                 f->kind == FIELD_FACTOR;

    buf_text(out, words[f->kind]);
    if (f->choices) {
        struct span rest = span_of(f->choices);

        for (const char *mark = ": "; rest.len; mark = ", ") {
            buf_text(out, mark);
            buf_char(out, '`');
            buf_add(out, span_take(&rest, ' '));
            buf_char(out, '`');
        }
    } else if (f->max) {
        buf_printf(out, ", %lld–%lld%s", (long long)f->min, (long long)f->max,
                   bytes ? " bytes" : "");
    }
}

void field_manual(struct buf *out)
{
    for (int kind = 0; kind < ROW_KIND_COUNT; kind++) {
        const struct row_schema *s = &schemas[kind];

        buf_printf(out, "## %s %s\n\n", s->plural, s->zh);
        buf_text(out, "| field | kind and range | default | example | meaning "
                      "| 含义 |\n|---|---|---|---|---|---|\n");
        for (size_t i = 0; i < s->count; i++) {
            const struct field *f = &s->fields[i];

            buf_printf(out, "| `%s` | ", f->name);
            manual_kind(out, f);
            buf_printf(out, " | %s | `%s` | %s | %s |\n",
                       i < s->keys                 ? "**key**"
                       : f->flags & FIELD_REQUIRED ? "**required**"
                                                   : f->fallback,
                       f->example, f->en, f->zh);
        }
        buf_char(out, '\n');
    }
}
