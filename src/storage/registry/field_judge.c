#include "base/datetime.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "ingest/hj212/hj212.h"
#include "storage/registry/field.h"
#include "storage/registry/reference.h"

#include <arpa/inet.h>

/* What every judge below is given. */
struct judging {
    const struct field *field;
    const struct reference *reference;
    struct arena *arena;
    struct finding *why;
};

static bool refuse(const struct judging *j, const char *reason,
                   const char *suggestion)
{
    j->why->reason = reason;
    j->why->suggestion = suggestion;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static struct span lower(struct arena *arena, struct span s)
{
    char *text = arena_take(arena, s.len + 1);

    for (size_t i = 0; i < s.len; i++) {
        text[i] = s.at[i];
        if (s.at[i] >= 'A' && s.at[i] <= 'Z')
            text[i] = "abcdefghijklmnopqrstuvwxyz"[s.at[i] - 'A'];
    }
    text[s.len] = '\0';
    return (struct span){text, s.len};
}

/* ---- text ---- */

static bool judge_length(const struct judging *j, struct span value)
{
    if (value.len >= (size_t)j->field->min &&
        value.len <= (size_t)j->field->max)
        return true;
    return refuse(
        j, arena_printf(j->arena, "%zu bytes long (长度不符)", value.len),
        arena_printf(j->arena, "%lld to %lld bytes", (long long)j->field->min,
                     (long long)j->field->max));
}

static bool has_control(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return true;
    }
    return false;
}

static bool judge_text(const struct judging *j, struct span value,
                       struct span *out)
{
    if (has_control(value))
        return refuse(j, "holds a control character or line break (控制字符)",
                      "write it on one line");
    *out = value;
    return judge_length(j, value);
}

static bool judge_code(const struct judging *j, struct span value,
                       struct span *out)
{
    for (size_t i = 0; i < value.len; i++) {
        if (strchr(" :/\\\"'<>?#%", value.at[i]))
            return refuse(
                j, "holds a character that codes do not have (编码含非法字符)",
                "leave out blanks, quotes and : / \\ < > ? # %");
    }
    return judge_text(j, value, out);
}

static bool judge_letters(const struct judging *j, struct span value,
                          const char *also, const char *suggestion,
                          struct span *out)
{
    for (size_t i = 0; i < value.len; i++) {
        if (!is_alnum(value.at[i]) &&
            (!value.at[i] || !strchr(also, value.at[i])))
            return refuse(j, "holds a character that is not allowed (非法字符)",
                          suggestion);
    }
    *out = value;
    return judge_length(j, value);
}

static bool judge_password(const struct judging *j, struct span value,
                           struct span *out)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] <= ' ' || value.at[i] > '~' ||
            strchr(";,=&#", value.at[i]))
            return refuse(j, "holds a character that HJ 212 uses itself",
                          "six of 0-9 a-z A-Z (访问密码 PW)");
    }
    *out = value;
    return judge_length(j, value);
}

static bool judge_sm4_key(const struct judging *j, struct span value,
                          struct span *out)
{
    bool hex = value.len == (size_t)2 * HJ212_SM4_KEY_LEN;

    for (size_t i = 0; hex && i < value.len; i++)
        hex = is_hex(value.at[i]);
    if (!hex)
        return refuse(j, "is not an SM4 key (国密 SM4 密钥)",
                      "32 hex digits, which are 16 bytes");
    *out = lower(j->arena, value);
    return true;
}

/* ---- words ---- */

static bool in_list(const char *list, struct span word, struct span *out)
{
    struct span rest = span_of(list);

    while (rest.len) {
        *out = span_take(&rest, ' ');
        if (span_equal_nocase(*out, word))
            return true;
    }
    return false;
}

static bool judge_choice(const struct judging *j, struct span value,
                         struct span *out)
{
    return in_list(j->field->choices, value, out) ||
           refuse(j, "is none of the choices (不在可选值内)",
                  arena_printf(j->arena, "one of: %s", j->field->choices));
}

static bool judge_bool(const struct judging *j, struct span value,
                       struct span *out)
{
    static const char yes[] = "yes y true 1 是", no[] = "no n false 0 否";
    struct span word;

    if (in_list(yes, value, &word))
        *out = SPAN("yes");
    else if (in_list(no, value, &word))
        *out = SPAN("no");
    else
        return refuse(j, "is neither yes nor no (是/否)", "yes or no");
    return true;
}

static bool judge_class(const struct judging *j, struct span value,
                        struct span *out)
{
    static const char *const forms[] = {"1 I Ⅰ Ⅰ类 I类", "2 II Ⅱ Ⅱ类 II类",
                                        "3 III Ⅲ Ⅲ类 III类", "4 IV Ⅳ Ⅳ类 IV类",
                                        "5 V Ⅴ Ⅴ类 V类"};

    for (size_t i = 0; i < LENGTH(forms); i++) {
        if (in_list(forms[i], value, out)) {
            *out = span_first(span_of(forms[i]), 1);
            return true;
        }
    }
    return refuse(j, "is no class of water quality (水质类别)",
                  "1 to 5, or I to V");
}

