/*
 * Records from other threads (commands, their results) go the way of frames:
 * into the batch of a loop, and what must go out to a device goes out when the
 * record is on disk.
 */
#include "base/memory.h"
#include "ingest/gateway/inside.h"

struct parcel {
    struct mail mail;
    enum ledger_kind kind;
    uint32_t source;
    uint64_t to;
    size_t len;
    char bytes[];
};

static void deliver(struct loop *loop, struct mail *mail)
{
    struct parcel *p = (struct parcel *)mail;
    struct span payload = {p->bytes, p->len};
    struct connection *to = p->to ? connection_find(loop, p->to) : NULL;

    if (!batch_ready(loop)) {
        loop_defer(loop, mail);
        return;
    }
    if (!p->to || to) /* what cannot be sent is not recorded as sent */
        batch_add(loop, &(struct batch_item){
                            .kind = p->kind,
                            .source = p->source,
                            .payload = payload,
                            .to = to,
                            .answer = to ? payload : (struct span){NULL, 0}});
    free(p);
}

void post_record(struct gateway *gateway, const struct post *post)
{
    struct parcel *p = memory_new(1, sizeof(*p) + post->payload.len);
    size_t loop = (size_t)(post->loop & 0xFF);

    *p = (struct parcel){.mail = {.deliver = deliver},
                         .kind = post->kind,
                         .source = post->source,
                         .to = post->send ? post->loop : 0,
                         .len = post->payload.len};
    memcpy(p->bytes, post->payload.at, post->payload.len);
    if (loop >= (size_t)gateway->loop_count)
        loop = 0;
    loop_mail(gateway->loops[loop], &p->mail);
}
