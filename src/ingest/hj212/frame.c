#include "ingest/hj212/codec.h"

enum { HEAD_LEN = 6, SHORT_HEAD_LEN = 5 };

/* What one call knows. */
struct receiver {
    const struct hj212_policies *policies;
    const struct hj212_policy *fixed; /* in place of `policies` */
    bool whole;                       /* no more bytes will come */
    struct hj212_frame *out;
};

#define CRC_DEVIATIONS                                                         \
    (HJ212_DEV_BIT(CRC_LOWER_CASE) | HJ212_DEV_BIT(CRC_MODBUS) |               \
     HJ212_DEV_BIT(CRC_SWAPPED) | HJ212_DEV_BIT(CRC_NOT_COMPUTED))
#define LENGTH_DEVIATIONS                                                      \
    (HJ212_DEV_BIT(LENGTH_PLUS_6) | HJ212_DEV_BIT(LENGTH_CHARACTERS) |         \
     HJ212_DEV_BIT(LENGTH_STALE) | HJ212_DEV_BIT(LENGTH_THREE_DIGITS))

static const struct hj212_policy *policy_of(const struct receiver *r,
                                            struct span mn)
{
    static const struct hj212_policy standard = {.tolerated = 0
#define DEVIATION(name, json, tolerated, text, zh)                             \
    | ((tolerated) ? HJ212_DEV_BIT(name) : 0)
#include "ingest/hj212/deviation.def"
#undef DEVIATION
    };
    const struct hj212_policy *found = r->fixed;

    if (!found && r->policies && r->policies->find)
        found = r->policies->find(r->policies->context, mn);
    return found ? found : &standard;
}

/* The values are not touched: value_count says how many there are. */
static void frame_clear(struct hj212_frame *out)
{
    memset(out, 0, offsetof(struct hj212_frame, values));
    out->cn = out->flag = -1;
}

/* Where the next mark begins at or behind `from`; a last '#' may be one. */
static size_t next_mark(struct span in, size_t from)
{
    while (from < in.len) {
        const char *hit = memchr(in.at + from, '#', in.len - from);

        if (!hit)
            return in.len;
        from = (size_t)(hit - in.at);
        if (from + 1 == in.len || in.at[from + 1] == '#')
            return from;
        from++;
    }
    return in.len;
}

static size_t line_ends(struct span in, size_t from)
{
    size_t at = from;

    while (at < in.len && (in.at[at] == '\r' || in.at[at] == '\n'))
        at++;
    return at - from;
}

/* What a run of foreign bytes looks like. */
static hj212_deviations noise_kind(struct span noise)
{
    static const char *const modem[] = {"+IPD",       "AT+", "RING", "CONNECT",
                                        "NO CARRIER", "ATD", "+CSQ"};
    bool printable = true;

    for (size_t i = 0; i + 1 < noise.len; i++) {
        if ((unsigned char)noise.at[i] == 0xFF &&
            (unsigned char)noise.at[i + 1] >= 0xFB &&
            (unsigned char)noise.at[i + 1] <= 0xFE)
            return HJ212_DEV_BIT(NOISE_TELNET);
    }
    for (size_t i = 0; i < LENGTH(modem); i++) {
        if (memmem(noise.at, noise.len, modem[i], strlen(modem[i])))
            return HJ212_DEV_BIT(NOISE_MODEM);
    }
    for (size_t i = 0; i < noise.len; i++)
        printable &= (noise.at[i] >= ' ' && noise.at[i] < 0x7f) ||
                     noise.at[i] == '\r' || noise.at[i] == '\n';
    if ((printable && noise.len <= 64 && noise.len >= 4) || noise.len <= 2)
        return HJ212_DEV_BIT(NOISE_REGISTRATION);
    return HJ212_DEV_BIT(NOISE_GARBAGE);
}

/* The verdict that a deviation has when its device may not have it. */
static enum hj212_verdict refusal_of(hj212_deviations refused)
{
    if (refused & LENGTH_DEVIATIONS)
        return HJ212_BAD_LENGTH;
    if (refused & HJ212_DEV_BIT(LARGE_SEGMENT))
        return HJ212_TOO_LONG;
    if (refused & CRC_DEVIATIONS)
        return HJ212_BAD_CRC;
    if (refused & HJ212_DEV_BIT(MN_EMPTY))
        return HJ212_BAD_MN;
    if (refused & HJ212_DEV_BIT(QN_MALFORMED))
        return HJ212_BAD_QN;
    if (refused & HJ212_DEV_BIT(TIME_MALFORMED))
        return HJ212_BAD_TIME;
    return HJ212_DEVIATION;
}

