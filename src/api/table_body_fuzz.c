/* Any bytes as the body of a table. */
#include "api/table_body.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const char *why;

    arena_init(&arena);
    if (!table_body_read((struct span){(const char *)data, size}, &arena,
                         &why) &&
        !why)
        __builtin_trap();
    arena_done(&arena);
    return 0;
}
