#include "net/stream.h"

#include "base/test.h"

static char got[8192];

static ssize_t read_all(struct stream_client *client)
{
    ssize_t count, all = 0;

    while ((count = stream_read(client, got + all, 7)) > 0)
        all += count;
    got[all] = '\0';
    return count == STREAM_END ? STREAM_END : all;
}

static void count_up(void *context)
{
    ++*(int *)context;
}

TEST(an_event_reaches_who_asked_for_its_topic)
{
    struct stream_hub *hub = stream_hub_new(4, 1024);
    struct stream_client *live = stream_join(hub), *site = stream_join(hub);

    CHECK(stream_subscribe(live, SPAN("live")));
    CHECK(stream_subscribe(site, SPAN("live")));
    CHECK(stream_subscribe(site, SPAN("site:12")));
    CHECK(stream_wanted(hub, "site:12"));
    CHECK(!stream_wanted(hub, "site:1"));
    stream_publish(hub, "site:12", "reading", SPAN("[1,\n2]"));
    CHECK_INT(read_all(live), 0);
    CHECK(read_all(site) > 0);
    CHECK_TEXT(got, "event: reading\ndata: [1,\ndata: 2]\n\n");
    stream_publish(hub, "live site:12", "region", SPAN("{}"));
    CHECK(read_all(site) > 0);
    CHECK_TEXT(got, "event: region\ndata: {}\n\n");
    CHECK(read_all(live) > 0);
    CHECK_TEXT(got, "event: region\ndata: {}\n\n");
    stream_leave(live);
    stream_leave(site);
    stream_hub_free(hub);
}

TEST(a_slow_client_is_dropped_and_the_others_go_on)
{
    struct stream_hub *hub = stream_hub_new(4, 200);
    struct stream_client *slow = stream_join(hub), *quick = stream_join(hub);
    struct stream_counters counters;

    CHECK(stream_subscribe(slow, SPAN("live")));
    CHECK(stream_subscribe(quick, SPAN("live")));
    for (int i = 0; i < 50; i++) {
        stream_publish(hub, "live", "verdict", SPAN("{\"n\":12345678}"));
        CHECK(read_all(quick) > 0);
    }
    CHECK_INT(read_all(slow), STREAM_END);
    stream_counters(hub, &counters);
    CHECK_INT(counters.dropped, 1);
    CHECK_INT(counters.published, 50);
    stream_leave(slow);
    stream_leave(quick);
    stream_hub_free(hub);
}

TEST(a_waiting_client_is_woken_once_for_many_events)
{
    struct stream_hub *hub = stream_hub_new(4, 1024);
    struct stream_client *client = stream_join(hub);
    int slept = 0, woken = 0;

    stream_on_wait(client, count_up, NULL, &slept);
    CHECK(stream_subscribe(client, SPAN("live")));
    CHECK_INT(stream_read(client, got, sizeof(got)), STREAM_WAIT);
    CHECK_INT(slept, 1);
    stream_on_wait(client, count_up, count_up, &woken);
    stream_publish(hub, "live", "a", SPAN("1"));
    stream_publish(hub, "live", "a", SPAN("2"));
    CHECK_INT(woken, 1);
    CHECK(stream_read(client, got, sizeof(got)) > 0);
    stream_leave(client);
    stream_hub_free(hub);
}

TEST(a_quiet_stream_gets_a_comment)
{
    struct stream_hub *hub = stream_hub_new(4, 1024);
    struct stream_client *client;

    stream_keep_alive(hub, 1000);
    client = stream_join(hub);
    stream_keep_alive(hub, 1000 + STREAM_KEEP_ALIVE_S - 1);
    CHECK_INT(read_all(client), 0);
    stream_keep_alive(hub, 1000 + STREAM_KEEP_ALIVE_S);
    CHECK(read_all(client) > 0);
    CHECK_TEXT(got, ":\n\n");
    stream_leave(client);
    stream_hub_free(hub);
}

TEST(a_hub_has_bounds_and_an_end)
{
    struct stream_hub *hub = stream_hub_new(1, 1024);
    struct stream_client *client = stream_join(hub);
    int woken = 0;

    CHECK(client && !stream_join(hub));
    CHECK(!stream_subscribe(client, SPAN("")));
    CHECK(!stream_subscribe(client, SPAN("012345678901234567890123456789012")));
    for (int i = 0; i < STREAM_TOPICS_MAX; i++)
        CHECK(stream_subscribe(client, SPAN("x")));
    CHECK(!stream_subscribe(client, SPAN("x")));
    stream_on_wait(client, NULL, count_up, &woken);
    CHECK_INT(stream_read(client, got, sizeof(got)), STREAM_WAIT);
    stream_hub_close(hub);
    CHECK_INT(woken, 1);
    CHECK_INT(stream_read(client, got, sizeof(got)), STREAM_END);
    CHECK(!stream_join(hub));
    stream_leave(client);
    stream_leave(NULL);
    stream_hub_free(hub);
}
