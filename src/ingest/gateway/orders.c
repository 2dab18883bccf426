#include "ingest/gateway/orders.h"

#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LINE_MAX_WAITING = 64,
    KEEP_MAX = 4096,         /* orders remembered */
    AWAY_US = 600 * 1000000, /* after that a device is met anew */
};

struct told {
    struct told *next;
    struct command command;
};

static const char *const state_names[] = {
    [COMMAND_QUEUED] = "queued",     [COMMAND_SENT] = "sent",
    [COMMAND_ACCEPTED] = "accepted", [COMMAND_DONE] = "done",
    [COMMAND_REFUSED] = "refused",   [COMMAND_FAILED] = "failed",
    [COMMAND_NO_DATA] = "no_data",   [COMMAND_TIMEOUT] = "timeout",
    [COMMAND_OFFLINE] = "offline",
};

const char *command_state_name(enum command_state state)
{
    return state < LENGTH(state_names) ? state_names[state] : "unknown";
}

static bool has_ended(const struct order *o)
{
    return o->state >= COMMAND_DONE;
}

/* ---- life of the list ---- */

struct orders *orders_new(struct gateway *gateway)
{
    struct orders *orders = memory_new(1, sizeof(*orders));

    orders->gateway = gateway;
    pthread_mutex_init(&orders->lock, NULL);
    orders->told_last = &orders->told;
    /* Numbers of one run do not come again in the next. */
    orders->next_id = (uint64_t)clock_us() / 1000;
    return orders;
}

static void order_free(struct order *o)
{
    free(o->cp);
    free(o->result);
    buf_done(&o->frame);
    free(o);
}

void orders_free(struct orders *orders)
{
    if (!orders)
        return;
    while (orders->newest) {
        struct order *o = orders->newest;

        orders->newest = o->older;
        order_free(o);
    }
    while (orders->lines) {
        struct order_line *line = orders->lines;

        orders->lines = line->next;
        free(line);
    }
    while (orders->told) {
        struct told *t = orders->told;

        orders->told = t->next;
        free(t);
    }
    pthread_mutex_destroy(&orders->lock);
    free(orders);
}

void orders_lock(struct orders *orders)
{
    pthread_mutex_lock(&orders->lock);
}

void orders_unlock(struct orders *orders)
{
    struct told *told = orders->told;
    void (*changed)(void *, const struct command *) = orders->changed;
    void *context = orders->context;

    orders->told = NULL;
    orders->told_last = &orders->told;
    pthread_mutex_unlock(&orders->lock);
    while (told) {
        struct told *next = told->next;

        changed(context, &told->command);
        free(told);
        told = next;
    }
}

static void tell(struct orders *orders, const struct order *o)
{
    struct told *t;

    if (!orders->changed)
        return;
    t = memory_new(1, sizeof(*t));
    order_show(o, &t->command);
    *orders->told_last = t;
    orders->told_last = &t->next;
}

struct order_line *orders_line(struct orders *orders,
                               struct device_state *device)
{
    struct order_line *line = device->line;

    if (line)
        return line;
    line = memory_new(1, sizeof(*line));
    line->device = device;
    line->last = &line->first;
    line->welcome_step = -1;
    line->next = orders->lines;
    orders->lines = line;
    device->line = line;
    return line;
}

/* Forgets the oldest that are over. */
static void forget_old(struct orders *orders)
{
    struct order **link = &orders->newest, **cut = NULL;

    if (orders->count < KEEP_MAX)
        return;
    for (size_t i = 0; *link; link = &(*link)->older) {
        if (i++ >= KEEP_MAX / 2 && has_ended(*link)) {
            cut = link;
            break;
        }
    }
    while (cut && *cut) {
        struct order *o = *cut;

        if (!has_ended(o)) {
            cut = &o->older;
            continue;
        }
        *cut = o->older;
        order_free(o);
        orders->count--;
    }
}

/* ---- what the ledger is told ---- */

static bool is_secret(int cn)
{
    return cn == 1072 || cn == 1014; /* a password, a key */
}

