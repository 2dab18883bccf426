/* Regions, periods to date, and the dates of noise. */
#include "ingest/pipeline/kit_test.h"

/* A day of hours of an air station, all six pollutants. */
static void air_day(struct kit *kit, const char *mn, int64_t day, int pm25,
                    int ozone)
{
    for (int h = 0; h < 24; h++) {
        kit_now(kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(kit, mn, 2061, day + (int64_t)h * HOUR_S,
                 arena_printf(&kit->arena,
                              "a34004-Avg=%d,a34004-Flag=N;a34002-Avg=60,"
                              "a34002-Flag=N;a21026-Avg=6,a21026-Flag=N;"
                              "a21004-Avg=30,a21004-Flag=N;a21005-Avg=0.8,"
                              "a21005-Flag=N;a05024-Avg=%d,a05024-Flag=N",
                              pm25, ozone));
    }
}

static const struct verdict_item *item_of(const struct verdict *v,
                                          const char *factor)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, factor) == 0)
            return &v->items[i];
    }
    fail_msg("the verdict has no item %s", factor);
    return v->items; /* not reached */
}

TEST(a_city_has_the_days_of_its_stations_and_a_standing_among_the_others)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v, other;

    kit_init(&kit);
    air_day(&kit, "AIR-1", day, 40, 100);
    kit_now(&kit, day + DAY_S + 600);
    CHECK(kit_region(&kit, 510100, VERDICT_AIR_CITY, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(item_of(&v, "city_a34004")->value.mantissa, 40);

    /* a month to date: 20 days of the other city's air are better */
    for (int d = 0; d < 20; d++) {
        int64_t start = day + (int64_t)d * DAY_S;

        kit_now(&kit, start + DAY_S + 1200);
        for (int h = 0; h < 24; h++)
            kit_send(&kit, "AIR-2", 2061, start + (int64_t)h * HOUR_S,
                     "a34004-Avg=20,a34004-Flag=N;a34002-Avg=40,a34002-Flag=N;"
                     "a21026-Avg=6,a21026-Flag=N;a21004-Avg=20,a21004-Flag=N;"
                     "a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=80,a05024-Flag="
                     "N");
    }
    kit_now(&kit, day + 21 * DAY_S);
    CHECK(
        kit_region(&kit, 510700, VERDICT_AIR_RANKING, CADENCE_MONTH, day, &v));
    CHECK(kit_region(&kit, 510100, VERDICT_AIR_RANKING, CADENCE_MONTH, day,
                     &other));
    CHECK_INT(v.rating, 1);
    CHECK_INT(other.rating, 2);
    CHECK(decimal_compare(v.index, other.index) < 0);
    /* 6/60 + 20/40 + 40/60 + 20/30 + 0.6/4 + 80/160 = 2.5833 */
    CHECK_INT(v.index.exponent, -2);
    CHECK_INT(v.index.mantissa, 258);
    kit_done(&kit);
}

TEST(a_late_hour_moves_the_city_too)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;

    kit_init(&kit);
    air_day(&kit, "AIR-1", day, 40, 100);
    kit_now(&kit, day + DAY_S + 600);
    kit_send(&kit, "AIR-1", 2061, day + 5 * HOUR_S,
             "a34004-Avg=520,a34004-Flag=N");
    kit_now(&kit, day + DAY_S + 700);
    CHECK(kit_region(&kit, 510100, VERDICT_AIR_CITY, CADENCE_DAY, day, &v));
    CHECK_INT(v.version, 2);
    CHECK_INT(item_of(&v, "city_a34004")->value.mantissa, 60);
    CHECK(
        kit_verdict(&kit, "AIR-1", VERDICT_AIR_PERIOD, CADENCE_MONTH, day, &v));
    CHECK_INT(v.version, 2);
    kit_done(&kit);
}

TEST(before_any_edition_a_city_has_no_standing_and_nothing_breaks)
{
    struct kit kit;
    int64_t day = at("2010-01-02 00:00");
    struct verdict v;

    kit_init(&kit);
    air_day(&kit, "AIR-1", day, 40, 100);
    kit_now(&kit, day + DAY_S + 600);
    CHECK(kit_region(&kit, 510100, VERDICT_AIR_CITY, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    CHECK(!kit_region(&kit, 510100, VERDICT_AIR_RANKING, CADENCE_MONTH,
                      at("2010-01-01 00:00"), &v));
    kit_done(&kit);
}

TEST(a_control_station_stays_out_of_its_city)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct import_problem problem;
    struct verdict v;

    kit_init(&kit);
    CHECK_INT(registry_put(kit.registry, "site",
                           SPAN("{\"code\":\"A1\",\"control_point\":true}"),
                           &kit.arena, &problem),
              OK);
    core_refresh(kit.core);
    air_day(&kit, "AIR-1", day, 40, 100);
    kit_now(&kit, day + DAY_S + 600);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_DAY, CADENCE_DAY, day, &v));
    CHECK(!kit_region(&kit, 510100, VERDICT_AIR_CITY, CADENCE_DAY, day, &v));
    kit_done(&kit);
}

