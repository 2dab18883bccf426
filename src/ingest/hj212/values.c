#include "base/datetime.h"
#include "base/utf8.h"
#include "ingest/hj212/codec.h"
#include "ingest/hj212/scan.h"

/* What is left of the data area. Apart from the reader, to stay in registers.
 */
struct cursor {
    const char *at, *end;
    const char *readable; /* loads may reach here */
};

/* What is known while the pairs go by. */
struct reader {
    struct hj212_frame *out;
    hj212_deviations deviations;
    char separator; /* in front of the next pair; 0 before the first */
    const struct hj212_value *before;
    uint64_t group_word; /* the code of the pair before, if short */
    int group_numbers;   /* numbers under that code so far ... */
    uint64_t group_bits; /* ... and whether any was not zero */
    int numbers;         /* the same for the whole frame */
    uint64_t bits;
    struct span data_time;
};

enum { WORD = sizeof(uint64_t) };

static inline uint64_t load64(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* A word that is equal for equal first bytes, whatever stands behind them. */
static inline uint64_t first_bytes(uint64_t word, size_t len)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return word << 8 * (WORD - len);
#else
    return word >> 8 * (WORD - len);
#endif
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

/* ---- names ---- */

static enum hj212_suffix suffix_from_table(struct span s,
                                           hj212_deviations *deviations)
{
    static const struct span names[] = {
#define SUFFIX(name, text) {text, sizeof(text) - 1},
#include "ingest/hj212/suffix.def"
#undef SUFFIX
    };

    for (int i = HJ212_SUFFIX_RTD; i < HJ212_SUFFIX_OTHER; i++) {
        if (!span_equal_nocase(s, names[i]))
            continue;
        if (!span_equal(s, names[i]))
            *deviations |= HJ212_DEV_BIT(NAME_CASE);
        return (enum hj212_suffix)i;
    }
    *deviations |= HJ212_DEV_BIT(VENDOR_SUFFIX);
    return HJ212_SUFFIX_OTHER;
}

/* The common ones by their letters, the others by the table. */
static inline enum hj212_suffix suffix_of(struct span s,
                                          hj212_deviations *deviations)
{
    if (s.len == 3) {
        switch (s.at[0] << 16 | s.at[1] << 8 | s.at[2]) {
        case 'A' << 16 | 'v' << 8 | 'g':
            return HJ212_SUFFIX_AVG;
        case 'M' << 16 | 'i' << 8 | 'n':
            return HJ212_SUFFIX_MIN;
        case 'M' << 16 | 'a' << 8 | 'x':
            return HJ212_SUFFIX_MAX;
        case 'R' << 16 | 't' << 8 | 'd':
            return HJ212_SUFFIX_RTD;
        case 'C' << 16 | 'o' << 8 | 'u':
            return HJ212_SUFFIX_COU;
        default:
            break;
        }
    }
    if (s.len == 4 && memcmp(s.at, "Flag", 4) == 0)
        return HJ212_SUFFIX_FLAG;
    return suffix_from_table(s, deviations);
}

static bool digits_from(struct span s, size_t start)
{
    for (size_t i = start; i < s.len; i++) {
        if (!is_digit(s.at[i]))
            return false;
    }
    return s.len > start;
}

static bool alnum_from(struct span s, size_t start)
{
    for (size_t i = start; i < s.len; i++) {
        char c = s.at[i];

        if (!is_digit(c) && ((c | 32) < 'a' || (c | 32) > 'z'))
            return false;
    }
    return s.len > start;
}

static bool is_noise_label(struct span s)
{
    static const char *const labels[] = {
        "LA",  "L5",  "L10", "L50", "L90", "L95",
        "Leq", "Ldn", "Ld",  "Ln",  "LMx", "LMn",
    };

    for (size_t i = 0; i < LENGTH(labels); i++) {
        if (span_is(s, labels[i]))
            return true;
    }
    return false;
}

/* The forms of HJ 212-2017 annex B, of 2005 and of 2025; not which exist. */
static bool has_standard_form(struct span s, hj212_deviations *deviations)
{
    int family = (unsigned char)s.at[0] | 32;

    if (s.len == 6 && (s.at[0] == 'a' || s.at[0] == 'w') && digits_from(s, 1))
        return true; /* nearly all */
    if (digits_from(s, 0))
        return s.len == 2 || s.len == 3;
    if (s.len == 3 && (s.at[0] == 'B' || s.at[0] == 'S') && digits_from(s, 1))
        return true;
    if (span_starts(s, SPAN("SB")))
        return s.len <= 5 && digits_from(s, 2);
    if (is_noise_label(s))
        return true;
    if (s.len < 5 || s.len > 8 || !family || !strchr("waegidp", family))
        return false;
    if (family != s.at[0])
        *deviations |= HJ212_DEV_BIT(NAME_CASE);
    if (family == 'w' || family == 'a')
        return (s.len == 6 || s.len == 8) && digits_from(s, 1);
    return alnum_from(s, 1);
}

/* ---- values ---- */

/*
 * Up to eight characters of an unsigned number, without a loop: the point is
 * cut out of the word, then digits are summed in pairs, fours and eights.
 */
static inline bool short_number(const char *at, size_t len, struct decimal *out)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t zeros = 0x3030303030303030u, word = load64(at), dots;
    size_t fraction = 0;

    dots = word ^ 0x2E2E2E2E2E2E2E2Eu; /* 0 where there is a point */
    dots = (dots - 0x0101010101010101u) & ~dots & 0x8080808080808080u;
    if (dots) {
        size_t point = (size_t)__builtin_ctzll(dots) / 8;

        if (point < len) {
            uint64_t below = ((uint64_t)1 << 8 * point) - 1;

            word = (word & below) | (word >> 8 & ~below);
            fraction = len - 1 - point;
            len--;
        }
    }
    if (len == 0)
        return false;
    word <<= 8 * (WORD - len);
    if (len < WORD)
        word |= zeros >> 8 * len;
    if (((word & 0xF0F0F0F0F0F0F0F0u) |
         ((word + 0x0606060606060606u) & 0xF0F0F0F0F0F0F0F0u) >> 4) !=
        0x3333333333333333u)
        return false;
    word = (word & 0x0F0F0F0F0F0F0F0Fu) * 2561 >> 8;
    word = (word & 0x00FF00FF00FF00FFu) * 6553601 >> 16;
    word = (word & 0x0000FFFF0000FFFFu) * 42949672960001u >> 32;
    *out = DECIMAL((int64_t)word, (int8_t) - (int)fraction);
    return true;
#else
    (void)at, (void)len, (void)out;
    return false;
#endif
}

