#include "storage/account/given_password.h"

#include "base/json.h"
#include "storage/account/secret.h"
#include "storage/ledger/ledger.h"

#include <stdio.h>
#include <time.h>

enum { GROUP = 5, GROUPS = 4 };

static bool read_line(const char *file, struct given_password *out)
{
    bool standard = strcmp(file, "-") == 0;
    FILE *in = standard ? stdin : fopen(file, "r");
    char line[PASSWORD_MAX + 3] = "";
    size_t len;

    if (!in) {
        fprintf(stderr, "the password file %s cannot be read\n", file);
        return false;
    }
    if (!fgets(line, sizeof(line), in))
        line[0] = '\0';
    if (!standard)
        fclose(in);
    len = strcspn(line, "\r\n");
    if (len > PASSWORD_MAX) {
        fprintf(stderr, "the password in %s is too long: at most %d bytes\n",
                file, PASSWORD_MAX);
        return false;
    }
    span_copy((struct span){line, len}, out->text, sizeof(out->text));
    return true;
}

/* Four groups of five hex digits: 80 bits. */
static void generate(struct given_password *out)
{
    char token[SECRET_TEXT_LEN + 1];
    char *to = out->text;

    secret_token(token);
    for (size_t i = 0; i < (size_t)GROUP * GROUPS; i++) {
        if (i && i % GROUP == 0)
            *to++ = '-';
        *to++ = token[i];
    }
    *to = '\0';
    out->generated = true;
}

bool given_password(const char *file, const char *name,
                    struct given_password *out)
{
    enum password_verdict verdict;

    *out = (struct given_password){0};
    if (!file) {
        generate(out);
        return true;
    }
    if (!read_line(file, out))
        return false;
    verdict = password_judge(span_of(name), span_of(out->text));
    if (verdict != PASSWORD_OK)
        fprintf(stderr, "the password is not taken: %s (%s)\n",
                password_text_en(verdict), password_text_zh(verdict));
    return verdict == PASSWORD_OK;
}

void given_password_show(const struct given_password *password,
                         const char *name)
{
    if (password->generated)
        printf("Password of %s (shown once): %s\n", name, password->text);
}

static enum err append(struct ledger *ledger, struct span payload)
{
    struct ledger_record record = {.kind = LEDGER_ACCOUNT, .payload = payload};
    struct timespec now;
    enum err err;

    clock_gettime(CLOCK_REALTIME, &now);
    err = ledger_append(
        ledger, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, &record, 1);
    return err ? err : ledger_commit(ledger);
}

void record_account(const char *data, const char *action, const char *name,
                    const char *role)
{
    struct ledger *ledger = NULL;
    struct buf text;
    struct json j;
    char path[4096];
    enum err err;

    buf_init(&text, 4096);
    json_init(&j, &text);
    json_open(&j, '{');
    json_key_text(&j, "action", action);
    json_key_text(&j, "name", name);
    json_key_text(&j, "role", role);
    json_key_text(&j, "by", "command line");
    json_close(&j, '}');
    snprintf(path, sizeof(path), "%s/ledger", data);
    err = ledger_open(path, NULL, &ledger);
    if (!err)
        err = append(ledger, buf_span(&text));
    ledger_close(ledger);
    if (err)
        fprintf(stderr, "warning: done, but not recorded in the ledger: %s\n",
                err == ERR_BUSY ? "a server is using it" : err_text(err));
    buf_done(&text);
}