static void water_day(struct kit *kit, const char *mn, int64_t day,
                      const char *ammonia)
{
    for (int h = 0; h < 24; h += 4) {
        kit_now(kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(kit, mn, 2061, day + (int64_t)h * HOUR_S,
                 arena_printf(&kit->arena,
                              "w01001-Avg=7.50,w01001-Flag=N;w01009-Avg=8.10,"
                              "w01009-Flag=N;w21003-Avg=%s,w21003-Flag=N",
                              ammonia));
    }
}

TEST(a_section_has_a_month_and_its_city_an_index)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v, other;

    kit_init(&kit);
    for (int d = 0; d < 3; d++) {
        water_day(&kit, "WATER-1", day + d * DAY_S, "0.200");
        kit_now(&kit, day + (d + 1) * DAY_S + 600);
    }
    for (int d = 0; d < 3; d++) {
        water_day(&kit, "WATER-2", day + (d + 3) * DAY_S, "1.200");
        kit_now(&kit, day + (d + 4) * DAY_S + 600);
    }
    CHECK(kit_verdict(&kit, "WATER-1", VERDICT_WATER_CLASS, CADENCE_MONTH, day,
                      &v));
    CHECK_INT(v.rating, 2); /* ammonia 0.20 */
    CHECK(kit_verdict(&kit, "WATER-2", VERDICT_WATER_CLASS, CADENCE_MONTH, day,
                      &v));
    CHECK_INT(v.rating, 4); /* 1.2 lies between 1.0 and 1.5 */
    CHECK(kit_region(&kit, 511100, VERDICT_WATER_CITY_INDEX, CADENCE_MONTH, day,
                     &v));
    CHECK(kit_region(&kit, 510700, VERDICT_WATER_CITY_INDEX, CADENCE_MONTH, day,
                     &other));
    CHECK_INT(v.rating, 1);
    CHECK_INT(other.rating, 2);
    CHECK(
        kit_region(&kit, 510000, VERDICT_WATER_BASIN, CADENCE_MONTH, day, &v));
    kit_done(&kit);
}

/* ---- noise ---- */

static void noise_hours(struct kit *kit, int64_t from, int hours,
                        const char *level)
{
    for (int h = 0; h < hours; h++) {
        int64_t start = from + (int64_t)h * HOUR_S;

        kit_now(kit, start + HOUR_S + 20);
        kit_send(kit, "NOISE-1", 2061, start,
                 arena_printf(&kit->arena, "Leq-Data=%s,Leq-Flag=N", level));
    }
}

TEST(a_night_belongs_to_the_date_on_which_it_began)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;

    kit_init(&kit);
    noise_hours(&kit, day + 6 * HOUR_S, 16, "54.0");
    noise_hours(&kit, day + 22 * HOUR_S, 8, "46.0");
    kit_now(&kit, day + 30 * HOUR_S + 60);
    CHECK(!kit_verdict(&kit, "NOISE-1", VERDICT_NOISE_LEVELS, CADENCE_DAY, day,
                       &v));
    kit_now(&kit, day + 30 * HOUR_S + 600);
    CHECK(kit_verdict(&kit, "NOISE-1", VERDICT_NOISE_LEVELS, CADENCE_DAY, day,
                      &v));
    CHECK_INT(item_of(&v, "Ld")->value.mantissa, 540);
    CHECK_INT(item_of(&v, "Ln")->value.mantissa, 460);
    /* class 1: 55 by day, 45 by night */
    CHECK(
        kit_verdict(&kit, "NOISE-1", VERDICT_NOISE_ZONE, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(v.level, 2);
    kit_done(&kit);
}

/* ---- groundwater ---- */

TEST(a_well_has_the_class_of_its_day)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;

    kit_init(&kit);
    for (int h = 0; h < 24; h += 4) {
        kit_now(&kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(&kit, "WELL-1", 2061, day + (int64_t)h * HOUR_S,
                 "w01001-Avg=7.20,w01001-Flag=N;w21003-Avg=0.60,w21003-Flag=N");
    }
    kit_now(&kit, day + DAY_S + 600);
    CHECK(
        kit_verdict(&kit, "WELL-1", VERDICT_GROUNDWATER, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(v.rating, 4); /* ammonia above 0.50, within 1.50 */
    kit_done(&kit);
}
