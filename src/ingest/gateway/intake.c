/*
 * What a good frame leads to. Who sent it is checked first; a stranger's frame
 * is kept in quarantine and gets no answer. Then: is it a copy of one that we
 * have, what kind of answer does it want, does a command wait for it.
 *
 * The answer is written when the frame comes in and sent when the ledger has
 * it; only the answer to a copy of something durable goes out at once.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <openssl/crypto.h>

enum {
    MARK_LEN = 6, /* ##LLLL */
    QN_LEN = 17,
    QN_AT = MARK_LEN + 3, /* behind ##LLLLQN= */
    CRC_AND_TAIL = 6,
    CLOCK_CHECK_US = 1000000,
};

/* A device whose clock is ahead is told the time so often and no oftener. */
#define CLOCK_TOLD_US (3600LL * 1000000)

/* ---- who is it ---- */

static bool address_allowed(const struct device *device, struct address a)
{
    for (size_t i = 0; i < device->address_count; i++) {
        if (address_in(a, span_of(device->addresses[i])))
            return true;
    }
    return device->address_count == 0;
}

/* A device registered without a password is not asked for one. */
static bool password_right(const struct device *device, struct span pw)
{
    struct span right = span_of(device->password);

    return right.len == 0 ||
           (right.len == pw.len && CRYPTO_memcmp(right.at, pw.at, pw.len) == 0);
}

enum quarantine_reason intake_admit(const struct device *device, struct span pw,
                                    struct address address)
{
    if (!device)
        return QUARANTINE_UNKNOWN_MN;
    if (!device->enabled)
        return QUARANTINE_DISABLED;
    if (!address_allowed(device, address))
        return QUARANTINE_ADDRESS;
    if (!password_right(device, pw))
        return QUARANTINE_WRONG_PASSWORD;
    return QUARANTINE_NONE;
}

static struct session **session_link(struct connection *c, struct span mn)
{
    struct session **link = &c->sessions;

    while (*link && ((*link)->mn_len != mn.len ||
                     memcmp((*link)->mn, mn.at, mn.len) != 0))
        link = &(*link)->next;
    return link;
}

static void session_drop(struct connection *c, struct session **link)
{
    struct session *s = *link;

    *link = s->next;
    c->session_count--;
    free(s);
}

/*
 * The session of that MN, if the device may still come in by this connection;
 * it becomes the first of the list.
 */
static struct session *session_find(struct loop *loop, struct connection *c,
                                    struct span mn)
{
    const struct registry_snapshot *now = loop_snapshot(loop);
    struct session **link = session_link(c, mn);
    struct session *s = *link;

    if (!s)
        return NULL;
    if (s->version != now->version) {
        const struct device *device = registry_device_by_mn(now, mn);

        if (!device || device->id != s->state->id || !device->enabled ||
            !address_allowed(device, c->address)) {
            session_drop(c, link);
            return NULL;
        }
        s->device = device;
        s->version = now->version;
        s->ack_len = 0;
    }
    if (link != &c->sessions) {
        *link = s->next;
        s->next = c->sessions;
        c->sessions = s;
    }
    return s;
}

static struct session *session_new(struct loop *loop, struct connection *c,
                                   struct span mn, const struct device *device)
{
    struct session *s;

    if (c->session_count >= SESSIONS_MAX)
        return NULL;
    s = memory_new(1, sizeof(*s));
    s->state = device_state_of(loop->gateway, device->id);
    s->device = device;
    s->version = loop_snapshot(loop)->version;
    s->mn_len = mn.len;
    span_copy(mn, s->mn, sizeof(s->mn));
    s->since_us = loop_now_us(loop);
    s->next = c->sessions;
    c->sessions = s;
    c->session_count++;
    return s;
}

/* The frame's mark is at most a frame's length before its MN. */
static void copy_sealed(struct loop *loop, struct span mn)
{
    struct span in = loop->input_now;
    size_t from = 0;

    if (mn.at > in.at + FRAME_BYTES_MAX && mn.at < in.at + in.len)
        from = (size_t)(mn.at - in.at) - FRAME_BYTES_MAX;
    in = span_first(span_from(in, from), SEALED_MAX);
    memcpy(loop->sealed_copy, in.at, in.len);
    loop->sealed = (struct span){loop->sealed_copy, in.len};
    loop->sealed_from = from;
}

/*
 * The decoder asks how that device's frames are read. If they are encrypted,
 * it will write plain text over them: what was received is copied first.
 */
const struct hj212_policy *intake_policy(void *context, struct span mn)
{
    struct loop *loop = context;
    const struct device *device;

    loop->session = session_find(loop, loop->current, mn);
    device = loop->session ? loop->session->device
                           : registry_device_by_mn(loop_snapshot(loop), mn);
    if (!device)
        return NULL;
    if (device->policy.sm4_key && !loop->sealed.len) /* it may ask twice */
        copy_sealed(loop, mn);
    return &device->policy;
}

