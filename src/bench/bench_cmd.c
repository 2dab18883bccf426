#include "bench/bench_cmd.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/json.h"
#include "bench/bench.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_NO = 1, EXIT_USAGE = 2, FILES_WANTED = 32768, JSON_MAX = 1 << 16 };

enum better { NONE, MORE, LESS };

struct figure {
    const char *id, *part, *name, *unit;
    double goal;
    enum better better;
    enum bench_figure limit;
};

static const struct figure figures[] = {
#define FIGURE(id, part, name, unit, better, goal, limit)                      \
    {#id, #part, name, unit, goal, better, BENCH_##limit},
#include "bench/bench.def"
#undef FIGURE
};

static const struct part {
    const char *name;
    enum err (*run)(struct bench *bench);
    const char *help;
} parts[] = {
    {"machine", bench_part_machine, "memory"},
    {"codec", bench_part_codec, "HJ 212 frames"},
    {"decimal", bench_part_decimal, "numbers as they are written"},
    {"ledger", bench_part_ledger, "group commit, beside this disk"},
    {"series", bench_part_series, "the store of readings"},
    {"assess-air", bench_part_air, "the AQI of a year of hours"},
    {"assess-water", bench_part_water, "the classes of all sections"},
    {"serve", bench_part_serve, "a whole server over loopback"},
    {"api", bench_part_api, "verdicts over HTTP"},
    {"sessions", bench_part_sessions, "10,000 devices that stay connected"},
};

static const char *directory;
static int64_t seconds;
static bool json, keep;

static const struct config_row rows[] = {
    {"seconds", CONFIG_INT, &seconds, "5", 1, 60,
     "about so long for each figure"},
    {"directory", CONFIG_TEXT, &directory, "/var/tmp", 0, 0,
     "where temporary files go; on the disk to be measured (some GB)"},
    {"keep", CONFIG_BOOL, &keep, "false", 0, 0,
     "leave the temporary files there"},
};

static int help(void)
{
    puts("shangyou bench - how fast it is here, beside this machine's limits\n"
         "\n  shangyou bench [PART...] [--json] [--seconds N] ...\n");
    for (size_t i = 0; i < LENGTH(parts); i++)
        printf("  %-12s %s\n", parts[i].name, parts[i].help);
    puts("");
    config_help(rows, LENGTH(rows));
    puts("\nThe figures are no tests: it exits with 0 when it ran. Compare "
         "figures of\none run only; other work on the machine changes them "
         "all.");
    return EXIT_SUCCESS;
}

/* ---- the temporary directory ---- */

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void raise_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES_WANTED)
        return;
    files.rlim_cur = FILES_WANTED;
    if (files.rlim_max < FILES_WANTED)
        files.rlim_max = FILES_WANTED; /* root may */
    if (setrlimit(RLIMIT_NOFILE, &files) == 0)
        return;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void)!setrlimit(RLIMIT_NOFILE, &files);
}

/* ---- the table ---- */