/* ---- numbers and days ---- */

static bool judge_decimal(const struct judging *j, struct span value,
                          struct span *out, struct decimal *number)
{
    enum err err = decimal_parse(value, number);

    *out = value;
    if (!err)
        return true;
    if (err == ERR_OVERFLOW)
        return refuse(j, "has more digits than fit", "at most 18 digits");
    return refuse(j, "is not a decimal number (不是数值)",
                  "digits with one point, such as 12.50, without unit");
}

static bool judge_range(const struct judging *j, struct decimal number)
{
    if (decimal_compare(number, DECIMAL(j->field->min, 0)) >= 0 &&
        decimal_compare(number, DECIMAL(j->field->max, 0)) <= 0)
        return true;
    return refuse(j, "is out of range (超出范围)",
                  arena_printf(j->arena, "%lld to %lld",
                               (long long)j->field->min,
                               (long long)j->field->max));
}

static bool judge_int(const struct judging *j, struct span value,
                      struct span *out)
{
    struct decimal number;

    if (!judge_decimal(j, value, out, &number))
        return false;
    if (number.exponent != 0)
        return refuse(j, "is not a whole number (不是整数)",
                      "digits without a point");
    if (!judge_range(j, number))
        return false;
    *out = span_of(arena_printf(j->arena, "%lld", (long long)number.mantissa));
    return true;
}

static bool judge_degrees(const struct judging *j, struct span value,
                          struct span *out)
{
    struct decimal number;

    if (!judge_decimal(j, value, out, &number))
        return false;
    if (judge_range(j, number))
        return true;
    return refuse(
        j, "lies outside China (坐标在中国境外)",
        arena_printf(j->arena,
                     "degrees, %lld to %lld; are longitude and latitude "
                     "(经度、纬度) exchanged?",
                     (long long)j->field->min, (long long)j->field->max));
}

static bool judge_day(const struct judging *j, struct span value,
                      struct span *out)
{
    char digits[9];
    size_t len = 0;
    bool dashes = value.len == 10 && value.at[4] == '-' && value.at[7] == '-';
    int64_t start_s;
    struct decimal number;

    for (size_t i = 0; i < value.len && len < 8; i++) {
        if (!dashes || (i != 4 && i != 7))
            digits[len++] = value.at[i];
    }
    *out = arena_copy(j->arena, (struct span){digits, len});
    if ((dashes || value.len == 8) && len == 8 &&
        !decimal_parse(*out, &number) && number.exponent == 0 &&
        is_digit(digits[0]) && !civil_day_start((int)number.mantissa, &start_s))
        return true;
    return refuse(j, "is not a day of the calendar (日期)",
                  "such as 2026-11-24");
}

/* ---- what the standards list ---- */

static bool judge_region(const struct judging *j, struct span value,
                         struct span *out)
{
    struct decimal number;
    const struct region *named;

    *out = value;
    if (value.len == 6 && is_digit(value.at[0]) &&
        !decimal_parse(value, &number) && number.exponent == 0 &&
        reference_region(j->reference, (int)number.mantissa))
        return true;
    named = reference_region_named(j->reference, value);
    return refuse(j, "is no division in standards/regions.csv (行政区划代码)",
                  named ? arena_printf(j->arena, "%d is the code of %s",
                                       named->code, named->name_zh)
                        : "six digits of GB/T 2260, such as 510104");
}

static bool judge_factor(const struct judging *j, struct span value,
                         struct span *out)
{
    const struct pollutant *old;

    if (!judge_letters(j, value, "_-", "a code such as a34004", out))
        return false;
    *out = lower(j->arena, value);
    if (reference_pollutant(j->reference, value))
        return true;
    old = reference_pollutant_2005(j->reference, value);
    if (!old || !old->code.len)
        return true;
    return refuse(j, "is a code of HJ/T 212-2005 (2005 年编码)",
                  arena_printf(j->arena, "%.*s, %.*s", SPAN_ARG(old->code),
                               SPAN_ARG(old->name_zh)));
}

/* ---- lists ---- */

bool field_part(struct span *rest, struct span *part)
{
    for (;;) {
        size_t cut = 0;

        while (cut < rest->len && !strchr(" ;\t", rest->at[cut]))
            cut++;
        *part = span_first(*rest, cut);
        *rest = span_from(*rest, cut < rest->len ? cut + 1 : cut);
        if (part->len)
            return true;
        if (!rest->len)
            return false;
    }
}

bool field_deviation(struct span part, bool *tolerated, int *deviation)
{
    enum hj212_deviation found;

    *tolerated = !span_starts(part, SPAN("-"));
    if (span_starts(part, SPAN("+")) || !*tolerated)
        part = span_from(part, 1);
    if (!hj212_deviation_parse(part, &found))
        return false;
    *deviation = (int)found;
    return true;
}

static bool judge_deviations(const struct judging *j, struct span value,
                             struct span *out)
{
    struct span rest = value, part;
    struct buf list;
    bool good = true;

