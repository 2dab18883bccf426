/* Any bytes as a proof: an answer, never a crash, and never a yes by chance. */
#include "storage/ledger/ledger.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct buf why;
    enum err err;

    buf_init(&why, 4096);
    err = ledger_check_proof((struct span){(const char *)data, size}, &why);
    if (why.len == 0 || (err && err != ERR_INVALID && err != ERR_NOT_FOUND))
        abort();
    buf_done(&why);
    return 0;
}
