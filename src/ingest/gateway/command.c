/*
 * The commands as their askers see them: gateway.h's functions over orders.
 */
#include "base/memory.h"
#include "ingest/gateway/orders.h"

/* What is left of a data segment when the longest header is written. */
enum { CP_MAX = HJ212_SEGMENT_MAX - 152 };

enum err gateway_command(struct gateway *gateway, int32_t device, int cn,
                         struct span cp, const char *who, uint64_t *out_id)
{
    struct orders *orders = gateway->orders;
    const struct registry_snapshot *s = registry_hold(gateway->registry);
    bool exists = registry_device(s, device) != NULL;
    struct order_line *line;
    struct order *order;
    enum err err;

    registry_release(gateway->registry, s);
    if (!exists)
        return ERR_NOT_FOUND;
    if (cn < 1000 || cn > 9999 || memchr(cp.at ? cp.at : "", '\0', cp.len))
        return ERR_INVALID;
    if (cp.len > CP_MAX)
        return ERR_TOO_LARGE;
    orders_lock(orders);
    line = orders_line(orders, device_state_of(gateway, device));
    err = orders_add(orders, line, cn, cp, who, &order);
    if (err == OK) {
        *out_id = order->id;
        orders_go_on(orders, line, clock_us());
    }
    orders_unlock(orders);
    return err;
}

bool gateway_command_find(struct gateway *gateway, uint64_t id,
                          struct command *out)
{
    struct orders *orders = gateway->orders;
    struct order *o;

    orders_lock(orders);
    for (o = orders->newest; o && o->id != id; o = o->older)
        ;
    if (o)
        order_show(o, out);
    orders_unlock(orders);
    return o != NULL;
}

size_t gateway_commands(struct gateway *gateway, int32_t device, size_t limit,
                        struct arena *arena, struct command **out)
{
    struct orders *orders = gateway->orders;
    size_t n = 0, at = 0;

    orders_lock(orders);
    for (struct order *o = orders->newest; o && n < limit; o = o->older)
        n += device == 0 || o->line->device->id == device;
    *out = arena_new(arena, n + 1, sizeof(**out));
    for (struct order *o = orders->newest; o && at < n; o = o->older) {
        if (device == 0 || o->line->device->id == device)
            order_show(o, &(*out)[at++]);
    }
    orders_unlock(orders);
    return n;
}

void gateway_on_command(struct gateway *gateway,
                        void (*changed)(void *context,
                                        const struct command *command),
                        void *context)
{
    orders_lock(gateway->orders);
    gateway->orders->changed = changed;
    gateway->orders->context = context;
    orders_unlock(gateway->orders);
}