void order_show(const struct order *o, struct command *out)
{
    *out = (struct command){.id = o->id,
                            .device = o->line->device->id,
                            .cn = o->cn,
                            .state = o->state,
                            .qn_rtn = o->qn_rtn,
                            .exe_rtn = o->exe_rtn,
                            .attempts = o->attempts,
                            .data_frames = o->data_frames,
                            .created_us = o->created_us,
                            .sent_us = o->sent_us,
                            .answered_us = o->answered_us,
                            .ended_us = o->ended_us};
    span_copy(span_of(is_secret(o->cn) ? "******" : o->cp), out->cp,
              sizeof(out->cp));
    memcpy(out->qn, o->qn, sizeof(out->qn));
    memcpy(out->who, o->who, sizeof(out->who));
    if (o->result)
        span_copy(span_of(o->result), out->result, sizeof(out->result));
}

static uint64_t home_of(struct device_state *device)
{
    uint64_t home;

    pthread_mutex_lock(&device->lock);
    home = device->home;
    pthread_mutex_unlock(&device->lock);
    return home;
}

static void record(struct orders *orders, const struct order *o,
                   const char *what)
{
    struct command shown;
    struct buf out;
    struct json j;

    order_show(o, &shown);
    buf_init(&out, 16384);
    json_init(&j, &out);
    json_open(&j, '{');
    json_key_text(&j, "what", what);
    json_key_int(&j, "id", (int64_t)o->id);
    json_key_int(&j, "device", shown.device);
    json_key_int(&j, "cn", o->cn);
    json_key_text(&j, "cp", shown.cp);
    json_key_text(&j, "who", o->who);
    json_key_text(&j, "qn", o->qn);
    json_key_text(&j, "state", command_state_name(o->state));
    json_key_int(&j, "qn_rtn", o->qn_rtn);
    json_key_int(&j, "exe_rtn", o->exe_rtn);
    json_key_int(&j, "attempts", o->attempts);
    json_key_int(&j, "data_frames", o->data_frames);
    json_close(&j, '}');
    post_record(orders->gateway,
                &(struct post){.kind = LEDGER_COMMAND,
                               .source = (uint32_t)shown.device,
                               .payload = buf_span(&out),
                               .loop = home_of(o->line->device)});
    buf_done(&out);
}

/* ---- asking ---- */

static bool is_notice(enum hj212_edition edition, int cn)
{
    const struct hj212_command *c = hj212_command_find(edition, HJ212_DOWN, cn);

    return c && c->down_kind == HJ212_NOTICE;
}

enum err orders_add(struct orders *orders, struct order_line *line, int cn,
                    struct span cp, const char *who, struct order **out)
{
    struct order *o;

    if (line->waiting >= LINE_MAX_WAITING)
        return ERR_FULL;
    forget_old(orders);
    o = memory_new(1, sizeof(*o));
    o->line = line;
    o->id = orders->next_id++;
    o->cn = cn;
    o->cp = memory_text(cp);
    span_copy(span_of(who ? who : ""), o->who, sizeof(o->who));
    o->qn_rtn = o->exe_rtn = -1;
    o->created_us = clock_us();
    buf_init(&o->frame, ANSWER_MAX);
    o->older = orders->newest;
    orders->newest = o;
    orders->count++;
    *line->last = o;
    line->last = &o->next;
    line->waiting++;
    record(orders, o, "asked");
    tell(orders, o);
    *out = o;
    return OK;
}

/* ---- sending ---- */

/* Local time in milliseconds, and never the same twice for a device. */
static void next_qn(struct order_line *line, int64_t now_us, char qn[18])
{
    int64_t ms = now_us / 1000;
    char second[15];

    if (ms <= line->last_qn_ms)
        ms = line->last_qn_ms + 1;
    line->last_qn_ms = ms;
    datetime_format_compact(ms / 1000, second);
    snprintf(qn, 18, "%.14s%03u", second, (unsigned)(ms % 1000) % 1000);
}

/* A 1012 that names no time gets ours, at the last moment. */
static void fill_in_time(struct order *o, int64_t now_us)
{
    char second[15], text[HJ212_SEGMENT_MAX];

    if (o->cn != 1012 || strstr(o->cp, "SystemTime="))
        return;
    datetime_format_compact(now_us / 1000000, second);
    snprintf(text, sizeof(text), "%s%sSystemTime=%s", o->cp,
             o->cp[0] ? ";" : "", second);
    free(o->cp);
    o->cp = memory_text(span_of(text));
}

