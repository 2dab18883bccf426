#include "ingest/gateway/gateway_testing.h"

/* ---- a device that hears and answers ---- */

struct heard {
    char qn[18], st[3], pw[8];
    int cn, flag;
    char cp[1024];
};

/* The next frame that came down, taken apart. */
static struct heard hear(struct peer *p)
{
    static struct hj212_frame frame;
    struct heard h = {0};
    char line[2048];
    size_t len;

    peer_line(p, line);
    len = strlen(line);
    memcpy(line + len, "\r\n", 3);
    CHECK_INT(hj212_decode((struct span){line, len + 2}, NULL, &frame),
              HJ212_OK);
    span_copy(frame.qn, h.qn, sizeof(h.qn));
    span_copy(frame.st, h.st, sizeof(h.st));
    span_copy(frame.pw, h.pw, sizeof(h.pw));
    span_copy(frame.cp, h.cp, sizeof(h.cp));
    h.cn = frame.cn;
    h.flag = frame.flag;
    return h;
}

static void say(struct world *w, struct peer *p, const char *qn, int cn,
                const char *cp)
{
    peer_send(
        p, wrap(&w->arena, arena_printf(&w->arena,
                                        "QN=%s;ST=%s;CN=%d;PW=123456;MN=" MN_A
                                        ";Flag=4;CP=&&%s&&",
                                        qn, cn >= 9000 ? "91" : "32", cn, cp)));
}