    buf_init(&list, 2 * (size_t)FIELD_VALUE_MAX);
    while (good && field_part(&rest, &part)) {
        bool tolerated;
        int deviation;

        good = field_deviation(part, &tolerated, &deviation);
        if (!good) {
            refuse(j,
                   arena_printf(j->arena,
                                "'%.*s' is no deviation from the protocol "
                                "(协议偏差)",
                                SPAN_ARG(part)),
                   "names as listed by /api/v1/deviations, with + or - before");
            break;
        }
        buf_printf(&list, "%s%c%s", list.len ? " " : "", tolerated ? '+' : '-',
                   hj212_deviation_name((enum hj212_deviation)deviation));
    }
    *out = arena_copy(j->arena, buf_span(&list));
    buf_done(&list);
    return good;
}

/* An address with an optional prefix length whose host bits are zero. */
static bool cidr_is_valid(struct span part)
{
    unsigned char bytes[16];
    char text[64];
    struct span rest = part, address = span_take(&rest, '/');
    bool six = span_find(address, ':') < address.len;
    int64_t bits = six ? 128 : 32;
    int64_t prefix = bits;
    struct decimal number;

    if (address.len >= sizeof(text))
        return false;
    span_copy(address, text, sizeof(text));
    if (inet_pton(six ? AF_INET6 : AF_INET, text, bytes) != 1)
        return false;
    if (address.len < part.len) {
        if (!rest.len || rest.len > 3 || !is_digit(rest.at[0]) ||
            decimal_parse(rest, &number) || number.exponent != 0)
            return false;
        prefix = number.mantissa;
    }
    for (int64_t i = prefix; i < bits; i++) {
        if (bytes[i / 8] & (0x80 >> (i % 8)))
            return false;
    }
    return prefix <= bits;
}

static bool judge_addresses(const struct judging *j, struct span value,
                            struct span *out)
{
    struct span rest = value, part;
    struct buf list;
    bool good = true;

    buf_init(&list, 2 * (size_t)FIELD_VALUE_MAX);
    while (good && field_part(&rest, &part)) {
        good = cidr_is_valid(part);
        if (!good)
            refuse(j,
                   arena_printf(j->arena,
                                "'%.*s' is no block of addresses (来源地址)",
                                SPAN_ARG(part)),
                   "CIDR such as 10.20.0.0/16 or 2001:db8::/32, the bits "
                   "behind the prefix zero");
        if (list.len)
            buf_char(&list, ' ');
        buf_add(&list, part);
    }
    *out = arena_copy(j->arena, buf_span(&list));
    buf_done(&list);
    return good;
}

/* ---- one value ---- */

static bool judge_by_kind(const struct judging *j, struct span value,
                          struct span *out)
{
    struct decimal number;

    switch (j->field->kind) {
    case FIELD_TEXT:
        return judge_text(j, value, out);
    case FIELD_CODE:
        return judge_code(j, value, out);
    case FIELD_CHOICE:
    case FIELD_STEPS:
        return judge_choice(j, value, out);
    case FIELD_INT:
        return judge_int(j, value, out);
    case FIELD_BOOL:
        return judge_bool(j, value, out);
    case FIELD_DECIMAL:
        return judge_decimal(j, value, out, &number);
    case FIELD_DEGREES:
        return judge_degrees(j, value, out);
    case FIELD_DAY:
        return judge_day(j, value, out);
    case FIELD_CLASS:
        return judge_class(j, value, out);
    case FIELD_REGION:
        return judge_region(j, value, out);
    case FIELD_FACTOR:
        return judge_factor(j, value, out);
    case FIELD_MN:
        return judge_letters(j, value, "_-.", "0-9 A-Z a-z _ - . only", out);
    case FIELD_PASSWORD:
        return judge_password(j, value, out);
    case FIELD_SYSTEM:
        return judge_letters(j, value, "", "two of 0-9 A-Z, such as 31", out);
    case FIELD_SM4_KEY:
        return judge_sm4_key(j, value, out);
    case FIELD_ADDRESSES:
        return judge_addresses(j, value, out);
    case FIELD_DEVIATIONS:
        return judge_deviations(j, value, out);
    }
    return refuse(j, "is of an unknown kind", "");
}

bool field_judge(const struct field *field, struct span value,
                 const struct reference *reference, struct arena *arena,
                 struct span *out, struct finding *why)
{
    const struct judging j = {field, reference, arena, why};

    *why = (struct finding){.column = field->name};
    if (field->flags & FIELD_SECRET)
        why->value = "******";
    else
        why->value = arena_copy(arena, span_first(value, 80)).at;
    if (value.len > FIELD_VALUE_MAX)
        return refuse(&j, "is longer than any value (过长)",
                      arena_printf(arena, "at most %d bytes", FIELD_VALUE_MAX));
    if (!utf8_valid(value))
        return refuse(&j, "is not UTF-8 text (编码)", "write it as UTF-8");
    return judge_by_kind(&j, value, out);
}
