#include "storage/ledger/sign.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static const char sm2_identity[] = "1234567812345678";

static EVP_PKEY *pkey(struct sign_key *key)
{
    return (EVP_PKEY *)key;
}

static bool is_sm2(struct sign_key *key)
{
    return EVP_PKEY_is_a(pkey(key), "SM2") == 1;
}

const char *sign_key_algorithm(struct sign_key *key)
{
    return is_sm2(key) ? "SM2" : "Ed25519";
}

/* Takes the key over if it is one of ours. */
static enum err accept_key(EVP_PKEY *key, struct sign_key **out)
{
    if (!key)
        return ERR_INVALID;
    if (EVP_PKEY_is_a(key, "ED25519") != 1 && EVP_PKEY_is_a(key, "SM2") != 1) {
        EVP_PKEY_free(key);
        return ERR_UNSUPPORTED;
    }
    *out = (struct sign_key *)key;
    return OK;
}

enum err sign_key_new(const char *algorithm, struct sign_key **out)
{
    if (strcmp(algorithm, "SM2") == 0)
        return accept_key(EVP_PKEY_Q_keygen(NULL, NULL, "SM2"), out);
    if (strcmp(algorithm, "Ed25519") == 0)
        return accept_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), out);
    return ERR_UNSUPPORTED;
}

void sign_key_free(struct sign_key *key)
{
    EVP_PKEY_free(pkey(key));
}

static enum err bio_to_buf(BIO *bio, int written, struct buf *out)
{
    char *at = NULL;
    long len = BIO_get_mem_data(bio, &at);

    if (written == 1 && len > 0)
        buf_add(out, (struct span){at, (size_t)len});
    BIO_free(bio);
    return written == 1 && len > 0 && !out->full ? OK : ERR_INVALID;
}

enum err sign_key_private_pem(struct sign_key *key, struct buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());

    return bio_to_buf(bio,
                      PEM_write_bio_PKCS8PrivateKey(bio, pkey(key), NULL, NULL,
                                                    0, NULL, NULL),
                      out);
}

enum err sign_key_public_pem(struct sign_key *key, struct buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());

    return bio_to_buf(bio, PEM_write_bio_PUBKEY(bio, pkey(key)), out);
}

enum err sign_key_from_private(struct span pem, struct sign_key **out)
{
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

    BIO_free(bio);
    return accept_key(key, out);
}

enum err sign_key_from_public(struct span pem, struct sign_key **out)
{
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

    BIO_free(bio);
    return accept_key(key, out);
}

enum err sign_key_fingerprint(struct sign_key *key, struct hash *out)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey(key), &der);

    if (len <= 0)
        return ERR_INVALID;
    *out = hash_of((struct span){(const char *)der, (size_t)len});
    OPENSSL_free(der);
    return OK;
}

/* SM2 signs a hash that includes the signer's identity; Ed25519 hashes itself.
 */
static EVP_MD_CTX *signing(struct sign_key *key, bool check)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_ctx = NULL;
    const EVP_MD *md = is_sm2(key) ? EVP_sm3() : NULL;
    int ok = check ? EVP_DigestVerifyInit(ctx, &key_ctx, md, NULL, pkey(key))
                   : EVP_DigestSignInit(ctx, &key_ctx, md, NULL, pkey(key));

    if (ok == 1 && md)
        ok = EVP_PKEY_CTX_set1_id(key_ctx, sm2_identity,
                                  (int)sizeof(sm2_identity) - 1);
    if (ok == 1)
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

enum err sign_text(struct sign_key *key, struct span text,
                   unsigned char signature[SIGN_MAX], size_t *out_len)
{
    EVP_MD_CTX *ctx = signing(key, false);
    size_t len = SIGN_MAX;
    int ok = 0;

    if (ctx)
        ok = EVP_DigestSign(ctx, signature, &len,
                            (const unsigned char *)text.at, text.len);
    EVP_MD_CTX_free(ctx);
    if (ok != 1)
        return ERR_INVALID;
    *out_len = len;
    return OK;
}

enum err sign_check(struct sign_key *key, struct span text,
                    struct span signature)
{
    EVP_MD_CTX *ctx = signing(key, true);
    int ok = 0;

    if (ctx)
        ok = EVP_DigestVerify(ctx, (const unsigned char *)signature.at,
                              signature.len, (const unsigned char *)text.at,
                              text.len);
    EVP_MD_CTX_free(ctx);
    return ok == 1 ? OK : ERR_INVALID;
}
