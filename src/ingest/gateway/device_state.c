#include "base/memory.h"
#include "ingest/gateway/inside.h"

static struct device_state *find_in(struct gateway *gateway, int32_t id)
{
    struct device_state *d =
        gateway->devices[(uint32_t)id % LENGTH(gateway->devices)];

    while (d && d->id != id)
        d = d->next;
    return d;
}

struct device_state *device_state_find(struct gateway *gateway, int32_t id)
{
    struct device_state *d;

    pthread_mutex_lock(&gateway->devices_lock);
    d = find_in(gateway, id);
    pthread_mutex_unlock(&gateway->devices_lock);
    return d;
}

struct device_state *device_state_of(struct gateway *gateway, int32_t id)
{
    size_t bucket = (uint32_t)id % LENGTH(gateway->devices);
    struct device_state *d;

    pthread_mutex_lock(&gateway->devices_lock);
    d = find_in(gateway, id);
    if (!d) {
        d = memory_new(1, sizeof(*d));
        d->id = id;
        d->edition = HJ212_2017;
        pthread_mutex_init(&d->lock, NULL);
        d->next = gateway->devices[bucket];
        gateway->devices[bucket] = d;
        gateway->device_count++;
    }
    pthread_mutex_unlock(&gateway->devices_lock);
    return d;
}

size_t device_states(struct gateway *gateway, struct device_state ***out)
{
    size_t n = 0;

    pthread_mutex_lock(&gateway->devices_lock);
    *out = memory_new(gateway->device_count + 1, sizeof(void *));
    for (size_t i = 0; i < LENGTH(gateway->devices); i++) {
        for (struct device_state *d = gateway->devices[i]; d; d = d->next)
            (*out)[n++] = d;
    }
    pthread_mutex_unlock(&gateway->devices_lock);
    return n;
}

void device_states_free(struct gateway *gateway)
{
    for (size_t i = 0; i < LENGTH(gateway->devices); i++) {
        while (gateway->devices[i]) {
            struct device_state *d = gateway->devices[i];

            gateway->devices[i] = d->next;
            recent_done(&d->recent);
            pthread_mutex_destroy(&d->lock);
            free(d);
        }
    }
}
