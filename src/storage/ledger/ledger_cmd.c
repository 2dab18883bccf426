#include "storage/ledger/ledger_cmd.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/memory.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/mask.h"
#include "storage/ledger/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

struct arguments {
    const char *data;
    const char *word; /* the one that is no option */
    uint64_t from, to;
    int kind; /* 0: any */
    bool help, wrong;
};

static const char usage[] =
    "shangyou ledger - the evidence: what came in, and the proof of it\n\n"
    "  shangyou ledger verify [--data DIR]            check every byte\n"
    "  shangyou ledger prove SEQUENCE [--data DIR]    proof as JSON, to "
    "standard output\n"
    "  shangyou ledger check-proof FILE               check a proof, without "
    "the ledger\n"
    "  shangyou ledger dump [--from N] [--to N] [--kind KIND] [--data DIR]\n"
    "                                                 records as JSON lines\n"
    "  shangyou ledger status [--data DIR]            as JSON\n\n"
    "--data DIR   the data directory (the ledger is DIR/ledger); default: "
    "data\n"
    "FILE         - is standard input\n"
    "KIND         frame quarantine down registry overlay account command\n\n"
    "Exit codes: 0 yes, 1 the answer is no or it could not be told, 2 usage.\n"
    "Passwords (PW=) are masked in dumps; a proof holds the bytes as they "
    "came.\n";

static bool take_count(const char *text, uint64_t *out)
{
    char *end = NULL;

    errno = 0;
    if (!text || text[0] < '0' || text[0] > '9')
        return false;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static int kind_of(const char *word)
{
    for (int kind = LEDGER_FRAME; kind <= LEDGER_COMMAND; kind++) {
        if (word && strcmp(word, ledger_kind_name((enum ledger_kind)kind)) == 0)
            return kind;
    }
    return 0;
}

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments a = {.data = "data", .to = UINT64_MAX};

    for (int i = 0; i < argc && !a.wrong; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            a.help = true;
        } else if (strncmp(argv[i], "--", 2) != 0) {
            a.wrong = a.word != NULL;
            a.word = argv[i];
        } else {
            if (strcmp(argv[i], "--data") == 0 && value)
                a.data = value;
            else if (strcmp(argv[i], "--from") == 0)
                a.wrong = !take_count(value, &a.from);
            else if (strcmp(argv[i], "--to") == 0)
                a.wrong = !take_count(value, &a.to);
            else if (strcmp(argv[i], "--kind") == 0)
                a.wrong = !(a.kind = kind_of(value));
            else
                a.wrong = true;
            i++;
        }
    }
    return a;
}

static int misused(void)
{
    fputs("shangyou ledger: see shangyou ledger --help\n", stderr);
    return EXIT_USAGE;
}

static void ledger_path(const struct arguments *a, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/ledger", a->data);
}

static struct ledger *open_to_read(const struct arguments *a)
{
    struct ledger_options options = {.read_only = true};
    struct ledger *ledger = NULL;
    char path[PATH_MAX];
    enum err err;

    ledger_path(a, path);
    err = ledger_open(path, &options, &ledger);
    if (err)
        fprintf(stderr, "shangyou ledger: %s: %s%s\n", path, err_text(err),
                err == ERR_NOT_FOUND ? " (is --data right?)" : "");
    return err ? NULL : ledger;
}

/* ---- verify ---- */

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
    int *shown = context;
    int percent = total ? (int)(done * 100 / total) : 100;

    if (percent != *shown)
        fprintf(stderr, "\r%3d %% of %" PRIu64 " MB", percent, total >> 20);
    *shown = percent;
    return true;
}

static int run_verify(const struct arguments *a)
{
    bool terminal = isatty(STDERR_FILENO);
    struct ledger_report report;
    char path[PATH_MAX];
    int shown = -1;

    if (a->word)
        return misused();
    ledger_path(a, path);
    ledger_verify(path, terminal ? show_progress : NULL, &shown, &report);
    if (shown >= 0)
        fputs("\r\033[K", stderr);
    printf("%s: %s\n", report.err ? "NOT VERIFIED" : "verified",
           report.message);
    return report.err ? EXIT_NO : EXIT_OK;
}

/* ---- prove and check-proof ---- */

static int run_prove(const struct arguments *a)
{
    struct ledger *ledger;
    uint64_t sequence;
    struct buf json;
    enum err err;

    if (!take_count(a->word, &sequence))
        return misused();
    ledger = open_to_read(a);
    if (!ledger)
        return EXIT_NO;
    buf_init(&json, PROOF_MAX);
    err = ledger_prove(ledger, sequence, &json);
    if (!err)
        printf("%.*s\n", SPAN_ARG(buf_span(&json)));
    else
        fprintf(stderr, "shangyou ledger: record %" PRIu64 ": %s\n", sequence,
                err == ERR_BUSY
                    ? "its segment is not sealed yet; ask again after it is "
                      "full or its day has ended"
                    : err_text(err));
    buf_done(&json);
    ledger_close(ledger);
    return err ? EXIT_NO : EXIT_OK;
}

