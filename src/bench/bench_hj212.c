#include "bench/bench_hj212.h"

#include "ingest/hj212/hj212.h"

#include <stdio.h>
#include <time.h>

enum { INPUT_SIZE = 1 << 20, ROUNDS = 16, PASSES = 16 };

static double processor_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A factor's value with one or two decimals that wanders with `n`. */
static void add_value(struct buf *cp, const char *code, const char *suffix,
                      unsigned n)
{
    buf_printf(cp, "%s-%s=%u.%u", code, suffix, n % 397, n % 10);
}

static enum err add_frame(unsigned n, struct buf *out)
{
    static const char *const codes[] = {"a34004", "a34002", "a21026", "a21004",
                                        "a21005", "a05024", "a01001", "a01002",
                                        "a01006", "a01007"};
    struct hj212_header header = {
        .st = SPAN("22"),
        .cn = 2051,
        .pw = SPAN("123456"),
        .mn = SPAN("010000A8900016F000169DC0"),
        .flag = 5,
    };
    char qn[18];
    struct buf cp;
    enum err err;

    snprintf(qn, sizeof(qn), "20260801%02u%02u%02u%03u", n / 60 % 24, n % 60,
             n % 60, n % 1000);
    header.qn = span_of(qn);
    buf_init(&cp, HJ212_SEGMENT_MAX);
    buf_printf(&cp, "DataTime=20260801%02u%02u00", n / 60 % 24, n % 60);
    for (unsigned i = 0; i < LENGTH(codes); i++) {
        buf_char(&cp, ';');
        add_value(&cp, codes[i], "Min", n + i);
        buf_char(&cp, ',');
        add_value(&cp, codes[i], "Avg", 3 * n + i);
        buf_char(&cp, ',');
        add_value(&cp, codes[i], "Max", 7 * n + i);
        buf_printf(&cp, ",%s-Flag=N", codes[i]);
    }
    err = hj212_encode(&header, buf_span(&cp), NULL, out);
    buf_done(&cp);
    return err;
}

/* Decodes all of it; false when a frame was not good. */
static bool decode_all(struct span in, struct hj212_frame *frame)
{
    size_t consumed;

    while (in.len) {
        if (hj212_receive(in, NULL, frame, &consumed) != HJ212_OK)
            return false;
        in = span_from(in, consumed);
    }
    return true;
}

enum err bench_codec(double *out_mb_per_s)
{
    static struct hj212_frame frame;
    struct buf input;
    enum err err = OK;
    double best = 0;

    buf_init(&input, (size_t)2 * INPUT_SIZE);
    for (unsigned n = 0; !err && input.len < INPUT_SIZE; n++)
        err = add_frame(n, &input);
    for (int round = 0; !err && round < ROUNDS; round++) {
        double start = processor_s(), rate;

        for (int pass = 0; !err && pass < PASSES; pass++) {
            if (!decode_all(buf_span(&input), &frame))
                err = ERR_CORRUPT;
        }
        rate = (double)input.len * PASSES / (processor_s() - start) * 1e-6;
        if (rate > best)
            best = rate;
    }
    if (!err)
        *out_mb_per_s = best;
    buf_done(&input);
    return err;
}
