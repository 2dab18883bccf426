#include "storage/ledger/ledger_cmd.h"
#include "storage/ledger/mask.h"
#include "storage/ledger/testing.h"

TEST(passwords_are_masked_and_nothing_else_is)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"ST=31;PW=123456;MN=1", "ST=31;PW=******;MN=1"},
        {"PW=", "PW="},
        {"PW=secret", "PW=******"},
        {"PW=a;x;PW=bb;", "PW=*;x;PW=**;"},
        {"NEWPW=1;PWD=2", "NEWPW=1;PWD=2"},
        {"{\"t\":\"PW=12\",\"u\"", "{\"t\":\"PW=**\",\"u\""},
        {"", ""},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf text;

        buf_init(&text, 1000);
        buf_text(&text, cases[i].in);
        mask_passwords(&text);
        CHECK_SPAN(buf_span(&text), cases[i].out);
        buf_done(&text);
    }
}

/* Runs the subcommand with its standard output in a file. */
static int run(const char *dir, char *out, size_t size,
               const char *const *words)
{
    char *argv[12] = {NULL};
    char path[512];
    int argc = 0;
    int kept, code;
    FILE *f;
    size_t n;

    for (; words[argc]; argc++)
        argv[argc] = memory_text(span_of(words[argc]));
    snprintf(path, sizeof(path), "%s/output", dir);
    fflush(stdout);
    kept = dup(STDOUT_FILENO);
    f = fopen(path, "w+");
    assert_non_null(f);
    dup2(fileno(f), STDOUT_FILENO);
    code = ledger_command(argc, argv);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    rewind(f);
    n = fread(out, 1, size - 1, f);
    out[n] = '\0';
    fclose(f);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return code;
}

#define RUN(...)                                                               \
    run(base, out, sizeof(out), (const char *const[]){__VA_ARGS__, NULL})

TEST(the_subcommand_answers_by_its_exit_code)
{
    static char out[1 << 20];
    const int64_t day_us = 86400LL * 1000000;
    const char *base = test_directory();
    char dir[512], proof[512];
    struct ledger *l;

    snprintf(dir, sizeof(dir), "%s/ledger", base);
    snprintf(proof, sizeof(proof), "%s/proof.json", base);
    CHECK_INT(ledger_init(dir), OK);
    l = test_open(dir, 64 << 10);
    test_append_text(l, day_us, "ST=31;PW=123456;MN=A");
    test_append_text(l, day_us + 1, "\xff not text");
    CHECK_INT(ledger_sign_days(l, 2 * day_us), OK);

    CHECK_INT(RUN("ledger", "--help"), 0);
    CHECK(strstr(out, "check-proof") != NULL);
    CHECK_INT(RUN("ledger"), 2);
    CHECK_INT(RUN("ledger", "nonsense"), 2);
    CHECK_INT(RUN("ledger", "prove", "x", "--data", base), 2);
    CHECK_INT(RUN("ledger", "dump", "--kind", "nonsense"), 2);
    CHECK_INT(RUN("ledger", "verify", "--data"), 2);
    CHECK_INT(RUN("ledger", "verify", "--data", "/nowhere"), 1);
    CHECK(strstr(out, "NOT VERIFIED") != NULL);

    CHECK_INT(RUN("ledger", "verify", "--data", base), 0);
    CHECK(strstr(out, "verified: all 2 records") != NULL);
    CHECK_INT(RUN("ledger", "status", "--data", base), 0);
    CHECK(strstr(out, "\"last_day_signed\":\"1970-01-02\"") != NULL);
    CHECK_INT(RUN("ledger", "dump", "--data", base), 0);
    CHECK(strstr(out, "PW=******;MN=A") != NULL);
    CHECK(strstr(out, "123456") == NULL);
    CHECK_INT(RUN("ledger", "dump", "--from", "2", "--data", base), 0);
    CHECK(strstr(out, "PW=") == NULL && strstr(out, "not text") != NULL);
    CHECK_INT(RUN("ledger", "dump", "--kind", "down", "--data", base), 0);
    CHECK_TEXT(out, "");

    CHECK_INT(RUN("ledger", "prove", "7", "--data", base), 1);
    CHECK_INT(RUN("ledger", "prove", "1", "--data", base), 0);
    test_save(base, "proof.json", out, strlen(out));
    CHECK_INT(RUN("ledger", "check-proof", proof), 0);
    CHECK(strncmp(out, "proven", 6) == 0);
    test_save(base, "proof.json", "{}", 2);
    CHECK_INT(RUN("ledger", "check-proof", proof), 1);
    CHECK(strncmp(out, "NOT PROVEN", 10) == 0);
    CHECK_INT(RUN("ledger", "check-proof", "/nowhere"), 1);
    ledger_close(l);
    test_remove(dir);
}