static enum err write_frame(struct order *o, const struct device *device,
                            int64_t now_us)
{
    static const int flags[] = {
        [HJ212_2005] = 1, [HJ212_2017] = 5, [HJ212_2025] = 9};
    struct device_state *d = o->line->device;
    char st[sizeof(d->st)], mn[sizeof(d->mn)];
    struct hj212_header header = {.cn = o->cn};
    enum hj212_edition edition;

    pthread_mutex_lock(&d->lock);
    memcpy(st, d->st, sizeof(st));
    memcpy(mn, d->mn, sizeof(mn));
    edition = (enum hj212_edition)d->edition;
    pthread_mutex_unlock(&d->lock);
    next_qn(o->line, now_us, o->qn);
    if (edition == HJ212_2005 && o->cn == 2012 && o->line->stream_qn[0])
        memcpy(o->qn, o->line->stream_qn, sizeof(o->qn));
    if (o->cn == 2011)
        memcpy(o->line->stream_qn, o->qn, sizeof(o->qn));
    o->is_notice = is_notice(edition, o->cn);
    fill_in_time(o, now_us);
    header.qn = span_of(o->qn);
    header.st = span_of(device->st ? device->st : st);
    header.pw = span_of(device->password);
    header.mn = span_of(mn[0] ? mn : device->mn);
    header.flag = flags[edition];
    buf_clear(&o->frame);
    return hj212_encode(&header, span_of(o->cp), NULL, &o->frame);
}

/* Whether there was a connection to send it on. */
static bool transmit(struct orders *orders, struct order *o, int64_t now_us)
{
    uint64_t home = home_of(o->line->device);

    o->deadline_us = now_us + 1000000LL * orders->gateway->options.over_time_s;
    if (!home)
        return false;
    o->attempts++;
    post_record(orders->gateway,
                &(struct post){.kind = LEDGER_DOWN,
                               .source = (uint32_t)o->line->device->id,
                               .payload = buf_span(&o->frame),
                               .loop = home,
                               .send = true});
    return true;
}

static void step_welcome(struct orders *orders, struct order_line *line);

/* The open order, or the first of the line, is over. */
static void end(struct orders *orders, struct order *o,
                enum command_state state, int64_t now_us)
{
    struct order_line *line = o->line;

    o->state = state;
    o->ended_us = now_us;
    if (line->open == o) {
        line->open = NULL;
        atomic_store(&line->device->expects, false);
    }
    buf_done(&o->frame);
    record(orders, o, "ended");
    tell(orders, o);
    if (o->is_welcome && (state == COMMAND_TIMEOUT || state == COMMAND_OFFLINE))
        line->welcome_step = -1; /* it does not listen: leave it alone */
    if (o->is_welcome)
        step_welcome(orders, line);
}

static struct order *take_first(struct order_line *line)
{
    struct order *o = line->first;

    line->first = o->next;
    if (!line->first)
        line->last = &line->first;
    o->next = NULL;
    line->waiting--;
    return o;
}

/* Sends one; false when it had to end at once. */
static bool open_first(struct orders *orders, struct order_line *line,
                       int64_t now_us)
{
    struct registry *registry = orders->gateway->registry;
    const struct registry_snapshot *snapshot = registry_hold(registry);
    const struct device *device = registry_device(snapshot, line->device->id);
    struct order *o = take_first(line);
    enum err err = ERR_NOT_FOUND;

    if (device)
        err = write_frame(o, device, now_us);
    registry_release(registry, snapshot);
    if (err) {
        log_warn("a command cannot be sent", "device=%d cn=%d err=%s",
                 line->device->id, o->cn, err_name(err));
        end(orders, o, err == ERR_NOT_FOUND ? COMMAND_OFFLINE : COMMAND_FAILED,
            now_us);
        return false;
    }
    line->open = o;
    atomic_store(&line->device->expects, true);
    o->state = COMMAND_SENT;
    o->sent_us = now_us;
    transmit(orders, o, now_us);
    tell(orders, o);
    return true;
}

void orders_go_on(struct orders *orders, struct order_line *line,
                  int64_t now_us)
{
    while (!line->open && line->first && home_of(line->device)) {
        if (open_first(orders, line, now_us))
            return;
    }
}

/* ---- answers ---- */