/* Three digits that count, thousands apart. */
static void format_number(double value, char out[32])
{
    char digits[32];
    size_t len, at = 0;

    if (isnan(value)) {
        snprintf(out, 32, "-");
        return;
    }
    if (value < 1000) {
        snprintf(out, 32,
                 value < 10    ? "%.2f"
                 : value < 100 ? "%.1f"
                               : "%.0f",
                 value);
        return;
    }
    len = (size_t)snprintf(digits, sizeof(digits), "%.0f", value);
    for (size_t i = 0; i < len && at < 30; i++) {
        if (i && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

static bool met(const struct figure *f, double value)
{
    return f->better == MORE ? value >= f->goal : value <= f->goal;
}

static void print_goal(const struct figure *f, double value)
{
    char goal[32];

    if (f->better == NONE) {
        printf("%15s", "");
        return;
    }
    format_number(f->goal, goal);
    printf("  %s %9s %s", f->better == MORE ? ">=" : "<=", goal,
           isnan(value)    ? " "
           : met(f, value) ? "+"
                           : "-");
}

/* A rate as a share of what the machine does, a time as so many times it. */
static void print_limit(const struct figure *f, double value,
                        const struct bench *bench)
{
    bool time = f->unit[strlen(f->unit) - 1] == 's' && !strchr(f->unit, '/');
    double limit =
        f->limit == BENCH_NONE ? (double)NAN : bench->value[f->limit];
    char text[32];

    if (isnan(limit))
        return;
    format_number(limit, text);
    printf("  %.1f %s %s (%s)", (time ? 1 : 100) * value / limit,
           time ? "x" : "% of", text, figures[f->limit].name);
}

static void print_table(const struct bench *bench)
{
    printf("%-53s %12s %-6s %-14s  %s\n", "figure", "measured", "", "  goal",
           "of this machine");
    for (size_t i = 0; i < LENGTH(figures); i++) {
        const struct figure *f = &figures[i];
        double value = bench->value[i];
        char text[32];

        if (isnan(value))
            continue;
        format_number(value, text);
        printf("%-53s %12s %-6s", f->name, text, f->unit);
        print_goal(f, value);
        print_limit(f, value, bench);
        putchar('\n');
    }
    printf("%s+ goal met, - not met. Server and load share the cores.\n",
           bench->note);
}

static void json_figure(struct json *j, const struct bench *bench, size_t i)
{
    const struct figure *f = &figures[i];

    json_open(j, '{');
    json_key_text(j, "id", f->id);
    json_key_text(j, "part", f->part);
    json_key_text(j, "figure", f->name);
    json_key_text(j, "unit", f->unit);
    json_key(j, "measured");
    json_double(j, bench->value[i]);
    if (f->better != NONE) {
        json_key(j, f->better == MORE ? "at_least" : "at_most");
        json_double(j, f->goal);
        json_key_bool(j, "met", met(f, bench->value[i]));
    }
    if (f->limit != BENCH_NONE)
        json_key_text(j, "limit", figures[f->limit].id);
    json_close(j, '}');
}

static void print_json(const struct bench *bench)
{
    struct buf out;
    struct json j;

    buf_init(&out, JSON_MAX);
    json_init(&j, &out);
    json_open(&j, '{');
    json_key(&j, "figures");
    json_open(&j, '[');
    for (size_t i = 0; i < LENGTH(figures); i++) {
        if (!isnan(bench->value[i]))
            json_figure(&j, bench, i);
    }
    json_close(&j, ']');
    json_key_text(&j, "note", bench->note);
    json_close(&j, '}');
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    buf_done(&out);
}

/* ---- the run ---- */

static int run(struct bench *bench, const bool chosen[], bool any)
{
    bool terminal = isatty(STDERR_FILENO), failed = false;

    for (size_t i = 0; i < LENGTH(parts); i++) {
        enum err err;

        if (any && i && !chosen[i]) /* the machine always */
            continue;
        if (terminal)
            fprintf(stderr, "\r\033[Kmeasuring %s ...", parts[i].name);
        err = parts[i].run(bench);
        if (err)
            bench_note(bench, "%s: %s\n", parts[i].name, err_text(err));
        failed = failed || err;
    }
    if (terminal)
        fputs("\r\033[K", stderr);
    if (json)
        print_json(bench);
    else
        print_table(bench);
    return failed ? EXIT_NO : EXIT_SUCCESS;
}

static bool choose(const char *name, bool chosen[])
{
    for (size_t i = 0; i < LENGTH(parts); i++) {
        if (strcmp(parts[i].name, name) == 0) {
            chosen[i] = true;
            return true;
        }
    }
    return false;
}

static int usage(const char *message)
{
    fprintf(stderr, "shangyou bench: %s; see --help\n", message);
    return EXIT_USAGE;
}

int bench_command(int argc, char **argv)
{
    bool chosen[LENGTH(parts)] = {false}, any = false;
    struct bench bench = {0};
    char path[200], message[256];
    int code;

    config_defaults(rows, LENGTH(rows));
    for (int i = 1; i < argc; i++) {
        struct span word = span_of(argv[i]);

        if (span_is(word, "--help") || span_is(word, "-h"))
            return help();
        if (span_is(word, "--json")) {
            json = true;
        } else if (!span_starts(word, SPAN("--"))) {
            any = true;
            if (!choose(argv[i], chosen))
                return usage("no such part");
        } else if (i + 1 == argc) {
            return usage("an option without a value");
        } else if (config_set(rows, LENGTH(rows), span_from(word, 2),
                              span_of(argv[++i]), "command line", message)) {
            return usage(message);
        }
    }
    if (snprintf(path, sizeof(path), "%s/shangyou-bench-XXXXXX", directory) >=
            (int)sizeof(path) ||
        !mkdtemp(path)) {
        fprintf(stderr, "shangyou bench: %s: %s\n", directory, strerror(errno));
        return EXIT_NO;
    }
    raise_files();
    bench.directory = path;
    bench.seconds = (double)seconds;
    for (size_t i = 0; i < BENCH_FIGURES; i++)
        bench.value[i] = (double)NAN;
    code = run(&bench, chosen, any);
    if (keep)
        fprintf(stderr, "shangyou bench: files left in %s\n", path);
    else
        remove_tree(path);
    return code;
}