/* ---- strangers ---- */

static void quarantine_frame(struct loop *loop, struct connection *c,
                             struct span raw, enum quarantine_reason reason)
{
    struct quarantine *q = loop->gateway->quarantine;
    char peer[ADDRESS_TEXT];
    char trailer[256];
    struct span mn = loop->frame->mn;

    count(&loop->counters.quarantined, 1);
    c->refused++;
    span_copy(span_first(mn, HJ212_MN_MAX), c->stranger, sizeof(c->stranger));
    address_text(c->address, c->port, peer);
    if (!quarantine_room(q, c->address, clock_steady_ms())) {
        quarantine_note(q, mn, reason, peer, loop_now_us(loop));
        return;
    }
    quarantine_trailer(reason, mn, peer, trailer, sizeof(trailer));
    batch_add(loop, &(struct batch_item){.kind = LEDGER_QUARANTINE,
                                         .payload = raw,
                                         .more = span_of(trailer)});
}

/* ---- answers ---- */

static const char hex[] = "0123456789ABCDEF";

static void put_crc(char *frame, size_t len)
{
    size_t segment = len - MARK_LEN - CRC_AND_TAIL;
    uint16_t crc = hj212_crc((struct span){frame + MARK_LEN, segment});
    char *at = frame + MARK_LEN + segment;

    for (int i = 0; i < 4; i++)
        at[i] = hex[crc >> (12 - 4 * i) & 15];
}

/* Keeps an answer 9014 as the template of the next ones, if it is one. */
static void keep_template(struct session *s, const struct hj212_frame *f,
                          struct span answer)
{
    s->ack_len = 0;
    if (answer.len > sizeof(s->ack) || answer.len < QN_AT + QN_LEN ||
        f->pw.len > sizeof(s->pw) || f->qn.len != QN_LEN ||
        memcmp(answer.at + QN_AT, f->qn.at, QN_LEN) != 0)
        return;
    memcpy(s->ack, answer.at, answer.len);
    s->ack_len = answer.len;
    memcpy(s->pw, f->pw.at, f->pw.len);
    s->pw_len = f->pw.len;
    s->ack_flag = f->flag;
}

/* The same device, password and Flag: only QN and CRC differ. */
static bool from_template(const struct session *s, const struct hj212_frame *f,
                          struct buf *out)
{
    char *at;

    if (!s->ack_len || f->edition == HJ212_2005 || f->flag != s->ack_flag ||
        f->qn.len != QN_LEN || f->pw.len != s->pw_len ||
        memcmp(f->pw.at, s->pw, s->pw_len) != 0)
        return false;
    at = buf_room(out, s->ack_len);
    if (!at)
        return false;
    memcpy(at, s->ack, s->ack_len);
    memcpy(at + QN_AT, f->qn.at, QN_LEN);
    put_crc(at, s->ack_len);
    out->len += s->ack_len;
    return true;
}

static void write_answer(struct session *s, const struct hj212_frame *f, int cn,
                         struct buf *out)
{
    buf_clear(out);
    if (cn == 9014 && from_template(s, f, out))
        return;
    if (hj212_answer(f, cn, 0, out)) {
        buf_clear(out); /* it cannot be answered: no QN, say */
        return;
    }
    if (cn == 9014 && f->edition != HJ212_2005)
        keep_template(s, f, buf_span(out));
}

/* The command an answer to this frame has, or 0 for none. */
static int answer_kind(const struct hj212_frame *f)
{
    const struct hj212_command *command =
        hj212_command_find(f->edition, HJ212_UP, f->cn);
    enum hj212_command_kind kind = command ? command->up_kind : HJ212_UPLOAD;

    if (kind == HJ212_NOTICE)
        return 9013;
    if (kind == HJ212_REPLY) /* 2005 lets the 9012 be acknowledged */
        return f->edition == HJ212_2005 && f->cn == 9012 && f->ack_wanted ? 9014
                                                                          : 0;
    return f->ack_wanted ? 9014 : 0;
}

static bool is_reply(const struct hj212_frame *f)
{
    return f->cn >= 9011 && f->cn <= 9014;
}

/* ---- copies ---- */

static void deliver_waiter(struct loop *loop, struct mail *mail)
{
    struct waiter *w = (struct waiter *)mail;

    if (w->durable && !w->connection->closed) {
        count(&loop->counters.acks, 1);
        connection_send(w->connection, (struct span){w->bytes, w->len});
    }
    connection_unref(w->connection);
    free(w);
}

