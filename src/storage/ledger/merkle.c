#include "storage/ledger/merkle.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

/* One hashing context a thread: setting one up costs more than a small hash. */
static _Thread_local EVP_MD_CTX *context;
static pthread_key_t context_key;
static pthread_once_t context_once = PTHREAD_ONCE_INIT;

static void context_free(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

static void context_setup(void)
{
    if (pthread_key_create(&context_key, context_free))
        abort();
}

static EVP_MD_CTX *hashing(void)
{
    if (!context) {
        pthread_once(&context_once, context_setup);
        context = EVP_MD_CTX_new();
        if (!context || EVP_DigestInit_ex2(context, EVP_sm3(), NULL) != 1)
            abort();
        pthread_setspecific(context_key, context);
    }
    if (EVP_DigestInit_ex2(context, NULL, NULL) != 1)
        abort();
    return context;
}

static struct hash finish(EVP_MD_CTX *ctx)
{
    struct hash hash;
    unsigned len = 0;

    if (EVP_DigestFinal_ex(ctx, hash.at, &len) != 1 || len != sizeof(hash.at))
        abort();
    return hash;
}

struct hash hash_of(struct span bytes)
{
    EVP_MD_CTX *ctx = hashing();

    EVP_DigestUpdate(ctx, bytes.at, bytes.len);
    return finish(ctx);
}

struct hash merkle_leaf(struct span bytes)
{
    EVP_MD_CTX *ctx = hashing();

    EVP_DigestUpdate(ctx, "\0", 1);
    EVP_DigestUpdate(ctx, bytes.at, bytes.len);
    return finish(ctx);
}

struct hash merkle_node(struct hash left, struct hash right)
{
    EVP_MD_CTX *ctx = hashing();

    EVP_DigestUpdate(ctx, "\1", 1);
    EVP_DigestUpdate(ctx, left.at, sizeof(left.at));
    EVP_DigestUpdate(ctx, right.at, sizeof(right.at));
    return finish(ctx);
}

/* The set bits of count are the whole trees on the edge, the tallest first. */
void merkle_add(struct merkle *m, struct hash leaf)
{
    int height = __builtin_popcountll(m->count);

    for (uint64_t rest = m->count; rest & 1; rest >>= 1)
        leaf = merkle_node(m->edge[--height], leaf);
    m->edge[height] = leaf;
    m->count++;
}

struct hash merkle_root(const struct merkle *m)
{
    int height = __builtin_popcountll(m->count);
    struct hash root = {{0}};

    if (height == 0)
        return root;
    root = m->edge[--height];
    while (height > 0)
        root = merkle_node(m->edge[--height], root);
    return root;
}

size_t merkle_path(struct hash *leaves, size_t count, size_t index,
                   struct merkle_step steps[MERKLE_DEPTH_MAX])
{
    size_t depth = 0;

    assert(index < count);
    while (count > 1) {
        size_t up = 0;

        if (index % 2 || index + 1 < count)
            steps[depth++] =
                (struct merkle_step){leaves[index ^ 1], .left = index % 2 == 1};
        for (size_t i = 0; i < count; i += 2)
            leaves[up++] = i + 1 < count ? merkle_node(leaves[i], leaves[i + 1])
                                         : leaves[i];
        count = up;
        index /= 2;
    }
    return depth;
}

struct hash merkle_climb(struct hash leaf, const struct merkle_step *steps,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        leaf = steps[i].left ? merkle_node(steps[i].beside, leaf)
                             : merkle_node(leaf, steps[i].beside);
    return leaf;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->at, b->at, sizeof(a->at)) == 0;
}

void hex_format(struct span bytes, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.at[i];

        *text++ = digits[byte >> 4];
        *text++ = digits[byte & 15];
    }
    *text = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err hex_parse(struct span text, unsigned char *bytes, size_t len)
{
    if (text.len != 2 * len)
        return ERR_SYNTAX;
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(text.at[2 * i]);
        int low = hex_digit(text.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return ERR_SYNTAX;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return OK;
}
