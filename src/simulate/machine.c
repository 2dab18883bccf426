#include "simulate/machine.h"

#include <stdio.h>

enum {
    REALTIME_S = 60,
    MINUTES = 10,
    OVER_TIME_S = 10,
    RESENDS = 3,
    WATER_STEP_S = 4 * HOUR_S, /* surface water is measured every four hours */
    LATE_AFTER_S = 5,          /* a period is sent so long after its end */
    CP_ROOM = 1000,
    REPLY_ROOM = 8192,
    DROP_AFTER_MS = 240000,
};

static uint64_t throw_dice(struct machine *m)
{
    m->dice = m->dice * 6364136223846793005u + 1442695040888963407u;
    return m->dice >> 33;
}

/* ---- the ring of what is not acknowledged ---- */

static struct machine_record *kept(struct machine *m, size_t i)
{
    return &m->kept[(m->kept_first + i) % MACHINE_KEPT_MAX];
}

static void keep_one(struct machine *m, int cn, int64_t start_s, int part)
{
    if (m->kept_count == MACHINE_KEPT_MAX) { /* the oldest is overwritten */
        m->kept_first = (m->kept_first + 1) % MACHINE_KEPT_MAX;
        m->kept_count--;
        m->counters.given_up++;
    }
    *kept(m, m->kept_count++) =
        (struct machine_record){.cn = cn, .start_s = start_s, .part = part};
}

static void keep(struct machine *m, int cn, int64_t start_s)
{
    bool data = cn == 2011 || cn == 2051 || cn == 2061 || cn == 2031;

    if (m->fault == FAULT_SPLIT && data && m->who->factor_count > 1) {
        keep_one(m, cn, start_s, 1);
        keep_one(m, cn, start_s, 2);
    } else {
        keep_one(m, cn, start_s, 0);
    }
}

static void forget_done(struct machine *m)
{
    while (m->kept_count && kept(m, 0)->cn == 0) {
        m->kept_first = (m->kept_first + 1) % MACHINE_KEPT_MAX;
        m->kept_count--;
    }
}

/* ---- frames up ---- */

static void format_qn(int64_t ms, char qn[18])
{
    datetime_format_compact(ms / 1000, qn);
    qn[14] = (char)('0' + ms / 100 % 10);
    qn[15] = (char)('0' + ms / 10 % 10);
    qn[16] = (char)('0' + ms % 10);
    qn[17] = '\0';
}

static int64_t next_qn(struct machine *m, int64_t now_ms)
{
    int64_t qn = now_ms + m->clock_error_ms;

    m->last_qn_ms = qn > m->last_qn_ms ? qn : m->last_qn_ms + 1;
    return m->last_qn_ms;
}

static struct span mn_of(const struct machine *m, char *room, size_t size)
{
    if (m->fault != FAULT_UNKNOWN_MN)
        return span_of(m->who->mn);
    snprintf(room, size, "EE%.60s", m->who->mn + 2);
    return span_of(room);
}

static struct span pw_of(const struct machine *m)
{
    return m->fault == FAULT_WRONG_PASSWORD ? SPAN("000000")
                                            : span_of(m->password);
}

/* One whole frame, spoiled as this device spoils them. */
static void write_frame(struct machine *m, struct hj212_header *header,
                        struct span cp, struct buf *out)
{
    const uint8_t *key = m->who->has_sm4_key ? m->who->sm4_key : NULL;
    struct buf frame;
    char mn[65];

    header->mn = mn_of(m, mn, sizeof mn);
    header->pw = pw_of(m);
    buf_init(&frame, REPLY_ROOM);
    if (hj212_encode(header, cp, key, &frame) == OK) {
        fault_spoil(m->fault, &frame, throw_dice(m));
        buf_add(out, buf_span(&frame));
    }
    buf_done(&frame);
}

