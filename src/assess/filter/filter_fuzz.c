/* Any bytes as a table: the first byte chooses the filter and its options. */
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
    struct filter_options options = {.averaging = CADENCE_HOUR};
    struct filter_result result;

    if (size == 0)
        return 0;
    options.kind = (enum verdict_kind)(data[0] % VERDICT_KIND_COUNT);
    options.json = data[0] & 0x10;
    options.explain = data[0] & 0x20;
    options.practice.half_up = data[0] & 0x40;
    options.rounding =
        data[0] & 0x80 ? WATER_ROUND_NONE : WATER_ROUND_STATISTICS;
    buf_init(&in, 1 << 20);
    buf_init(&out, 1 << 24);
    buf_init(&messages, 1 << 24);
    buf_add(&in, (struct span){(const char *)data + 1, size - 1});
    if (!in.at)
        buf_text(&in, "");
    if (filter_run(&options, &in, &sink, &result))
        buf_clear(&out); /* a table that is none: said, not crashed */
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    return 0;
}