static inline bool number_of(struct span text, const char *readable,
                             struct decimal *out)
{
    char first = '\0';

    if (text.len)
        first = text.at[0];

    if (!is_digit(first) && first != '-' && first != '+' && first != '.')
        return false;
    if (text.len <= WORD && readable - text.at >= WORD && is_digit(first) &&
        short_number(text.at, text.len, out))
        return true;
    return decimal_parse(text, out) == OK;
}

static inline bool holds_number(enum hj212_suffix suffix)
{
    return suffix >= HJ212_SUFFIX_RTD && suffix <= HJ212_SUFFIX_STANDARD_VALUE;
}

/* -99, 9999 and their like: nines only, at least two below and four above 0. */
static bool is_sentinel(struct decimal d)
{
    int64_t m = d.mantissa < 0 ? -d.mantissa : d.mantissa;
    int nines = 0;

    for (int places = -(int)d.exponent; places > 0; places--) {
        if (m % 10)
            return false;
        m /= 10;
    }
    for (; m % 10 == 9; m /= 10)
        nines++;
    return m == 0 && nines >= (d.mantissa < 0 ? 2 : 4);
}

/* Temperatures and pressures go below zero by nature, amounts do not. */
static bool is_amount(struct span code)
{
    if (code.len && (code.at[0] | 32) == 'a')
        return !span_starts(span_from(code, 1), SPAN("01"));
    if (code.len && (code.at[0] | 32) == 'w')
        return !span_starts(span_from(code, 1), SPAN("01010"));
    return code.len == 3 && digits_from(code, 0);
}

