#include "storage/account/user_cmd.h"

#include "base/datetime.h"
#include "storage/account/account_store.h"
#include "storage/account/given_password.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "shangyou user - the accounts of a data directory\n\n"
    "  shangyou user list [--data DIR]\n"
    "  shangyou user add NAME --role ROLE [--password-file FILE]\n"
    "  shangyou user passwd NAME [--password-file FILE]\n"
    "  shangyou user role NAME --role ROLE\n"
    "  shangyou user unlock | disable | enable NAME\n\n"
    "ROLE              administrator, operator or viewer\n"
    "--data DIR        the data directory; default: data\n"
    "--password-file   its first line is the password; - is standard input.\n"
    "                  Without it one is generated and shown once.\n\n"
    "Whoever gets a password has to change it at the first log-in. A server\n"
    "may be running. Exit codes: 0 done, 1 not done, 2 usage.\n";

struct arguments {
    const char *action, *name, *data, *role, *password_file;
    bool help, wrong;
};

static bool is_option(struct span word)
{
    return span_starts(word, SPAN("--"));
}

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments a = {.data = "data"};
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--data", &a.data},
                   {"--role", &a.role},
                   {"--password-file", &a.password_file}};

    for (int i = 1; i < argc && !a.wrong; i++) {
        struct span word = span_of(argv[i]);
        bool taken = false;

        for (size_t k = 0; k < LENGTH(options) && !taken; k++) {
            taken = span_is(word, options[k].name) && i + 1 < argc;
            if (taken)
                *options[k].value = argv[++i];
        }
        if (taken)
            continue;
        if (span_is(word, "--help") || span_is(word, "-h"))
            a.help = true;
        else if (!a.action && !is_option(word))
            a.action = argv[i];
        else if (!a.name && !is_option(word))
            a.name = argv[i];
        else
            a.wrong = true;
    }
    return a;
}

static int answer(const struct arguments *a, enum err err)
{
    if (!err)
        return EXIT_OK;
    if (err == ERR_NOT_FOUND)
        fprintf(stderr, "user: there is no account %s\n", a->name);
    else if (err == ERR_DENIED)
        fprintf(stderr,
                "user: %s is the last administrator; make another "
                "one first\n",
                a->name);
    else if (err == ERR_EXISTS)
        fprintf(stderr, "user: the account %s exists already\n", a->name);
    else
        fprintf(stderr, "user: %s: %s\n", a->name, err_text(err));
    return EXIT_NO;
}

/* ---- the actions ---- */

static int list(struct account_store *store, const struct arguments *a)
{
    struct arena arena;
    struct account *accounts;
    size_t count = 0;
    int64_t now_s = (int64_t)time(NULL);
    enum err err;

    (void)a;
    arena_init(&arena);
    err = account_list(store, &arena, &accounts, &count);
    printf("%-20s %-14s %-26s %s\n", "name", "role", "last log-in", "state");
    for (size_t i = 0; i < count; i++) {
        const struct account *account = &accounts[i];
        char last[26] = "never";

        if (account->last_login_s)
            datetime_format(account->last_login_s, last);
        printf("%-20s %-14s %-26s %s%s\n", account->name,
               role_name(account->role), last,
               account->disabled                 ? "disabled"
               : account->locked_until_s > now_s ? "locked"
                                                 : "active",
               account->must_change ? ", must change password" : "");
    }
    arena_done(&arena);
    return err ? EXIT_NO : EXIT_OK;
}

static bool take_role(const struct arguments *a, enum role *out)
{
    if (a->role && !role_parse(span_of(a->role), out))
        return true;
    fprintf(stderr, "user: --role is administrator, operator or viewer\n");
    return false;
}

static int add(struct account_store *store, const struct arguments *a)
{
    struct given_password password;
    enum role role;
    enum err err;

    if (!take_role(a, &role))
        return EXIT_USAGE;
    if (!account_name_is_valid(span_of(a->name))) {
        fprintf(stderr,
                "user: a name has 1 to %d bytes without blanks and "
                "quotes\n",
                ACCOUNT_NAME_MAX);
        return EXIT_NO;
    }
    if (!given_password(a->password_file, a->name, &password))
        return EXIT_NO;
    err = account_add(store, span_of(a->name), role, span_of(password.text),
                      true, (int64_t)time(NULL));
    if (!err) {
        record_account(a->data, "add", a->name, a->role);
        given_password_show(&password, a->name);
    }
    return answer(a, err);
}

static int passwd(struct account_store *store, const struct arguments *a)
{
    struct given_password password;
    enum err err;

    if (!given_password(a->password_file, a->name, &password))
        return EXIT_NO;
    err =
        account_reset_password(store, span_of(a->name), span_of(password.text));
    if (!err) {
        record_account(a->data, "reset_password", a->name, NULL);
        given_password_show(&password, a->name);
    }
    return answer(a, err);
}

static int change_role(struct account_store *store, const struct arguments *a)
{
    enum role role;
    enum err err;

    if (!take_role(a, &role))
        return EXIT_USAGE;
    err = account_set_role(store, span_of(a->name), role);
    if (!err)
        record_account(a->data, "role", a->name, a->role);
    return answer(a, err);
}

static int unlock(struct account_store *store, const struct arguments *a)
{
    enum err err = account_unlock(store, span_of(a->name));

    if (!err)
        record_account(a->data, "unlock", a->name, NULL);
    return answer(a, err);
}

static int disable(struct account_store *store, const struct arguments *a)
{
    bool on = strcmp(a->action, "disable") == 0;
    enum err err = account_set_disabled(store, span_of(a->name), on);

    if (!err)
        record_account(a->data, a->action, a->name, NULL);
    return answer(a, err);
}

static const struct {
    const char *name;
    bool wants_name;
    int (*run)(struct account_store *store, const struct arguments *a);
} actions[] = {
    {"list", false, list},     {"add", true, add},
    {"passwd", true, passwd},  {"role", true, change_role},
    {"unlock", true, unlock},  {"disable", true, disable},
    {"enable", true, disable},
};

/* Runs the action on the accounts of the data directory. */
static int run(int (*action)(struct account_store *, const struct arguments *),
               const struct arguments *a)
{
    struct account_store *store = NULL;
    char path[4096];
    enum err err;
    int code;

    snprintf(path, sizeof(path), "%s/account.db", a->data);
    if (access(path, F_OK) != 0) {
        fprintf(stderr,
                "user: %s is no data directory; make it with: shangyou init "
                "--data %s\n",
                a->data, a->data);
        return EXIT_NO;
    }
    err = account_store_open(path, NULL, &store);
    if (err) {
        fprintf(stderr, "user: %s: %s\n", path, err_text(err));
        return EXIT_NO;
    }
    code = action(store, a);
    account_store_close(store);
    return code;
}

int user_command(int argc, char **argv)
{
    struct arguments a = read_arguments(argc, argv);

    if (a.help) {
        fputs(usage, stdout);
        return EXIT_OK;
    }
    for (size_t i = 0; i < LENGTH(actions) && a.action && !a.wrong; i++) {
        if (strcmp(a.action, actions[i].name) == 0 &&
            actions[i].wants_name == (a.name != NULL))
            return run(actions[i].run, &a);
    }
    fputs(usage, stderr);
    return EXIT_USAGE;
}
