/*
 * sign - the ledger's key: Ed25519, or SM2 (GB/T 32918, with SM3 and the usual
 * identity 1234567812345678) for who must use it. The private half stays in
 * key.pem; the public half is in public.pem, in the manifest's first line and
 * in every proof. Owner frees with sign_key_free.
 */
#ifndef LEDGER_SIGN_H
#define LEDGER_SIGN_H

#include "storage/ledger/merkle.h"

enum { SIGN_MAX = 256, SIGN_PUBLIC_MAX = 256 };

struct sign_key; /* OpenSSL's EVP_PKEY */

/* "Ed25519" or "SM2". */
enum err sign_key_new(const char *algorithm, struct sign_key **out) MUST_CHECK;
void sign_key_free(struct sign_key *key);

enum err sign_key_private_pem(struct sign_key *key, struct buf *out) MUST_CHECK;
enum err sign_key_public_pem(struct sign_key *key, struct buf *out) MUST_CHECK;
enum err sign_key_from_private(struct span pem,
                               struct sign_key **out) MUST_CHECK;
enum err sign_key_from_public(struct span pem,
                              struct sign_key **out) MUST_CHECK;

const char *sign_key_algorithm(struct sign_key *key);
/* SM3 of the public key's DER: what a person compares. */
enum err sign_key_fingerprint(struct sign_key *key,
                              struct hash *out) MUST_CHECK;

enum err sign_text(struct sign_key *key, struct span text,
                   unsigned char signature[SIGN_MAX],
                   size_t *out_len) MUST_CHECK;
/* ERR_INVALID when it is not this key's signature of the text. */
enum err sign_check(struct sign_key *key, struct span text,
                    struct span signature) MUST_CHECK;

#endif
