#include "ingest/hj212/codec.h"

#include <openssl/evp.h>

bool hj212_sm4(const uint8_t *key, bool encrypt, char *at, size_t len)
{
    size_t whole = len / HJ212_BLOCK_LEN * HJ212_BLOCK_LEN;
    unsigned char *bytes = (unsigned char *)at;
    EVP_CIPHER_CTX *ctx;
    int done = 0;
    bool good;

    if (whole == 0)
        return true;
    ctx = EVP_CIPHER_CTX_new();
    good = ctx &&
           EVP_CipherInit_ex(ctx, EVP_sm4_ecb(), NULL, key, NULL, encrypt) &&
           EVP_CIPHER_CTX_set_padding(ctx, 0) &&
           EVP_CipherUpdate(ctx, bytes, &done, bytes, (int)whole) &&
           (size_t)done == whole;
    EVP_CIPHER_CTX_free(ctx);
    return good;
}

/* The content behind CP=&&; what a field's value holds does not count. */
static bool find_content(struct span segment, struct span *out)
{
    struct span rest = segment;

    for (;;) {
        const char *hit =
            rest.len ? memmem(rest.at, rest.len, "CP=&&", 5) : NULL;

        if (!hit)
            return false;
        rest = span_from(rest, (size_t)(hit - rest.at) + 5);
        if (hit == segment.at || strchr(";, ", hit[-1])) {
            *out = rest;
            return true;
        }
    }
}

/* Only 2025 encrypts: the version bits are 2. */
static bool announces_2025(struct span segment, struct span content)
{
    struct span header = {segment.at, (size_t)(content.at - segment.at)};
    const char *hit = memmem(header.at, header.len, "Flag=", 5);
    struct span rest;
    int flag;

    if (!hit)
        return false;
    rest = span_from(header, (size_t)(hit - header.at) + 5);
    flag = hj212_digits(span_first(rest, span_find(rest, ';')));
    return flag >= 0 && flag <= 255 && flag >> 2 == HJ212_2025;
}

bool hj212_is_cipher(struct span cp)
{
    if (cp.len < HJ212_BLOCK_LEN)
        return false;
    if (span_starts(cp, SPAN("{0x")) || span_starts(cp, SPAN("{0X")))
        return true;
    for (size_t i = 0; i < HJ212_BLOCK_LEN; i++) {
        unsigned char c = (unsigned char)cp.at[i];

        if (c < ' ' || c >= 0x7f)
            return true;
    }
    return false;
}

