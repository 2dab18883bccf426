/* Any bytes shown as text, and read as a body: never a crash, never a PW. */
#include "api/body.h"
#include "api/frame_text.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct span in = {(const char *)data, size};
    struct arena arena;
    char why[160];

    arena_init(&arena);
    frame_escape(frame_mask(in, &arena), &arena);
    frame_hex(in, &arena);
    body_free(body_parse(in, why));
    arena_done(&arena);
    return 0;
}
