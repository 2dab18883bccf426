#include "ingest/hj212/hj212_cmd.h"

#include "base/datetime.h"
#include "ingest/hj212/hj212_json.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2 };
enum { READ_SIZE = 64 * 1024, INPUT_MAX = 1024 * 1024, LINE_MAX_LEN = 1 << 20 };

static const char usage[] =
    "usage: shangyou hj212 decode [--tolerate NAME[,NAME]] [--refuse "
    "NAME[,NAME]]\n"
    "                             [--sm4-key HEX] [--at TIME] "
    "[--show-password]\n"
    "       shangyou hj212 encode [--pw TEXT] [--sm4-key HEX]\n"
    "       shangyou hj212 crc [--binary]\n"
    "       shangyou hj212 deviations\n"
    "\n"
    "decode      frames on stdin, one JSON object a line for every frame,\n"
    "            refused piece and noise. Exit code 1 if any was not ok.\n"
    "encode      the reverse: such lines on stdin, frames on stdout\n"
    "crc         the HJ 212 checksum of every line (--binary: of all bytes)\n"
    "deviations  the names for --tolerate and --refuse, and what they mean\n"
    "\n"
    "  --tolerate NAMES  accept these deviations too ('all': every one)\n"
    "  --refuse NAMES    refuse these\n"
    "  --sm4-key HEX     32 hex digits: the key of HJ 212-2025\n"
    "  --at TIME         arrival, to judge DataTime (2026-08-01T10:00:00)\n"
    "  --pw TEXT         the password in place of the masked one\n"
    "  --show-password   do not mask passwords\n";

struct options {
    struct hj212_policy policy;
    uint8_t key[HJ212_SM4_KEY_LEN];
    bool show_password, binary, timed;
    int64_t arrival_s;
    const char *pw;
};

/* ---- options ---- */

static bool parse_names(const char *list, hj212_deviations *out)
{
    struct span rest = span_of(list);

    *out = 0;
    while (rest.len) {
        struct span name = span_take(&rest, ',');
        enum hj212_deviation one;

        if (span_is(name, "all")) {
            *out = UINT64_MAX;
        } else if (hj212_deviation_parse(name, &one)) {
            *out |= (hj212_deviations)1 << one;
        } else {
            fprintf(stderr,
                    "shangyou hj212: no deviation '%.*s'; see shangyou hj212 "
                    "deviations\n",
                    SPAN_ARG(name));
            return false;
        }
    }
    return true;
}

static bool parse_key(const char *hex, uint8_t key[HJ212_SM4_KEY_LEN])
{
    struct span text = span_of(hex);
    char pair[3] = "";

    if (text.len != (size_t)2 * HJ212_SM4_KEY_LEN ||
        strspn(hex, "0123456789abcdefABCDEF") != text.len) {
        fprintf(stderr, "shangyou hj212: --sm4-key wants 32 hex digits\n");
        return false;
    }
    for (int i = 0; i < HJ212_SM4_KEY_LEN; i++) {
        memcpy(pair, hex + (size_t)2 * i, 2);
        key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool take_option(int option, struct options *o)
{
    hj212_deviations set;

    switch (option) {
    case 't':
    case 'r':
        if (!parse_names(optarg, &set))
            return false;
        if (option == 't')
            o->policy.tolerated |= set;
        else
            o->policy.tolerated &= ~set;
        return true;
    case 'k':
        o->policy.sm4_key = o->key;
        return parse_key(optarg, o->key);
    case 'a':
        o->timed = true;
        if (datetime_parse(span_of(optarg), &o->arrival_s) == OK)
            return true;
        fprintf(stderr, "shangyou hj212: '%s' is no time\n", optarg);
        return false;
    case 's':
        o->show_password = true;
        return true;
    case 'b':
        o->binary = true;
        return true;
    case 'p':
        o->pw = optarg;
        return true;
    default:
        return false;
    }
}

/* -1: go on; otherwise the exit code. */
static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"tolerate", required_argument, NULL, 't'},
        {"refuse", required_argument, NULL, 'r'},
        {"sm4-key", required_argument, NULL, 'k'},
        {"at", required_argument, NULL, 'a'},
        {"show-password", no_argument, NULL, 's'},
        {"binary", no_argument, NULL, 'b'},
        {"pw", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    *o = (struct options){.policy.tolerated = hj212_tolerated_by_default()};
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_YES;
        }
        if (!take_option(option, o))
            return EXIT_USAGE;
    }
    if (optind < argc) {
        fprintf(stderr, "shangyou hj212: what is '%s'?\n", argv[optind]);
        return EXIT_USAGE;
    }
    return -1;
}

/* ---- decode ---- */

static struct hj212_frame frame; /* large: one for the whole program */

static const struct hj212_policy *policy_for_all(void *context, struct span mn)
{
    (void)mn;
    return context;
}

/* Appends what stdin has; false at its end. */
static bool read_more(struct buf *in, bool *failed)
{
    char *room = buf_room(in, READ_SIZE);
    ssize_t got;

    do {
        got = read(STDIN_FILENO, room, READ_SIZE);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        fprintf(stderr, "shangyou hj212: %s\n", strerror(errno));
        *failed = true;
    }
    if (got <= 0)
        return false;
    in->len += (size_t)got;
    in->at[in->len] = '\0';
    return true;
}

