#include "ingest/gateway/gateway_gaps.h"
#include "ingest/gateway/gateway_testing.h"

/* 2026-11-24T00:00:00+08:00 */
#define DAY0 1795449600LL

#define MINUTES(n) ((n)*60LL)
#define HOURS(n)   ((n)*3600LL)
#define DAYS(n)    ((n)*86400LL)

/* ---- what is missing, out of the series ---- */

struct store {
    struct world *w;
    struct series *series;
};

static int64_t noon(void)
{
    return DAY0 + HOURS(12) + MINUTES(30);
}

static void arrive(struct store *s, enum cadence cadence, int64_t start_s)
{
    const struct channel_key key = {.subject = SUBJECT_DEVICE,
                                    .id = device_id(s->w, MN_A),
                                    .factor = "frame",
                                    .cadence = cadence,
                                    .origin = ORIGIN_REPORTED};
    struct reading r = {.start_s = start_s,
                        .present = READING_VALUE,
                        .flag = 'N',
                        .arrival_us = start_s * 1000000LL};

    r.number[COLUMN_VALUE] = DECIMAL(1, 0);
    series_append(s->series, series_channel(s->series, &key), &r);
}

static struct gap_source source_init(struct store *s, struct world *w)
{
    s->w = w;
    CHECK_INT(series_open(path_in(w, "series.db"), &(struct series_options){0},
                          &s->series),
              OK);
    return (struct gap_source){
        .series = s->series, .registry = w->registry, .now_s = noon};
}

TEST(periods_that_never_came_are_gaps_the_newest_first)
{
    struct world w;
    struct store s;
    struct gap_source source;
    struct gateway_gap gaps[8];

    world_init(&w);
    source = source_init(&s, &w);
    for (int hour = 0; hour < 12; hour++) {
        if (hour != 3 && hour != 4 && hour != 9)
            arrive(&s, CADENCE_HOUR, DAY0 + HOURS(hour));
    }
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 2);
    CHECK_INT(gaps[0].cadence, CADENCE_HOUR);
    CHECK_INT(gaps[0].from_s, DAY0 + HOURS(9));
    CHECK_INT(gaps[0].to_s, DAY0 + HOURS(10));
    CHECK_INT(gaps[0].step_s, HOUR_S);
    CHECK_INT(gaps[1].from_s, DAY0 + HOURS(3));
    CHECK_INT(gaps[1].to_s, DAY0 + HOURS(5));
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 1), 1);
    series_close(s.series);
    world_done(&w);
}

TEST(before_the_first_frame_and_just_now_nothing_is_missing)
{
    struct world w;
    struct store s;
    struct gap_source source;
    struct gateway_gap gaps[8];

    world_init(&w);
    source = source_init(&s, &w);
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 0);
    CHECK_INT(gap_source_find(&source, 99999, gaps, 8), 0);
    arrive(&s, CADENCE_HOUR, DAY0 + HOURS(10));
    arrive(&s, CADENCE_HOUR, DAY0 + HOURS(11));
    /* It is 12:30: the hour of 12 is not over. */
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 0);
    series_close(s.series);
    world_done(&w);
}

TEST(minutes_are_missed_only_where_the_interval_is_known)
{
    struct world w;
    struct store s;
    struct gap_source source;
    struct gateway_gap gaps[8];

    world_init(&w);
    source = source_init(&s, &w);
    for (int minute = 0; minute < 720; minute += 10) {
        if (minute != 300)
            arrive(&s, CADENCE_MINUTE, DAY0 + MINUTES(minute));
    }
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 0);
    put_device(&w, MN_A, ",\"minute_min\":10");
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 1);
    CHECK_INT(gaps[0].cadence, CADENCE_MINUTE);
    CHECK_INT(gaps[0].from_s, DAY0 + HOURS(5));
    CHECK_INT(gaps[0].to_s, DAY0 + HOURS(5) + 600);
    series_close(s.series);
    world_done(&w);
}