static void judge_number(struct reader *r, const struct hj212_value *v)
{
    int64_t m = v->number.mantissa;

    r->numbers++;
    r->group_numbers++;
    r->bits |= (uint64_t)m;
    r->group_bits |= (uint64_t)m;
    if (m >= 0 && m < 9999)
        return;
    if (m < 0 && is_amount(v->code))
        r->deviations |= HJ212_DEV_BIT(VALUE_NEGATIVE);
    if (is_sentinel(v->number))
        r->deviations |= HJ212_DEV_BIT(VALUE_SENTINEL);
}

static void judge_data_time(struct reader *r, struct span text)
{
    int64_t at_s;

    if (text.len == 17 && digits_from(text, 14)) {
        r->deviations |= HJ212_DEV_BIT(TIME_MILLISECONDS);
        text = span_first(text, 14);
    }
    if (datetime_parse_compact(text, &at_s) != OK) {
        r->deviations |= HJ212_DEV_BIT(TIME_MALFORMED);
        return;
    }
    if (memcmp(text.at, "2000", 4) < 0)
        r->deviations |= HJ212_DEV_BIT(TIME_RESET);
    r->data_time = text;
}

static void judge_sample_time(struct reader *r, struct span text)
{
    int64_t sampled_s, at_s;

    if (r->data_time.len == 0 ||
        datetime_parse_compact(text, &sampled_s) != OK ||
        datetime_parse_compact(r->data_time, &at_s) != OK)
        return;
    if (at_s - sampled_s >= HOUR_S)
        r->deviations |= HJ212_DEV_BIT(SAMPLE_OLD);
}

/* ---- pairs ---- */

static bool is_check_result(enum hj212_suffix suffix)
{
    return suffix == HJ212_SUFFIX_SAMPLE_RD ||
           suffix == HJ212_SUFFIX_STANDARD_VALUE ||
           suffix == HJ212_SUFFIX_RESULT_TYPE;
}

/* Whether ',' and ';' stand where they belong. */
static void judge_separator(struct reader *r, const struct hj212_value *v,
                            bool same)
{
    const struct hj212_value *before = r->before;

    if (r->separator == ';') {
        if (same && !is_check_result(v->suffix)) /* 2062 has them so */
            r->deviations |= HJ212_DEV_BIT(SEPARATOR_MIXED);
        return;
    }
    if (v->code.len == 0) {
        if (span_equal_nocase(v->name, SPAN("EndTime")) &&
            span_equal_nocase(before->name, SPAN("BeginTime")))
            r->deviations |= HJ212_DEV_BIT(RANGE_COMMA);
        return;
    }
    if ((before->code.len && !same) ||
        span_equal_nocase(before->name, SPAN("DataTime")))
        r->deviations |= HJ212_DEV_BIT(SEPARATOR_MIXED);
}

/* Whether the code goes on; the first eight bytes nearly always tell. */
static inline bool same_code(const struct reader *r, struct span code,
                             uint64_t word)
{
    if (word)
        return word == r->group_word;
    return code.len && r->before && span_equal(code, r->before->code);
}

static void start_group(struct reader *r, struct span code, uint64_t word)
{
    r->group_word = word;
    r->group_numbers = 0;
    r->group_bits = 0;
    if (code.len && !has_standard_form(code, &r->deviations))
        r->deviations |= HJ212_DEV_BIT(VENDOR_CODE);
}

/* Once a pair is filled in: what its code says beside the pair before. */
static inline void judge_code(struct reader *r, const struct hj212_value *v,
                              struct span code, const char *readable)
{
    uint64_t word = 0;
    bool same;

