#include "simulate/load.h"

#include "base/test.h"
#include "ingest/hj212/hj212.h"

TEST(a_run_against_an_echo_gets_every_answer)
{
    struct load_echo *echo = NULL;
    struct load_options options = {.host = "127.0.0.1",
                                   .devices = 20,
                                   .in_flight = 4,
                                   .frames = 2000,
                                   .seconds = 60,
                                   .bare = true};
    struct load_result result;
    char message[256] = "";

    CHECK_INT(load_echo_start(&echo, &options.port), OK);
    CHECK_INT(load_run(&options, &result, message), OK);
    load_echo_stop(echo);
    CHECK_INT(result.acknowledged, 2000);
    CHECK_INT(result.sent, 2000);
    CHECK_INT(result.unknown_answers, 0);
    CHECK_INT(result.bytes_sent, 2000 * result.frame_bytes);
    CHECK(result.p50_ms > 0 && result.p50_ms <= result.p99_ms);
}

TEST(a_pace_is_kept)
{
    struct load_echo *echo = NULL;
    struct load_options options = {.host = "127.0.0.1",
                                   .devices = 10,
                                   .in_flight = 4,
                                   .frames = 100,
                                   .rate = 500,
                                   .seconds = 60,
                                   .bare = true};
    struct load_result result;
    char message[256] = "";

    CHECK_INT(load_echo_start(&echo, &options.port), OK);
    CHECK_INT(load_run(&options, &result, message), OK);
    load_echo_stop(echo);
    CHECK(result.seconds >= 0.19); /* 100 frames at 500 a second */
}

TEST(a_server_that_is_not_there_does_not_end_the_run_early)
{
    struct load_options options = {.host = "127.0.0.1",
                                   .port = 1,
                                   .devices = 2,
                                   .in_flight = 1,
                                   .seconds = 0.2};
    struct load_result result;
    char message[256] = "";

    (void)!load_run(&options, &result, message);
    CHECK_INT(result.acknowledged, 0);
}

TEST(wrong_options_are_told)
{
    struct load_options options = {
        .host = "somewhere", .devices = 1, .in_flight = 1, .seconds = 1};
    struct load_result result;
    char message[256] = "";

    CHECK_INT(load_run(&options, &result, message), ERR_INVALID);
    CHECK(strstr(message, "no IP address"));
    options.devices = 0;
    CHECK_INT(load_run(&options, &result, message), ERR_INVALID);
    CHECK(strstr(message, "devices"));
}
