/*
 * What people see of the gateway: sessions, counters, quarantine. Each loop
 * shows its own connections, on its own thread, while the asker waits.
 */
#include "base/memory.h"
#include "ingest/gateway/inside.h"

struct session_list {
    struct gateway_session *at;
    size_t len, room;
};

static struct gateway_session *list_add(struct session_list *list,
                                        const struct connection *c)
{
    struct gateway_session *s;

    list->at =
        memory_grow(list->at, &list->room, list->len + 1, sizeof(*list->at));
    s = &list->at[list->len++];
    *s = (struct gateway_session){
        .connection = c->id, .tls = c->ssl != NULL, .since_us = c->since_us};
    address_text(c->address, c->port, s->peer);
    return s;
}

static void show_connection(struct session_list *list,
                            const struct connection *c)
{
    struct gateway_session *out;

    for (const struct session *s = c->sessions; s; s = s->next) {
        out = list_add(list, c);
        out->device = s->state->id;
        span_copy(span_of(s->mn), out->mn, sizeof(out->mn));
        out->since_us = s->since_us;
        out->last_frame_us = s->last_frame_us;
        out->frames = s->frames;
        out->duplicates = s->duplicates;
        out->bytes = s->bytes;
        out->edition = s->edition;
        out->clock_offset_ms = s->clock_offset_ms;
        if (!s->next && c->session_count == 1)
            out->refused = c->refused;
    }
    if (c->sessions)
        return;
    out = list_add(list, c); /* nobody we know, so far */
    span_copy(span_of(c->stranger), out->mn, sizeof(out->mn));
    out->refused = c->refused;
    out->bytes = c->bytes_in;
}

static void show_loop(struct loop *loop, void *context)
{
    for (size_t i = 0; i < loop->slot_count; i++) {
        if (loop->slots[i])
            show_connection(context, loop->slots[i]);
    }
}

size_t gateway_sessions(struct gateway *gateway, struct arena *arena,
                        struct gateway_session **out)
{
    struct session_list list = {0};

    for (int i = 0; i < gateway->loop_count; i++)
        loop_call(gateway->loops[i], show_loop, &list);
    *out = arena_new(arena, list.len + 1, sizeof(**out));
    if (list.len)
        memcpy(*out, list.at, list.len * sizeof(**out));
    free(list.at);
    return list.len;
}

void gateway_counters(struct gateway *gateway, struct gateway_counters *out)
{
    *out = (struct gateway_counters){.connections_now =
                                         atomic_load(&gateway->connections)};
    for (int i = 0; i < gateway->loop_count; i++) {
        const struct gateway_counters *c = &gateway->loops[i]->counters;

        out->connections += counted(&c->connections);
        out->refused_connections += counted(&c->refused_connections);
        out->frames += counted(&c->frames);
        out->bytes += counted(&c->bytes);
        out->noise_bytes += counted(&c->noise_bytes);
        out->acks += counted(&c->acks);
        out->duplicates += counted(&c->duplicates);
        out->quarantined += counted(&c->quarantined);
        out->paused += counted(&c->paused);
        for (int v = 0; v < HJ212_VERDICT_COUNT; v++)
            out->verdicts[v] += counted(&c->verdicts[v]);
        for (int d = 0; d < HJ212_DEVIATION_COUNT; d++)
            out->deviations[d] += counted(&c->deviations[d]);
    }
}

bool gateway_device_counters(struct gateway *gateway, int32_t device,
                             uint64_t verdicts[HJ212_VERDICT_COUNT],
                             uint64_t deviations[HJ212_DEVIATION_COUNT])
{
    struct device_state *d = device_state_find(gateway, device);

    if (!d)
        return false;
    pthread_mutex_lock(&d->lock);
    memcpy(verdicts, d->verdicts, sizeof(d->verdicts));
    memcpy(deviations, d->deviations, sizeof(d->deviations));
    pthread_mutex_unlock(&d->lock);
    return true;
}

size_t gateway_quarantine(struct gateway *gateway, struct arena *arena,
                          struct quarantine_entry **out)
{
    return quarantine_list(gateway->quarantine, arena, out);
}
