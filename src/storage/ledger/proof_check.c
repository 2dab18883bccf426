/*
 * proof_check - checks a proof by itself: hashes upwards from the record's
 * bytes to the day's root, and the signature over the day's line. It opens no
 * file and believes no field that it has not computed.
 */
#include "storage/ledger/proof.h"

#include "base/datetime.h"
#include "base/memory.h"
#include "storage/ledger/bytes.h"

#include <inttypes.h>
#include <jansson.h>

struct proof {
    const json_t *root;
    char *bytes; /* header and payload together */
    struct ledger_record record;
    struct manifest_segment segment;
    struct manifest_day day;
};

static struct span text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value))
        return (struct span){0};
    return (struct span){json_string_value(value), json_string_length(value)};
}

static bool integer_is(const json_t *object, const char *key, int64_t expected)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) && json_integer_value(value) == expected;
}

/* Each step answers NULL, or what is wrong with the proof. */

static const char *take_record(struct proof *p)
{
    const json_t *record = json_object_get(p->root, "record");
    struct span header = text_of(record, "header_hex");
    struct span payload = text_of(record, "payload_hex");
    size_t len = payload.len / 2;
    char arrival[33];

    if (len > LEDGER_PAYLOAD_MAX)
        return "the payload is longer than a record can be";
    p->bytes = memory_new(RECORD_HEADER + len, 1);
    if (hex_parse(header, (unsigned char *)p->bytes, RECORD_HEADER))
        return "header_hex is not 32 bytes in hexadecimal";
    if (hex_parse(payload, (unsigned char *)p->bytes + RECORD_HEADER, len))
        return "payload_hex is not hexadecimal";
    if (get_u32(p->bytes) != len || get_u16(p->bytes + 30) != 0)
        return "header and payload do not belong together";
    p->record = (struct ledger_record){
        .sequence = get_u64(p->bytes + 8),
        .arrival_us = (int64_t)get_u64(p->bytes + 16),
        .source = get_u32(p->bytes + 24),
        .kind = (enum ledger_kind)get_u16(p->bytes + 28),
        .payload = {p->bytes + RECORD_HEADER, len},
    };
    if (p->record.arrival_us < 0 ||
        p->record.arrival_us / 1000000 > MOMENT_MAX_S)
        return "the arrival is no moment";
    datetime_format_us(p->record.arrival_us, arrival);
    if (!integer_is(record, "sequence", (int64_t)p->record.sequence) ||
        !integer_is(record, "arrival_us", p->record.arrival_us) ||
        !integer_is(record, "source", p->record.source) ||
        !span_is(text_of(record, "kind"), ledger_kind_name(p->record.kind)) ||
        !span_is(text_of(record, "arrival"), arrival))
        return "what is written about the record is not what its bytes say";
    return NULL;
}

/* Hashes from the leaf along a path; false when the path is malformed. */
static bool climb(const json_t *path, struct hash *hash)
{
    struct merkle_step steps[2 * MERKLE_DEPTH_MAX];
    size_t count = json_array_size(path);

    if (!json_is_array(path) || count > LENGTH(steps))
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(path, i);
        struct span side = text_of(step, "side");

        steps[i].left = span_is(side, "left");
        if ((!steps[i].left && !span_is(side, "right")) ||
            hex_parse(text_of(step, "hash"), steps[i].beside.at,
                      LEDGER_HASH_LEN))
            return false;
    }
    *hash = merkle_climb(*hash, steps, count);
    return true;
}

static const char *check_segment(struct proof *p)
{
    struct hash hash = record_leaf(p->bytes, p->record.payload.len);

    if (!climb(json_object_get(p->root, "path"), &hash))
        return "the path to the segment's root is malformed";
    if (manifest_segment_parse(text_of(p->root, "segment_line"), &p->segment))
        return "the segment's line is malformed";
    if (!hash_equal(&hash, &p->segment.root))
        return "the record does not lead to the segment's root: its bytes or "
               "the path were altered";
    if (p->record.sequence < p->segment.first ||
        p->record.sequence > p->segment.last ||
        p->record.arrival_us < p->segment.from_us ||
        p->record.arrival_us > p->segment.to_us)
        return "the record lies outside its segment";
    return NULL;
}

