/*
 * manifest - the chain: a text file, one line for each sealed segment and each
 * signed day, every line closing with the SM3 of the line before.
 *
 *     ledger version=1 hash=SM3 key=Ed25519 public=<SM3 of the public key>
 *     segment number=0 day=20261123 first=1 last=9 from=<us> to=<us>
 *         bytes=<raw> blocks=1 root=<hex> previous=<hex>
 *     day date=20261123 first=1 last=9 segments=1 root=<hex> previous=<hex>
 *         signature=<hex>
 *
 * (one line each in the file). A day's root is the Merkle root over its segment
 * lines; its signature is over its line up to " signature=". A line is valid
 * only when writing it again gives the same bytes.
 */
#ifndef LEDGER_MANIFEST_H
#define LEDGER_MANIFEST_H

#include "storage/ledger/sign.h"

#define MANIFEST_NAME "manifest"

enum {
    MANIFEST_BYTES_MAX = 1 << 30,
    MANIFEST_LINE_MAX = 1024,
};

struct manifest_segment {
    uint64_t number;
    int day; /* yyyymmdd of Beijing */
    uint64_t first, last;
    int64_t from_us, to_us; /* arrivals */
    uint64_t bytes;         /* of the records, uncompressed */
    uint64_t blocks;
    struct hash root, previous;
};

struct manifest_day {
    int day;
    uint64_t first, last;
    uint64_t segments;
    struct hash root, previous;
};

/* Without the newline; of a day without the signature. */
size_t manifest_segment_format(const struct manifest_segment *s,
                               char line[MANIFEST_LINE_MAX]);
enum err manifest_segment_parse(struct span line,
                                struct manifest_segment *out) MUST_CHECK;
size_t manifest_day_format(const struct manifest_day *d,
                           char line[MANIFEST_LINE_MAX]);
enum err manifest_day_parse(struct span line,
                            struct manifest_day *out) MUST_CHECK;

enum manifest_kind { MANIFEST_HEAD, MANIFEST_SEGMENT, MANIFEST_DAY };

struct manifest_line {
    enum manifest_kind kind;
    struct span text; /* of a day without the signature */
    struct span signature_hex;
    struct manifest_segment segment;
    struct manifest_day day;
};

struct manifest {
    struct buf text;
    struct manifest_line *lines;
    size_t count, cap;
    uint64_t whole;  /* bytes of whole lines; less than the file: torn */
    struct hash tip; /* of the last line */
    struct hash key; /* fingerprint in the first line */
    size_t bad_line; /* when ERR_CORRUPT: which, from 1 */
    const char *why;
};

/* Reads and checks the chain. ERR_CORRUPT fills bad_line and why. */
enum err manifest_load(int dir, struct manifest *out) MUST_CHECK;
void manifest_done(struct manifest *m);

/* The first line, for a new ledger. */
size_t manifest_head_format(struct sign_key *key,
                            const struct hash *fingerprint,
                            char line[MANIFEST_LINE_MAX]);

/* Hash of a whole line: what the next one must give as `previous`. */
struct hash manifest_line_hash(struct span line);

#endif