static void send_record(struct machine *m, struct machine_record *r,
                        int64_t now_ms, struct buf *out)
{
    struct hj212_header header = {
        .st = span_of(m->who->st), .cn = r->cn, .flag = r->part ? 7 : 5};
    struct buf cp;
    char qn[18];

    if (r->qn_ms == 0)
        r->qn_ms = next_qn(m, now_ms);
    format_qn(r->qn_ms, qn);
    header.qn = span_of(qn);
    header.pnum = r->part ? 2 : 0;
    header.pno = r->part;
    r->sent_ms = now_ms;
    m->counters.sent++;
    m->counters.resent += r->tries++ > 0;
    buf_init(&cp, CP_ROOM);
    machine_content(m, r->cn, r->start_s, r->part, &cp);
    write_frame(m, &header, buf_span(&cp), out);
    buf_done(&cp);
}

/*
 * Sends what may go: at most MACHINE_FLIGHT_MAX on the way, again after the
 * over-time. After the last try a record rests for a minute: a logger does not
 * give up what nobody has.
 */
static void send_due(struct machine *m, int64_t now_ms, struct buf *out)
{
    int on_the_way = 0;

    forget_done(m);
    for (size_t i = 0; i < m->kept_count && on_the_way < MACHINE_FLIGHT_MAX;
         i++) {
        struct machine_record *r = kept(m, i);
        int64_t wait_ms = r->tries > m->resends ? 60000 : m->over_time_s * 1000;

        if (r->cn == 0)
            continue;
        on_the_way++;
        if (r->tries == 0 || now_ms - r->sent_ms >= wait_ms)
            send_record(m, r, now_ms, out);
    }
}

/* ---- what falls due ---- */

static bool is_water(const struct machine *m)
{
    return span_is(span_of(m->who->st), "21");
}

static void due_realtime(struct machine *m, int64_t now_s)
{
    if (!m->streaming || now_s < m->next_realtime_s)
        return;
    keep(m, 2011, now_s / m->realtime_s * m->realtime_s);
    m->next_realtime_s = (now_s / m->realtime_s + 1) * m->realtime_s;
}

static void due_periods(struct machine *m, int64_t now_s)
{
    int64_t minute_s = (int64_t)m->minute_min * MINUTE_S;
    int64_t hour_s = is_water(m) ? WATER_STEP_S : HOUR_S;
    int64_t end_s = now_s - LATE_AFTER_S;

    for (; m->next_minute_s + minute_s <= end_s; m->next_minute_s += minute_s) {
        if (!is_water(m))
            keep(m, 2051, m->next_minute_s);
    }
    for (; m->next_hour_s + HOUR_S <= end_s; m->next_hour_s += hour_s)
        keep(m, 2061, m->next_hour_s);
    for (; m->next_day_s + DAY_S <= end_s; m->next_day_s += DAY_S) {
        keep(m, 2031, m->next_day_s);
        if (span_starts(span_of(m->who->st), SPAN("3")))
            keep(m, 2041, m->next_day_s);
    }
}

void machine_init(struct machine *m, const struct fleet_device *who,
                  enum fault fault, int64_t now_s, int64_t history_s)
{
    int64_t back = now_s - history_s;

    *m = (struct machine){
        .who = who,
        .fault = fault,
        .realtime_s = who->realtime_s ? who->realtime_s : REALTIME_S,
        .minute_min = who->minute_min ? who->minute_min : MINUTES,
        .over_time_s = OVER_TIME_S,
        .resends = RESENDS,
        .streaming = true,
        .installed_s = back,
        .dice = who->place.seed | 1,
    };
    memcpy(m->password, who->password, sizeof m->password);
    if (fault == FAULT_CLOCK_AHEAD)
        m->clock_error_ms = (int64_t)HOUR_S * 1000;
    if (fault == FAULT_CLOCK_RESET)
        m->clock_error_ms = -now_s * 1000;
    m->next_realtime_s = now_s + (int64_t)(who->place.seed % 60);
    m->next_minute_s =
        period_start(now_s, CADENCE_HOUR) - (history_s ? HOUR_S : 0);
    m->next_hour_s =
        period_start(back, is_water(m) ? CADENCE_DAY : CADENCE_HOUR);
    m->next_day_s = period_start(back, CADENCE_DAY);
}

