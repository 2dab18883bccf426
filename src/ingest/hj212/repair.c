/*
 * A frame does not fit its length or its CRC. Devices get these wrong in a few
 * known ways; each is tried here, and the one that explains the bytes gives the
 * deviation its name. Whether that saves the frame is its device's policy.
 *
 * Every search ends at the next mark, so a hostile peer pays for each look with
 * bytes of his own.
 */
#include "ingest/hj212/codec.h"

enum {
    LENGTH_EXTRA = 6,  /* CRC and tail, counted by mistake */
    END_HITS_MAX = 16, /* "&&" looked at while searching an end */
    MN_WITHIN = 160,   /* bytes of a header in which an MN must appear */
};

#define LENGTH_DEVIATIONS                                                      \
    (HJ212_DEV_BIT(LENGTH_PLUS_6) | HJ212_DEV_BIT(LENGTH_CHARACTERS) |         \
     HJ212_DEV_BIT(LENGTH_STALE))

int hj212_hex4(struct span text, bool *out_lower_case)
{
    unsigned value = 0;

    if (text.len < HJ212_CRC_LEN)
        return -1;
    for (int i = 0; i < HJ212_CRC_LEN; i++) {
        char c = text.at[i];

        value <<= 4;
        if (c >= '0' && c <= '9') {
            value |= (unsigned)(c - '0');
        } else if (c >= 'A' && c <= 'F') {
            value |= (unsigned)(c - 'A' + 10);
        } else if (c >= 'a' && c <= 'f') {
            value |= (unsigned)(c - 'a' + 10);
            *out_lower_case = true;
        } else {
            return -1;
        }
    }
    return (int)value;
}

/* A CRC text behind `segment` in `in` that is right. */
static bool crc_fits(struct span in, size_t head, size_t len,
                     struct hj212_piece *piece)
{
    struct span segment = span_first(span_from(in, head), len);
    bool lower = false;
    int crc = hj212_hex4(span_from(in, head + len), &lower);

    if (crc < 0 || crc != hj212_crc(segment))
        return false;
    piece->segment = segment;
    piece->size = piece->raw_size = head + len + HJ212_CRC_LEN;
    if (lower)
        piece->deviations |= HJ212_DEV_BIT(CRC_LOWER_CASE);
    return true;
}

/* A frame could end here: the bytes do, or a tail or a mark follows. */
static bool may_end(struct span in, size_t at)
{
    return at >= in.len || in.at[at] == '\r' || in.at[at] == '\n' ||
           in.at[at] == '#';
}

static bool ends_with_marks(struct span segment)
{
    return segment.len >= 2 && segment.at[segment.len - 1] == '&' &&
           segment.at[segment.len - 2] == '&';
}

/* Characters of UTF-8 or of GBK, whichever gives `count`. */
static bool counts_characters(struct span s, size_t count)
{
    size_t utf8 = 0, gbk = 0;

    for (size_t i = 0; i < s.len; i++)
        utf8 += (s.at[i] & 0xC0) != 0x80;
    for (size_t i = 0; i < s.len; i++, gbk++) {
        if (s.at[i] & 0x80)
            i++;
    }
    return count < s.len && (count == utf8 || count == gbk);
}

/* The end by its form: && and a CRC that is right, wherever it stands. */
static bool find_end(struct span in, size_t length, struct hj212_piece *piece)
{
    const char *mark =
        memmem(in.at + HJ212_MARK_LEN, in.len - HJ212_MARK_LEN, "##", 2);
    struct span within = mark ? span_first(in, (size_t)(mark - in.at)) : in;
    struct span rest;

    within = span_first(within,
                        piece->head + HJ212_SEGMENT_LARGE_MAX + HJ212_CRC_LEN);
    rest = span_from(within, piece->head);
    for (int hits = 0; hits < END_HITS_MAX && rest.len > 2; hits++) {
        const char *hit = memmem(rest.at, rest.len, "&&", 2);
        size_t len;

        if (!hit)
            return false;
        rest = span_from(rest, (size_t)(hit - rest.at) + 1);
        len = (size_t)(hit - in.at) + 2 - piece->head;
        if (len == length || !may_end(in, piece->head + len + HJ212_CRC_LEN) ||
            hj212_looks_encrypted(
                span_first(span_from(in, piece->head), len)) ||
            !crc_fits(within, piece->head, len, piece))
            continue;
        if (len + LENGTH_EXTRA == length)
            piece->deviations |= HJ212_DEV_BIT(LENGTH_PLUS_6);
        else if (counts_characters(piece->segment, length))
            piece->deviations |= HJ212_DEV_BIT(LENGTH_CHARACTERS);
        else
            piece->deviations |= HJ212_DEV_BIT(LENGTH_STALE);
        return true;
    }
    return false;
}

