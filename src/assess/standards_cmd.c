#include "assess/standards_cmd.h"

#include "assess/catalogue/assessment.h"
#include "assess/factor/factor.h"
#include "assess/filter/filter.h"
#include "assess/filter/filter_help.h"
#include "assess/standard/standard_check.h"
#include "base/csv.h"
#include "standards/standards.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FILE_BYTES_MAX = 16 << 20,
    PATH_BYTES = 4096,
    TRIAL_SECONDS = 60,
    EXIT_NO = 1,
    EXIT_USAGE = 2,
};

/* The texts taken over; they stay as long as the program. */
static struct buf texts[128];
static size_t text_count;

/* ---- reading ---- */

static bool join(const char *directory, const char *name, char out[PATH_BYTES])
{
    int len = snprintf(out, PATH_BYTES, "%s/%s", directory, name);

    return len > 0 && len < PATH_BYTES;
}

/* False with a message; a file that is not there is empty (at NULL). */
static bool read_file(const char *directory, const char *name, struct buf *out)
{
    char path[PATH_BYTES];
    bool good = true;
    FILE *file;

    buf_init(out, FILE_BYTES_MAX);
    file = join(directory, name, path) ? fopen(path, "re") : NULL;
    if (!file) {
        if (errno == ENOENT)
            return true;
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    for (;;) {
        char *room = buf_room(out, 1 << 16);
        size_t got = room ? fread(room, 1, 1 << 16, file) : 0;

        if (got == 0)
            break;
        out->len += got;
        out->at[out->len] = '\0';
    }
    if (out->full || ferror(file) || csv_to_utf8(out)) {
        fprintf(stderr, "%s: cannot be read as a table of at most 16 MiB\n",
                path);
        good = false;
    }
    fclose(file);
    return good;
}

/* ---- checking ---- */

static bool take_file(const char *directory, const char *name)
{
    struct buf *text = &texts[text_count];
    char path[PATH_BYTES];
    struct buf faults;
    bool good;

    if (text_count == LENGTH(texts)) {
        fprintf(stderr, "%s: too many tables\n", directory);
        return false;
    }
    if (!read_file(directory, name, text)) {
        buf_done(text);
        return false;
    }
    if (!text->at)
        return true;
    buf_init(&faults, 1 << 20);
    good = join(directory, name, path) &&
           standard_check(path, standards_file(name), buf_span(text), &faults);
    if (!good) {
        fprintf(stderr, "%.*s", (int)faults.len, faults.len ? faults.at : "");
        buf_done(text);
    } else {
        good = standards_replace(name, buf_span(text));
        text_count++;
    }
    buf_done(&faults);
    return good;
}

/* ---- trying ---- */

static int trial_pipe;

/*
 * What was read last is where the reader gave up. In the child, which has one
 * thread and ends here: NOLINTBEGIN(bugprone-signal-handler,cert-sig30-c)
 */
static void give_up(int signal)
{
    const char *name;
    int line = standard_last_line(&name);
    char text[256];
    int len = snprintf(text, sizeof(text),
                       "%s:%d: this row, or one before it, does not fit the "
                       "others of its table\n",
                       name, line);

    if (write(trial_pipe, text, (size_t)len) != len)
        _exit(EXIT_NO);
    _exit(signal ? EXIT_NO : EXIT_SUCCESS);
}
/* NOLINTEND(bugprone-signal-handler,cert-sig30-c) */

static bool keep(struct filter_sink *sink)
{
    buf_clear(sink->out);
    buf_clear(sink->messages);
    return true;
}

/* Everything that reads a table reads it here. */
static void read_everything(void)
{
    const struct assessment *a;
    struct buf in, out, messages;

    buf_init(&in, 1 << 20);
    buf_init(&out, 1 << 26);
    buf_init(&messages, 1 << 24);
    if (!factor_at(0) || !standard_edition_at(0))
        give_up(SIGABRT);
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a, .explain = true};
        struct filter_sink sink = {&out, &messages, keep};
        struct engine_counts counts;

        buf_clear(&in);
        buf_clear(&out);
        buf_text(&in, a->example);
        filter_list_of(&out, a);
        if (filter_run(&o, &in, &sink, &counts))
            give_up(SIGABRT);
    }
    _exit(EXIT_SUCCESS);
}

