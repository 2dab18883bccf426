#include "assess/assess_cmd.h"

#include "assess/filter/filter.h"
#include "assess/filter/filter_help.h"
#include "assess/standards_cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FLUSH_AT = 1 << 16, BUFFER_MAX = 1 << 26, READ_SIZE = 1 << 16 };

/* ---- input and output ---- */

static bool flush_to(struct buf *b, FILE *file)
{
    bool ok = fwrite(b->at, 1, b->len, file) == b->len;

    buf_clear(b);
    return ok;
}

static bool flush(struct filter_sink *sink)
{
    bool ok = !sink->out->full;

    if (sink->messages->len)
        flush_to(sink->messages, stderr);
    if (sink->out->len >= FLUSH_AT)
        ok = flush_to(sink->out, stdout) && ok;
    return ok;
}

static bool read_all(struct buf *in)
{
    for (;;) {
        char *room = buf_room(in, READ_SIZE);
        size_t got;

        if (!room) {
            fprintf(stderr, "assess: the input is larger than %d bytes\n",
                    FILTER_INPUT_MAX);
            return false;
        }
        got = fread(room, 1, READ_SIZE, stdin);
        in->len += got;
        in->at[in->len] = '\0';
        if (got == 0)
            break;
    }
    if (ferror(stdin)) {
        fprintf(stderr, "assess: reading: %s\n", strerror(errno));
        return false;
    }
    return true;
}

static int run(const struct filter_options *options)
{
    struct buf in, out, messages;
    struct filter_sink sink = {&out, &messages, flush};
    struct engine_counts result = {0, 0, 0, 0};
    enum err err = ERR_IO;

    buf_init(&in, FILTER_INPUT_MAX);
    buf_init(&out, BUFFER_MAX);
    buf_init(&messages, BUFFER_MAX);
    if (read_all(&in))
        err = filter_run(options, &in, &sink, &result);
    if (messages.len)
        flush_to(&messages, stderr);
    if (out.len && !flush_to(&out, stdout))
        err = ERR_IO;
    if (fflush(stdout) != 0)
        err = ERR_IO;
    if (err == ERR_IO)
        fprintf(stderr, "assess: %s\n", err_text(err));
    else if (!err)
        fprintf(stderr,
                "%zu rows, %zu judged, %zu with too few inputs, %zu refused\n",
                result.rows, result.judged,
                result.rows - result.judged - result.refused, result.refused);
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    return err || result.problems ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- options ---- */

static bool set_flag(struct filter_options *o, struct span name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"--json", &o->json},
        {"--explain", &o->explain},
        {"--quiet", &o->quiet},
    };

    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (span_is(name, flags[i].name))
            return *flags[i].flag = true;
    }
    return false;
}

/* --field value; of a yes, --field alone. Returns the words taken, 0: none. */
static int set_field(struct filter_options *o, char **words, int count)
{
    const struct assessment *a = o->assessment;
    struct span word = span_of(words[0]);
    struct span name = span_from(word, 2), text = SPAN("yes");
    int field = span_starts(word, SPAN("--")) ? engine_field(a, name) : -1;
    bool follows = count > 1 && strncmp(words[1], "--", 2) != 0;

    if (field < 0 || o->given_count == FILTER_OPTIONS_MAX)
        return 0;
    if (follows)
        text = span_of(words[1]);
    else if (a->fields[field].kind != ASSESS_YES)
        return 0;
    o->given[o->given_count++] = (struct filter_option){name, text};
    return 1 + follows;
}

static int complain(const struct assessment *a, const char *word)
{
    fprintf(stderr,
            "assess %s: '%s' is no option here, or its value is not there; "
            "see shangyou assess %s --help\n",
            a->name, word, a->name);
    return 2;
}

static bool asks_help(struct span word)
{
    return span_is(word, "--help") || span_is(word, "-h") ||
           span_is(word, "help");
}

/* What is asked for instead of judging; false: nothing. */
static bool told(const struct assessment *a, struct span word, struct buf *out)
{
    if (asks_help(word))
        a ? filter_help_of(out, a) : filter_help(out);
    else if (span_is(word, "--list"))
        a ? filter_list_of(out, a) : filter_list(out);
    else if (a && span_is(word, "--example"))
        buf_text(out, a->example);
    else
        return false;
    return true;
}

static bool tell(const struct assessment *a, struct span word)
{
    struct buf out;
    bool asked;

    buf_init(&out, BUFFER_MAX);
    asked = told(a, word, &out);
    if (asked)
        flush_to(&out, stdout);
    buf_done(&out);
    return asked;
}

static int run_one(const struct assessment *a, int argc, char **argv)
{
    struct filter_options o = {.assessment = a,
                               .today = civil_day_number(time(NULL))};

    for (int i = 2; i < argc; i++) {
        int taken;

        if (tell(a, span_of(argv[i])))
            return EXIT_SUCCESS;
        if (set_flag(&o, span_of(argv[i])))
            continue;
        taken = set_field(&o, argv + i, argc - i);
        if (!taken)
            return complain(a, argv[i]);
        i += taken - 1;
    }
    return run(&o);
}

/* Takes --standards DIR out of the words; false: the tables are not fit. */
static bool take_standards(int *argc, char **argv)
{
    int kept = 0;
    bool good = true;

    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--standards") == 0 && i + 1 < *argc)
            good = standards_use(argv[++i]) && good;
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    return good;
}

int assess_command(int argc, char **argv)
{
    bool good = take_standards(&argc, argv);
    struct span word = span_of(argc >= 2 ? argv[1] : NULL);
    const struct assessment *a = assessment_find(word);

    if (!good)
        return EXIT_FAILURE;
    if (a)
        return run_one(a, argc, argv);
    if (tell(NULL, word))
        return EXIT_SUCCESS;
    fprintf(stderr, "assess: which one? see shangyou assess --list\n");
    return 2;
}