/* Other checksums than the standard's, in a frame that is whole otherwise. */
static bool name_crc(struct span in, const struct hj212_policy *policy,
                     struct hj212_piece *piece)
{
    static const int copied[] = {0x0000, 0x1234, 0xB381, 0x1040};
    bool lower = false;
    struct span segment = piece->segment;
    int crc = hj212_hex4(span_from(in, piece->head + segment.len), &lower);
    uint16_t right = hj212_crc(segment);

    if (!ends_with_marks(segment) || !may_end(in, piece->size))
        return false;
    if (crc >= 0 && crc == ((right >> 8 | right << 8) & 0xFFFF)) {
        piece->deviations |= HJ212_DEV_BIT(CRC_SWAPPED);
        return true;
    }
    if (crc >= 0 && crc == hj212_crc_modbus(segment)) {
        piece->deviations |= HJ212_DEV_BIT(CRC_MODBUS);
        return true;
    }
    for (size_t i = 0; i < LENGTH(copied); i++) {
        if (crc == copied[i])
            piece->deviations |= HJ212_DEV_BIT(CRC_NOT_COMPUTED);
    }
    if (policy->tolerated & HJ212_DEV_BIT(CRC_NOT_COMPUTED))
        piece->deviations |= HJ212_DEV_BIT(CRC_NOT_COMPUTED);
    return piece->deviations & HJ212_DEV_BIT(CRC_NOT_COMPUTED);
}

/* A real end may lie behind the bytes that are here. */
static bool end_may_come(struct span in, const struct hj212_policy *policy,
                         const struct hj212_piece *piece)
{
    size_t most = piece->head + HJ212_SEGMENT_MAX + HJ212_CRC_LEN;

    if (policy->tolerated & HJ212_DEV_BIT(LARGE_SEGMENT))
        most += HJ212_SEGMENT_LARGE_MAX - HJ212_SEGMENT_MAX;
    if (!(policy->tolerated & LENGTH_DEVIATIONS) || in.len >= most)
        return false;
    return !memmem(in.at + HJ212_MARK_LEN, in.len - HJ212_MARK_LEN, "##", 2);
}

/* Printed cipher under the length of its plain text ends later than that. */
static bool cipher_may_come(struct span in, const struct hj212_piece *piece)
{
    struct span content = span_from(in, piece->head);
    const char *open = memmem(content.at, content.len, "CP=&&{0x", 8);

    return in.len <= HJ212_SEGMENT_LARGE_MAX && open &&
           !memchr(open, '}', (size_t)(in.at + in.len - open));
}

/* One cipher in 256 has the CRC of its plain text: it is asked first. */
static enum hj212_verdict repair_cipher(struct span in,
                                        const struct hj212_policy *policy,
                                        struct hj212_piece *piece)
{
    if (!policy->sm4_key)
        return HJ212_NO_KEY;
    if (hj212_sm4_open(in, policy->sm4_key, piece))
        return HJ212_OK;
    return cipher_may_come(in, piece) ? HJ212_NEED_MORE : HJ212_BAD_CRC;
}

static enum hj212_verdict repair_whole(struct span in, size_t length,
                                       const struct hj212_policy *policy,
                                       struct hj212_piece *piece)
{
    if (hj212_looks_encrypted(piece->segment))
        return repair_cipher(in, policy, piece);
    if (crc_fits(in, piece->head, length, piece) ||
        (policy->sm4_key && hj212_sm4_open(in, policy->sm4_key, piece)) ||
        find_end(in, length, piece) || name_crc(in, policy, piece))
        return HJ212_OK;
    return end_may_come(in, policy, piece) ? HJ212_NEED_MORE : HJ212_BAD_CRC;
}

/* A segment of this length is too long for the device whose header this is. */
static enum hj212_verdict too_long(struct span in, size_t length,
                                   struct hj212_piece *piece)
{
    if (length > HJ212_SEGMENT_LARGE_MAX)
        return HJ212_TOO_LONG;
    piece->deviations |= HJ212_DEV_BIT(LARGE_SEGMENT);
    return in.len < MN_WITHIN && !hj212_peek_mn(span_from(in, 6)).at &&
                   !memmem(in.at + 2, in.len - 2, "##", 2)
               ? HJ212_NEED_MORE
               : HJ212_TOO_LONG;
}

enum hj212_verdict hj212_repair(struct span in, size_t length,
                                const struct hj212_policy *policy,
                                struct hj212_piece *piece)
{
    if (length > HJ212_SEGMENT_MAX) {
        bool large = policy->tolerated & HJ212_DEV_BIT(LARGE_SEGMENT);

        if (length > HJ212_SEGMENT_LARGE_MAX || (!large && !policy->sm4_key))
            return too_long(in, length, piece);
    }
    piece->segment = span_first(span_from(in, piece->head), length);
    piece->size = piece->raw_size = piece->head + length + HJ212_CRC_LEN;
    if (in.len >= piece->size)
        return repair_whole(in, length, policy, piece);
    return find_end(in, length, piece) ? HJ212_OK : HJ212_NEED_MORE;
}