/* The tail, whatever it is; returns its length. */
static size_t take_tail(const struct receiver *r, struct span in, size_t at)
{
    size_t len = line_ends(in, at);
    bool at_end = at + len == in.len;

    if (len == 2 && in.at[at] == '\r' && in.at[at + 1] == '\n')
        return len;
    if (at_end && !r->whole && (len == 0 || (len == 1 && in.at[at] == '\r')))
        r->out->tail_pending = true;
    else
        r->out->deviations |=
            len ? HJ212_DEV_BIT(TAIL_ODD) : HJ212_DEV_BIT(TAIL_MISSING);
    return len;
}

/*
 * A piece whose length and CRC are right, or wrong in a known way. One CRC in
 * 256 is right by chance: cipher that no key or the wrong key opened is
 * refused.
 */
static enum hj212_verdict accept(const struct receiver *r, struct span in,
                                 const struct hj212_piece *piece,
                                 const char *readable, size_t *out_consumed)
{
    struct hj212_frame *out = r->out;
    const struct hj212_policy *policy;
    enum hj212_verdict verdict;
    hj212_deviations refused;
    size_t tail = take_tail(r, in, piece->size);

    out->raw =
        span_first(in, piece->raw_size == piece->size ? piece->size + tail
                                                      : piece->raw_size);
    out->segment = piece->segment;
    out->encrypted = piece->encrypted;
    out->deviations |= piece->deviations;
    if (piece->segment.len > HJ212_SEGMENT_MAX)
        out->deviations |= HJ212_DEV_BIT(LARGE_SEGMENT);
    *out_consumed = piece->size + tail;

    verdict = hj212_segment_parse(piece->segment, readable, out);
    policy = policy_of(r, out->mn);
    refused = out->deviations & ~policy->tolerated;
    if (out->tail_pending && !(policy->tolerated & HJ212_DEV_BIT(TAIL_MISSING)))
        return HJ212_NEED_MORE;
    if (out->edition == HJ212_2025 && hj212_is_cipher(out->cp))
        return policy->sm4_key ? HJ212_BAD_CRC : HJ212_NO_KEY;
    if (refused &
        (LENGTH_DEVIATIONS | CRC_DEVIATIONS | HJ212_DEV_BIT(LARGE_SEGMENT)))
        return refusal_of(refused);
    if (verdict == HJ212_OK && refused)
        return refusal_of(refused);
    return verdict;
}

/*
 * Refuses the piece: it ends where the next mark begins, so that a wrong length
 * swallows no good frame.
 */
static enum hj212_verdict refuse(const struct receiver *r, struct span in,
                                 const struct hj212_piece *piece,
                                 enum hj212_verdict verdict,
                                 size_t *out_consumed)
{
    size_t end = next_mark(in, HJ212_MARK_LEN);

    if (piece->size && piece->size <= in.len && piece->size < end) {
        end = piece->size;
        end += line_ends(in, end);
    }
    r->out->raw = span_first(in, end);
    r->out->segment =
        span_first(piece->segment, end > piece->head ? end - piece->head : 0);
    r->out->mn = hj212_peek_mn(r->out->raw);
    r->out->deviations |= piece->deviations;
    *out_consumed = end;
    return verdict;
}

/* Four digits, or the three of a deviation; -1 when it is no length at all. */
static int length_of(struct span in, struct hj212_piece *piece)
{
    int length = hj212_digits(span_first(span_from(in, HJ212_MARK_LEN), 4));

    piece->head = HEAD_LEN;
    if (length >= 0)
        return length;
    length = hj212_digits(span_first(span_from(in, HJ212_MARK_LEN), 3));
    if (length >= 0) {
        piece->head = SHORT_HEAD_LEN;
        piece->deviations |= HJ212_DEV_BIT(LENGTH_THREE_DIGITS);
    }
    return length;
}

/* Less than a head is here: it may still become one unless a byte is wrong. */
static bool head_may_come(struct span in)
{
    size_t len = in.len - HJ212_MARK_LEN;

    return len == 0 || hj212_digits(span_from(in, HJ212_MARK_LEN)) >= 0;
}