static const char *check_day(struct proof *p)
{
    struct hash hash = merkle_leaf(text_of(p->root, "segment_line"));

    if (!climb(json_object_get(p->root, "day_path"), &hash))
        return "the path to the day's root is malformed";
    if (manifest_day_parse(text_of(p->root, "day_line"), &p->day))
        return "the day's line is malformed";
    if (!hash_equal(&hash, &p->day.root))
        return "the segment does not lead to the day's root";
    if (p->segment.day != p->day.day || p->segment.first < p->day.first ||
        p->segment.last > p->day.last)
        return "the segment lies outside its day";
    return NULL;
}

static const char *check_signature(struct proof *p, struct hash *fingerprint)
{
    unsigned char signature[SIGN_MAX];
    struct span hex = text_of(p->root, "signature");
    struct span pem = text_of(p->root, "public_key");
    struct sign_key *key = NULL;
    struct hash claimed;
    const char *why = NULL;

    if (hex.len > 2 * sizeof(signature) ||
        hex_parse(hex, signature, hex.len / 2))
        return "the signature is not hexadecimal";
    if (pem.len > 4096 || !span_starts(pem, SPAN("-----BEGIN PUBLIC KEY-----")))
        return "the public key is malformed";
    if (sign_key_from_public(pem, &key))
        return "the public key is malformed";
    if (sign_key_fingerprint(key, fingerprint) ||
        hex_parse(text_of(p->root, "public_key_sm3"), claimed.at,
                  LEDGER_HASH_LEN) ||
        !hash_equal(fingerprint, &claimed) ||
        !span_is(text_of(p->root, "algorithm"), sign_key_algorithm(key)))
        why = "the key is not the one that is named";
    else if (sign_check(key, text_of(p->root, "day_line"),
                        (struct span){(const char *)signature, hex.len / 2}))
        why = "the signature of the day is not of this key and line";
    sign_key_free(key);
    return why;
}

static void say_shown(const struct proof *p, const struct hash *fingerprint,
                      struct buf *why)
{
    char hex[HASH_HEX_LEN + 1], arrival[33];

    hex_format((struct span){(const char *)fingerprint->at, LEDGER_HASH_LEN},
               hex);
    datetime_format_us(p->record.arrival_us, arrival);
    buf_printf(why,
               "record %" PRIu64 " (%s, source %u, %zu bytes), arrived %s, is "
               "in the signed root of %d, unaltered. The proof is worth as "
               "much as the key: compare its SM3 fingerprint %s with the one "
               "the operator has published.",
               p->record.sequence, ledger_kind_name(p->record.kind),
               p->record.source, p->record.payload.len, arrival, p->day.day,
               hex);
}

enum err ledger_check_proof(struct span json, struct buf *why)
{
    struct hash fingerprint;
    json_error_t error;
    json_t *root =
        json.len <= PROOF_MAX
            ? json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, &error)
            : NULL;
    struct proof p = {.root = root};
    const char *wrong = NULL;
    enum err err = ERR_INVALID;

    if (!json_is_object(root) ||
        !span_is(text_of(root, "format"), PROOF_FORMAT))
        wrong = "not a proof of the format " PROOF_FORMAT;
    if (!wrong)
        wrong = take_record(&p);
    if (!wrong)
        wrong = check_segment(&p);
    if (!wrong && !json_object_get(root, "day_line")) {
        wrong = "the record leads to its segment's root, but the day is not "
                "signed yet: this shows nothing to an outsider. Ask for the "
                "proof again after the day has ended";
        err = ERR_NOT_FOUND;
    }
    if (!wrong)
        wrong = check_day(&p);
    if (!wrong)
        wrong = check_signature(&p, &fingerprint);
    if (wrong) {
        buf_text(why, wrong);
    } else {
        say_shown(&p, &fingerprint, why);
        err = OK;
    }
    free(p.bytes);
    json_decref(root);
    return err;
}