/* Device A comes in. */
static void come_in(struct world *w, struct peer *p)
{
    peer_open(p, w);
    peer_send(p, upload(w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(p, ack(w, MN_A, "20260801085857223"));
}

static uint64_t ask(struct world *w, int cn, const char *cp)
{
    uint64_t id = 0;

    CHECK_INT(gateway_command(w->gateway, device_id(w, MN_A), cn, span_of(cp),
                              "tester", &id),
              OK);
    return id;
}

static struct command find(struct world *w, uint64_t id)
{
    struct command c = {0};

    CHECK(gateway_command_find(w->gateway, id, &c));
    return c;
}

#define WAIT_STATE(w, id, expected) WAIT_FOR(find(w, id).state == (expected))

static void restart(struct world *w)
{
    world_stop(w);
    world_start(w);
}

TEST(a_command_goes_down_is_accepted_and_done)
{
    struct world w;
    struct peer p;
    struct heard h;
    struct command c;
    uint64_t id;
    struct span down = {NULL, 0}, told = {NULL, 0};

    world_init(&w);
    come_in(&w, &p);
    id = ask(&w, 1062, "RtdInterval=30");
    h = hear(&p);
    CHECK_INT(h.cn, 1062);
    CHECK_INT(h.flag, 5);
    CHECK_TEXT(h.cp, "RtdInterval=30");
    CHECK_TEXT(h.pw, "123456");
    CHECK_TEXT(h.st, "32");
    CHECK_INT(strlen(h.qn), 17);
    CHECK_INT(find(&w, id).state, COMMAND_SENT);
    say(&w, &p, h.qn, 9011, "QnRtn=1");
    WAIT_STATE(&w, id, COMMAND_ACCEPTED);
    say(&w, &p, h.qn, 9012, "ExeRtn=1");
    WAIT_STATE(&w, id, COMMAND_DONE);
    c = find(&w, id);
    CHECK_INT(c.qn_rtn, 1);
    CHECK_INT(c.exe_rtn, 1);
    CHECK_INT(c.attempts, 1);
    CHECK_TEXT(c.qn, h.qn);
    CHECK_TEXT(c.who, "tester");
    CHECK(c.created_us <= c.sent_us && c.sent_us <= c.answered_us &&
          c.answered_us <= c.ended_us);
    WAIT_FOR(records_of(&w, LEDGER_COMMAND, &told) == 2);
    CHECK(memmem(told.at, told.len, "\"state\":\"done\"", 14) != NULL);
    CHECK_INT(records_of(&w, LEDGER_DOWN, &down), 1);
    CHECK(span_starts(down, SPAN("##")));
    peer_close(&p);
    world_done(&w);
}

TEST(data_that_comes_in_answer_is_the_result)
{
    struct world w;
    struct peer p;
    struct heard h;
    uint64_t id;

    world_init(&w);
    come_in(&w, &p);
    id = ask(&w, 1061, "");
    h = hear(&p);
    say(&w, &p, h.qn, 9011, "QnRtn=1");
    say(&w, &p, h.qn, 1061, "RtdInterval=30");
    say(&w, &p, h.qn, 9012, "ExeRtn=1");
    WAIT_STATE(&w, id, COMMAND_DONE);
    CHECK_INT(find(&w, id).data_frames, 1);
    CHECK_TEXT(find(&w, id).result, "RtdInterval=30");
    peer_close(&p);
    world_done(&w);
}

TEST(history_comes_with_its_own_qn_and_is_acknowledged)
{
    struct world w;
    struct peer p;
    struct heard h;
    uint64_t id;

    world_init(&w);
    come_in(&w, &p);
    id = ask(&w, 2061, "BeginTime=20260801080000;EndTime=20260801090000");
    h = hear(&p);
    say(&w, &p, h.qn, 9011, "QnRtn=1");
    for (int i = 8; i < 10; i++) {
        const char *qn = arena_printf(&w.arena, "2026080110000000%d", i);

        peer_send(&p, wrap(&w.arena,
                           arena_printf(&w.arena,
                                        "QN=%s;ST=32;CN=2061;PW=123456;MN=" MN_A
                                        ";Flag=5;CP=&&DataTime=202608010%d0000;"
                                        "w01018-Avg=40.1&&",
                                        qn, i)));
        CHECK_ANSWER(&p, ack(&w, MN_A, qn));
    }
    say(&w, &p, h.qn, 9012, "ExeRtn=1");
    WAIT_STATE(&w, id, COMMAND_DONE);
    CHECK_INT(find(&w, id).data_frames, 2);
    CHECK_TEXT(find(&w, id).result, "DataTime=20260801090000;w01018-Avg=40.1");
    peer_close(&p);
    world_done(&w);
}

TEST(refusals_failures_and_no_data_are_told_apart)
{
    static const struct {
        const char *first, *second;
        enum command_state state;
    } cases[] = {
        {"QnRtn=3", NULL, COMMAND_REFUSED},
        {"QnRtn=100", NULL, COMMAND_REFUSED},
        {"QnRtn=odd", NULL, COMMAND_REFUSED},
        {"QnRtn=1", "ExeRtn=2", COMMAND_FAILED},
        {"QnRtn=1", "ExeRtn=5", COMMAND_FAILED},
        {"QnRtn=1", "ExeRtn=100", COMMAND_NO_DATA},
        {"QnRtn=1", "ExeRtn=1", COMMAND_DONE},
    };
    struct world w;
    struct peer p;

    world_init(&w);
    come_in(&w, &p);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        uint64_t id = ask(&w, 3012, "PolId=w01018");
        struct heard h = hear(&p);

        say(&w, &p, h.qn, 9011, cases[i].first);
        if (cases[i].second)
            say(&w, &p, h.qn, 9012, cases[i].second);
        WAIT_STATE(&w, id, cases[i].state);
    }
    peer_close(&p);
    world_done(&w);
}

TEST(without_a_9011_the_same_frame_is_sent_again_and_then_given_up)
{
    struct world w;
    struct peer p;
    struct heard first, again;
    uint64_t id;

    world_init(&w);
    w.options.over_time_s = 1;
    w.options.resend_count = 1;
    restart(&w);
    come_in(&w, &p);
    id = ask(&w, 1062, "RtdInterval=30");
    first = hear(&p);
    again = hear(&p);
    CHECK_TEXT(again.qn, first.qn);
    WAIT_STATE(&w, id, COMMAND_TIMEOUT);
    CHECK_INT(find(&w, id).attempts, 2);
    CHECK_INT(records_of(&w, LEDGER_DOWN, NULL), 2);
    /* What comes now is late, and no answer to the next one either. */
    id = ask(&w, 1063, "");
    again = hear(&p);
    say(&w, &p, first.qn, 9011, "QnRtn=1");
    say(&w, &p, again.qn, 9011, "QnRtn=8");
    WAIT_STATE(&w, id, COMMAND_REFUSED);
    CHECK_INT(find(&w, id).qn_rtn, 8);
    peer_close(&p);
    world_done(&w);
}

TEST(after_a_9011_nothing_is_sent_again)
{
    struct world w;
    struct peer p;
    struct heard h;
    uint64_t id;

    world_init(&w);
    w.options.over_time_s = 1;
    w.options.execute_timeout_s = 2;
    restart(&w);
    come_in(&w, &p);
    id = ask(&w, 3012, "PolId=w01018");
    h = hear(&p);
    say(&w, &p, h.qn, 9011, "QnRtn=1");
    WAIT_STATE(&w, id, COMMAND_TIMEOUT);
    CHECK_INT(find(&w, id).attempts, 1);
    CHECK_INT(p.len, 0);
    peer_close(&p);
    world_done(&w);
}

TEST(one_command_at_a_time_in_the_order_asked)
{
    struct world w;
    struct peer p;
    struct heard a, b;
    uint64_t first, second;
    struct command *list;

    world_init(&w);
    come_in(&w, &p);
    first = ask(&w, 1062, "RtdInterval=30");
    second = ask(&w, 1064, "MinInterval=10");
    a = hear(&p);
    CHECK_INT(a.cn, 1062);
    CHECK_INT(find(&w, second).state, COMMAND_QUEUED);
    say(&w, &p, a.qn, 9011, "QnRtn=1");
    say(&w, &p, a.qn, 9012, "ExeRtn=1");
    b = hear(&p);
    CHECK_INT(b.cn, 1064);
    CHECK(strcmp(a.qn, b.qn) < 0);
    CHECK_INT(find(&w, first).state, COMMAND_DONE);
    say(&w, &p, b.qn, 9011, "QnRtn=2");
    WAIT_STATE(&w, second, COMMAND_REFUSED);
    CHECK_INT(gateway_commands(w.gateway, 0, 10, &w.arena, &list), 2);
    CHECK_INT(list[0].id, second);
    CHECK_INT(list[1].id, first);
    CHECK_INT(gateway_commands(w.gateway, 0, 1, &w.arena, &list), 1);
    CHECK_INT(
        gateway_commands(w.gateway, device_id(&w, MN_B), 9, &w.arena, &list),
        0);
    peer_close(&p);
    world_done(&w);
}

TEST(a_command_waits_for_its_device_and_then_for_nothing)
{
    struct world w;
    struct peer p;
    struct heard h;
    uint64_t id;

    world_init(&w);
    id = ask(&w, 1011, "");
    CHECK_INT(find(&w, id).state, COMMAND_QUEUED);
    come_in(&w, &p);
    h = hear(&p);
    CHECK_INT(h.cn, 1011);
    say(&w, &p, h.qn, 9011, "QnRtn=2");
    WAIT_STATE(&w, id, COMMAND_REFUSED);
    peer_close(&p);
    w.options.command_ttl_s = 1;
    restart(&w);
    id = ask(&w, 1011, "");
    WAIT_STATE(&w, id, COMMAND_OFFLINE);
    world_done(&w);
}

TEST(commands_are_bounded_and_checked)
{
    struct world w;
    uint64_t id;
    int32_t a;
    char cp[HJ212_SEGMENT_MAX];
    enum err err = OK;

    world_init(&w);
    a = device_id(&w, MN_A);
    CHECK_INT(gateway_command(w.gateway, 99999, 1011, SPAN(""), "t", &id),
              ERR_NOT_FOUND);
    CHECK_INT(gateway_command(w.gateway, a, 0, SPAN(""), "t", &id),
              ERR_INVALID);
    CHECK_INT(gateway_command(w.gateway, a, 1011, SPAN("a\0b"), "t", &id),
              ERR_INVALID);
    memset(cp, 'x', sizeof(cp));
    CHECK_INT(gateway_command(w.gateway, a, 1011, (struct span){cp, sizeof(cp)},
                              "t", &id),
              ERR_TOO_LARGE);
    for (int i = 0; i < 100 && err == OK; i++)
        err = gateway_command(w.gateway, a, 1011, SPAN(""), "t", &id);
    CHECK_INT(err, ERR_FULL);
    CHECK(!gateway_command_find(w.gateway, 12345, &(struct command){0}));
    world_done(&w);
}

TEST(a_notice_ends_with_9013)
{
    struct world w;
    struct peer p;
    struct heard h;
    uint64_t id;

    world_init(&w);
    come_in(&w, &p);
    id = ask(&w, 2012, "");
    h = hear(&p);
    CHECK_INT(h.cn, 2012);
    say(&w, &p, h.qn, 9013, "");
    WAIT_STATE(&w, id, COMMAND_DONE);
    CHECK_INT(find(&w, id).qn_rtn, -1);
    peer_close(&p);
    world_done(&w);
}

#define MN_05 "88888880000001"

TEST(a_2005_device_is_spoken_to_in_its_way)
{
    struct world w;
    struct peer p;
    struct heard h;
    char line[2048];
    uint64_t id;

    world_init(&w);
    put_device(&w, MN_05, "");
    peer_open(&p, &w);
    peer_send(&p,
              wrap(&w.arena, "ST=32;CN=2051;PW=123456;MN=" MN_05 ";Flag=1;CP=&&"
                             "QN=20260801085857223;DataTime=20260801084000;"
                             "011-Avg=40.1,011-Flag=N&&"));
    peer_line(&p, line);
    CHECK(strstr(line, "CN=9014;CP=&&QN=20260801085857223;CN=2051&&") != NULL);
    CHECK_INT(gateway_command(w.gateway, device_id(&w, MN_05), 1062,
                              SPAN("RtdInterval=30"), "tester", &id),
              OK);
    h = hear(&p);
    CHECK_INT(h.flag, 1);
    peer_send(&p,
              wrap(&w.arena, arena_printf(&w.arena,
                                          "ST=91;CN=9011;PW=123456;MN=" MN_05
                                          ";Flag=0;CP=&&QN=%s;QnRtn=1&&",
                                          h.qn)));
    WAIT_STATE(&w, id, COMMAND_ACCEPTED);
    peer_send(&p,
              wrap(&w.arena, arena_printf(&w.arena,
                                          "ST=91;CN=9012;PW=123456;MN=" MN_05
                                          ";Flag=1;CP=&&QN=%s;ExeRtn=1&&",
                                          h.qn)));
    WAIT_STATE(&w, id, COMMAND_DONE);
    peer_line(&p, line); /* it wants to know that its 9012 came */
    CHECK(strstr(line, "CN=9014;") != NULL);
    CHECK(strstr(line, ";CN=9012&&") != NULL);
    peer_close(&p);
    world_done(&w);
}

TEST(a_device_that_asks_for_the_time_is_told)
{
    struct world w;
    struct peer p;
    struct heard h;

    world_init(&w);
    come_in(&w, &p);
    peer_send(&p, wrap(&w.arena,
                       "QN=20260801085857999;ST=32;CN=1013;PW=123456;MN=" MN_A
                       ";Flag=5;CP=&&PolId=w01018&&"));
    h = hear(&p);
    if (h.cn == 9013) { /* in either order */
        CHECK_TEXT(h.qn, "20260801085857999");
        h = hear(&p);
        CHECK_INT(h.cn, 1012);
    } else {
        CHECK_INT(h.cn, 1012);
        CHECK_INT(hear(&p).cn, 9013);
    }
    CHECK(strncmp(h.cp, "PolId=w01018;SystemTime=20", 26) == 0);
    CHECK_INT(strlen(h.cp), 24 + 14);
    peer_close(&p);
    world_done(&w);
}

TEST(a_heartbeat_of_2025_is_answered_9013)
{
    struct world w;
    struct peer p;
    struct heard h;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, wrap(&w.arena,
                       "QN=20260801085857999;ST=31;CN=9015;PW=123456;MN=" MN_A
                       ";Flag=9;CP=&&&&"));
    h = hear(&p);
    CHECK_INT(h.cn, 9013);
    CHECK_INT(h.flag, 8);
    CHECK_TEXT(h.qn, "20260801085857999");
    peer_close(&p);
    world_done(&w);
}

