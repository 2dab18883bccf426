#include "storage/account/secret.h"

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

enum { SALT_BYTES = 16 };

static void random_bytes(unsigned char *out, int count)
{
    if (RAND_bytes(out, count) != 1)
        abort(); /* a guessable secret is worse than none */
}

static void to_hex(const unsigned char *bytes, char out[SECRET_TEXT_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SECRET_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[SECRET_TEXT_LEN] = '\0';
}

enum err secret_hash_password(const struct password_cost *cost,
                              struct span password, char out[PASSWORD_HASH_MAX])
{
    unsigned char salt[SALT_BYTES];

    random_bytes(salt, sizeof(salt));
    return argon2id_hash_encoded(cost->passes, cost->memory_kib, cost->lanes,
                                 password.at, password.len, salt, sizeof(salt),
                                 SECRET_BYTES, out,
                                 PASSWORD_HASH_MAX) == ARGON2_OK
               ? OK
               : ERR_FULL;
}

bool secret_password_is(const char *hash, struct span password)
{
    return argon2id_verify(hash, password.at, password.len) == ARGON2_OK;
}

void secret_waste(const struct password_cost *cost, struct span password)
{
    static const unsigned char salt[SALT_BYTES];
    unsigned char out[SECRET_BYTES];

    (void)argon2id_hash_raw(cost->passes, cost->memory_kib, cost->lanes,
                            password.at, password.len, salt, sizeof(salt), out,
                            sizeof(out));
}

void secret_token(char out[SECRET_TEXT_LEN + 1])
{
    unsigned char bytes[SECRET_BYTES];

    random_bytes(bytes, sizeof(bytes));
    to_hex(bytes, out);
}

void secret_digest(const char *prefix, struct span text,
                   unsigned char out[SECRET_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, prefix, strlen(prefix)) != 1 ||
        EVP_DigestUpdate(context, text.at, text.len) != 1 ||
        EVP_DigestFinal_ex(context, out, NULL) != 1)
        abort(); /* no memory */
    EVP_MD_CTX_free(context);
}

void secret_csrf(struct span token, char out[SECRET_TEXT_LEN + 1])
{
    unsigned char digest[SECRET_BYTES];

    secret_digest("csrf:", token, digest);
    to_hex(digest, out);
}
