/*
 * merkle - hash trees over SM3, shaped as in RFC 6962:
 *
 *     leaf = SM3(00 || bytes)      node = SM3(01 || left || right)
 *
 * The first bytes keep leaves and nodes apart, so that no record can pass for a
 * node. A level with an odd number of nodes hands its last one up unchanged.
 *
 * OpenSSL's SM3 does 190-220 MB/s here; that is why nothing on the way of a
 * commit hashes.
 */
#ifndef LEDGER_MERKLE_H
#define LEDGER_MERKLE_H

#include "storage/ledger/ledger.h"

struct hash {
    unsigned char at[LEDGER_HASH_LEN];
};

#define HASH_HEX_LEN (2 * (size_t)LEDGER_HASH_LEN)

enum { MERKLE_DEPTH_MAX = 64 };

/* A tree that grows leaf by leaf and keeps only its right edge. */
struct merkle {
    uint64_t count;
    struct hash edge[MERKLE_DEPTH_MAX];
};

struct hash hash_of(struct span bytes);     /* SM3(bytes) */
struct hash merkle_leaf(struct span bytes); /* SM3(00 || bytes) */
struct hash merkle_node(struct hash left, struct hash right);

void merkle_add(struct merkle *m, struct hash leaf);
struct hash merkle_root(const struct merkle *m); /* zeros when empty */

/* One step from a leaf to the root: the hash beside it and where it stands. */
struct merkle_step {
    struct hash beside;
    bool left;
};

/*
 * The path of leaf `index` of `count` to the root, the leaf's end first.
 * `leaves` is used up. Answers the number of steps.
 */
size_t merkle_path(struct hash *leaves, size_t count, size_t index,
                   struct merkle_step steps[MERKLE_DEPTH_MAX]);
struct hash merkle_climb(struct hash leaf, const struct merkle_step *steps,
                         size_t count);

bool hash_equal(const struct hash *a, const struct hash *b);

/* Lower-case hexadecimal. */
void hex_format(struct span bytes, char *text); /* 2 * len + 1 */
/* ERR_SYNTAX unless it is exactly 2 * len lower-case digits. */
enum err hex_parse(struct span text, unsigned char *bytes,
                   size_t len) MUST_CHECK;

#endif