TEST(a_device_whose_clock_is_ahead_is_told_the_time_once)
{
    struct world w;
    struct peer p;
    struct heard h;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20990101000000000", "40.1"));
    peer_send(&p, upload(&w, MN_A, "123456", "20990101000030000", "40.1"));
    for (int answers = 0; answers < 2;) {
        h = hear(&p);
        answers += h.cn == 9014;
        CHECK(h.cn == 9014 || h.cn == 1012);
    }
    CHECK(counters(&w).deviations[HJ212_DEV_TIME_FUTURE] == 2);
    WAIT_FOR(records_of(&w, LEDGER_DOWN, NULL) == 1);
    peer_close(&p);
    world_done(&w);
}

TEST(a_new_device_is_met_in_the_order_of_the_standard)
{
    static const int order[] = {1012, 1000, 1062, 1064, 2011, 2021};
    struct world w;
    struct peer p;
    struct heard h;

    world_init(&w);
    put_device(&w, MN_A, ",\"realtime_s\":30,\"minute_min\":10,\"st\":\"32\"");
    w.options.first_contact = true;
    restart(&w);
    come_in(&w, &p);
    for (size_t i = 0; i < LENGTH(order); i++) {
        h = hear(&p);
        CHECK_INT(h.cn, order[i]);
        if (h.cn == 1000)
            CHECK_TEXT(h.cp, "OverTime=10;ReCount=3");
        if (h.cn == 1062)
            CHECK_TEXT(h.cp, "RtdInterval=30");
        if (h.cn == 1064)
            CHECK_TEXT(h.cp, "MinInterval=10");
        say(&w, &p, h.qn, 9011, i % 2 ? "QnRtn=1" : "QnRtn=8");
        if (i % 2)
            say(&w, &p, h.qn, 9012, "ExeRtn=1");
    }
    peer_close(&p);
    /* It comes again at once: it is known. */
    come_in(&w, &p);
    WAIT_FOR(records_of(&w, LEDGER_DOWN, NULL) == LENGTH(order));
    peer_close(&p);
    world_done(&w);
}

