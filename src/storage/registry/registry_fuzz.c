/*
 * Any bytes as a file or an object of the registry: the first one says which.
 * Whatever they are, every row is judged and nothing is kept.
 */
#include "base/memory.h"
#include "storage/registry/reference.h"
#include "storage/registry/registry_load.h"

#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct registry_store *store;
static struct reference *reference;

static void open_once(void)
{
    char path[64];

    if (store)
        return;
    snprintf(path, sizeof(path), "/tmp/registry-fuzz-%d.db", (int)getpid());
    reference = reference_new();
    if (registry_store_open(path, &store))
        abort();
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct row no_key;
    struct arena arena;
    struct loader l;
    struct span rest = {(const char *)data + 1, size ? size - 1 : 0};
    unsigned way = size ? data[0] % (2 * ROW_KIND_COUNT + 1) : 0;
    struct buf text;

    open_once();
    if (!size || registry_store_begin(store))
        return 0;
    arena_init(&arena);
    loader_init(&l, store, reference, &arena);
    if (way == 2 * ROW_KIND_COUNT) {
        loader_yaml_text(&l, rest);
    } else if (way >= ROW_KIND_COUNT) {
        loader_json(&l, (enum row_kind)(way - ROW_KIND_COUNT), &no_key, rest);
    } else {
        buf_init(&text, 1 << 20);
        buf_add(&text, rest);
        if (!text.full && text.len)
            loader_csv_text(&l, &text, (enum row_kind)way);
        buf_done(&text);
    }
    if (l.err && l.err != ERR_TOO_LARGE)
        abort(); /* no text may break the store */
    loader_done(&l);
    arena_done(&arena);
    registry_store_rollback(store);
    return 0;
}
