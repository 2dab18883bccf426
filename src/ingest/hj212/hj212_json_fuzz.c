/*
 * Any bytes as a line for `encode`: what becomes a frame is a frame, and what
 * is escaped comes back.
 */
#include "base/memory.h"
#include "ingest/hj212/hj212.h"
#include "ingest/hj212/hj212_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void there_and_back(struct span in)
{
    struct buf escaped, back;

    buf_init(&escaped, 1 << 20);
    buf_init(&back, 1 << 20);
    hj212_escape(in, &escaped);
    if (!escaped.full &&
        (hj212_unescape(buf_span(&escaped), &back) != OK ||
         back.len != in.len || (in.len && memcmp(back.at, in.at, in.len) != 0)))
        abort();
    buf_done(&escaped);
    buf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span in = {(const char *)bytes, len};
    struct hj212_json_options options = {.pw = len % 2 ? "123456" : NULL};
    const char *problem = NULL;
    struct buf out;

    buf_init(&out, 1 << 20);
    if (hj212_json_read(in, &options, &out, &problem) == OK) {
        if (out.len < 12 || !span_starts(buf_span(&out), SPAN("##")))
            abort();
    } else if (!problem) {
        abort(); /* a refusal says why */
    }
    buf_done(&out);
    there_and_back(in);
    return 0;
}