TEST(a_device_that_does_not_listen_is_not_pressed)
{
    struct world w;
    struct peer p;
    struct command *list;

    world_init(&w);
    w.options.first_contact = true;
    w.options.over_time_s = 1;
    w.options.resend_count = 1;
    restart(&w);
    come_in(&w, &p);
    WAIT_FOR(gateway_commands(w.gateway, 0, 10, &w.arena, &list) == 1 &&
             list[0].state == COMMAND_TIMEOUT);
    CHECK_INT(list[0].cn, 1012);
    CHECK_TEXT(list[0].who, "first contact");
    CHECK_INT(gateway_commands(w.gateway, 0, 10, &w.arena, &list), 1);
    peer_close(&p);
    world_done(&w);
}

struct listener {
    pthread_mutex_t lock;
    enum command_state seen[16];
    size_t count;
};

static void on_change(void *context, const struct command *command)
{
    struct listener *l = context;

    pthread_mutex_lock(&l->lock);
    if (l->count < LENGTH(l->seen))
        l->seen[l->count++] = command->state;
    pthread_mutex_unlock(&l->lock);
}

TEST(listeners_are_told_each_change)
{
    struct world w;
    struct peer p;
    struct heard h;
    struct listener l = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t id;

    world_init(&w);
    gateway_on_command(w.gateway, on_change, &l);
    come_in(&w, &p);
    id = ask(&w, 3012, "PolId=w01018");
    h = hear(&p);
    say(&w, &p, h.qn, 9011, "QnRtn=1");
    say(&w, &p, h.qn, 9012, "ExeRtn=1");
    WAIT_STATE(&w, id, COMMAND_DONE);
    peer_close(&p);
    world_stop(&w); /* by now all are told */
    CHECK_INT(l.count, 4);
    CHECK_INT(l.seen[0], COMMAND_QUEUED);
    CHECK_INT(l.seen[1], COMMAND_SENT);
    CHECK_INT(l.seen[2], COMMAND_ACCEPTED);
    CHECK_INT(l.seen[3], COMMAND_DONE);
    world_start(&w);
    world_done(&w);
}

TEST(a_new_password_is_not_shown)
{
    struct world w;
    struct peer p;
    struct span told = {NULL, 0};
    uint64_t id;

    world_init(&w);
    come_in(&w, &p);
    id = ask(&w, 1072, "NewPW=654321");
    CHECK_TEXT(hear(&p).cp, "NewPW=654321");
    CHECK_TEXT(find(&w, id).cp, "******");
    WAIT_FOR(records_of(&w, LEDGER_COMMAND, &told) == 1);
    CHECK(memmem(told.at, told.len, "654321", 6) == NULL);
    CHECK_TEXT(command_state_name(COMMAND_SENT), "sent");
    peer_close(&p);
    world_done(&w);
}
