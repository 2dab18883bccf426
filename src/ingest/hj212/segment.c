#include "ingest/hj212/codec.h"

enum field {
    FIELD_QN,
    FIELD_ST,
    FIELD_CN,
    FIELD_PW,
    FIELD_MN,
    FIELD_FLAG,
    FIELD_PNUM,
    FIELD_PNO,
    FIELD_RF,
    FIELD_COUNT,
    FIELD_UNKNOWN = FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
    "QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF",
};

/* The header fields as they come, before any is judged. */
struct header {
    struct span at[FIELD_COUNT + 1]; /* the last: unknown ones */
    unsigned seen;                   /* bits of enum field */
    hj212_deviations deviations;
};

enum { FLAG_ACK = 1, FLAG_NUMBERED = 2, FLAG_VERSION_SHIFT = 2 };

/* Bytes of a device number: what 2017 allows, and what devices have. */
enum { MN_HEX = 1, MN_ALNUM = 2, MN_OTHER = 4 };

static const uint8_t mn_class[256] = {
    ['0' ... '9'] = MN_HEX,   ['A' ... 'F'] = MN_HEX, ['G' ... 'Z'] = MN_ALNUM,
    ['a' ... 'z'] = MN_ALNUM, ['_'] = MN_OTHER,       ['-'] = MN_OTHER,
};

int hj212_digits(struct span text)
{
    int value = 0;

    if (text.len < 1 || text.len > 9)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return -1;
        value = value * 10 + (text.at[i] - '0');
    }
    return value;
}

static bool all_digits(struct span text)
{
    unsigned odd = 0;

    for (size_t i = 0; i < text.len; i++)
        odd |= (unsigned char)(text.at[i] - '0') > 9;
    return !odd;
}