static void print_piece(enum hj212_verdict verdict, const struct options *o,
                        struct buf *line)
{
    if (o->timed && verdict == HJ212_OK)
        frame.deviations |= hj212_time_deviations(&frame, o->arrival_s);
    buf_clear(line);
    hj212_json_write(&frame, verdict, o->show_password, line);
    buf_char(line, '\n');
    fwrite(line->at, 1, line->len, stdout);
}

/*
 * Takes pieces out of `in` until more bytes are needed; at the end of the input
 * until none are left. Returns the bytes used.
 */
static size_t decode_some(struct span in, bool ended, const struct options *o,
                          struct buf *line, bool *all_ok)
{
    struct hj212_policies policies = {policy_for_all,
                                      (void *)(uintptr_t)&o->policy};
    size_t used = 0;

    for (;;) {
        struct span rest = span_from(in, used);
        size_t consumed;
        enum hj212_verdict verdict =
            hj212_receive(rest, &policies, &frame, &consumed);

        if (!ended && (verdict == HJ212_NEED_MORE || frame.tail_pending))
            return used + (verdict == HJ212_NEED_MORE ? consumed : 0);
        if (verdict == HJ212_NEED_MORE) {
            rest = span_from(rest, consumed);
            used += consumed;
            consumed = hj212_give_up(rest);
            if (rest.len == 0)
                return used;
            verdict =
                hj212_decode(span_first(rest, consumed), &o->policy, &frame);
            frame.raw = span_first(rest, consumed);
        } else if (frame.tail_pending) {
            verdict = hj212_decode(frame.raw, &o->policy, &frame);
        }
        print_piece(verdict, o, line);
        *all_ok &= verdict == HJ212_OK;
        used += consumed;
    }
}

static int decode(const struct options *o)
{
    struct buf in, line;
    bool ended, all_ok = true, failed = false;

    buf_init(&in, INPUT_MAX);
    buf_init(&line, (size_t)64 * INPUT_MAX);
    do {
        ended = !read_more(&in, &failed);
        buf_eat(&in, decode_some(buf_span(&in), ended, o, &line, &all_ok));
        fflush(stdout);
    } while (!ended);
    buf_done(&in);
    buf_done(&line);
    return all_ok && !failed && !ferror(stdout) ? EXIT_YES : EXIT_NO;
}

/* ---- encode, crc, deviations ---- */

static int encode(const struct options *o)
{
    struct hj212_json_options options = {o->pw, o->policy.sm4_key};
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t len;
    struct buf out;
    int code = EXIT_YES;

    buf_init(&out, LINE_MAX_LEN);
    while ((len = getline(&line, &cap, stdin)) >= 0) {
        struct span text = {line, (size_t)len};
        const char *problem;

        number++;
        buf_clear(&out);
        if (hj212_json_read(text, &options, &out, &problem) != OK) {
            fprintf(stderr, "shangyou hj212: line %zu: %s\n", number, problem);
            code = EXIT_NO;
            continue;
        }
        fwrite(out.at, 1, out.len, stdout);
    }
    free(line);
    buf_done(&out);
    return ferror(stdin) || ferror(stdout) ? EXIT_NO : code;
}

static int crc_of_lines(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    while ((len = getline(&line, &cap, stdin)) >= 0) {
        while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            len--;
        printf("%04X\n", hj212_crc((struct span){line, (size_t)len}));
    }
    free(line);
    return ferror(stdin) ? EXIT_NO : EXIT_YES;
}

static int crc(const struct options *o)
{
    struct buf in;
    bool failed = false;

    if (!o->binary)
        return crc_of_lines();
    buf_init(&in, (size_t)64 * INPUT_MAX);
    while (in.len + READ_SIZE <= in.max && read_more(&in, &failed))
        ;
    if (in.len + READ_SIZE > in.max) {
        fprintf(stderr, "shangyou hj212: more than %d MiB\n", 64);
        failed = true;
    }
    if (!failed)
        printf("%04X\n", hj212_crc(buf_span(&in)));
    buf_done(&in);
    return failed ? EXIT_NO : EXIT_YES;
}

static int deviations(const struct options *o)
{
    (void)o;
    for (int i = 0; i < HJ212_DEVIATION_COUNT; i++) {
        enum hj212_deviation d = (enum hj212_deviation)i;
        bool tolerated = hj212_tolerated_by_default() >> i & 1;

        printf("%-22s %s  %s  %s\n", hj212_deviation_name(d),
               tolerated ? "tolerated" : "refused  ", hj212_deviation_text(d),
               hj212_deviation_text_zh(d));
    }
    return EXIT_YES;
}

int hj212_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *options);
    } verbs[] = {
        {"decode", decode},
        {"encode", encode},
        {"crc", crc},
        {"deviations", deviations},
    };
    struct options options;
    int code;

    if (argc < 2) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(usage, stdout);
        return EXIT_YES;
    }
    for (size_t i = 0; i < LENGTH(verbs); i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        code = parse_options(argc - 1, argv + 1, &options);
        return code < 0 ? verbs[i].run(&options) : code;
    }
    fprintf(stderr, "shangyou hj212: no '%s'; see shangyou hj212 --help\n",
            argv[1]);
    return EXIT_USAGE;
}
