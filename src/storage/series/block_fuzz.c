/* Any bytes may stand in a block; the checksum is put right to get past it. */
#include "storage/series/block.h"

#include "base/memory.h"

enum { READINGS = 4096, INPUT_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void again(struct codec *codec, struct columns *columns)
{
    struct columns back;
    struct buf bytes;

    columns_init(&back);
    buf_init(&bytes, BLOCK_BYTES_MAX);
    block_encode(codec, columns, &bytes);
    if (block_decode(codec, buf_span(&bytes), READINGS, &back) != OK ||
        back.count != columns->count)
        abort();
    for (size_t i = 0; i < back.count; i++) {
        if (back.start_s[i] != columns->start_s[i] ||
            back.arrival_us[i] != columns->arrival_us[i])
            abort();
    }
    buf_done(&bytes);
    columns_done(&back);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct codec codec;
    struct columns columns;
    struct series_summary summary;
    struct reading reading;
    struct cursor in = {data, data + size, false};
    char *bytes = memory_new(size + 1, 1);
    uint32_t crc;

    if (size)
        memcpy(bytes, data, size);
    codec_init(&codec);
    columns_init(&columns);
    if (size > 5 && size < INPUT_MAX) {
        crc = block_crc32c(0, (struct span){bytes + 5, size - 5});
        memcpy(bytes + 1, &crc, sizeof crc);
        if (block_decode(&codec, (struct span){bytes, size}, READINGS,
                         &columns) == OK)
            again(&codec, &columns);
    }
    if (summary_decode((struct span){bytes, size}, &summary) == OK &&
        summary.count > summary.count_all)
        abort();
    reading_decode(&in, &reading);
    columns_done(&columns);
    codec_done(&codec);
    free(bytes);
    return 0;
}