void machine_connected(struct machine *m, int64_t now_ms, struct buf *out)
{
    m->connected_ms = now_ms;
    m->hang_up = false;
    if (!m->said_restart) {
        keep(m, 2081, now_ms / 1000);
        m->said_restart = true;
    }
    for (size_t i = 0; i < m->kept_count; i++) {
        if (kept(m, i)->tries)
            kept(m, i)->sent_ms = 0; /* goes again at once */
    }
    machine_tick(m, now_ms, out);
}

void machine_tick(struct machine *m, int64_t now_ms, struct buf *out)
{
    due_periods(m, now_ms / 1000);
    due_realtime(m, now_ms / 1000);
    send_due(m, now_ms, out);
    if (m->fault == FAULT_LINE_DROPS &&
        now_ms - m->connected_ms > DROP_AFTER_MS)
        m->hang_up = true;
}

/* ---- commands ---- */

static void reply(const struct hj212_frame *frame, int cn, int code,
                  struct buf *out)
{
    (void)!hj212_answer(frame, cn, code, out); /* `out` says when it is full */
}

static struct span field_text(const struct hj212_frame *frame, const char *name)
{
    const struct hj212_value *value = hj212_field(frame, name);

    return value ? value->text : (struct span){"", 0};
}

static bool field_int(const struct hj212_frame *frame, const char *name,
                      int low, int high, int *out)
{
    struct decimal d;

    if (decimal_parse(field_text(frame, name), &d) || d.exponent != 0 ||
        d.mantissa < low || d.mantissa > high)
        return false;
    *out = (int)d.mantissa;
    return true;
}

/* Data that answers a question: the same CN and QN, no acknowledgement. */
static void tell(struct machine *m, const struct hj212_frame *frame,
                 const char *cp, struct buf *out)
{
    struct hj212_header header = {
        .qn = frame->qn, .st = span_of(m->who->st), .cn = frame->cn, .flag = 4};

    write_frame(m, &header, span_of(cp), out);
}

static int set_time(struct machine *m, const struct hj212_frame *frame,
                    int64_t now_ms)
{
    int64_t wanted_s;

    if (hj212_time_field(frame, "SystemTime", &wanted_s))
        return 3;
    m->clock_error_ms = wanted_s * 1000 - now_ms / 1000 * 1000;
    return 1;
}

static int set_password(struct machine *m, const struct hj212_frame *frame)
{
    struct span text = field_text(frame, "NewPW");

    if (text.len == 0)
        text = field_text(frame, "PW");
    if (text.len != 6)
        return 3;
    span_copy(text, m->password, sizeof m->password);
    return 1;
}

/* The records of a range, each with its own QN; what is lost is asked again. */
static int send_history(struct machine *m, const struct hj212_frame *frame,
                        int64_t now_ms, struct buf *out)
{
    int64_t from, to, step = HOUR_S, known;
    int sent = 0;

    if (hj212_time_field(frame, "BeginTime", &from) ||
        hj212_time_field(frame, "EndTime", &to))
        return 3;
    if (frame->cn == 2051)
        step = (int64_t)m->minute_min * MINUTE_S;
    if (frame->cn == 2031)
        step = DAY_S;
    if (frame->cn == 2061 && is_water(m))
        step = WATER_STEP_S;
    known = now_ms / 1000 - (frame->cn == 2061 ? HOUR_S : step);
    if (from < m->installed_s)
        from = m->installed_s;
    from += (step - (from + BEIJING_OFFSET_S) % step) % step; /* a whole one */
    for (; from <= to && from <= known && sent < MACHINE_HISTORY_MAX;
         from += step, sent++) {
        struct machine_record r = {.cn = frame->cn, .start_s = from};

        send_record(m, &r, now_ms, out);
    }
    return sent ? 1 : 100;
}

