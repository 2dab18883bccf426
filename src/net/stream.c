#include "net/stream.h"

#include "base/buf.h"
#include "base/memory.h"

#include <assert.h>
#include <pthread.h>

struct stream_client {
    struct stream_hub *hub;
    struct stream_client *next, *before;
    char topics[STREAM_TOPICS_MAX][STREAM_TOPIC_LEN];
    size_t topic_count;
    struct buf queue;
    size_t read; /* bytes of the queue that have gone out */
    int64_t spoke_s;
    bool dropped, asleep;
    void (*sleep)(void *context);
    void (*wake)(void *context);
    void *context;
};

/* One lock for all: what is done under it is short. */
struct stream_hub {
    pthread_mutex_t lock;
    struct stream_client *clients;
    size_t clients_max, queue_max;
    int64_t now_s;
    bool closed;
    struct stream_counters counters;
};

struct stream_hub *stream_hub_new(size_t clients_max, size_t queue_max)
{
    struct stream_hub *hub = memory_new(1, sizeof(*hub));

    pthread_mutex_init(&hub->lock, NULL);
    hub->clients_max = clients_max;
    hub->queue_max = queue_max;
    return hub;
}

static void wake(struct stream_client *client)
{
    if (!client->asleep)
        return;
    client->asleep = false;
    if (client->wake)
        client->wake(client->context);
}

void stream_hub_close(struct stream_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->closed = true;
    for (struct stream_client *c = hub->clients; c; c = c->next)
        wake(c);
    pthread_mutex_unlock(&hub->lock);
}

void stream_hub_free(struct stream_hub *hub)
{
    if (!hub)
        return;
    assert(!hub->clients);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

void stream_counters(struct stream_hub *hub, struct stream_counters *out)
{
    pthread_mutex_lock(&hub->lock);
    *out = hub->counters;
    pthread_mutex_unlock(&hub->lock);
}

struct stream_client *stream_join(struct stream_hub *hub)
{
    struct stream_client *client = NULL;

    pthread_mutex_lock(&hub->lock);
    if (!hub->closed && hub->counters.clients < hub->clients_max) {
        client = memory_new(1, sizeof(*client));
        client->hub = hub;
        client->spoke_s = hub->now_s;
        buf_init(&client->queue, hub->queue_max);
        client->next = hub->clients;
        if (client->next)
            client->next->before = client;
        hub->clients = client;
        hub->counters.clients++;
        hub->counters.joined++;
    }
    pthread_mutex_unlock(&hub->lock);
    return client;
}

void stream_leave(struct stream_client *client)
{
    struct stream_hub *hub;

    if (!client)
        return;
    hub = client->hub;
    pthread_mutex_lock(&hub->lock);
    if (client->next)
        client->next->before = client->before;
    if (client->before)
        client->before->next = client->next;
    else
        hub->clients = client->next;
    hub->counters.clients--;
    pthread_mutex_unlock(&hub->lock);
    buf_done(&client->queue);
    free(client);
}

bool stream_subscribe(struct stream_client *client, struct span topic)
{
    bool room;

    if (topic.len == 0 || topic.len >= STREAM_TOPIC_LEN)
        return false;
    pthread_mutex_lock(&client->hub->lock);
    room = client->topic_count < STREAM_TOPICS_MAX;
    if (room)
        span_copy(topic, client->topics[client->topic_count++],
                  STREAM_TOPIC_LEN);
    pthread_mutex_unlock(&client->hub->lock);
    return room;
}

static bool wants(const struct stream_client *client, struct span topic)
{
    for (size_t i = 0; i < client->topic_count; i++) {
        if (span_is(topic, client->topics[i]))
            return true;
    }
    return false;
}

bool stream_wanted(struct stream_hub *hub, const char *topic)
{
    bool wanted = false;

    pthread_mutex_lock(&hub->lock);
    for (struct stream_client *c = hub->clients; c && !wanted; c = c->next)
        wanted = !c->dropped && wants(c, span_of(topic));
    pthread_mutex_unlock(&hub->lock);
    return wanted;
}

/* Appends to a queue, or drops its client. */
static void put(struct stream_client *client, struct span text)
{
    struct stream_hub *hub = client->hub;

    if (client->read) {
        buf_eat(&client->queue, client->read);
        client->read = 0;
    }
    buf_add(&client->queue, text);
    if (client->queue.full) {
        client->dropped = true;
        buf_done(&client->queue);
        hub->counters.dropped++;
    } else {
        hub->counters.bytes += text.len;
    }
    client->spoke_s = hub->now_s;
    wake(client);
}

/* A line break in data starts a new data line, as the format asks. */
static void add_data(struct buf *text, struct span data)
{
    do {
        buf_text(text, "data: ");
        buf_add(text, span_take(&data, '\n'));
        buf_char(text, '\n');
    } while (data.len);
    buf_char(text, '\n');
}

static bool wants_any(const struct stream_client *client, struct span topics)
{
    while (topics.len) {
        if (wants(client, span_take(&topics, ' ')))
            return true;
    }
    return false;
}

void stream_publish(struct stream_hub *hub, const char *topics,
                    const char *name, struct span data)
{
    struct buf text;

    buf_init(&text, hub->queue_max);
    buf_printf(&text, "event: %s\n", name);
    add_data(&text, data);

    pthread_mutex_lock(&hub->lock);
    hub->counters.published++;
    for (struct stream_client *c = hub->clients; c && !text.full; c = c->next) {
        if (!c->dropped && wants_any(c, span_of(topics)))
            put(c, buf_span(&text));
    }
    pthread_mutex_unlock(&hub->lock);
    buf_done(&text);
}

void stream_keep_alive(struct stream_hub *hub, int64_t now_s)
{
    pthread_mutex_lock(&hub->lock);
    hub->now_s = now_s;
    for (struct stream_client *c = hub->clients; c; c = c->next) {
        if (!c->dropped && now_s - c->spoke_s >= STREAM_KEEP_ALIVE_S)
            put(c, SPAN(":\n\n"));
    }
    pthread_mutex_unlock(&hub->lock);
}

ssize_t stream_read(struct stream_client *client, char *out, size_t room)
{
    struct stream_hub *hub = client->hub;
    ssize_t count = STREAM_WAIT;

    pthread_mutex_lock(&hub->lock);
    if (client->dropped || hub->closed) {
        count = STREAM_END;
    } else if (client->read < client->queue.len) {
        struct span part =
            span_first(span_from(buf_span(&client->queue), client->read), room);

        memcpy(out, part.at, part.len);
        client->read += part.len;
        if (client->read == client->queue.len) {
            buf_clear(&client->queue);
            client->read = 0;
        }
        count = (ssize_t)part.len;
    } else {
        client->asleep = true;
        if (client->sleep)
            client->sleep(client->context);
    }
    pthread_mutex_unlock(&hub->lock);
    return count;
}

void stream_on_wait(struct stream_client *client, void (*sleep)(void *context),
                    void (*wake_up)(void *context), void *context)
{
    client->sleep = sleep;
    client->wake = wake_up;
    client->context = context;
}