TEST(a_missing_day_is_a_day_of_beijing)
{
    struct world w;
    struct store s;
    struct gap_source source;
    struct gateway_gap gaps[8];

    world_init(&w);
    source = source_init(&s, &w);
    arrive(&s, CADENCE_DAY, DAY0 - DAYS(4));
    arrive(&s, CADENCE_DAY, DAY0 - DAYS(3));
    arrive(&s, CADENCE_DAY, DAY0 - DAY_S);
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 1);
    CHECK_INT(gaps[0].cadence, CADENCE_DAY);
    CHECK_INT(gaps[0].from_s, DAY0 - DAYS(2));
    CHECK_INT(gaps[0].to_s, DAY0 - DAY_S);
    source.days_back = 1; /* what is older is left alone */
    CHECK_INT(gap_source_find(&source, device_id(&w, MN_A), gaps, 8), 0);
    series_close(s.series);
    world_done(&w);
}

/* ---- pulling ---- */

/* Gaps that a test names and that close when their data have come. */
struct holes {
    pthread_mutex_t lock;
    struct gateway_gap gaps[4];
    size_t count;
    int32_t device;
};

static size_t find_holes(void *context, int32_t device, struct gateway_gap *out,
                         size_t room)
{
    struct holes *h = context;
    size_t n = 0;

    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; device == h->device && i < h->count && n < room; i++)
        out[n++] = h->gaps[i];
    pthread_mutex_unlock(&h->lock);
    return n;
}

static void set_holes(struct holes *h, size_t count)
{
    pthread_mutex_lock(&h->lock);
    h->count = count;
    pthread_mutex_unlock(&h->lock);
}

/* The next frame that came down: its QN and text from "CN=" on. */
static const char *heard(struct world *w, struct peer *p, char qn[18])
{
    char line[2048];
    const char *at;

    peer_line(p, line);
    at = strstr(line, "QN=");
    if (at)
        span_copy((struct span){at + 3, 17}, qn, 18);
    at = strstr(line, "CN=");
    if (!at || strlen(at) < 4)
        return "no frame";
    return arena_printf(&w->arena, "%.*s", (int)strlen(at) - 4, at);
}

static void reply(struct world *w, struct peer *p, const char *qn, int cn,
                  const char *cp)
{
    peer_send(
        p, wrap(&w->arena, arena_printf(&w->arena,
                                        "QN=%s;ST=91;CN=%d;PW=123456;MN=" MN_A
                                        ";Flag=4;CP=&&%s&&",
                                        qn, cn, cp)));
}

static void world_with_holes(struct world *w, struct holes *h, struct peer *p)
{
    world_init(w);
    world_stop(w);
    w->options.gap_interval_s = 1;
    world_start(w);
    h->device = device_id(w, MN_A);
    gateway_find_gaps(w->gateway, find_holes, h);
    peer_open(p, w);
    peer_send(p, upload(w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(p, ack(w, MN_A, "20260801085857223"));
}

TEST(a_gap_is_pulled_by_its_first_and_last_period)
{
    struct world w;
    struct peer p;
    struct holes h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .gaps = {{CADENCE_HOUR, DAY0, DAY0 + HOURS(3), HOUR_S}},
                      .count = 1};
    struct command *list;
    char qn[18] = "";

    world_with_holes(&w, &h, &p);
    CHECK_TEXT(heard(&w, &p, qn),
               "CN=2061;PW=123456;MN=" MN_A ";Flag=5;"
               "CP=&&BeginTime=20261124000000;EndTime=20261124020000&&");
    CHECK_INT(gateway_gaps_pending(w.gateway, h.device), 3);
    reply(&w, &p, qn, 9011, "QnRtn=1");
    set_holes(&h, 0); /* the data have come */
    reply(&w, &p, qn, 9012, "ExeRtn=1");
    WAIT_FOR(gateway_gaps_pending(w.gateway, h.device) == 0);
    CHECK_INT(gateway_commands(w.gateway, 0, 10, &w.arena, &list), 1);
    CHECK_INT(list[0].state, COMMAND_DONE);
    CHECK_TEXT(list[0].who, "gap filling");
    peer_close(&p);
    world_done(&w);
}

TEST(what_the_device_does_not_have_is_not_asked_for_again_soon)
{
    struct world w;
    struct peer p;
    struct holes h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .gaps = {{CADENCE_DAY, DAY0, DAY0 + DAY_S, DAY_S},
                               {CADENCE_MINUTE, DAY0, DAY0 + 600, 600}},
                      .count = 2};
    struct command *list;
    char qn[18] = "";

    world_with_holes(&w, &h, &p);
    CHECK(strncmp(heard(&w, &p, qn), "CN=2031;", 8) == 0);
    reply(&w, &p, qn, 9011, "QnRtn=1");
    reply(&w, &p, qn, 9012, "ExeRtn=100");
    /* The day stays missing; the next that is asked for is the other gap. */
    CHECK(strncmp(heard(&w, &p, qn), "CN=2051;", 8) == 0);
    reply(&w, &p, qn, 9011, "QnRtn=1");
    reply(&w, &p, qn, 9012, "ExeRtn=1");
    sleep(2); /* two more looks */
    CHECK_INT(gateway_commands(w.gateway, 0, 10, &w.arena, &list), 2);
    CHECK_INT(p.len, 0);
    peer_close(&p);
    world_done(&w);
}

