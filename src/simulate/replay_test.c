/* Rows of tables as the frames of devices. */
#include "simulate/replay.h"

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

#define QN "20260101000000000"

static struct replay *replay;
static char path[64];

static void begin(const char *layout, const char *text)
{
    char message[256] = "";
    FILE *file;
    int fd;

    snprintf(path, sizeof path, "/tmp/replay_test_XXXXXX");
    fd = mkstemp(path);
    CHECK(fd >= 0);
    file = fdopen(fd, "w");
    CHECK(file);
    fputs(text, file);
    CHECK_INT(fclose(file), 0);
    CHECK_INT(replay_open(layout, 2021, &replay, message), OK);
    CHECK_INT(replay_add_file(replay, path, message), OK);
}

static void end(void)
{
    replay_free(replay);
    unlink(path);
}

/* What stands between the && of a device's frame. */
static void check_content(int device, uint64_t number, const char *wanted)
{
    struct load_source source = replay_source(replay);
    char frame[LOAD_FRAME_MAX + 1], *from, *to;
    size_t len = source.write(source.context, device, number, QN, frame);

    CHECK(len > 0);
    frame[len] = '\0';
    from = strstr(frame, "&&");
    CHECK(from);
    to = strstr(from + 2, "&&");
    CHECK(to);
    *to = '\0';
    CHECK_TEXT(from + 2, wanted);
}

TEST(an_hour_of_a_stack_keeps_its_digits_and_says_what_was_substituted)
{
    begin("cems",
          "3935,\"1\",\"070101\",0,1775.503,4226.319,.482,1,398,-9,3683.6,1,2,"
          "1,1,-9\n"
          "3935,\"1\",\"070101\",13,.426,-9,.5,.08,1,-9,.7,1,,3,1,-9\n"
          "3935,\"1\",\"070101\",14,-9,-9,-9,0,-9,-9,-9,,,,,-9\n"
          "3935,\"2\",\"071231\",23,1,2,3,1,1,-9,1,1,3,1,1,-9\n");
    CHECK_INT(replay_stations(replay), 2);
    CHECK_INT(replay_rows(replay), 3);
    CHECK_INT(replay_left_out(replay), 1); /* it did not run */
    check_content(0, 0,
                  "DataTime=20070101000000;a21026-Avg=4226.319,a21026-Flag=N;"
                  "a21002-Avg=1775.503,a21002-Flag=N");
    check_content(0, 1,
                  "DataTime=20070101130000;a21002-Avg=.426,a21002-Flag=S");
    check_content(1, 0,
                  "DataTime=20071231230000;a21026-Avg=2,a21026-Flag=S;"
                  "a21002-Avg=1,a21002-Flag=N");
    end();
}

TEST(a_row_without_day_hour_or_station_is_left_out)
{
    begin("cems", "3935,\"1\",\"070230\",0,1,1,1,1,1,1,1,1,1,1,1,1\n"
                  "3935,\"1\",\"0701\",0,1,1,1,1,1,1,1,1,1,1,1,1\n"
                  "3935,\"1\",\"070101\",25,1,1,1,1,1,1,1,1,1,1,1,1\n"
                  ",,\"070101\",0,1,1,1,1,1,1,1,1,1,1,1,1\n"
                  "garbage\n");
    CHECK_INT(replay_stations(replay), 0);
    CHECK_INT(replay_left_out(replay), 5);
    end();
}

TEST(the_plain_layout_names_columns_by_factor_and_keeps_below_zero)
{
    begin("plain", "time,site,a01001,a34004\n"
                   "2026-11-24T16:00,A,-3.0,NA\n"
                   "2026-11-24T17:00,A,NA,\n");
    CHECK_INT(replay_rows(replay), 1);
    CHECK_INT(replay_left_out(replay), 1);
    check_content(0, 0,
                  "DataTime=20261124160000;a01001-Avg=-3.0,a01001-Flag=N");
    end();
}

TEST(an_unknown_layout_is_answered_with_those_there_are)
{
    char message[256] = "";

    CHECK_INT(replay_open("nonsense", 2021, &replay, message), ERR_NOT_FOUND);
    CHECK(strstr(message, "nonsense") && strstr(message, "cems"));
}