/* 2005 has the QN of a reply in its CP. */
static struct span reply_qn(const struct hj212_frame *f)
{
    const struct hj212_value *inside = hj212_field(f, "QN");

    return inside && (f->edition == HJ212_2005 || !f->qn.len) ? inside->text
                                                              : f->qn;
}

static int reply_code(const struct hj212_frame *f, const char *name)
{
    const struct hj212_value *v = hj212_field(f, name);

    if (!v || !v->is_number || v->number.exponent != 0 ||
        v->number.mantissa < 0 || v->number.mantissa > 9999)
        return 0; /* no code of the standard */
    return (int)v->number.mantissa;
}

static void wait_on(struct orders *orders, struct order *o, int64_t now_us)
{
    o->deadline_us =
        now_us + 1000000LL * orders->gateway->options.execute_timeout_s;
}

static void hear_9011(struct orders *orders, struct order *o,
                      const struct hj212_frame *f, int64_t now_us)
{
    if (o->state != COMMAND_SENT)
        return; /* the answer to a frame sent twice */
    o->qn_rtn = reply_code(f, "QnRtn");
    o->answered_us = now_us;
    if (o->qn_rtn != 1) {
        end(orders, o, COMMAND_REFUSED, now_us);
        return;
    }
    o->state = COMMAND_ACCEPTED;
    wait_on(orders, o, now_us);
    tell(orders, o);
}

static void hear_9012(struct orders *orders, struct order *o,
                      const struct hj212_frame *f, int64_t now_us)
{
    o->exe_rtn = reply_code(f, "ExeRtn");
    if (!o->answered_us)
        o->answered_us = now_us;
    if (o->exe_rtn == 1)
        end(orders, o, COMMAND_DONE, now_us);
    else if (o->exe_rtn == 100)
        end(orders, o, COMMAND_NO_DATA, now_us);
    else
        end(orders, o, COMMAND_FAILED, now_us);
}

static void hear_data(struct orders *orders, struct order *o,
                      const struct hj212_frame *f, int64_t now_us)
{
    bool is_own = span_equal(f->qn, span_of(o->qn));

    if (f->cn != o->cn || (o->state != COMMAND_ACCEPTED && !is_own))
        return; /* it would have come anyway */
    o->data_frames++;
    free(o->result);
    o->result = memory_text(f->cp);
    if (o->state == COMMAND_ACCEPTED)
        wait_on(orders, o, now_us);
    tell(orders, o);
}

static void hear(struct orders *orders, struct order_line *line,
                 const struct hj212_frame *f, int64_t now_us)
{
    struct order *o = line->open;
    bool is_reply = f->cn >= 9011 && f->cn <= 9014;

    if (is_reply && (!o || !span_equal(reply_qn(f), span_of(o->qn)))) {
        log_debug("a reply to no open command", "device=%d cn=%d",
                  line->device->id, f->cn);
        return;
    }
    if (!o)
        return;
    if (f->cn == 9011) {
        hear_9011(orders, o, f, now_us);
    } else if (f->cn == 9012) {
        hear_9012(orders, o, f, now_us);
    } else if (f->cn == 9013 && o->is_notice) {
        o->answered_us = now_us;
        end(orders, o, COMMAND_DONE, now_us);
    } else if (!is_reply) {
        hear_data(orders, o, f, now_us);
    }
    orders_go_on(orders, line, now_us);
}

void orders_hear(struct orders *orders, struct device_state *device,
                 const struct hj212_frame *frame)
{
    orders_lock(orders);
    hear(orders, orders_line(orders, device), frame, clock_us());
    orders_unlock(orders);
}

/* ---- first contact ---- */

/* HJ 212-2017 6.7; 2021 only where there is treatment equipment. */
static const int welcome_steps[] = {1012, 1000, 1062, 1064, 2011, 2021};

/* What a step sends; false when it is not for this device. */
static bool welcome_cp(struct orders *orders, struct order_line *line, int cn,
                       char cp[64])
{
    const struct gateway_options *o = &orders->gateway->options;
    struct registry *registry = orders->gateway->registry;
    const struct registry_snapshot *snapshot = registry_hold(registry);
    const struct device *device = registry_device(snapshot, line->device->id);
    bool fits = device != NULL;

    cp[0] = '\0';
    if (cn == 1000)
        snprintf(cp, 64, "OverTime=%d;ReCount=%d", o->over_time_s,
                 o->resend_count);
    if (device && cn == 1062) {
        fits = device->realtime_s > 0;
        snprintf(cp, 64, "RtdInterval=%d", device->realtime_s);
    }
    if (device && cn == 1064) {
        fits = device->minute_min > 0 && line->device->edition != HJ212_2005;
        snprintf(cp, 64, "MinInterval=%d", device->minute_min);
    }
    if (device && cn == 2021)
        fits = device->st && (device->st[0] == '3' || device->st[0] == '5');
    registry_release(registry, snapshot);
    return fits;
}