static enum err read_whole(const char *name, struct buf *out)
{
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    enum err err = OK;
    size_t n = 1;

    if (!in)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    while (n > 0 && !err) {
        char *room = buf_room(out, 4096);

        n = room ? fread(room, 1, 4096, in) : 0;
        out->len += n;
        if (!room)
            err = ERR_TOO_LARGE;
        else if (ferror(in))
            err = ERR_IO;
    }
    if (in != stdin)
        fclose(in);
    return err;
}

static int run_check_proof(const struct arguments *a)
{
    struct buf json, why;
    enum err err;

    if (!a->word)
        return misused();
    buf_init(&json, PROOF_MAX);
    buf_init(&why, 4096);
    err = read_whole(a->word, &json);
    if (err)
        fprintf(stderr, "shangyou ledger: %s: %s\n", a->word, err_text(err));
    else
        err = ledger_check_proof(buf_span(&json), &why);
    if (why.len)
        printf("%s: %.*s\n", err ? "NOT PROVEN" : "proven",
               SPAN_ARG(buf_span(&why)));
    buf_done(&json);
    buf_done(&why);
    return err ? EXIT_NO : EXIT_OK;
}

/* ---- dump ---- */

static void dump_record(const struct ledger_record *r, struct buf *line)
{
    struct buf text;
    struct json j;

    buf_init(&text, LEDGER_PAYLOAD_MAX);
    buf_add(&text, r->payload);
    mask_passwords(&text);
    buf_clear(line);
    json_init(&j, line);
    json_open(&j, '{');
    json_key_int(&j, "sequence", (int64_t)r->sequence);
    json_key(&j, "arrival");
    json_time_us(&j, r->arrival_us);
    json_key_int(&j, "source", r->source);
    json_key_text(&j, "kind", ledger_kind_name(r->kind));
    json_key_span(&j, "text", buf_span(&text));
    json_close(&j, '}');
    buf_done(&text);
}

static int run_dump(const struct arguments *a)
{
    struct ledger *ledger;
    struct ledger_cursor *c = NULL;
    struct ledger_record r;
    struct buf line;
    enum err err;

    if (a->word)
        return misused();
    ledger = open_to_read(a);
    if (!ledger)
        return EXIT_NO;
    buf_init(&line, 8 * (size_t)LEDGER_PAYLOAD_MAX);
    err = ledger_cursor_open(ledger, a->from, &c);
    while (!err && !(err = ledger_cursor_next(c, &r)) && r.sequence <= a->to) {
        if (a->kind && a->kind != (int)r.kind)
            continue;
        dump_record(&r, &line);
        if (printf("%.*s\n", SPAN_ARG(buf_span(&line))) < 0)
            err = ERR_IO;
    }
    if (err == ERR_NOT_FOUND)
        err = OK; /* the end */
    if (err)
        fprintf(stderr, "shangyou ledger: %s\n", err_text(err));
    buf_done(&line);
    ledger_cursor_close(c);
    ledger_close(ledger);
    return err ? EXIT_NO : EXIT_OK;
}

/* ---- status ---- */

static int run_status(const struct arguments *a)
{
    struct ledger *ledger;
    struct ledger_status s;
    struct buf out;
    struct json j;

    if (a->word)
        return misused();
    ledger = open_to_read(a);
    if (!ledger)
        return EXIT_NO;
    ledger_status(ledger, &s);
    buf_init(&out, 4096);
    json_init(&j, &out);
    json_open(&j, '{');
    json_key_int(&j, "first", (int64_t)s.first);
    json_key_int(&j, "last", (int64_t)s.last);
    json_key(&j, "last_arrival");
    json_time_us(&j, s.last_arrival_us);
    json_key_int(&j, "segments", (int64_t)s.segments);
    json_key_int(&j, "sealed", (int64_t)s.sealed);
    json_key_int(&j, "compressed", (int64_t)s.compressed);
    json_key_int(&j, "bytes_on_disk", (int64_t)s.bytes_on_disk);
    json_key_text(&j, "last_day_signed",
                  s.last_day_signed[0] ? s.last_day_signed : NULL);
    json_key_text(&j, "last_root", s.last_root_hex[0] ? s.last_root_hex : NULL);
    json_close(&j, '}');
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    buf_done(&out);
    ledger_close(ledger);
    return EXIT_OK;
}

int ledger_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct arguments *a);
    } actions[] = {
        {"verify", run_verify},           {"prove", run_prove},
        {"check-proof", run_check_proof}, {"dump", run_dump},
        {"status", run_status},
    };
    struct arguments a = read_arguments(argc > 2 ? argc - 2 : 0, argv + 2);

    if (a.help || argc == 2) {
        bool asked = a.help || strcmp(argv[1], "--help") == 0 ||
                     strcmp(argv[1], "-h") == 0;

        if (asked) {
            fputs(usage, stdout);
            return EXIT_OK;
        }
    }
    if (argc < 2 || a.wrong)
        return misused();
    for (size_t i = 0; i < LENGTH(actions); i++) {
        if (strcmp(argv[1], actions[i].name) == 0)
            return actions[i].run(&a);
    }
    return misused();
}
