/*
 * Any bytes as a table: the first byte chooses the assessment, the second the
 * options, and whether the header of its example stands before the bytes.
 */
#include "assess/filter/filter.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool drop(struct filter_sink *sink)
{
    buf_clear(sink->out);
    buf_clear(sink->messages);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf in, out, messages;
    struct filter_sink sink = {&out, &messages, drop};
    struct filter_options options = {.assessment = NULL};
    struct engine_counts result;
    size_t count = 0;

    if (size < 2)
        return 0;
    while (assessment_at(count))
        count++;
    options.assessment = assessment_at(data[0] % count);
    options.json = data[1] & 1;
    options.explain = data[1] & 2;
    options.quiet = data[1] & 4;
    buf_init(&in, 1 << 20);
    buf_init(&out, 1 << 24);
    buf_init(&messages, 1 << 24);
    if (data[1] & 8) {
        struct span example = span_of(options.assessment->example);

        buf_add(&in, span_take(&example, '\n'));
        buf_char(&in, '\n');
    }
    buf_add(&in, (struct span){(const char *)data + 2, size - 2});
    if (!in.at)
        buf_text(&in, "");
    if (filter_run(&options, &in, &sink, &result))
        buf_clear(&out); /* a table that is none: said, not crashed */
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    return 0;
}