static void step_welcome(struct orders *orders, struct order_line *line)
{
    struct order *o;
    char cp[64];

    while (line->welcome_step >= 0) {
        int cn = welcome_steps[line->welcome_step];

        if (++line->welcome_step == (int)LENGTH(welcome_steps))
            line->welcome_step = -1;
        if (!welcome_cp(orders, line, cn, cp))
            continue;
        if (orders_add(orders, line, cn, span_of(cp), "first contact", &o))
            return; /* its line is full: somebody is busy with it */
        o->is_welcome = true;
        return;
    }
}

void orders_welcome(struct orders *orders, struct device_state *device,
                    int64_t away_us)
{
    struct order_line *line;
    int64_t now_us = clock_us();

    orders_lock(orders);
    line = orders_line(orders, device);
    if (orders->gateway->options.first_contact && line->welcome_step < 0 &&
        (!line->was_welcomed || away_us >= AWAY_US)) {
        line->was_welcomed = true;
        line->welcome_step = 0;
        step_welcome(orders, line);
    }
    orders_go_on(orders, line, now_us);
    orders_unlock(orders);
}

/* ---- time ---- */

static bool time_is_asked(const struct order_line *line)
{
    if (line->open && line->open->cn == 1012)
        return true;
    for (const struct order *o = line->first; o; o = o->next) {
        if (o->cn == 1012)
            return true;
    }
    return false;
}

static void set_time(struct orders *orders, struct order_line *line,
                     struct span cp, const char *who)
{
    int64_t now_us = clock_us();
    struct order *o;

    if (time_is_asked(line) || orders_add(orders, line, 1012, cp, who, &o))
        return;
    orders_go_on(orders, line, now_us);
}

void orders_time_wanted(struct orders *orders, struct device_state *device,
                        const struct hj212_frame *frame)
{
    const struct hj212_value *instrument = hj212_field(frame, "PolId");
    char cp[64] = "";

    if (instrument && instrument->text.len > 0 && instrument->text.len < 32)
        snprintf(cp, sizeof(cp), "PolId=%.*s", SPAN_ARG(instrument->text));
    orders_lock(orders);
    set_time(orders, orders_line(orders, device), span_of(cp),
             "asked for by the device (1013)");
    orders_unlock(orders);
}

void orders_clock_wrong(struct orders *orders, struct device_state *device)
{
    orders_lock(orders);
    set_time(orders, orders_line(orders, device), SPAN(""),
             "its clock is ahead");
    orders_unlock(orders);
}

/* ---- timers ---- */

static void tick_open(struct orders *orders, struct order *o, int64_t now_us)
{
    if (now_us < o->deadline_us)
        return;
    if (o->state == COMMAND_SENT &&
        o->attempts <= orders->gateway->options.resend_count) {
        if (transmit(orders, o, now_us))
            tell(orders, o);
        else
            o->attempts++; /* it is away; the time counts all the same */
        return;
    }
    end(orders, o, COMMAND_TIMEOUT, now_us);
}

static void tick_line(struct orders *orders, struct order_line *line,
                      int64_t now_us)
{
    int64_t ttl_us = 1000000LL * orders->gateway->options.command_ttl_s;

    if (line->open)
        tick_open(orders, line->open, now_us);
    orders_go_on(orders, line, now_us);
    while (!line->open && line->first &&
           now_us - line->first->created_us >= ttl_us)
        end(orders, take_first(line), COMMAND_OFFLINE, now_us);
}

void orders_tick(struct orders *orders, int64_t now_us)
{
    orders_lock(orders);
    for (struct order_line *line = orders->lines; line; line = line->next) {
        if (line->open || line->first)
            tick_line(orders, line, now_us);
    }
    orders_unlock(orders);
}
