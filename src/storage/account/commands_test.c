/* What init, import and user do to a data directory, and how they answer. */
#include "storage/account/init_cmd.h"
#include "storage/account/user_cmd.h"
#include "storage/registry/import_cmd.h"

#include "base/test.h"
#include "storage/account/account_store.h"
#include "storage/ledger/ledger.h"
#include "storage/registry/registry.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    char home[64], data[80], file[96];
    struct arena arena;
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK_INT(fclose(file), 0);
}

static void world_init(struct world *w)
{
    *w = (struct world){0};
    snprintf(w->home, sizeof(w->home), "%s", "/tmp/commands-test-XXXXXX");
    CHECK(mkdtemp(w->home) != NULL);
    snprintf(w->data, sizeof(w->data), "%s/data", w->home);
    snprintf(w->file, sizeof(w->file), "%s/sites.csv", w->home);
    arena_init(&w->arena);
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
    arena_done(&w->arena);
    nftw(w->home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Runs a command line of words separated by blanks; @ is the data directory. */
static int run(struct world *w, int (*command)(int, char **), const char *line)
{
    struct span rest = span_of(line);
    char *argv[16] = {NULL};
    char words[16][128];
    int argc = 0;

    while (rest.len && argc < 15) {
        struct span word = span_take(&rest, ' ');

        if (span_is(word, "@"))
            word = span_of(w->data);
        span_copy(word, words[argc], sizeof(words[argc]));
        argv[argc] = words[argc];
        argc++;
    }
    return command(argc, argv);
}

static const char *in_data(struct world *w, const char *name)
{
    return arena_printf(&w->arena, "%s/%s", w->data, name);
}

static const char *password_file(struct world *w, const char *text)
{
    const char *path = arena_printf(&w->arena, "%s/password", w->home);

    write_file(path, text);
    return path;
}

static enum login_verdict login(struct world *w, const char *name,
                                const char *password, struct session *out)
{
    struct account_store *store = NULL;
    enum login_verdict verdict;

    CHECK_INT(account_store_open(in_data(w, "account.db"), NULL, &store), OK);
    verdict = account_login(store, span_of(name), span_of(password), SPAN(""),
                            1800000000, out);
    account_store_close(store);
    return verdict;
}

TEST(init_makes_a_whole_directory_once)
{
    struct world w;
    struct session session;
    struct stat info;

    world_init(&w);
    CHECK_INT(run(&w, init_command,
                  arena_printf(&w.arena, "init --data @ --password-file %s",
                               password_file(&w, "correct horse\n"))),
              0);
    CHECK_INT(stat(in_data(&w, "ledger/manifest"), &info), 0);
    CHECK_INT(stat(in_data(&w, "registry.db"), &info), 0);
    CHECK_INT(info.st_mode & 077, 0);
    CHECK_INT(stat(in_data(&w, "shangyou.yaml"), &info), 0);
    CHECK_INT(login(&w, "admin", "correct horse", &session), LOGIN_OK);
    CHECK(session.account.must_change);
    CHECK_INT(session.account.role, ROLE_ADMINISTRATOR);
    CHECK_INT(run(&w, init_command, "init --data @"), 1);
    world_done(&w);
}

TEST(init_goes_on_where_it_was_interrupted)
{
    struct world w;
    struct session session;

    world_init(&w);
    CHECK_INT(run(&w, init_command, "init --data @ --admin wang"), 0);
    CHECK_INT(unlink(in_data(&w, "shangyou.yaml")), 0);
    CHECK_INT(run(&w, init_command,
                  arena_printf(&w.arena,
                               "init --data @ --admin wang --password-file %s",
                               password_file(&w, "correct horse\r\n"))),
              0);
    CHECK_INT(login(&w, "wang", "correct horse", &session), LOGIN_OK);
    world_done(&w);
}

TEST(init_touches_no_directory_of_somebody_else)
{
    struct world w;
    struct stat info;

    world_init(&w);
    CHECK_INT(mkdir(w.data, 0755), 0);
    write_file(in_data(&w, "thesis.txt"), "mine");
    CHECK_INT(run(&w, init_command, "init --data @"), 1);
    CHECK(stat(in_data(&w, "ledger"), &info) != 0);
    world_done(&w);
}

TEST(init_refuses_a_weak_password_before_it_makes_anything)
{
    struct world w;
    struct stat info;

    world_init(&w);
    CHECK_INT(run(&w, init_command,
                  arena_printf(&w.arena, "init --data @ --password-file %s",
                               password_file(&w, "short\n"))),
              1);
    CHECK_INT(run(&w, init_command, "init --data @ --password-file /nowhere"),
              1);
    CHECK_INT(run(&w, init_command, "init --data @ --admin a'b"), 1);
    CHECK(stat(w.data, &info) != 0);
    world_done(&w);
}

TEST(usage_is_answered_with_2_and_help_with_0)
{
    struct world w;

    world_init(&w);
    CHECK_INT(run(&w, init_command, "init --help"), 0);
    CHECK_INT(run(&w, init_command, "init --nonsense"), 2);
    CHECK_INT(run(&w, import_command, "import --help"), 0);
    CHECK_INT(run(&w, import_command, "import registry"), 2);
    CHECK_INT(run(&w, import_command, "import planets x"), 2);
    CHECK_INT(run(&w, user_command, "user --help"), 0);
    CHECK_INT(run(&w, user_command, "user"), 2);
    CHECK_INT(run(&w, user_command, "user add"), 2);
    CHECK_INT(run(&w, user_command, "user list x"), 2);
    CHECK_INT(run(&w, user_command, "user list --data @"), 1);
    CHECK_INT(run(&w, import_command, "import registry x --data @"), 1);
    world_done(&w);
}

TEST(an_import_is_recorded_before_it_is_kept_and_a_dry_run_is_not)
{
    struct world w;
    struct registry *registry = NULL;
    struct ledger *ledger = NULL;
    const struct registry_snapshot *s;
    struct ledger_record record;
    struct buf payload;

    world_init(&w);
    CHECK_INT(run(&w, init_command, "init --data @"), 0);
    write_file(w.file, "code,name_zh,element,level,region\n"
                       "A,甲,air,city,510104\nB,乙,air,city,510199\n");
    CHECK_INT(
        run(&w, import_command,
            arena_printf(&w.arena, "import registry %s --data @", w.file)),
        1);
    write_file(w.file, "code,name_zh,element,level,region\n"
                       "A,甲,air,city,510104\n");
    CHECK_INT(
        run(&w, import_command,
            arena_printf(&w.arena, "import registry %s --data @ --dry-run",
                         w.file)),
        0);
    CHECK_INT(ledger_open(in_data(&w, "ledger"), NULL, &ledger), OK);
    CHECK_INT(ledger_last(ledger), 1); /* the administrator */
    ledger_close(ledger);
    for (int i = 0; i < 2; i++) /* the second changes nothing */
        CHECK_INT(
            run(&w, import_command,
                arena_printf(&w.arena, "import registry %s --data @", w.file)),
            0);
    CHECK_INT(ledger_open(in_data(&w, "ledger"), NULL, &ledger), OK);
    CHECK_INT(ledger_last(ledger), 2);
    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    CHECK_INT(ledger_read(ledger, 2, &record, &payload), OK);
    CHECK_INT(record.kind, LEDGER_REGISTRY);
    CHECK(memmem(payload.at, payload.len, "\"added\":1", 9) != NULL);
    buf_done(&payload);
    ledger_close(ledger);

    CHECK_INT(registry_open(in_data(&w, "registry.db"), &registry), OK);
    s = registry_hold(registry);
    CHECK_INT(s->site_count, 1);
    registry_release(registry, s);
    registry_close(registry);
    world_done(&w);
}

TEST(an_import_beside_a_server_is_refused)
{
    struct world w;
    struct ledger *ledger = NULL;

    world_init(&w);
    CHECK_INT(run(&w, init_command, "init --data @"), 0);
    write_file(w.file, "code,name_zh,element,level,region\n"
                       "A,甲,air,city,510104\n");
    CHECK_INT(ledger_open(in_data(&w, "ledger"), NULL, &ledger), OK);
    CHECK_INT(
        run(&w, import_command,
            arena_printf(&w.arena, "import registry %s --data @", w.file)),
        1);
    ledger_close(ledger);
    CHECK_INT(
        run(&w, import_command,
            arena_printf(&w.arena, "import registry %s --data @", w.file)),
        0);
    world_done(&w);
}

TEST(accounts_are_kept_from_the_command_line)
{
    struct world w;
    struct session session;

    world_init(&w);
    CHECK_INT(run(&w, init_command, "init --data @"), 0);
    CHECK_INT(run(&w, user_command,
                  arena_printf(&w.arena,
                               "user add li --role operator --data @ "
                               "--password-file %s",
                               password_file(&w, "correct horse"))),
              0);
    CHECK_INT(login(&w, "li", "correct horse", &session), LOGIN_OK);
    CHECK_INT(session.account.role, ROLE_OPERATOR);
    CHECK(session.account.must_change);
    CHECK_INT(run(&w, user_command, "user add li --role viewer --data @"), 1);
    CHECK_INT(run(&w, user_command, "user add x --role root --data @"), 2);
    CHECK_INT(run(&w, user_command, "user disable admin --data @"), 1);
    CHECK_INT(run(&w, user_command, "user disable li --data @"), 0);
    CHECK_INT(login(&w, "li", "correct horse", &session), LOGIN_WRONG);
    CHECK_INT(run(&w, user_command, "user enable li --data @"), 0);
    CHECK_INT(run(&w, user_command,
                  "user role li --role administrator "
                  "--data @"),
              0);
    CHECK_INT(run(&w, user_command, "user disable admin --data @"), 0);
    CHECK_INT(run(&w, user_command, "user unlock li --data @"), 0);
    CHECK_INT(run(&w, user_command, "user unlock nobody --data @"), 1);
    CHECK_INT(run(&w, user_command, "user passwd li --data @"), 0);
    CHECK_INT(login(&w, "li", "correct horse", &session), LOGIN_WRONG);
    CHECK_INT(run(&w, user_command, "user passwd nobody --data @"), 1);
    CHECK_INT(run(&w, user_command, "user list --data @"), 0);
    world_done(&w);
}
