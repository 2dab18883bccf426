#include "storage/account/account_store.h"

#include "base/buf.h"
#include "base/test.h"
#include "db/db.h"

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

/* Cheap hashes: these tests are about what is decided, not what it costs. */
static const struct password_cost cheap = {64, 1, 1};

enum { NOW = 1800000000 };

#define GOOD SPAN("correct horse")

struct world {
    char directory[64], path[96];
    struct account_store *store;
    struct arena arena;
    struct session session;
};

static void world_init(struct world *w)
{
    *w = (struct world){0};
    snprintf(w->directory, sizeof(w->directory), "%s",
             "/tmp/account-test-XXXXXX");
    CHECK(mkdtemp(w->directory) != NULL);
    snprintf(w->path, sizeof(w->path), "%s/account.db", w->directory);
    arena_init(&w->arena);
    CHECK_INT(account_store_open(w->path, &cheap, &w->store), OK);
    CHECK_INT(account_add(w->store, SPAN("wang"), ROLE_ADMINISTRATOR, GOOD,
                          false, NOW),
              OK);
}

static int remove_one(const char *path, const struct stat *info, int flag,
                      struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static void world_done(struct world *w)
{
    account_store_close(w->store);
    arena_done(&w->arena);
    nftw(w->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static enum login_verdict login(struct world *w, const char *name,
                                const char *password, int64_t now_s)
{
    return account_login(w->store, span_of(name), span_of(password),
                         SPAN("127.0.0.1"), now_s, &w->session);
}

static enum err find(struct world *w, const struct session *s, int64_t now_s,
                     struct session *out)
{
    return session_find(w->store, span_of(s->token), now_s, out);
}

/* ---- rules ---- */

TEST(a_password_is_judged_at_both_sides_of_each_rule)
{
    static const struct {
        const char *name, *password;
        enum password_verdict verdict;
    } cases[] = {
        {"wang", "abcdefghij", PASSWORD_OK},
        {"wang", "abcdefghi", PASSWORD_TOO_SHORT},
        {"wang", "", PASSWORD_TOO_SHORT},
        {"wang", "四川省生态环境监测", PASSWORD_TOO_SHORT},
        {"wang", "四川省生态环境监测网", PASSWORD_OK},
        {"abcdefghij", "ABCDEFGHIJ", PASSWORD_IS_NAME},
        {"abcdefghij", "abcdefghijk", PASSWORD_OK},
        {"wang", "aaabbbccca", PASSWORD_MONOTONOUS},
        {"wang", "aaabbbcccd", PASSWORD_OK},
        {"wang", "abcdefghi\n", PASSWORD_NOT_TEXT},
        {"wang", "abcdefghi\xff", PASSWORD_NOT_TEXT},
    };
    char text[PASSWORD_MAX + 2];

    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(
            password_judge(span_of(cases[i].name), span_of(cases[i].password)),
            cases[i].verdict);
        CHECK(strlen(password_text_zh(cases[i].verdict)) > 0);
        CHECK(strlen(password_text_en(cases[i].verdict)) > 0);
    }
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 20);
    CHECK_INT(password_judge(SPAN("x"), (struct span){text, PASSWORD_MAX}),
              PASSWORD_OK);
    CHECK_INT(password_judge(SPAN("x"), (struct span){text, PASSWORD_MAX + 1}),
              PASSWORD_TOO_LONG);
}

TEST(a_name_has_neither_blanks_nor_quotes)
{
    CHECK(account_name_is_valid(SPAN("王伟")));
    CHECK(account_name_is_valid(SPAN("a")));
    CHECK(!account_name_is_valid(SPAN("")));
    CHECK(!account_name_is_valid(SPAN("a b")));
    CHECK(!account_name_is_valid(SPAN("a'b")));
    CHECK(!account_name_is_valid(SPAN("a\0b")));
    CHECK(!account_name_is_valid(SPAN("\xff")));
    CHECK(!account_name_is_valid(SPAN(
        "12345678901234567890123456789012345678901234567890123456789012345")));
}

TEST(roles_have_names_both_ways)
{
    enum role role;

    for (int i = 0; i < ROLE_COUNT; i++) {
        CHECK_INT(role_parse(span_of(role_name((enum role)i)), &role), OK);
        CHECK_INT(role, i);
    }
    CHECK_INT(role_parse(SPAN("root"), &role), ERR_NOT_FOUND);
}

TEST(secrets_compare_by_content)
{
    CHECK(secret_equal(SPAN("abc"), SPAN("abc")));
    CHECK(!secret_equal(SPAN("abc"), SPAN("abd")));
    CHECK(!secret_equal(SPAN("abc"), SPAN("ab")));
    CHECK(secret_equal(SPAN(""), SPAN("")));
}

/* ---- log-in ---- */

TEST(the_right_password_opens_a_session_that_the_cookie_finds)
{
    struct world w;
    struct session found;

    world_init(&w);
    CHECK_INT(login(&w, "WANG", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(strlen(w.session.token), SECRET_TEXT_LEN);
    CHECK_TEXT(w.session.account.name, "wang");
    CHECK_INT(w.session.account.role, ROLE_ADMINISTRATOR);
    CHECK_INT(find(&w, &w.session, NOW + 1, &found), OK);
    CHECK_INT(found.id, w.session.id);
    CHECK_TEXT(found.peer, "127.0.0.1");
    CHECK_INT(found.account.last_login_s, NOW);
    CHECK_TEXT(found.csrf, w.session.csrf);
    CHECK(strcmp(found.csrf, found.token) != 0);
    CHECK(session_csrf_is(&found, span_of(w.session.csrf)));
    CHECK(!session_csrf_is(&found, SPAN("")));
    CHECK(!session_csrf_is(&found, span_of(found.token)));
    CHECK_INT(session_find(w.store, SPAN(""), NOW, &found), ERR_NOT_FOUND);
    w.session.token[5] ^= 1;
    CHECK_INT(find(&w, &w.session, NOW, &found), ERR_NOT_FOUND);
    world_done(&w);
}

TEST(neither_password_nor_token_is_in_the_file)
{
    struct world w;
    char bytes[65536];
    size_t len = 0;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    account_store_close(w.store);
    for (int i = 0; i < 2; i++) {
        char path[128];
        FILE *file;

        snprintf(path, sizeof(path), "%s%s", w.path, i ? "-wal" : "");
        file = fopen(path, "rb");
        if (!file)
            continue;
        len = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        CHECK(len > 0);
        CHECK(memmem(bytes, len, "correct horse", 13) == NULL);
        CHECK(memmem(bytes, len, w.session.token, 64) == NULL);
        CHECK(memmem(bytes, len, w.session.csrf, 64) == NULL);
        CHECK(i || memmem(bytes, len, "$argon2id$v=19$", 15) != NULL);
    }
    CHECK_INT(account_store_open(w.path, &cheap, &w.store), OK);
    CHECK_INT(find(&w, &w.session, NOW, &w.session), OK);
    world_done(&w);
}

TEST(only_the_owner_of_the_file_reads_it)
{
    struct world w;
    struct stat info;

    world_init(&w);
    CHECK_INT(stat(w.path, &info), 0);
    CHECK_INT(info.st_mode & 0777, 0600);
    world_done(&w);
}

TEST(five_failures_lock_a_name_for_fifteen_minutes)
{
    struct world w;
    struct account account;

    world_init(&w);
    for (int i = 0; i < 4; i++)
        CHECK_INT(login(&w, "wang", "wrong", NOW + i), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", "correct horse", NOW + 4), LOGIN_OK);
    for (int i = 0; i < 5; i++)
        CHECK_INT(login(&w, "Wang", "wrong", NOW + 10), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", "correct horse", NOW + 10), LOGIN_LOCKED);
    CHECK_INT(account_find(w.store, SPAN("wang"), &account), OK);
    CHECK_INT(account.locked_until_s, NOW + 10 + 900);
    CHECK_INT(login(&w, "wang", "correct horse", NOW + 909), LOGIN_LOCKED);
    CHECK_INT(login(&w, "wang", "correct horse", NOW + 910), LOGIN_OK);
    world_done(&w);
}

TEST(a_lock_that_ran_out_starts_again_from_nothing)
{
    struct world w;

    world_init(&w);
    for (int i = 0; i < 5; i++)
        CHECK_INT(login(&w, "wang", "wrong", NOW), LOGIN_WRONG);
    for (int i = 0; i < 5; i++)
        CHECK_INT(login(&w, "wang", "wrong", NOW + 900), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", "wrong", NOW + 900), LOGIN_LOCKED);
    world_done(&w);
}

TEST(an_unknown_name_is_answered_and_locked_like_a_known_one)
{
    struct world w;

    world_init(&w);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(login(&w, "wang", "wrong", NOW), LOGIN_WRONG);
        CHECK_INT(login(&w, "nobody", "wrong", NOW), LOGIN_WRONG);
        CHECK_INT(login(&w, "' OR 1=1 --", "wrong", NOW), LOGIN_WRONG);
    }
    CHECK_INT(login(&w, "wang", "wrong", NOW), LOGIN_LOCKED);
    CHECK_INT(login(&w, "nobody", "wrong", NOW), LOGIN_LOCKED);
    CHECK_INT(login(&w, "\" OR 1=1 --", "wrong", NOW), LOGIN_LOCKED);
    CHECK_INT(login(&w, "somebody else", "wrong", NOW), LOGIN_LOCKED);
    CHECK_INT(login(&w, "li", "wrong", NOW), LOGIN_WRONG);
    world_done(&w);
}

TEST(an_administrator_unlocks)
{
    struct world w;

    world_init(&w);
    for (int i = 0; i < 5; i++)
        CHECK_INT(login(&w, "wang", "wrong", NOW), LOGIN_WRONG);
    CHECK_INT(account_unlock(w.store, SPAN("wang")), OK);
    CHECK_INT(account_unlock(w.store, SPAN("nobody")), ERR_NOT_FOUND);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    world_done(&w);
}

TEST(empty_and_endless_passwords_are_wrong)
{
    struct world w;
    struct buf endless;

    world_init(&w);
    buf_init(&endless, 1 << 20);
    for (int i = 0; i < 100000; i++)
        buf_char(&endless, 'a');
    CHECK_INT(login(&w, "wang", "", NOW), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", endless.at, NOW), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", "correct horse ", NOW), LOGIN_WRONG);
    buf_done(&endless);
    world_done(&w);
}

struct attacker {
    struct world *world;
    int wrong, locked, busy;
};

static void *attack(void *context)
{
    struct attacker *a = context;
    struct session session;

    for (int i = 0; i < 20; i++) {
        enum login_verdict verdict =
            account_login(a->world->store, SPAN("wang"), SPAN("guess"),
                          SPAN("::1"), NOW, &session);

        a->wrong += verdict == LOGIN_WRONG;
        a->locked += verdict == LOGIN_LOCKED;
        a->busy += verdict == LOGIN_BUSY;
    }
    return NULL;
}

TEST(many_guessers_at_once_have_five_guesses_together)
{
    struct world w;
    struct attacker attackers[4];
    pthread_t threads[4];
    int wrong = 0, all = 0;

    world_init(&w);
    for (int i = 0; i < 4; i++) {
        attackers[i] = (struct attacker){.world = &w};
        CHECK_INT(pthread_create(&threads[i], NULL, attack, &attackers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        wrong += attackers[i].wrong;
        all += attackers[i].wrong + attackers[i].locked + attackers[i].busy;
    }
    CHECK_INT(wrong, 5);
    CHECK_INT(all, 80);
    world_done(&w);
}

/* ---- sessions ---- */

TEST(a_session_ends_after_half_an_hour_of_silence)
{
    struct world w;
    struct session s;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(w.session.ends_s, NOW + 1800);
    CHECK_INT(find(&w, &w.session, NOW + 1799, &s), OK);
    CHECK_INT(s.ends_s, NOW + 1799 + 1800);
    CHECK_INT(find(&w, &w.session, NOW + 1799 + 1800, &s), ERR_NOT_FOUND);
    CHECK_INT(find(&w, &w.session, NOW + 1800, &s), ERR_NOT_FOUND);
    world_done(&w);
}

TEST(a_session_ends_after_twelve_hours_whatever_happens)
{
    struct world w;
    struct session s;
    int64_t at = NOW;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    for (; at < NOW + SESSION_LIFE_S; at += 1700)
        CHECK_INT(find(&w, &w.session, at, &s), OK);
    CHECK_INT(s.ends_s, NOW + SESSION_LIFE_S);
    CHECK_INT(find(&w, &w.session, NOW + SESSION_LIFE_S - 1, &s), OK);
    CHECK_INT(find(&w, &w.session, NOW + SESSION_LIFE_S, &s), ERR_NOT_FOUND);
    world_done(&w);
}

TEST(logging_out_ends_the_session_once)
{
    struct world w;
    struct session s;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(session_end(w.store, span_of(w.session.token)), OK);
    CHECK_INT(session_end(w.store, span_of(w.session.token)), ERR_NOT_FOUND);
    CHECK_INT(find(&w, &w.session, NOW, &s), ERR_NOT_FOUND);
    world_done(&w);
}

TEST(sessions_are_listed_without_tokens_and_revoked_by_number)
{
    struct world w;
    struct session first, *list;
    size_t count;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    first = w.session;
    CHECK_INT(login(&w, "wang", "correct horse", NOW + 5), LOGIN_OK);
    CHECK_INT(session_list(w.store, first.account.id, NOW + 6, &w.arena, &list,
                           &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(list[0].id, w.session.id);
    CHECK_TEXT(list[0].token, "");
    CHECK_TEXT(list[0].csrf, "");
    CHECK_INT(session_revoke(w.store, first.id), OK);
    CHECK_INT(session_revoke(w.store, first.id), ERR_NOT_FOUND);
    CHECK_INT(find(&w, &first, NOW + 7, &first), ERR_NOT_FOUND);
    CHECK_INT(session_list(w.store, 0, NOW + 5 + 1800, &w.arena, &list, &count),
              OK);
    CHECK_INT(count, 0);
    world_done(&w);
}

TEST(too_many_sessions_end_the_oldest)
{
    struct world w;
    struct session first, *list;
    size_t count;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    first = w.session;
    for (int i = 1; i < SESSIONS_PER_ACCOUNT; i++)
        CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(find(&w, &first, NOW, &first), OK);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(find(&w, &first, NOW, &first), ERR_NOT_FOUND);
    CHECK_INT(session_list(w.store, 0, NOW, &w.arena, &list, &count), OK);
    CHECK_INT(count, SESSIONS_PER_ACCOUNT);
    world_done(&w);
}

/* ---- changes ---- */

TEST(a_new_password_ends_the_other_sessions)
{
    struct world w;
    struct session first, s;
    enum password_verdict judged = PASSWORD_TOO_LONG;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    first = w.session;
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(account_change_password(w.store, &w.session, GOOD,
                                      SPAN("battery staple"), NOW, &judged),
              LOGIN_OK);
    CHECK_INT(judged, PASSWORD_OK);
    CHECK_INT(find(&w, &first, NOW, &s), ERR_NOT_FOUND);
    CHECK_INT(find(&w, &w.session, NOW, &s), OK);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_WRONG);
    CHECK_INT(login(&w, "wang", "battery staple", NOW), LOGIN_OK);
    world_done(&w);
}

TEST(a_change_wants_the_old_password_and_a_good_new_one)
{
    struct world w;
    enum password_verdict judged;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    CHECK_INT(account_change_password(w.store, &w.session, SPAN("wrong"),
                                      SPAN("battery staple"), NOW, &judged),
              LOGIN_WRONG);
    CHECK_INT(account_change_password(w.store, &w.session, GOOD, SPAN("short"),
                                      NOW, &judged),
              LOGIN_OK);
    CHECK_INT(judged, PASSWORD_TOO_SHORT);
    CHECK_INT(
        account_change_password(w.store, &w.session, GOOD, GOOD, NOW, &judged),
        LOGIN_OK);
    CHECK_INT(judged, PASSWORD_IS_OLD);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    world_done(&w);
}

TEST(a_password_from_an_administrator_has_to_be_changed)
{
    struct world w;
    struct session s;
    enum password_verdict judged;

    world_init(&w);
    CHECK_INT(login(&w, "wang", "correct horse", NOW), LOGIN_OK);
    s = w.session;
    CHECK_INT(account_reset_password(w.store, SPAN("wang"), SPAN("short")),
              ERR_INVALID);
    CHECK_INT(
        account_reset_password(w.store, SPAN("li"), SPAN("battery staple")),
        ERR_NOT_FOUND);
    CHECK_INT(
        account_reset_password(w.store, SPAN("wang"), SPAN("battery staple")),
        OK);
    CHECK_INT(find(&w, &s, NOW, &s), ERR_NOT_FOUND);
    CHECK_INT(login(&w, "wang", "battery staple", NOW), LOGIN_OK);
    CHECK(w.session.account.must_change);
    CHECK_INT(account_change_password(w.store, &w.session,
                                      SPAN("battery staple"), GOOD, NOW,
                                      &judged),
              LOGIN_OK);
    CHECK_INT(find(&w, &w.session, NOW, &s), OK);
    CHECK(!s.account.must_change);
    world_done(&w);
}

TEST(a_disabled_account_is_out_at_once)
{
    struct world w;
    struct session s;

    world_init(&w);
    CHECK_INT(account_add(w.store, SPAN("li"), ROLE_OPERATOR, GOOD, true, NOW),
              OK);
    CHECK_INT(login(&w, "li", "correct horse", NOW), LOGIN_OK);
    CHECK(w.session.account.must_change);
    CHECK_INT(account_set_disabled(w.store, SPAN("li"), true), OK);
    CHECK_INT(find(&w, &w.session, NOW, &s), ERR_NOT_FOUND);
    CHECK_INT(login(&w, "li", "correct horse", NOW), LOGIN_WRONG);
    CHECK_INT(account_set_disabled(w.store, SPAN("li"), false), OK);
    CHECK_INT(login(&w, "li", "correct horse", NOW), LOGIN_OK);
    world_done(&w);
}

TEST(the_last_administrator_stays)
{
    struct world w;

    world_init(&w);
    CHECK_INT(account_set_disabled(w.store, SPAN("wang"), true), ERR_DENIED);
    CHECK_INT(account_set_role(w.store, SPAN("wang"), ROLE_VIEWER), ERR_DENIED);
    CHECK_INT(
        account_add(w.store, SPAN("li"), ROLE_ADMINISTRATOR, GOOD, false, NOW),
        OK);
    CHECK_INT(account_set_role(w.store, SPAN("wang"), ROLE_VIEWER), OK);
    CHECK_INT(account_set_disabled(w.store, SPAN("li"), true), ERR_DENIED);
    CHECK_INT(account_set_role(w.store, SPAN("nobody"), ROLE_VIEWER),
              ERR_NOT_FOUND);
    world_done(&w);
}

TEST(accounts_are_added_once_and_listed_by_name)
{
    struct world w;
    struct account *list;
    size_t count;

    world_init(&w);
    CHECK_INT(account_add(w.store, SPAN("WANG"), ROLE_VIEWER, GOOD, false, NOW),
              ERR_EXISTS);
    CHECK_INT(account_add(w.store, SPAN("a b"), ROLE_VIEWER, GOOD, false, NOW),
              ERR_INVALID);
    CHECK_INT(account_add(w.store, SPAN("li"), ROLE_VIEWER, SPAN("short"),
                          false, NOW),
              ERR_INVALID);
    CHECK_INT(account_add(w.store, SPAN("li"), ROLE_VIEWER, GOOD, false, NOW),
              OK);
    CHECK_INT(account_list(w.store, &w.arena, &list, &count), OK);
    CHECK_INT(count, 2);
    CHECK_TEXT(list[0].name, "li");
    CHECK_INT(list[0].role, ROLE_VIEWER);
    CHECK_TEXT(list[1].name, "wang");
    world_done(&w);
}

TEST(the_full_price_of_a_hash_works_too)
{
    struct world w;
    struct account_store *dear = NULL;
    struct session session;

    world_init(&w);
    account_store_close(w.store);
    CHECK_INT(account_store_open(w.path, NULL, &dear), OK);
    w.store = dear;
    CHECK_INT(account_add(dear, SPAN("li"), ROLE_VIEWER, GOOD, false, NOW), OK);
    CHECK_INT(account_login(dear, SPAN("li"), GOOD, SPAN(""), NOW, &session),
              LOGIN_OK);
    /* A hash of another price is still that password's. */
    CHECK_INT(account_login(dear, SPAN("wang"), GOOD, SPAN(""), NOW, &session),
              LOGIN_OK);
    world_done(&w);
}
