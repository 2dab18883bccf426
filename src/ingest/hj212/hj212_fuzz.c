/*
 * Any bytes, as a connection would deliver them. The first byte picks the
 * policy: the default one, or all tolerated and a key.
 */
#include "base/memory.h"
#include "ingest/hj212/hj212.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct hj212_frame frame, again;

#define MUST(condition)                                                        \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static bool within(struct span inner, struct span outer)
{
    return inner.len == 0 || (inner.at >= outer.at &&
                              inner.at + inner.len <= outer.at + outer.len);
}

/* Every part lies in the segment, and the segment in the frame. */
static void check_parts(struct span in)
{
    MUST(within(frame.raw, in));
    MUST(within(frame.segment, frame.raw));
    MUST(within(frame.mn, frame.raw) && within(frame.qn, frame.segment));
    MUST(within(frame.cp, frame.segment));
    MUST(frame.mn.len <= HJ212_MN_MAX);
    MUST(frame.value_count <= HJ212_VALUES_MAX);
    for (size_t i = 0; i < frame.value_count; i++) {
        MUST(within(frame.values[i].name, frame.cp));
        MUST(within(frame.values[i].text, frame.cp));
        MUST(within(frame.values[i].code, frame.values[i].name));
    }
}

/* By the standard alone: the length is the segment's and the CRC is its. */
static void check_strict(void)
{
    char head[7], crc[5];

    snprintf(head, sizeof(head), "##%04zu", frame.segment.len);
    snprintf(crc, sizeof(crc), "%04X", hj212_crc(frame.segment));
    MUST(span_starts(frame.raw, span_of(head)));
    MUST(frame.segment.len <= HJ212_SEGMENT_MAX);
    MUST(strncasecmp(frame.segment.at + frame.segment.len, crc, 4) == 0);
}

static bool same_value(const struct hj212_value *a, const struct hj212_value *b)
{
    return span_equal(a->name, b->name) && span_equal(a->text, b->text) &&
           span_equal(a->code, b->code) && a->suffix == b->suffix &&
           a->is_number == b->is_number &&
           a->number.mantissa == b->number.mantissa &&
           a->number.exponent == b->number.exponent;
}

/* Written again it says the same. */
static void check_again(const struct hj212_policy *policy)
{
    struct buf out;

    buf_init(&out, 2 * HJ212_SEGMENT_LARGE_MAX);
    if (hj212_encode_frame(&frame, &out) != OK) {
        MUST(frame.segment.len > HJ212_SEGMENT_MAX / 2);
        buf_done(&out);
        return;
    }
    MUST(hj212_decode(buf_span(&out), policy, &again) == HJ212_OK);
    MUST(span_equal(frame.qn, again.qn) && span_equal(frame.mn, again.mn) &&
         span_equal(frame.st, again.st) && span_equal(frame.pw, again.pw) &&
         span_equal(frame.cp, again.cp));
    MUST(frame.cn == again.cn && frame.flag == again.flag &&
         frame.pnum == again.pnum && frame.pno == again.pno &&
         frame.backfilled == again.backfilled &&
         frame.edition == again.edition);
    MUST(frame.value_count == again.value_count);
    for (size_t i = 0; i < frame.value_count; i++)
        MUST(same_value(&frame.values[i], &again.values[i]));
    buf_done(&out);
}

static const struct hj212_policy *find(void *context, struct span mn)
{
    (void)mn;
    return context;
}

static void receive_all(struct span rest, const struct hj212_policy *policy)
{
    struct hj212_policies policies = {find, (void *)(uintptr_t)policy};

    while (rest.len) {
        size_t consumed = SIZE_MAX;
        enum hj212_verdict verdict =
            hj212_receive(rest, &policies, &frame, &consumed);

        MUST(consumed <= rest.len);
        if (verdict == HJ212_NEED_MORE) {
            rest = span_from(rest, consumed);
            consumed = hj212_give_up(rest);
            MUST(consumed <= rest.len && (consumed > 0 || rest.len == 0));
        } else {
            MUST(consumed > 0);
            check_parts(rest);
        }
        if (verdict == HJ212_OK) {
            if (policy == NULL)
                check_strict();
            check_again(policy);
        }
        rest = span_from(rest, consumed);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const uint8_t key[HJ212_SM4_KEY_LEN] = "0000000000000000";
    static const struct hj212_policy lenient = {UINT64_MAX, key};
    char *copy;

    if (len == 0)
        return 0;
    copy = memory_new(len > 1 ? len - 1 : 1,
                      1); /* exact, so that a read beyond is seen */
    memcpy(copy, bytes + 1, len - 1);
    receive_all((struct span){copy, len - 1}, bytes[0] & 1 ? &lenient : NULL);
    free(copy);
    return 0;
}