static inline unsigned pair_word(const char *at)
{
    return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

#define PAIR_WORD(a, b) ((unsigned)(a) << 8 | (b))

/* Two letters decide; a name of other length or case goes through the table. */
static enum field field_of(struct span name, hj212_deviations *deviations)
{
    if (name.len == 2) {
        switch (pair_word(name.at)) {
        case PAIR_WORD('Q', 'N'):
            return FIELD_QN;
        case PAIR_WORD('S', 'T'):
            return FIELD_ST;
        case PAIR_WORD('C', 'N'):
            return FIELD_CN;
        case PAIR_WORD('P', 'W'):
            return FIELD_PW;
        case PAIR_WORD('M', 'N'):
            return FIELD_MN;
        default:
            break;
        }
    }
    if (span_equal(name, SPAN("Flag")))
        return FIELD_FLAG;
    for (int i = 0; i < FIELD_COUNT; i++) {
        struct span known = span_of(field_names[i]);

        if (!span_equal_nocase(name, known))
            continue;
        if (!span_equal(name, known))
            *deviations |= HJ212_DEV_BIT(NAME_CASE);
        return (enum field)i;
    }
    *deviations |= HJ212_DEV_BIT(HEADER_FIELD_UNKNOWN);
    return FIELD_UNKNOWN;
}

static inline bool has_blank_end(struct span s)
{
    return s.len && (s.at[0] == ' ' || s.at[0] == '\t' ||
                     s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t');
}

static inline struct span trimmed(struct span s, hj212_deviations *deviations)
{
    if (!has_blank_end(s))
        return s;
    *deviations |= HJ212_DEV_BIT(BLANKS);
    return span_trim(s);
}

/* "Flag=" stands here: one to four letters and an equals sign. */
static bool starts_field(struct span s)
{
    size_t i = 0;

    while (i < s.len && i < 5 && ((s.at[i] | 32) >= 'a') &&
           (s.at[i] | 32) <= 'z')
        i++;
    return i > 1 && i < 5 && i < s.len && s.at[i] == '=';
}

static bool starts_cp(struct span s, hj212_deviations *deviations)
{
    if (s.len < 3 || s.at[2] != '=' || (s.at[0] | 32) != 'c' ||
        (s.at[1] | 32) != 'p')
        return false;
    if (s.at[0] != 'C' || s.at[1] != 'P')
        *deviations |= HJ212_DEV_BIT(NAME_CASE);
    return true;
}

/* Takes one field off the front of *rest; false when it is none. */
static bool take_field(struct span *rest, struct header *h)
{
    size_t cut = span_find(*rest, ';');
    struct span item = {rest->at, cut}, name, value;
    size_t equals, comma;
    enum field field;

    comma = span_find(item, ',');
    if (comma < item.len &&
        starts_field(span_trim(span_from(*rest, comma + 1)))) {
        h->deviations |= HJ212_DEV_BIT(HEADER_COMMA);
        cut = comma;
        item.len = comma;
    }
    *rest = span_from(*rest, cut + 1);

    equals = span_find(item, '=');
    if (equals == item.len) {
        h->deviations |= HJ212_DEV_BIT(EMPTY_ITEM);
        return span_trim(item).len == 0;
    }
    name = trimmed(span_first(item, equals), &h->deviations);
    value = trimmed(span_from(item, equals + 1), &h->deviations);
    field = field_of(name, &h->deviations);
    if (field == FIELD_UNKNOWN)
        return true;
    if (h->seen & 1u << field) {
        h->deviations |= HJ212_DEV_BIT(HEADER_FIELD_REPEATED);
        return true;
    }
    if (field == FIELD_PNUM && h->seen & 1u << FIELD_PNO)
        h->deviations |= HJ212_DEV_BIT(NUMBERING_ORDER);
    h->seen |= 1u << field;
    h->at[field] = value;
    return true;
}

/* The content between the && marks; `rest` begins behind "CP=". */
static bool take_cp(struct span rest, struct hj212_frame *out)
{
    struct span s = trimmed(rest, &out->deviations);

    if (!span_starts(s, SPAN("&&")))
        return false;
    s = span_from(s, 2);
    while (s.len && (s.at[s.len - 1] == ';' || s.at[s.len - 1] == ',' ||
                     s.at[s.len - 1] == ' ')) {
        out->deviations |= HJ212_DEV_BIT(EMPTY_ITEM);
        s.len--;
    }
    if (s.len >= 2 && s.at[s.len - 1] == '&' && s.at[s.len - 2] == '&') {
        s.len -= 2;
    } else {
        out->deviations |= HJ212_DEV_BIT(CP_UNCLOSED);
        if (s.len && s.at[s.len - 1] == '&')
            s.len--;
    }
    out->cp = s;
    return true;
}

static bool is_reply(int cn)
{
    return cn >= 9011 && cn <= 9014;
}

static bool judge_flag(const struct header *h, struct hj212_frame *out)
{
    struct span text = h->at[FIELD_FLAG];
    int version;

    if (text.len == 0) {
        if (!is_reply(out->cn)) /* in 2005 an answer has none */
            out->deviations |= HJ212_DEV_BIT(FLAG_MISSING);
        return true;
    }
    out->flag = text.len <= 3 ? hj212_digits(text) : -1;
    if (out->flag < 0 || out->flag > 255)
        return false;
    out->ack_wanted = out->flag & FLAG_ACK;
    version = out->flag >> FLAG_VERSION_SHIFT;
    if (version > HJ212_2025) {
        out->deviations |= HJ212_DEV_BIT(FLAG_VERSION_UNKNOWN);
        version = HJ212_2017;
    }
    out->edition = (enum hj212_edition)version;
    if (version == HJ212_2005 && h->at[FIELD_MN].len == 24)
        out->deviations |= HJ212_DEV_BIT(FLAG_NO_VERSION);
    return true;
}

static bool judge_mn(struct hj212_frame *out)
{
    unsigned seen = 0, allowed = MN_HEX;
    bool odd = false;

    if (out->mn.len == 0) {
        if (!is_reply(out->cn) || out->edition != HJ212_2005)
            out->deviations |= HJ212_DEV_BIT(MN_EMPTY);
        return true;
    }
    for (size_t i = 0; i < out->mn.len; i++) {
        unsigned bits = mn_class[(unsigned char)out->mn.at[i]];

        seen |= bits;
        odd |= bits == 0;
    }
    if (out->edition != HJ212_2017)
        allowed |= MN_ALNUM;
    if (seen & ~allowed)
        out->deviations |= HJ212_DEV_BIT(MN_CHARACTERS);
    if (out->mn.len != 24 && !(out->edition == HJ212_2005 && out->mn.len == 14))
        out->deviations |= HJ212_DEV_BIT(MN_LENGTH);
    return !odd;
}

static void judge_pw(struct hj212_frame *out)
{
    if (out->pw.len == 6)
        return;
    if (out->pw.len)
        out->deviations |= HJ212_DEV_BIT(PW_LENGTH);
    else if (!is_reply(out->cn) || out->edition != HJ212_2005)
        out->deviations |= HJ212_DEV_BIT(PW_EMPTY);
}

static void judge_qn(struct hj212_frame *out)
{
    if (out->qn.len == 0) {
        if (out->edition != HJ212_2005)
            out->deviations |= HJ212_DEV_BIT(QN_MISSING);
    } else if (out->qn.len != 17 || !all_digits(out->qn)) {
        out->deviations |= HJ212_DEV_BIT(QN_MALFORMED);
    }
}

/* HJ 212-2017 6.6.1: 10-69 and 91-99 are given out, A0-Z9 are free. */
static void judge_st(struct hj212_frame *out)
{
    bool known = false;

    if (out->st.len == 2) {
        char a = out->st.at[0], b = out->st.at[1];
        bool digit = b >= '0' && b <= '9';

        known = digit && ((a >= '1' && a <= '6') || (a == '9' && b != '0') ||
                          (a >= 'A' && a <= 'Z'));
        if (a == '9' && b == '1' && !is_reply(out->cn) && out->cn != 9015)
            known = false;
    }
    if (!known)
        out->deviations |= HJ212_DEV_BIT(ST_ODD);
}

static void judge_numbers(const struct header *h, struct hj212_frame *out)
{
    unsigned both = 1u << FIELD_PNUM | 1u << FIELD_PNO;
    bool wanted = out->flag >= 0 && out->flag & FLAG_NUMBERED;
    int pnum, pno;

    if ((h->seen & both) == 0) {
        if (wanted)
            out->deviations |= HJ212_DEV_BIT(NUMBERING_MISSING);
        return;
    }
    pnum = h->at[FIELD_PNUM].len <= 4 ? hj212_digits(h->at[FIELD_PNUM]) : -1;
    pno = h->at[FIELD_PNO].len <= 4 ? hj212_digits(h->at[FIELD_PNO]) : -1;
    if (!wanted && out->flag >= 0)
        out->deviations |= HJ212_DEV_BIT(NUMBERING_UNFLAGGED);
    if (pnum < 1 || pno < 1 || pno > pnum) {
        out->deviations |= HJ212_DEV_BIT(NUMBERING_WRONG);
        return;
    }
    out->pnum = pnum;
    out->pno = pno;
}

static enum hj212_verdict judge(const struct header *h, struct hj212_frame *out)
{
    out->qn = h->at[FIELD_QN];
    out->st = h->at[FIELD_ST];
    out->pw = h->at[FIELD_PW];
    if (h->at[FIELD_MN].len > HJ212_MN_MAX)
        return HJ212_BAD_MN;
    out->mn = h->at[FIELD_MN];
    out->cn = h->at[FIELD_CN].len == 4 ? hj212_digits(h->at[FIELD_CN]) : -1;
    if (out->cn < 0 || !judge_flag(h, out))
        return HJ212_BAD_HEADER;
    if (!judge_mn(out))
        return HJ212_BAD_MN;
    judge_pw(out);
    judge_qn(out);
    judge_st(out);
    judge_numbers(h, out);
    if (h->seen & 1u << FIELD_RF) {
        out->backfilled = span_is(h->at[FIELD_RF], "1");
        if (!out->backfilled)
            out->deviations |= HJ212_DEV_BIT(RF_ODD);
    }
    return HJ212_OK;
}

struct span hj212_peek_mn(struct span segment)
{
    struct span rest = segment;

    while (rest.len >= 3) {
        const char *hit = memmem(rest.at, rest.len, "MN=", 3);
        size_t end = 0;

        if (!hit)
            break;
        rest = span_from(rest, (size_t)(hit - rest.at) + 3);
        if (hit > segment.at && hit[-1] != ';' && hit[-1] != ',')
            continue;
        while (end < rest.len && mn_class[(unsigned char)rest.at[end]])
            end++;
        if (end < rest.len && end <= HJ212_MN_MAX)
            return span_first(rest, end);
    }
    return (struct span){NULL, 0};
}

enum hj212_verdict hj212_segment_parse(struct span segment,
                                       const char *readable,
                                       struct hj212_frame *out)
{
    struct header h = {.seen = 0};
    struct span rest = segment;
    bool good = true;
    enum hj212_verdict verdict;

    while (good && rest.len && !starts_cp(rest, &out->deviations)) {
        if (rest.at[0] == ' ') {
            h.deviations |= HJ212_DEV_BIT(BLANKS);
            rest = span_trim(rest);
            continue;
        }
        good = take_field(&rest, &h);
    }
    out->deviations |= h.deviations;
    verdict = judge(&h, out);
    if (verdict != HJ212_OK || !good)
        return good ? verdict : HJ212_BAD_HEADER;
    if (rest.len == 0 || !take_cp(span_from(rest, 3), out))
        return HJ212_BAD_CP;
    return hj212_values_parse(readable, out);
}
