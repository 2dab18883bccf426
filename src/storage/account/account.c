#include "storage/account/account.h"

#include "base/utf8.h"

#include <openssl/crypto.h>

static const char *const roles[ROLE_COUNT] = {
    [ROLE_VIEWER] = "viewer",
    [ROLE_OPERATOR] = "operator",
    [ROLE_ADMINISTRATOR] = "administrator",
};

/* clang-format off */
static const struct {
    const char *en, *zh;
} verdicts[PASSWORD_VERDICT_COUNT] = {
    [PASSWORD_OK] = {"fine", "可用"},
    [PASSWORD_TOO_SHORT] = {"at least 10 characters", "至少 10 个字符"},
    [PASSWORD_TOO_LONG] = {"at most 256 bytes", "最多 256 字节"},
    [PASSWORD_IS_NAME] = {"not the account's own name", "不得与账号名相同"},
    [PASSWORD_MONOTONOUS] = {"at least four different characters",
     "至少包含四个不同字符"},
    [PASSWORD_NOT_TEXT] = {"text without control characters",
     "不得包含控制字符"},
    [PASSWORD_IS_OLD] = {"not the old password", "不得与旧密码相同"},
};
/* clang-format on */

const char *role_name(enum role role)
{
    return role >= 0 && role < ROLE_COUNT ? roles[role] : "";
}

enum err role_parse(struct span name, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (span_is(name, roles[i])) {
            *out = (enum role)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static bool has_control(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return true;
    }
    return false;
}

bool account_name_is_valid(struct span name)
{
    if (name.len < 1 || name.len > ACCOUNT_NAME_MAX || !utf8_valid(name) ||
        has_control(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (strchr(" \"'`\\/", name.at[i]))
            return false;
    }
    return true;
}

static size_t characters(struct span s)
{
    size_t count = 0;

    for (size_t step; s.len && (step = utf8_step(s)); count++)
        s = span_from(s, step);
    return count;
}

/* How many different bytes; enough to tell "aaaaaaaaaa" from a password. */
static size_t variety(struct span s)
{
    bool seen[256] = {false};
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++) {
        count += !seen[(unsigned char)s.at[i]];
        seen[(unsigned char)s.at[i]] = true;
    }
    return count;
}

enum password_verdict password_judge(struct span name, struct span password)
{
    if (password.len > PASSWORD_MAX)
        return PASSWORD_TOO_LONG;
    if (!utf8_valid(password) || has_control(password))
        return PASSWORD_NOT_TEXT;
    if (characters(password) < PASSWORD_MIN)
        return PASSWORD_TOO_SHORT;
    if (span_equal_nocase(name, password))
        return PASSWORD_IS_NAME;
    if (variety(password) < 4)
        return PASSWORD_MONOTONOUS;
    return PASSWORD_OK;
}

const char *password_text_en(enum password_verdict verdict)
{
    return verdict < PASSWORD_VERDICT_COUNT ? verdicts[verdict].en : "";
}

const char *password_text_zh(enum password_verdict verdict)
{
    return verdict < PASSWORD_VERDICT_COUNT ? verdicts[verdict].zh : "";
}

bool secret_equal(struct span a, struct span b)
{
    return a.len == b.len &&
           (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