TEST(a_long_gap_is_pulled_in_windows_from_its_end)
{
    struct world w;
    struct peer p;
    struct holes h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .gaps = {{CADENCE_MINUTE, DAY0, DAY0 + 200 * 600LL, 600}},
                      .count = 1};
    char qn[18] = "";

    world_with_holes(&w, &h, &p);
    CHECK(strstr(heard(&w, &p, qn),
                 "BeginTime=20261124092000;EndTime=20261125091000&&") != NULL);
    reply(&w, &p, qn, 9011, "QnRtn=1");
    reply(&w, &p, qn, 9012, "ExeRtn=100");
    CHECK(strstr(heard(&w, &p, qn),
                 "BeginTime=20261124000000;EndTime=20261124091000&&") != NULL);
    peer_close(&p);
    world_done(&w);
}

TEST(a_busy_device_is_left_alone)
{
    struct world w;
    struct peer p;
    struct holes h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .gaps = {{CADENCE_DAY, DAY0, DAY0 + DAY_S, DAY_S},
                               {CADENCE_HOUR, DAY0, DAY0 + HOUR_S, HOUR_S}},
                      .count = 2};
    struct command *list;
    char qn[18] = "";

    world_with_holes(&w, &h, &p);
    CHECK(strncmp(heard(&w, &p, qn), "CN=2031;", 8) == 0);
    reply(&w, &p, qn, 9011, "QnRtn=1");
    reply(&w, &p, qn, 9012, "ExeRtn=5");
    WAIT_FOR(gateway_commands(w.gateway, 0, 10, &w.arena, &list) == 1 &&
             list[0].state == COMMAND_FAILED);
    sleep(2);
    CHECK_INT(gateway_commands(w.gateway, 0, 10, &w.arena, &list), 1);
    CHECK_INT(gateway_gaps_pending(w.gateway, h.device), 2);
    peer_close(&p);
    world_done(&w);
}

TEST(a_device_that_labels_the_end_is_asked_in_its_labels)
{
    struct world w;
    struct peer p;
    struct holes h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .gaps = {{CADENCE_HOUR, DAY0, DAY0 + HOURS(2), HOUR_S}},
                      .count = 0};
    char qn[18] = "";

    world_with_holes(&w, &h, &p);
    put_device(&w, MN_A, ",\"label_is_end\":true");
    set_holes(&h, 1);
    CHECK(strstr(heard(&w, &p, qn),
                 "BeginTime=20261124010000;EndTime=20261124020000&&") != NULL);
    peer_close(&p);
    world_done(&w);
}
