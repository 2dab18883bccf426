#include "storage/ledger/crc32c.h"

#include <pthread.h>
#include <string.h>
#ifdef __SSE4_2__
#    include <nmmintrin.h>
#endif

static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void table_fill(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (crc >> 1) ^ 0x82f63b78U : crc >> 1;
        table[i] = crc;
    }
}

uint32_t crc32c_by_table(uint32_t crc, const void *at, size_t len)
{
    const unsigned char *p = at;

    pthread_once(&table_once, table_fill);
    crc = ~crc;
    while (len-- > 0)
        crc = (crc >> 8) ^ table[(crc ^ *p++) & 0xff];
    return ~crc;
}

#ifdef __SSE4_2__
uint32_t crc32c(uint32_t crc, const void *at, size_t len)
{
    const unsigned char *p = at;
    uint64_t c = ~crc;

    for (; len >= 8; len -= 8, p += 8) {
        uint64_t word;

        memcpy(&word, p, sizeof(word));
        c = _mm_crc32_u64(c, word);
    }
    for (; len > 0; len--)
        c = _mm_crc32_u8((uint32_t)c, *p++);
    return ~(uint32_t)c;
}
#else
uint32_t crc32c(uint32_t crc, const void *at, size_t len)
{
    return crc32c_by_table(crc, at, len);
}
#endif
