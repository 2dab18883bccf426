/*
 * stream - server-sent events: one hub, many clients, a bounded queue each. A
 * client asks for topics; what is published goes into the queues of those who
 * asked for its topic. A client whose queue is full is dropped (its browser
 * connects again and reads the page anew): nobody waits for a slow reader.
 *
 * The hub outlives its clients; after stream_hub_close all reads end. Any
 * thread may publish.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/span.h"

#include <stdint.h>
#include <sys/types.h>

enum {
    STREAM_TOPICS_MAX = 16,
    STREAM_TOPIC_LEN = 32,
    STREAM_QUEUE_MAX = 512 * 1024, /* bytes that wait for one client */
    STREAM_KEEP_ALIVE_S = 15,
};

struct stream_hub;
struct stream_client;

struct stream_hub *stream_hub_new(size_t clients_max, size_t queue_max);
void stream_hub_close(struct stream_hub *hub); /* all clients end */
void stream_hub_free(struct stream_hub *hub);  /* when no client is left */

struct stream_counters {
    uint64_t clients, joined, dropped, published, bytes;
};
void stream_counters(struct stream_hub *hub, struct stream_counters *out);

/* NULL when the hub is full or closed. */
struct stream_client *stream_join(struct stream_hub *hub);
void stream_leave(struct stream_client *client);

/* False when there are too many topics or the name is too long or empty. */
bool stream_subscribe(struct stream_client *client, struct span topic);

/* Whether anybody asked for the topic. */
bool stream_wanted(struct stream_hub *hub, const char *topic);

/*
 * Puts an event ("event: name\ndata: ...\n\n") once into the queue of everybody
 * who asked for one of the topics (between blanks: "live site:12").
 */
void stream_publish(struct stream_hub *hub, const char *topics,
                    const char *name, struct span data);

/* Puts a comment line into every queue that has been quiet for a while. */
void stream_keep_alive(struct stream_hub *hub, int64_t now_s);

enum { STREAM_END = -1, STREAM_WAIT = 0 };

/*
 * Copies waiting bytes out: their count, STREAM_END when the client was dropped
 * or the hub closed. With nothing to read it calls `sleep` (under the client's
 * lock) and answers STREAM_WAIT; the next event calls `wake` once.
 */
ssize_t stream_read(struct stream_client *client, char *out, size_t room);

void stream_on_wait(struct stream_client *client, void (*sleep)(void *context),
                    void (*wake_up)(void *context), void *context);

#endif
