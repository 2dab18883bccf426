#include "api/city.h"

#include "base/test.h"

enum { HOUR = 1585785600 }; /* 2020-04-02 08:00 Beijing: HJ 633-2012 */

static struct city_station station(int64_t start_s, const char *const values[])
{
    struct city_station s = {.start_s = start_s};

    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        if (!values[i])
            continue;
        s.in[i].known = true;
        CHECK_INT(decimal_parse(span_of(values[i]), &s.in[i].value), OK);
    }
    return s;
}

/* A copy: the item of that input; the test fails when there is none. */
static struct verdict_item item(const struct verdict *v, enum aqi_input input)
{
    struct verdict_item none = {.rating = -2};

    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, aqi_factor(input)) == 0)
            return v->items[i];
    }
    fail();
    return none;
}

/* so2 no2 co o3 o3_8h pm10 pm25 */
static const char *const one[] = {"6", "30", "0.6", "60", NULL, "80", "50"};
static const char *const two[] = {"7", "41", "0.7", "61", NULL, "91", "55"};
static const char *const late[] = {"7", "41", "0.7", "61", NULL, "91", "500"};
static const char *const dumb[] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};

TEST(a_citys_concentration_is_the_mean_of_its_stations)
{
    struct city_station stations[] = {station(HOUR, one), station(HOUR, two),
                                      station(HOUR - HOUR_S, late)};
    char text[DECIMAL_TEXT_MAX];
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    city_hourly(stations, LENGTH(stations), HOUR, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    /* PM2.5: (50 + 55) / 2 = 52.5 -> 52 (half to even);
     * IAQI = (100 - 50) / (75 - 35) x (52 - 35) + 50 = 71.25 -> 72 */
    decimal_format(item(&v, AQI_PM25).value, text);
    CHECK_TEXT(text, "52");
    CHECK_INT(item(&v, AQI_PM25).rating, 72);
    /* NO2: 35.5 -> 36; CO: 0.65 -> 0.6; PM10: 85.5 -> 86 */
    decimal_format(item(&v, AQI_NO2).value, text);
    CHECK_TEXT(text, "36");
    decimal_format(item(&v, AQI_CO).value, text);
    CHECK_TEXT(text, "0.6");
    decimal_format(item(&v, AQI_PM10).value, text);
    CHECK_TEXT(text, "86");
    CHECK_INT(v.rating, 72);
    CHECK_INT(v.start_s, HOUR);
    arena_done(&arena);
}

TEST(a_station_without_values_does_not_count)
{
    struct city_station stations[] = {station(HOUR, one), station(HOUR, dumb),
                                      station(HOUR - HOUR_S, two)};
    struct arena arena;
    struct verdict v;

    CHECK_INT(city_judged(stations, LENGTH(stations), HOUR), 1);
    CHECK_INT(city_judged(stations, LENGTH(stations), HOUR - HOUR_S), 1);
    CHECK_INT(city_judged(stations, LENGTH(stations), HOUR + HOUR_S), 0);
    arena_init(&arena);
    city_hourly(stations, LENGTH(stations), HOUR, &arena, &v);
    CHECK_INT(item(&v, AQI_PM25).value.mantissa, 50);
    city_hourly(stations, LENGTH(stations), HOUR + HOUR_S, &arena, &v);
    CHECK(v.outcome != VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(a_stations_values_come_from_its_own_verdict)
{
    struct city_station s = station(HOUR, two), back;
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    aqi_hourly(s.in, 20200402, &arena, &v);
    v.start_s = HOUR;
    back = city_station_of(&v);
    CHECK_INT(back.start_s, HOUR);
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        CHECK_INT(back.in[i].known, s.in[i].known);
        if (s.in[i].known)
            CHECK_INT(decimal_compare(back.in[i].value, s.in[i].value), 0);
    }
    arena_done(&arena);
}