    if (code.len && code.len <= WORD && readable - code.at >= WORD)
        word = first_bytes(load64(code.at), code.len);
    same = same_code(r, code, word);
    if (!same)
        start_group(r, code, word);
    if (r->before && (r->separator == ';') == same) /* neither is usual */
        judge_separator(r, v, same);
}

static void judge_text(struct reader *r, const struct hj212_value *v)
{
    if (v->text.len == 0)
        r->deviations |= HJ212_DEV_BIT(VALUE_EMPTY);
    else if (holds_number(v->suffix))
        r->deviations |= HJ212_DEV_BIT(VALUE_NOT_NUMBER);
    else if (v->suffix == HJ212_SUFFIX_FLAG && r->group_numbers &&
             r->group_bits == 0 &&
             (v->text.at[0] == 'D' || v->text.at[0] == 'B'))
        r->deviations |= HJ212_DEV_BIT(ZERO_FLAGGED);
}

/* The whole of //text//, which may hold separators; 0 when it is none. */
static size_t text_between_slashes(const char *at, size_t len)
{
    const char *end = at + len, *close;

    if (len < 4 || at[0] != '/' || at[1] != '/')
        return 0;
    for (close = at + 2; close + 2 <= end; close++) {
        close = memchr(close, '/', (size_t)(end - close));
        if (!close || close + 2 > end)
            return 0;
        if (close[1] == '/' && (close + 2 == end || close[2] == ',' ||
                                close[2] == ';' || close[2] == ' '))
            return (size_t)(close + 2 - at);
    }
    return 0;
}

static inline struct span trimmed(struct reader *r, struct span s)
{
    if (s.len && ((unsigned char)s.at[0] <= ' ' ||
                  (unsigned char)s.at[s.len - 1] <= ' ')) {
        struct span t = span_trim(s);

        if (t.len != s.len)
            r->deviations |= HJ212_DEV_BIT(BLANKS);
        return t;
    }
    return s;
}

/* Cuts the value off the front; *fused when another pair hides in it. */
static inline struct span take_value(struct reader *r, struct cursor *c,
                                     struct span suffix, bool *fused)
{
    size_t left = (size_t)(c->end - c->at);
    struct value_cut cut =
        value_cut(c->at, left, (size_t)(c->readable - c->at));
    struct span value = {c->at, cut.len};

    *fused = false;
    if (cut.len && value.at[0] == '/') {
        size_t whole = text_between_slashes(value.at, left);

        if (whole) {
            value.len =
                whole + value_cut_slow(value.at + whole, left - whole).len;
            cut.equals = false;
        }
    }
    c->at += value.len;
    if (cut.equals && suffix.len && !span_equal_nocase(suffix, SPAN("Info")))
        *fused = true;
    return trimmed(r, value);
}

/* What the value says, now that name and text are known. */
static inline void judge_value(struct reader *r, const struct hj212_value *v,
                               enum hj212_suffix suffix, bool is_number)
{
    if (!is_number)
        judge_text(r, v);
    else if (holds_number(suffix))
        judge_number(r, v);
    if (suffix == HJ212_SUFFIX_SAMPLE_TIME)
        judge_sample_time(r, v->text);
    if (suffix == HJ212_SUFFIX_NONE &&
        span_equal_nocase(v->name, SPAN("DataTime")))
        judge_data_time(r, v->text);
}