/* Under the device's lock. */
static void wait_for_first(struct loop *loop, struct connection *c,
                           struct device_state *device, uint64_t hash)
{
    struct waiter *w = memory_new(1, sizeof(*w) + loop->answer.len);

    w->mail.deliver = deliver_waiter;
    w->loop = loop;
    w->connection = c;
    c->refs++;
    w->hash = hash;
    w->len = loop->answer.len;
    if (w->len)
        memcpy(w->bytes, loop->answer.at, w->len);
    w->next = device->waiters;
    device->waiters = w;
}

struct span intake_without_tail(struct span raw)
{
    while (raw.len &&
           (raw.at[raw.len - 1] == '\n' || raw.at[raw.len - 1] == '\r'))
        raw.len--;
    return raw;
}

/* Whether it is new; if not, its answer has been seen to. */
static bool meet(struct loop *loop, struct connection *c, struct session *s,
                 struct span raw, struct mark *mark)
{
    struct device_state *device = s->state;
    enum recent_state state;

    *mark = (struct mark){.device = device};
    mark->hash = recent_hash(intake_without_tail(raw), loop->gateway->seed);
    pthread_mutex_lock(&device->lock);
    state = recent_meet(&device->recent, mark->hash, &mark->slot);
    if (state == RECENT_PENDING && loop->answer.len)
        wait_for_first(loop, c, device, mark->hash);
    pthread_mutex_unlock(&device->lock);
    if (state == RECENT_NEW)
        return true;
    count(&loop->counters.duplicates, 1);
    c->duplicates++;
    s->duplicates++;
    if (state == RECENT_DURABLE && loop->answer.len) {
        count(&loop->counters.acks, 1);
        buf_add(&loop->at_once, buf_span(&loop->answer));
    }
    return false;
}

/* ---- what is known of the device ---- */

static void check_clock(struct loop *loop, struct session *s,
                        const struct hj212_frame *f)
{
    int64_t now_us = loop_now_us(loop), qn_s;
    int milli = 0;

    if (now_us - s->clock_checked_us < CLOCK_CHECK_US || f->qn.len != QN_LEN ||
        datetime_parse_compact(span_first(f->qn, 14), &qn_s))
        return;
    for (int i = 14; i < QN_LEN; i++)
        milli = 10 * milli + (f->qn.at[i] - '0');
    s->clock_checked_us = now_us;
    s->clock_offset_ms = qn_s * 1000 + milli - now_us / 1000;
}

static void count_deviations(struct loop *loop, struct device_state *device,
                             hj212_deviations set)
{
    while (set) {
        int i = __builtin_ctzll(set);

        set &= set - 1;
        count(&loop->counters.deviations[i], 1);
        device->deviations[i]++;
    }
}

/* What a frame says about its device, beside its data. */
struct news {
    bool moved; /* it was last heard on another connection */
    int64_t away_us;
    bool clock_ahead;
};

/* A Flag without version bits in a frame of the newer form means 2017. */
static enum hj212_edition spoken(const struct hj212_frame *f)
{
    return f->deviations & HJ212_DEV_BIT(FLAG_NO_VERSION) ? HJ212_2017
                                                          : f->edition;
}

static struct news note_device(struct loop *loop, struct connection *c,
                               struct session *s, const struct hj212_frame *f)
{
    struct device_state *d = s->state;
    int64_t now_us = loop_now_us(loop);
    hj212_deviations late = hj212_time_deviations(f, now_us / 1000000);
    struct news news = {.clock_ahead =
                            (late & HJ212_DEV_BIT(TIME_FUTURE)) != 0};

    pthread_mutex_lock(&d->lock);
    d->verdicts[HJ212_OK]++;
    count_deviations(loop, d, f->deviations | late);
    if ((late & HJ212_DEV_BIT(TIME_FUTURE)) &&
        now_us - d->clock_told_us >= CLOCK_TOLD_US) {
        d->clock_told_us = now_us;
        news.clock_ahead = true;
    }
    news.moved = d->home != c->id;
    if (news.moved && d->left_us)
        news.away_us = now_us - d->left_us;
    d->home = c->id;
    d->last_frame_us = now_us;
    d->edition = (int)spoken(f);
    if (news.moved || !d->st[0]) {
        if (f->st.len == 2 && !span_is(f->st, "91"))
            span_copy(f->st, d->st, sizeof(d->st));
        span_copy(f->mn, d->mn, sizeof(d->mn));
    }
    pthread_mutex_unlock(&d->lock);
    s->edition = (int)f->edition;
    s->last_frame_us = now_us;
    s->frames++;
    check_clock(loop, s, f);
    return news;
}

/* ---- the frame ---- */

