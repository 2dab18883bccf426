#include "storage/account/init_cmd.h"

#include "storage/account/given_password.h"
#include "storage/ledger/ledger.h"
#include "storage/registry/registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2, PATH_BYTES = 4096 };

static const char usage[] =
    "shangyou init - makes a data directory: ledger, registry, accounts\n\n"
    "  shangyou init [--data DIR] [--admin NAME] [--password-file FILE]\n\n"
    "--data DIR        what to make; default: data. It may exist if empty.\n"
    "--admin NAME      the first administrator; default: admin\n"
    "--password-file   its first line is the password; - is standard input.\n"
    "                  Without it one is generated and shown once.\n"
    "--keep-password   the password need not be changed at the first log-in\n\n"
    "Exit codes: 0 made, 1 not made, 2 usage.\n";

/* Written last: a directory that has it is whole. */
static const char settings_name[] = "shangyou.yaml";
static const char settings[] =
    "# Settings of `shangyou serve`; `shangyou serve --help` lists them all\n"
    "# with their ranges and defaults. What stands here wins over the\n"
    "# defaults, the environment (SHANGYOU_HTTP_LISTEN) over this, and the\n"
    "# command line (--http.listen) over all.\n"
    "#\n"
    "# 本文件为服务设置，未写明者取默认值。\n"
    "\n"
    "#http:\n"
    "#  listen: 127.0.0.1:8080     # portal and API; put a TLS proxy before "
    "it\n"
    "#gateway:\n"
    "#  listen: 0.0.0.0:8212       # devices report here (HJ 212 over TCP)\n";

struct arguments {
    const char *data, *admin, *password_file;
    bool keep_password, help, wrong;
};

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments a = {.data = "data", .admin = "admin"};

    for (int i = 1; i < argc && !a.wrong; i++) {
        struct span word = span_of(argv[i]);
        bool more = i + 1 < argc;

        if (span_is(word, "--help") || span_is(word, "-h"))
            a.help = true;
        else if (span_is(word, "--keep-password"))
            a.keep_password = true;
        else if (span_is(word, "--data") && more)
            a.data = argv[++i];
        else if (span_is(word, "--admin") && more)
            a.admin = argv[++i];
        else if (span_is(word, "--password-file") && more)
            a.password_file = argv[++i];
        else
            a.wrong = true;
    }
    return a;
}

static void path_in(const char *data, const char *name, char out[PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s/%s", data, name);
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "init: %s: %s\n", what, why);
    return EXIT_NO;
}

/* ---- the directory ---- */

/* What an init that was interrupted may have left. */
static bool is_ours(const char *name)
{
    static const char *const whole[] = {".", "..", "ledger", "lost+found"};
    static const char *const begin[] = {"registry.db", "account.db",
                                        "series.db"};

    for (size_t i = 0; i < LENGTH(whole); i++) {
        if (strcmp(name, whole[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < LENGTH(begin); i++) {
        if (span_starts(span_of(name), span_of(begin[i])))
            return true;
    }
    return false;
}

/* Makes the directory, or finds it empty (or begun by us). */
static int take_directory(const char *data)
{
    char path[PATH_BYTES];
    const struct dirent *entry;
    DIR *directory;
    int code = EXIT_OK;

    if (mkdir(data, 0750) != 0 && errno != EEXIST)
        return fail(data, strerror(errno));
    path_in(data, settings_name, path);
    if (access(path, F_OK) == 0)
        return fail(data, "is a data directory already");
    directory = opendir(data);
    if (!directory)
        return fail(data, strerror(errno));
    while (code == EXIT_OK && (entry = readdir(directory))) {
        if (!is_ours(entry->d_name))
            code = fail(data, "is not empty and holds files that are not "
                              "ours; give a new directory");
    }
    closedir(directory);
    return code;
}

/* ---- its parts ---- */

static int make_stores(const char *data)
{
    char path[PATH_BYTES];
    struct registry *registry = NULL;
    enum err err;

    path_in(data, "ledger", path);
    err = ledger_init(path);
    if (err && err != ERR_EXISTS)
        return fail(path, err_text(err));
    path_in(data, "registry.db", path);
    err = registry_open(path, &registry);
    registry_close(registry);
    return err ? fail(path, err_text(err)) : EXIT_OK;
}

static enum err add_administrator(struct account_store *store,
                                  const struct arguments *a,
                                  const struct given_password *password)
{
    struct span name = span_of(a->admin), text = span_of(password->text);
    enum err err = account_add(store, name, ROLE_ADMINISTRATOR, text,
                               !a->keep_password, (int64_t)time(NULL));

    /* Begun before: the password of that time was perhaps never seen. */
    return err == ERR_EXISTS ? account_reset_password(store, name, text) : err;
}

static int make_administrator(const struct arguments *a,
                              const struct given_password *password)
{
    char path[PATH_BYTES];
    struct account_store *store = NULL;
    enum err err;

    path_in(a->data, "account.db", path);
    err = account_store_open(path, NULL, &store);
    if (!err)
        err = add_administrator(store, a, password);
    account_store_close(store);
    if (err)
        return fail(path, err_text(err));
    record_account(a->data, "add", a->admin, role_name(ROLE_ADMINISTRATOR));
    return EXIT_OK;
}

static int write_settings(const char *data)
{
    char path[PATH_BYTES];
    FILE *file;
    bool good;

    path_in(data, settings_name, path);
    file = fopen(path, "wx");
    if (!file)
        return fail(path, strerror(errno));
    good = fputs(settings, file) >= 0 && fflush(file) == 0 &&
           fsync(fileno(file)) == 0;
    good = fclose(file) == 0 && good;
    return good ? EXIT_OK : fail(path, "cannot be written");
}

int init_command(int argc, char **argv)
{
    struct arguments a = read_arguments(argc, argv);
    struct given_password password;
    int code;

    if (a.help || a.wrong) {
        fputs(usage, a.help ? stdout : stderr);
        return a.help ? EXIT_OK : EXIT_USAGE;
    }
    if (!account_name_is_valid(span_of(a.admin)))
        return fail(a.admin, "is no name: 1 to 64 bytes without blanks and "
                             "quotes");
    if (!given_password(a.password_file, a.admin, &password))
        return EXIT_NO;
    code = take_directory(a.data);
    if (code == EXIT_OK)
        code = make_stores(a.data);
    if (code == EXIT_OK)
        code = make_administrator(&a, &password);
    if (code == EXIT_OK)
        code = write_settings(a.data);
    if (code != EXIT_OK)
        return code;
    printf("%s is made, with administrator %s.\n", a.data, a.admin);
    given_password_show(&password, a.admin);
    printf("Next: shangyou import registry PATH --data %s, "
           "then shangyou serve --data %s\n",
           a.data, a.data);
    return EXIT_OK;
}