/* One pair; c->at stands on its first byte. */
static inline enum hj212_verdict take_pair(struct reader *r, struct cursor *c)
{
    struct hj212_value *v = &r->out->values[r->out->value_count];
    struct name_cut cut = name_cut(c->at, (size_t)(c->end - c->at),
                                   (size_t)(c->readable - c->at));
    struct span name = trimmed(r, (struct span){c->at, cut.len}), code, text;
    struct span behind = {name.at, 0}; /* the last '-' */
    enum hj212_suffix suffix = HJ212_SUFFIX_NONE;
    size_t dash = cut.dash - (size_t)(name.at - c->at);
    bool fused;

    if (r->out->value_count == HJ212_VALUES_MAX)
        return HJ212_TOO_MANY_VALUES;
    c->at += cut.len;
    if (c->at == c->end || *c->at != '=' || name.len == 0 ||
        (cut.odd && name_cut_slow(name.at, name.len).odd))
        return HJ212_BAD_CP;
    c->at++;
    code = (struct span){name.at, 0};
    if (dash < name.len) {
        code.len = dash;
        behind = (struct span){name.at + dash + 1, name.len - dash - 1};
    }
    text = take_value(r, c, behind, &fused);
    if (fused) {
        r->deviations |= HJ212_DEV_BIT(ITEMS_FUSED);
        return HJ212_OK;
    }
    if (dash < name.len)
        suffix = suffix_of(behind, &r->deviations);
    v->name = name;
    v->code = code;
    v->text = text;
    v->suffix = suffix;
    v->number = DECIMAL(0, 0);
    v->is_number = number_of(text, c->readable, &v->number);
    judge_code(r, v, code, c->readable);
    judge_value(r, v, suffix, v->is_number);
    r->before = v;
    r->out->value_count++;
    return HJ212_OK;
}

/* ---- encodings ---- */

static bool has_high_bytes(struct span s)
{
    unsigned char all = 0;

    for (size_t i = 0; i < s.len; i++)
        all |= (unsigned char)s.at[i];
    return all & 0x80;
}

static size_t gbk_len(struct span s)
{
    unsigned char lead = (unsigned char)s.at[0], trail;

    if (lead < 0x81 || lead > 0xFE || s.len < 2)
        return 0;
    trail = (unsigned char)s.at[1];
    return trail >= 0x40 && trail != 0x7F && trail != 0xFF ? 2 : 0;
}

static bool is_gbk(struct span s)
{
    while (s.len) {
        size_t len = s.at[0] & 0x80 ? gbk_len(s) : 1;

        if (len == 0)
            return false;
        s = span_from(s, len);
    }
    return true;
}

static hj212_deviations judge_encoding(struct span cp)
{
    if (!has_high_bytes(cp) || utf8_valid(cp))
        return 0;
    return is_gbk(cp) ? HJ212_DEV_BIT(TEXT_GBK) : HJ212_DEV_BIT(TEXT_BYTES);
}

enum { ALL_ZERO_LEAST = 3 }; /* fewer zeros say nothing */

enum hj212_verdict hj212_values_parse(const char *readable,
                                      struct hj212_frame *out)
{
    struct cursor c = {out->cp.at, out->cp.at + out->cp.len, readable};
    struct reader r = {.out = out};
    enum hj212_verdict verdict = HJ212_OK;

    while (c.at < c.end && verdict == HJ212_OK) {
        char first = *c.at;

        if (first == ';' || first == ',') { /* nothing before it */
            r.deviations |= HJ212_DEV_BIT(EMPTY_ITEM);
            if (first == ';' || r.separator == 0)
                r.separator = first;
            c.at++;
            continue;
        }
        if (first == ' ' &&
            span_trim((struct span){c.at, (size_t)(c.end - c.at)}).len == 0) {
            r.deviations |= HJ212_DEV_BIT(BLANKS);
            break;
        }
        verdict = take_pair(&r, &c);
        if (verdict != HJ212_OK || c.at == c.end)
            break;
        r.separator = *c.at++;
        if (c.at == c.end)
            r.deviations |= HJ212_DEV_BIT(EMPTY_ITEM);
    }
    if (r.numbers >= ALL_ZERO_LEAST && r.bits == 0)
        r.deviations |= HJ212_DEV_BIT(VALUES_ALL_ZERO);
    out->deviations |= r.deviations | judge_encoding(out->cp);
    return verdict;
}