static void trial(int out)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM};
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

    trial_pipe = out;
    for (size_t i = 0; i < LENGTH(signals); i++)
        signal(signals[i], give_up);
    alarm(TRIAL_SECONDS);
    if (quiet >= 0)
        dup2(quiet, STDERR_FILENO);
    read_everything();
}

/* Reads what the child says to its end. */
static void listen_to(int in, char text[512])
{
    size_t len = 0;
    ssize_t got;

    while (len < 511 && (got = read(in, text + len, 511 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
}

static bool try_all(const char *directory)
{
    char text[512];
    int ends[2], status = -1;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    fflush(stdout);
    fflush(stderr);
    child = fork();
    if (child == 0)
        trial(ends[1]);
    close(ends[1]);
    listen_to(ends[0], text);
    close(ends[0]);
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
        return true;
    fprintf(stderr, "%s/%s", directory,
            *text ? text : ": the tables cannot be read together\n");
    return false;
}

static void forget(void)
{
    const char *const *names;
    size_t count = standards_names(&names);

    for (size_t i = 0; i < count; i++) {
        if (!standards_replace(names[i], (struct span){NULL, 0}))
            break;
    }
    while (text_count > 0)
        buf_done(&texts[--text_count]);
}

bool standards_use(const char *directory)
{
    const char *const *names;
    size_t count = standards_names(&names);
    struct stat is;
    bool good = true;

    if (!directory || !*directory)
        return true;
    if (stat(directory, &is) != 0 || !S_ISDIR(is.st_mode)) {
        fprintf(stderr, "%s: no directory of tables\n", directory);
        return false;
    }
    forget();
    for (size_t i = 0; i < count; i++)
        good = take_file(directory, names[i]) && good;
    if (good && text_count == 0) {
        fprintf(stderr,
                "%s: no table of ours is there; shangyou standards list names "
                "them\n",
                directory);
        good = false;
    }
    good = good && try_all(directory);
    if (!good)
        forget();
    return good;
}

/* ---- the command ---- */

static int usage(FILE *out)
{
    fputs(
        "shangyou standards - the tables that verdicts rest on\n\n"
        "  list          every table with its rows\n"
        "  export DIR    writes them as files, to be edited\n"
        "  check DIR     is every table there fit to take the place of ours?\n"
        "\n"
        "A table in the directory of the setting 'standards' (or of\n"
        "SHANGYOU_STANDARDS, or of assess --standards) takes the place of\n"
        "the one in the program. A new edition: export, add its rows to the\n"
        "table and one row to editions.csv, write valid_to of the edition\n"
        "before, check. 新版本:导出、加行、检查。\n",
        out);
    return out == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

static int list(void)
{
    const struct standard_table *t;

    for (size_t i = 0; (t = standard_table_at(i)); i++)
        printf("%-28s %6zu\n", t->name, t->row_count);
    return EXIT_SUCCESS;
}

static bool write_file(const char *directory, const char *name)
{
    struct span text = standards_file(name);
    char path[PATH_BYTES];
    FILE *file;
    bool good;

    if (!join(directory, name, path))
        return false;
    file = fopen(path, "wxe"); /* what is there stays */
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    good = fwrite(text.at, 1, text.len, file) == text.len;
    return fclose(file) == 0 && good;
}

static int export(const char *directory)
{
    const char *const *names;
    size_t count = standards_names(&names);

    if (mkdir(directory, 0755) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", directory, strerror(errno));
        return EXIT_NO;
    }
    for (size_t i = 0; i < count; i++) {
        if (!write_file(directory, names[i]))
            return EXIT_NO;
    }
    printf("%zu tables in %s\n", count, directory);
    return EXIT_SUCCESS;
}

static int check(const char *directory)
{
    if (!standards_use(directory))
        return EXIT_NO;
    printf("%zu tables are fit\n", text_count);
    return EXIT_SUCCESS;
}

int standards_command(int argc, char **argv)
{
    struct span word = span_of(argc > 1 ? argv[1] : NULL);

    if (span_is(word, "--help") || span_is(word, "-h"))
        return usage(stdout);
    if (span_is(word, "list") && argc == 2)
        return list();
    if (span_is(word, "export") && argc == 3)
        return export(argv[2]);
    if (span_is(word, "check") && argc == 3)
        return check(argv[2]);
    return usage(stderr);
}
