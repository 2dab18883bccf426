#include "simulate/load_walk.h"

#include "base/datetime.h"
#include "ingest/hj212/hj212.h"

#include <stdio.h>

enum { QN_LEN = 17, HEAD_LEN = 6, CRC_LEN = 4 };

static const char *const factors[LOAD_FACTORS] = {
    "a34004", "a34002", "a21026", "a21004", "a21005",
    "a05024", "a01001", "a01002", "a01006", "a01007",
};

void load_mn(int index, char mn[25])
{
    snprintf(mn, 25, "10AD%020d", index);
}

const char *load_factor(int index)
{
    return factors[index];
}

/* Writes the last digits of a number over what is there. */
static void put(char *at, uint64_t number, int digits)
{
    while (digits-- > 0) {
        at[digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

static void add(struct load_walk *walk, const char *text)
{
    size_t len = strlen(text);

    memcpy(walk->frame + walk->len, text, len);
    walk->len += len;
}

void load_walk_init(struct load_walk *walk, int64_t from_s)
{
    char mn[25];

    *walk = (struct load_walk){.from_s = from_s};
    load_mn(0, mn);
    add(walk, "##0000QN=");
    walk->qn_at = walk->len;
    add(walk, "00000000000000000;ST=22;CN=2051;PW=123456;MN=");
    walk->mn_at = walk->len;
    add(walk, mn);
    add(walk, ";Flag=5;CP=&&DataTime=");
    walk->time_at = walk->len;
    add(walk, "00000000000000");
    for (int i = 0; i < LOAD_FACTORS; i++) {
        add(walk, ";");
        add(walk, factors[i]);
        add(walk, "-Avg=");
        walk->values_at[i] = walk->len;
        add(walk, "00.0,");
        add(walk, factors[i]);
        add(walk, "-Flag=N");
    }
    add(walk, "&&");
    put(walk->frame + 2, walk->len - HEAD_LEN, 4);
}

/* A slow walk that is the same whenever the frame is written again. */
static unsigned tenths_of(int device, uint64_t number, int factor)
{
    uint64_t x = (uint64_t)device * 31 + (uint64_t)factor * 97;
    uint64_t wave = number / 8 + x;

    return (unsigned)(200 + wave % 300 + (number * 7 + x) % 5);
}

static uint64_t without_end(void *context, int device)
{
    (void)context;
    (void)device;
    return UINT64_MAX;
}

static size_t write_frame(void *context, int device, uint64_t number,
                          const char qn[18], char *frame)
{
    static const char hex[] = "0123456789ABCDEF";
    const struct load_walk *walk = context;
    char *end = frame + walk->len;
    char time[15];
    uint16_t crc;

    memcpy(frame, walk->frame, walk->len);
    memcpy(frame + walk->qn_at, qn, QN_LEN);
    put(frame + walk->mn_at + 4, (uint64_t)device, 20);
    datetime_format_compact(walk->from_s + (int64_t)number * MINUTE_S, time);
    memcpy(frame + walk->time_at, time, 14);
    for (int i = 0; i < LOAD_FACTORS; i++) {
        unsigned tenths = tenths_of(device, number, i);
        char *at = frame + walk->values_at[i];

        put(at, tenths / 10, 2);
        at[3] = (char)('0' + tenths % 10);
    }
    crc = hj212_crc((struct span){frame + HEAD_LEN, walk->len - HEAD_LEN});
    for (int i = 0; i < CRC_LEN; i++)
        *end++ = hex[crc >> (12 - 4 * i) & 0xF];
    *end++ = '\r';
    *end = '\n';
    return walk->len + CRC_LEN + 2;
}

struct load_source load_walk_source(struct load_walk *walk)
{
    return (struct load_source){without_end, write_frame, walk};
}