/* Runs a request; answers ExeRtn. */
static int execute(struct machine *m, const struct hj212_frame *frame,
                   int64_t now_ms, struct buf *out)
{
    char text[96], time[15];

    switch (frame->cn) {
    case 1000:
        if (!field_int(frame, "OverTime", 1, 99, &m->over_time_s) ||
            !field_int(frame, "ReCount", 1, 99, &m->resends))
            return 3;
        return 1;
    case 1011:
        datetime_format_compact((now_ms + m->clock_error_ms) / 1000, time);
        snprintf(text, sizeof text, "SystemTime=%s", time);
        tell(m, frame, text, out);
        return 1;
    case 1012:
        return set_time(m, frame, now_ms);
    case 1061:
        snprintf(text, sizeof text, "RtdInterval=%d", m->realtime_s);
        tell(m, frame, text, out);
        return 1;
    case 1062:
        return field_int(frame, "RtdInterval", 30, 3600, &m->realtime_s) ? 1
                                                                         : 3;
    case 1063:
        snprintf(text, sizeof text, "MinInterval=%d", m->minute_min);
        tell(m, frame, text, out);
        return 1;
    case 1064:
        return field_int(frame, "MinInterval", 1, 30, &m->minute_min) ? 1 : 3;
    case 1072:
        return set_password(m, frame);
    case 2011:
        m->streaming = true;
        return 1;
    case 2021:
        keep(m, 2021, now_ms / 1000);
        return 1;
    case 2031:
    case 2051:
    case 2061:
        return send_history(m, frame, now_ms, out);
    case 3015:
        datetime_format_compact((now_ms + m->clock_error_ms) / 1000, time);
        snprintf(text, sizeof text, "DataTime=%s;VaseNo=1", time);
        tell(m, frame, text, out);
        return 1;
    case 3018:
        tell(m, frame, "Stime=40", out);
        return 1;
    case 3019:
        snprintf(text, sizeof text, "%s-SN=%.24s",
                 m->who->factor_count ? m->who->factors[0]->code : "i00000",
                 m->who->mn);
        tell(m, frame, text, out);
        return 1;
    case 3020:
        tell(m, frame, "i22001-Info=0", out);
        return 1;
    default: /* calibrate, sample, clean ...: done at once */
        return 1;
    }
}

static void take_command(struct machine *m, const struct hj212_frame *frame,
                         int64_t now_ms, struct buf *out)
{
    const struct hj212_command *command =
        hj212_command_find(frame->edition, HJ212_DOWN, frame->cn);

    m->counters.commands++;
    if (m->fault == FAULT_DEAF)
        return;
    if (!span_equal(frame->pw, span_of(m->password))) {
        m->counters.refused++;
        reply(frame, 9011, 3, out);
        return;
    }
    if (!command) {
        m->counters.refused++;
        reply(frame, 9011, 8, out);
        return;
    }
    if (command->down_kind == HJ212_NOTICE) {
        if (frame->cn == 2012)
            m->streaming = false;
        reply(frame, 9013, 0, out);
        return;
    }
    reply(frame, 9011, 1, out);
    reply(frame, 9012, execute(m, frame, now_ms, out), out);
}

static void take_acknowledgement(struct machine *m,
                                 const struct hj212_frame *frame)
{
    for (size_t i = 0; i < m->kept_count; i++) {
        struct machine_record *r = kept(m, i);
        char qn[18];

        if (r->cn == 0 || r->tries == 0)
            continue;
        format_qn(r->qn_ms, qn);
        if (span_equal(frame->qn, span_of(qn))) {
            r->cn = 0;
            m->counters.acknowledged++;
            return;
        }
    }
}

void machine_take(struct machine *m, const struct hj212_frame *frame,
                  int64_t now_ms, struct buf *out)
{
    if (frame->cn == 9014)
        take_acknowledgement(m, frame);
    else if (frame->cn != 9013)
        take_command(m, frame, now_ms, out);
    send_due(m, now_ms, out);
}
