#include "storage/registry/import_cmd.h"

#include "base/json.h"
#include "storage/ledger/ledger.h"
#include "storage/registry/field.h"
#include "storage/registry/registry.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2, RECORD_MAX = 64 << 10 };

static const char usage[] =
    "shangyou import - takes files into a data directory\n\n"
    "  shangyou import registry PATH [--data DIR] [--dry-run]\n"
    "  shangyou import registry --fields     every column, as Markdown\n\n"
    "PATH         a directory with sites.csv, points.csv, devices.csv,\n"
    "             factors.csv, limits.csv (any of them), one such file, or a\n"
    "             .yaml file with the same fields (docs/registry.md)\n"
    "--data DIR   the data directory; default: data\n"
    "--dry-run    judge everything, keep nothing\n\n"
    "All rows are taken or none. What the files do not name stays as it is.\n"
    "CSV is UTF-8 or GB 18030. No server may run on the directory.\n"
    "Exit codes: 0 taken, 1 not taken, 2 usage.\n";

struct arguments {
    const char *what, *path, *data;
    bool dry_run, fields, help, wrong;
};

static bool is_option(struct span word)
{
    return span_starts(word, SPAN("--"));
}

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments a = {.data = "data"};

    for (int i = 1; i < argc && !a.wrong; i++) {
        struct span word = span_of(argv[i]);

        if (span_is(word, "--help") || span_is(word, "-h"))
            a.help = true;
        else if (span_is(word, "--dry-run"))
            a.dry_run = true;
        else if (span_is(word, "--fields"))
            a.fields = true;
        else if (span_is(word, "--data") && i + 1 < argc)
            a.data = argv[++i];
        else if (!a.what && !is_option(word))
            a.what = argv[i];
        else if (!a.path && !is_option(word))
            a.path = argv[i];
        else
            a.wrong = true;
    }
    a.wrong = a.wrong || !a.what || strcmp(a.what, "registry") != 0 ||
              (!a.path && !a.fields);
    return a;
}

/* ---- what a person sees ---- */

static void show_progress(void *context, size_t rows)
{
    (void)context;
    fprintf(stderr, "\rimport: %zu rows", rows);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

static void print_findings(const char *title, const struct import_problem *list,
                           size_t count)
{
    if (count)
        printf("\n%s\n", title);
    for (size_t i = 0; i < count; i++) {
        const struct import_problem *p = &list[i];

        printf("  %s", p->file);
        if (p->line)
            printf(":%d", p->line);
        if (p->column[0])
            printf("  %s", p->column);
        if (p->value[0])
            printf(" '%s'", p->value);
        printf(" %s\n", p->reason);
        if (p->suggestion[0])
            printf("      -> %s\n", p->suggestion);
    }
}

static void print_result(const struct import_result *r)
{
    print_findings("warnings (taken all the same):", r->warnings,
                   r->warning_count);
    print_findings("problems:", r->problems, r->problem_count);
    printf("\n%-10s %10s\n", "rows", "count");
    printf("%-10s %10zu\n", "read", r->rows);
    printf("%-10s %10zu\n", "added", r->added);
    printf("%-10s %10zu\n", "changed", r->changed);
    printf("%-10s %10zu\n", "unchanged", r->unchanged);
    printf("%-10s %10zu\n", "warnings", r->warning_count);
    printf("%-10s %10zu\n\n", "problems", r->problem_count);
}

static int print_fields(void)
{
    struct buf manual;

    buf_init(&manual, 1 << 20);
    field_manual(&manual);
    fwrite(manual.at, 1, manual.len, stdout);
    buf_done(&manual);
    return EXIT_OK;
}

static int refuse(const char *data, enum err err)
{
    if (err == ERR_BUSY)
        fprintf(stderr,
                "import: a server runs on %s; change the registry through its "
                "API (PUT /api/v1/registry/...), or stop it and import then\n",
                data);
    else if (err == ERR_NOT_FOUND)
        fprintf(stderr,
                "import: %s is no data directory; make it with: shangyou init "
                "--data %s\n",
                data, data);
    else
        fprintf(stderr, "import: %s: %s\n", data, err_text(err));
    return EXIT_NO;
}

/* ---- the ledger's record ---- */

/* SHA-256 of a file in hex; empty when it cannot be read. */
static void digest_file(const char *path, char out[65])
{
    unsigned char block[1 << 14], digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    FILE *file = fopen(path, "rb");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t got;

    out[0] = '\0';
    if (file && context && EVP_DigestInit_ex(context, EVP_sha256(), NULL)) {
        while ((got = fread(block, 1, sizeof(block), file)) > 0)
            EVP_DigestUpdate(context, block, got);
        EVP_DigestFinal_ex(context, digest, &len);
        for (unsigned int i = 0; i < len && i < 32; i++)
            snprintf(out + (size_t)2 * i, 3, "%02x", digest[i]);
    }
    EVP_MD_CTX_free(context);
    if (file)
        fclose(file);
}

static void record_file(struct json *j, const char *path)
{
    char digest[65];

    digest_file(path, digest);
    json_open(j, '{');
    json_key_text(j, "name", path);
    json_key_text(j, "sha256", digest);
    json_close(j, '}');
}

static void record_files(struct json *j, const char *path)
{
    struct stat info;
    char file[4096];

    json_open(j, '[');
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        for (int kind = 0; kind < ROW_KIND_COUNT; kind++) {
            snprintf(file, sizeof(file), "%s/%s.csv", path,
                     row_schema((enum row_kind)kind)->plural);
            if (access(file, F_OK) == 0)
                record_file(j, file);
        }
    } else {
        record_file(j, path);
    }
    json_close(j, ']');
}