/* The session it belongs to, or why it is let in to none. */
static enum quarantine_reason admit(struct loop *loop, struct connection *c,
                                    struct session **out)
{
    const struct hj212_frame *f = loop->frame;
    struct session *s = loop->session;
    const struct device *device;
    enum quarantine_reason reason;

    if (!s || s->mn_len != f->mn.len || memcmp(s->mn, f->mn.at, f->mn.len) != 0)
        s = session_find(loop, c, f->mn);
    if (s) {
        *out = s;
        return password_right(s->device, f->pw) ? QUARANTINE_NONE
                                                : QUARANTINE_WRONG_PASSWORD;
    }
    device = registry_device_by_mn(loop_snapshot(loop), f->mn);
    reason = intake_admit(device, f->pw, c->address);
    if (reason == QUARANTINE_NONE)
        *out = session_new(loop, c, f->mn, device);
    return reason;
}

/* What it means to the commands that are open, and to a new device. */
static void tell_orders(struct loop *loop, struct session *s, struct news news)
{
    struct orders *orders = loop->gateway->orders;
    const struct hj212_frame *f = loop->frame;

    if (news.moved)
        orders_welcome(orders, s->state, news.away_us);
    if (is_reply(f) ||
        atomic_load_explicit(&s->state->expects, memory_order_relaxed))
        orders_hear(orders, s->state, f);
    if (f->cn == 1013)
        orders_time_wanted(orders, s->state, f);
    if (news.clock_ahead)
        orders_clock_wrong(orders, s->state);
}

void intake_frame(struct loop *loop, struct connection *c, struct span raw)
{
    const struct hj212_frame *f = loop->frame;
    struct session *s = NULL;
    enum quarantine_reason reason = admit(loop, c, &s);
    struct mark mark = {0};
    struct news news;
    int answer;

    count(&loop->counters.frames, 1);
    count(&loop->counters.verdicts[HJ212_OK], 1);
    if (reason != QUARANTINE_NONE) {
        quarantine_frame(loop, c, raw, reason);
        return;
    }
    if (!s) {
        connection_close(c, "more devices than one connection may bring");
        return;
    }
    c->frames++;
    s->bytes += raw.len;
    c->last_valid_ms = clock_steady_ms();
    news = note_device(loop, c, s, f);
    answer = answer_kind(f);
    buf_clear(&loop->answer);
    if (answer)
        write_answer(s, f, answer, &loop->answer);
    /* Replies are matched by their QN; each is evidence of its own. */
    if (is_reply(f) || meet(loop, c, s, raw, &mark))
        batch_add(loop,
                  &(struct batch_item){.kind = LEDGER_FRAME,
                                       .source = (uint32_t)s->state->id,
                                       .payload = raw,
                                       .mark = mark,
                                       .to = c,
                                       .answer = buf_span(&loop->answer)});
    c->tail_owner = f->tail_pending ? s->state : NULL;
    tell_orders(loop, s, news);
}

/* Foreign bytes are laid to the device that was last heard here, if any. */
static void count_noise(struct loop *loop, struct connection *c,
                        hj212_deviations kinds)
{
    struct device_state none = {0};
    struct device_state *device = c->sessions ? c->sessions->state : NULL;

    if (!device) {
        count_deviations(loop, &none, kinds);
        return;
    }
    pthread_mutex_lock(&device->lock);
    device->verdicts[HJ212_NOISE]++;
    count_deviations(loop, device, kinds);
    pthread_mutex_unlock(&device->lock);
}

void intake_refused(struct loop *loop, struct connection *c,
                    enum hj212_verdict verdict)
{
    const struct hj212_frame *f = loop->frame;
    const struct device *device = NULL;
    struct device_state *state;

    count(&loop->counters.verdicts[verdict], 1);
    if (verdict == HJ212_NOISE) {
        count(&loop->counters.noise_bytes, f->raw.len);
        count_noise(loop, c, f->deviations);
        return;
    }
    c->refused++;
    if (f->mn.len)
        device = registry_device_by_mn(loop_snapshot(loop), f->mn);
    if (!device)
        return;
    /* Whoever sent it: it is the device that is spoken of. */
    state = device_state_of(loop->gateway, device->id);
    pthread_mutex_lock(&state->lock);
    state->verdicts[verdict]++;
    count_deviations(loop, state, f->deviations);
    pthread_mutex_unlock(&state->lock);
    log_debug("frame refused", "mn=%s verdict=%s", device->mn,
              hj212_verdict_name(verdict));
}

void intake_tail_missing(struct loop *loop, struct device_state *device)
{
    pthread_mutex_lock(&device->lock);
    count_deviations(loop, device, HJ212_DEV_BIT(TAIL_MISSING));
    pthread_mutex_unlock(&device->lock);
}