bool hj212_looks_encrypted(struct span segment)
{
    struct span content;

    return find_content(segment, &content) &&
           announces_2025(segment, content) && hj212_is_cipher(content);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Reads {0xE4,0x3E, ...} off the front of *text into bytes. Returns how many,
 * or 0 when it is no such list or not one of whole blocks.
 */
static size_t take_printed(struct span *text, char bytes[HJ212_SEGMENT_MAX])
{
    struct span rest = span_from(*text, 1);
    size_t count = 0;

    for (;;) {
        int high, low;

        rest = span_trim(rest);
        if (rest.len < 5 || rest.at[0] != '0' || (rest.at[1] | 32) != 'x' ||
            count == HJ212_SEGMENT_MAX)
            return 0;
        high = hex_digit(rest.at[2]);
        low = hex_digit(rest.at[3]);
        if (high < 0 || low < 0)
            return 0;
        bytes[count++] = (char)(high << 4 | low);
        rest = span_trim(span_from(rest, 4));
        if (rest.len == 0 || (rest.at[0] != ',' && rest.at[0] != '}'))
            return 0;
        if (rest.at[0] == '}')
            break;
        rest = span_from(rest, 1);
    }
    *text = span_from(rest, 1);
    return count % HJ212_BLOCK_LEN == 0 ? count : 0;
}

/* The bytes were received into a buffer of the caller's: they are his to
 * change. */
static char *writable(struct span s)
{
    union {
        const char *received;
        char *writable;
    } bytes = {s.at};

    return bytes.writable;
}

/* The cipher as raw bytes: the plain text takes its place, byte for byte. */
static bool open_raw(struct span segment, struct span content,
                     const uint8_t *key, int crc)
{
    char copy[HJ212_SEGMENT_LARGE_MAX];
    size_t before = (size_t)(content.at - segment.at);

    if (content.len < 2 || memcmp(content.at + content.len - 2, "&&", 2) != 0)
        return false;
    content.len -= 2;
    memcpy(copy, segment.at, segment.len);
    if (!hj212_sm4(key, false, copy + before, content.len) ||
        hj212_is_cipher((struct span){copy + before, content.len}) ||
        hj212_crc((struct span){copy, segment.len}) != crc)
        return false;
    memcpy(writable(content), copy + before, content.len);
    return true;
}

/*
 * The cipher as printed text. The length may be the one of the printed or of
 * the plain text, so the end is found by the text itself; the frame is then
 * written again as the plain one it stands for, which is shorter.
 */
static bool open_printed(struct span in, const uint8_t *key,
                         struct hj212_piece *piece, struct span content)
{
    char plain[HJ212_SEGMENT_MAX], bytes[HJ212_SEGMENT_MAX], digits[5];
    size_t before = (size_t)(content.at - piece->segment.at), len, tail;
    struct span rest = {content.at, (size_t)(in.at + in.len - content.at)};
    struct span crc_text;
    const char *close;
    bool lower;

    len = take_printed(&rest, bytes);
    close = len ? memmem(rest.at, rest.len, "&&", 2) : NULL;
    if (!close || close - rest.at >= HJ212_BLOCK_LEN)
        return false;
    tail = (size_t)(close - rest.at) + 2;
    crc_text = span_from(rest, tail);
    if (before + len + tail > sizeof(plain) || crc_text.len < HJ212_CRC_LEN)
        return false;

    memcpy(plain, piece->segment.at, before);
    memcpy(plain + before, bytes, len);
    if (!hj212_sm4(key, false, plain + before, len) ||
        hj212_is_cipher((struct span){plain + before, len}))
        return false;
    memcpy(plain + before + len, rest.at, tail);
    len += before + tail;
    if (hj212_hex4(crc_text, &lower) != hj212_crc((struct span){plain, len}))
        return false;

    piece->size = (size_t)(crc_text.at - in.at) + HJ212_CRC_LEN;
    digits[0] = (char)('0' + len / 1000 % 10);
    digits[1] = (char)('0' + len / 100 % 10);
    digits[2] = (char)('0' + len / 10 % 10);
    digits[3] = (char)('0' + len % 10);
    memcpy(writable(in) + HJ212_MARK_LEN, digits, 4);
    memmove(writable(in) + 6 + len, crc_text.at, HJ212_CRC_LEN);
    memcpy(writable(in) + 6 + len + HJ212_CRC_LEN, "\r\n", 2);
    memcpy(writable(in) + 6, plain, len);
    piece->head = 6;
    piece->segment = (struct span){in.at + 6, len};
    piece->raw_size = 6 + len + HJ212_CRC_LEN + 2;
    piece->deviations |= HJ212_DEV_BIT(SM4_PRINTED);
    if (lower)
        piece->deviations |= HJ212_DEV_BIT(CRC_LOWER_CASE);
    return true;
}

bool hj212_sm4_open(struct span in, const uint8_t *key,
                    struct hj212_piece *piece)
{
    struct span segment = piece->segment, content;
    bool lower = false;
    int crc;

    if (!find_content(segment, &content) || !announces_2025(segment, content) ||
        content.len < HJ212_BLOCK_LEN)
        return false;
    if (content.at[0] == '{' && open_printed(in, key, piece, content)) {
        piece->encrypted = true;
        return true;
    }
    crc = hj212_hex4(span_from(in, piece->head + segment.len), &lower);
    if (crc < 0 || segment.len > HJ212_SEGMENT_LARGE_MAX ||
        !open_raw(segment, content, key, crc))
        return false;
    piece->encrypted = true;
    if (lower)
        piece->deviations |= HJ212_DEV_BIT(CRC_LOWER_CASE);
    return true;
}