/* What is about to be kept, before it is. */
static enum err record(struct ledger *ledger, const char *path,
                       const struct import_result *result)
{
    struct timespec now;
    struct buf text;
    struct json j;
    struct ledger_record r = {.kind = LEDGER_REGISTRY};
    enum err err;

    buf_init(&text, RECORD_MAX);
    json_init(&j, &text);
    json_open(&j, '{');
    json_key_text(&j, "action", "import");
    json_key_int(&j, "rows", (int64_t)result->rows);
    json_key_int(&j, "added", (int64_t)result->added);
    json_key_int(&j, "changed", (int64_t)result->changed);
    json_key(&j, "files");
    record_files(&j, path);
    json_close(&j, '}');
    clock_gettime(CLOCK_REALTIME, &now);
    r.payload = buf_span(&text);
    err = text.full
              ? ERR_TOO_LARGE
              : ledger_append(
                    ledger, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
                    &r, 1);
    if (!err)
        err = ledger_commit(ledger);
    buf_done(&text);
    return err;
}

/* ---- the import ---- */

static enum err judge_and_keep(struct registry *registry, struct ledger *ledger,
                               const struct arguments *a, struct arena *arena,
                               struct import_result *result)
{
    enum err err = registry_import(registry, a->path, true, arena, result);

    if (err || a->dry_run || !(result->added || result->changed))
        return err;
    err = record(ledger, a->path, result);
    return err ? err : registry_import(registry, a->path, false, arena, result);
}

static int import_into(struct registry *registry, struct ledger *ledger,
                       const struct arguments *a)
{
    struct arena arena;
    struct import_result result = {0};
    enum err err;

    arena_init(&arena);
    if (isatty(STDERR_FILENO))
        registry_on_progress(registry, show_progress, NULL);
    err = judge_and_keep(registry, ledger, a, &arena, &result);
    clear_progress();
    print_result(&result);
    if (err && !result.problem_count)
        fprintf(stderr, "import: %s\n", err_text(err));
    puts(err          ? "Nothing was kept."
         : a->dry_run ? "A dry run: nothing was kept."
                      : "Taken.");
    arena_done(&arena);
    return err ? EXIT_NO : EXIT_OK;
}

int import_command(int argc, char **argv)
{
    struct arguments a = read_arguments(argc, argv);
    struct ledger *ledger = NULL;
    struct registry *registry = NULL;
    char path[4096];
    enum err err;
    int code;

    if (a.help || a.wrong) {
        fputs(usage, a.help ? stdout : stderr);
        return a.help ? EXIT_OK : EXIT_USAGE;
    }
    if (a.fields)
        return print_fields();
    snprintf(path, sizeof(path), "%s/ledger", a.data);
    err = ledger_open(path, NULL, &ledger);
    if (err)
        return refuse(a.data, err);
    snprintf(path, sizeof(path), "%s/registry.db", a.data);
    err = registry_open(path, &registry);
    code = err ? refuse(a.data, err) : import_into(registry, ledger, &a);
    registry_close(registry);
    ledger_close(ledger);
    return code;
}