static enum hj212_verdict receive_odd(const struct receiver *r, struct span in,
                                      int length, struct hj212_piece *piece,
                                      size_t *out_consumed)
{
    const char *readable = in.at + in.len;
    const struct hj212_policy *policy =
        policy_of(r, hj212_peek_mn(span_from(in, HJ212_MARK_LEN)));
    enum hj212_verdict verdict;

    if (piece->deviations & ~policy->tolerated)
        return refuse(r, in, piece, HJ212_BAD_LENGTH, out_consumed);
    verdict = hj212_repair(in, (size_t)length, policy, piece);
    if (verdict == HJ212_NEED_MORE) {
        frame_clear(r->out);
        return verdict;
    }
    if (verdict != HJ212_OK)
        return refuse(r, in, piece, verdict, out_consumed);
    return accept(r, in, piece, readable, out_consumed);
}

/* `in` begins with a mark. */
static enum hj212_verdict receive_frame(const struct receiver *r,
                                        struct span in, size_t *out_consumed)
{
    struct hj212_piece piece = {0};
    enum hj212_verdict verdict;
    bool lower = false;
    int length;

    if (in.len < HEAD_LEN && head_may_come(in))
        return HJ212_NEED_MORE;
    length = length_of(in, &piece);
    if (length < 0)
        return refuse(r, in, &piece, HJ212_BAD_LENGTH, out_consumed);

    piece.size = piece.head + (size_t)length + HJ212_CRC_LEN;
    if (length > HJ212_SEGMENT_MAX || in.len < piece.size || piece.deviations)
        return receive_odd(r, in, length, &piece, out_consumed);
    piece.segment = (struct span){in.at + piece.head, (size_t)length};
    if (hj212_hex4(span_from(in, piece.head + piece.segment.len), &lower) !=
        hj212_crc(piece.segment))
        return receive_odd(r, in, length, &piece, out_consumed);
    if (lower)
        piece.deviations |= HJ212_DEV_BIT(CRC_LOWER_CASE);
    piece.raw_size = piece.size;
    verdict = accept(r, in, &piece, in.at + in.len, out_consumed);
    if (r->out->edition != HJ212_2025 || !hj212_is_cipher(r->out->cp))
        return verdict;
    frame_clear(r->out); /* perhaps a key opens it */
    piece.deviations = 0;
    return receive_odd(r, in, length, &piece, out_consumed);
}

/* "###0123": the mark is the last pair of a run. */
static size_t surplus_marks(struct span in)
{
    size_t run = 0;

    while (run < in.len && in.at[run] == '#')
        run++;
    return run > HJ212_MARK_LEN ? run - HJ212_MARK_LEN : 0;
}

static enum hj212_verdict receive(const struct receiver *r, struct span in,
                                  size_t *out_consumed)
{
    size_t skipped = line_ends(in, 0), mark, size = 0;
    struct span rest = span_from(in, skipped);
    enum hj212_verdict verdict;

    frame_clear(r->out);
    *out_consumed = skipped;
    mark = surplus_marks(rest);
    if (mark == 0)
        mark = next_mark(rest, 0);
    if (mark > 0) {
        r->out->raw = span_first(rest, mark);
        r->out->deviations = noise_kind(r->out->raw);
        *out_consumed = skipped + mark;
        return HJ212_NOISE;
    }
    if (rest.len < HJ212_MARK_LEN)
        return HJ212_NEED_MORE;
    verdict = receive_frame(r, rest, &size);
    if (verdict != HJ212_NEED_MORE)
        *out_consumed = skipped + size;
    return verdict;
}

enum hj212_verdict hj212_receive(struct span in,
                                 const struct hj212_policies *policies,
                                 struct hj212_frame *out, size_t *out_consumed)
{
    struct receiver r = {.policies = policies, .out = out};

    return receive(&r, in, out_consumed);
}

size_t hj212_give_up(struct span in)
{
    size_t skipped = line_ends(in, 0);
    size_t next;

    if (in.len - skipped <= HJ212_MARK_LEN)
        return in.len;
    next = next_mark(in, skipped + HJ212_MARK_LEN);
    return next + 1 == in.len ? in.len : next;
}

enum hj212_verdict hj212_decode(struct span in,
                                const struct hj212_policy *policy,
                                struct hj212_frame *out)
{
    static const struct hj212_policies standard = {NULL, NULL};
    struct receiver r = {
        .policies = &standard, .fixed = policy, .whole = true, .out = out};
    size_t consumed;
    enum hj212_verdict verdict = receive(&r, in, &consumed);

    if (verdict == HJ212_OK && consumed < in.len)
        return HJ212_NOISE; /* something else follows */
    return verdict;
}
