/* What the tests of this folder share: building frames and taking them apart.
 */
#ifndef HJ212_CODEC_TEST_H
#define HJ212_CODEC_TEST_H

#include "base/test.h"
#include "ingest/hj212/hj212.h"

#include <stdio.h>

#define MN17 "010000A8900016F000169DC0"
#define HEAD17                                                                 \
    "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=" MN17 ";Flag=5;"
#define DATA17                                                                 \
    HEAD17 "CP=&&DataTime=20160801085857;w01018-Rtd=40.1,w01018-Flag=N&&"

#define DEV(name) HJ212_DEV_BIT(name)

/* One at a time: it is large. */
static struct hj212_frame frame;
static char wire[16384];

/* A good frame around a segment, in `wire`; without CR LF. */
static inline struct span wrapped(const char *segment)
{
    struct span s = span_of(segment);
    int len = snprintf(wire, sizeof(wire), "##%04zu%s%04X", s.len, segment,
                       hj212_crc(s));

    return (struct span){wire, (size_t)len};
}

/* The same with CR LF. */
static inline struct span framed(const char *segment)
{
    struct span s = wrapped(segment);

    memcpy(wire + s.len, "\r\n", 3);
    return (struct span){wire, s.len + 2};
}

static inline struct span printed(const char *text)
{
    size_t len = strlen(text);

    memcpy(wire, text, len + 1);
    return (struct span){wire, len};
}

/* Decodes with the default policy and answers the deviations; it must be OK. */
static inline hj212_deviations deviations_of(struct span in)
{
    CHECK_INT(hj212_decode(in, NULL, &frame), HJ212_OK);
    return frame.deviations;
}

/* The default policy plus or minus some. */
static inline struct hj212_policy policy_with(hj212_deviations more)
{
    return (struct hj212_policy){.tolerated =
                                     hj212_tolerated_by_default() | more};
}

static inline struct hj212_policy policy_without(hj212_deviations less)
{
    return (struct hj212_policy){.tolerated =
                                     hj212_tolerated_by_default() & ~less};
}

#endif
