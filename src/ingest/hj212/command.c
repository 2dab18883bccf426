#include "ingest/hj212/hj212.h"

enum {
    DOWN = HJ212_DOWN,
    UP = HJ212_UP,
    E05 = 1 << HJ212_2005,
    E17 = 1 << HJ212_2017,
    E25 = 1 << HJ212_2025,
};

static const struct hj212_command commands[] = {
#define COMMAND(cn, directions, down, up, editions, en, zh)                    \
    {cn,                                                                       \
     (enum hj212_direction)(directions),                                       \
     HJ212_##down,                                                             \
     HJ212_##up,                                                               \
     editions,                                                                 \
     en,                                                                       \
     zh},
#include "ingest/hj212/command.def"
#undef COMMAND
};

const struct hj212_command *hj212_command_at(size_t index)
{
    return index < LENGTH(commands) ? &commands[index] : NULL;
}

/* The first row of this number, or of the next greater one. */
static size_t first_row(int cn)
{
    size_t low = 0, high = LENGTH(commands);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (commands[middle].cn < cn)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct hj212_command *hj212_command_find(enum hj212_edition edition,
                                               enum hj212_direction direction,
                                               int cn)
{
    for (size_t i = first_row(cn); i < LENGTH(commands); i++) {
        const struct hj212_command *c = &commands[i];

        if (c->cn != cn)
            break;
        if ((c->editions & 1u << edition) && (c->direction & direction))
            return c;
    }
    return NULL;
}
