/* The amounts of sources, and emergencies, as a person uses them: tables in,
 * verdicts and refusals out. */
#include "assess/filter/table_test.h"

#include "assess/filter/filter_help.h"

#include <stdio.h>

#define HOURS_HEAD "outlet,medium,pollutant,time,value,flow"
#define GAS_DAY    "period,medium,pollutant,time,value,flow"

/* So many hours of one day of gas, 10 mg/m3 and 1000 m3/h each. */
static const char *hours_of_a_day(int count, const char *head, const char *more)
{
    static char text[1 << 14];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s\n", head);

    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "day,gas,SO2,2026-01-01T%02d:00,10,1000%s\n", i,
                                more);
    return text;
}

/* ---- hours ---- */

TEST(what_the_hours_refuse)
{
    /* clang-format off */
    static const struct table_refused cases[] = {
        {"source-validity",
         HOURS_HEAD ",minutes\nA,gas,SO2,2026-01-01T00:00,1,1,61\n",
         "an hour has at most 60 minutes"},
        {"source-validity",
         HOURS_HEAD ",basis\nA,gas,SO2,2026-01-01T00:00,1,1,wet\n",
         "a wet concentration needs a moisture"},
        {"source-total",
         HOURS_HEAD ",basis,moisture\nA,gas,SO2,2026-01-01T00:00,1,1,wet,100\n",
         "a wet concentration needs a moisture"},
        {"source-total", HOURS_HEAD ",step\nA,gas,SO2,2026-01-01T00:00,1,1,5\n",
         "the step must be 1, 2, 3, 4 or 6 hours"},
        {"source-rates", HOURS_HEAD ",step\nA,gas,SO2,2026-01-01T00:00,1,1,8\n",
         "the step must be 1, 2, 3, 4 or 6 hours"},
        {"source-validity",
         HOURS_HEAD ",day_hours\nA,gas,SO2,2026-01-01T00:00,1,1,25\n",
         "must be from 1 to 24"},
        {"source-validity",
         HOURS_HEAD ",day_hours\nA,gas,SO2,2026-01-01T00:00,1,1,0\n",
         "must be from 1 to 24"},
        {"source-substitution",
         HOURS_HEAD "\nA,gas,SO2,2016-01-01T00:00,1,1\n"
         "A,gas,SO2,2026-01-01T00:00,1,1\n",
         "more than 5 years in one case"},
        {"source-rates", HOURS_HEAD "\nA,steam,SO2,2026-01-01T00:00,1,1\n",
         "gas"},
    };
    /* clang-format on */

    table_refuse_all(cases, LENGTH(cases));
}

TEST(an_hour_that_comes_twice_counts_once_and_the_first_stays)
{
    table_run("source-total", GAS_DAY "\nday,gas,SO2,2026-01-01T00:00,10,1000\n"
                                      "day,gas,SO2,2026-01-01T00:30,99,1000\n");
    CHECK(table_told("there is a record of that period already"));
    CHECK_INT(table_counts.refused, 1);
    CHECK(table_says("emitted 0.01 kg"));
    table_done();
}

TEST(with_a_step_two_hours_are_one_period)
{
    table_run("source-total",
              GAS_DAY ",step\nday,gas,SO2,2026-01-01T00:00,10,1000,2\n"
                      "day,gas,SO2,2026-01-01T01:00,99,1000,2\n"
                      "day,gas,SO2,2026-01-01T02:00,20,1000,2\n");
    CHECK(table_told("there is a record of that period already"));
    CHECK(table_says("00:00 10×1000, 02:00 20×1000; their sum × 2 h × 10^-6"));
    CHECK(table_says("emitted 0.06 kg")); /* (10 + 20) x 1000 x 2 / 10^6 */
    table_done();
}

TEST(a_wet_concentration_becomes_dry_by_the_one_rule)
{
    table_run("source-total",
              GAS_DAY ",basis,moisture\n"
                      "day,gas,SO2,2026-01-01T00:00,85,1000,wet,15\n"
                      "day,gas,SO2,2026-01-01T01:00,50,1000,dry,\n"
                      "day,gas,SO2,2026-01-01T02:00,-1,1000,wet,15\n");
    CHECK(table_says("00:00 100×1000 (wet to dry: 85 / (1 − 15 / 100) = 100)"));
    CHECK(table_says("emitted 0.15 kg")); /* (100 + 50) x 1000 / 10^6 */
    CHECK(table_says("negative: 1"));     /* the third stays negative */
    table_done();
}

TEST(the_hours_of_a_mean_are_written_out)
{
    table_run("source-validity", hours_of_a_day(20, GAS_DAY, ""));
    CHECK(table_says("20/24, 20 ≥ 20, valid day, mean 200/20 = 10"));
    CHECK(table_says("00:00 10, 01:00 10"));
    table_done();
    table_run("source-validity",
              hours_of_a_day(18, GAS_DAY ",day_hours", ",18"));
    CHECK(table_says("18/24, 18 ≥ 18, valid day"));
    CHECK(table_says("\"confidence\":\"low\"")); /* not the table's number */
    table_done();
    table_run("source-validity",
              "period,medium,pollutant,time,value,flow,step\n"
              "day,water,COD,2026-01-01T00:00,40,100,6\n"
              "day,water,COD,2026-01-01T06:00,60,300,6\n"
              "day,water,COD,2026-01-01T12:00,50,100,6\n");
    /* 75 % of four; (4000 + 18000 + 5000)/500 */
    CHECK(table_says("ΣCQ/ΣQ = 27000/500 = 54"));
    CHECK(table_says("(00:00 40×100, 06:00 60×300, 12:00 50×100)"));
    table_done();
}

TEST(only_the_first_month_is_written_out_hour_by_hour)
{
    table_run("source-total", "period,medium,pollutant,time,value,flow\n"
                              "all,gas,SO2,2026-01-01T00:00,10,1000\n"
                              "all,gas,SO2,2026-01-31T00:00,11,1000\n"
                              "all,gas,SO2,2026-02-01T00:00,12,1000\n");
    CHECK(table_says("00:00 11×1000"));
    CHECK(!memmem(table_out.at, table_out.len, "00:00 12×1000",
                  strlen("00:00 12×1000")));
    CHECK(table_says("2026-02-01: sum of 1 valid 0.012 kg"));
    CHECK(table_says("emitted 0.033 kg"));
    table_done();
}

TEST(what_substitution_adds_up_stands_in_its_days)
{
    static char table[1 << 14];
    size_t len = (size_t)snprintf(table, sizeof(table),
                                  "medium,pollutant,time,value,flow\n");

    for (int i = 0; i < 24; i++) /* the last hour is lost: 23/24 > 90 % */
        len += (size_t)snprintf(table + len, sizeof(table) - len,
                                "gas,SO2,2026-01-01T%02d:00,%s,1000\n", i,
                                i == 23 ? "" : "10");
    table_run("source-substitution", table);
    CHECK(table_says("2026-01-01: measured 0.23 kg; C×Q: 00:00 10×1000"));
    CHECK(table_says("to report 0.23 − 0 + 0.01 = 0.24 kg"));
    table_done();
}

TEST(before_2020_ph_took_the_median_and_has_no_amount)
{
    table_run("source-substitution", "medium,pollutant,time,value,flow\n"
                                     "water,pH,2019-05-01T00:00,7.1,1\n"
                                     "water,pH,2019-05-01T01:00,7.3,1\n"
                                     "water,pH,2019-05-01T02:00,,1\n");
    CHECK(table_says("median"));
    CHECK(table_says("substituted, "));
    CHECK(table_says("\"index\":null"));
    table_done();
    table_run("source-substitution", "medium,pollutant,time,value,flow\n"
                                     "water,COD,2019-05-01T00:00,40,10\n"
                                     "water,COD,2019-05-01T01:00,,10\n");
    CHECK(table_says("均值,"));
    table_done();
    table_run("source-substitution", "medium,pollutant,time,value,flow\n"
                                     "gas,SO2,2016-05-01T00:00,40,10\n");
    CHECK(table_says("no rule of substitution is in force"));
    table_done();
}

TEST(a_water_day_that_is_replaced_is_told_as_a_whole)
{
    table_run("source-substitution", "medium,pollutant,time,value,flow,step\n"
                                     "water,COD,2026-05-01T00:00,40,1000,6\n"
                                     "water,COD,2026-05-01T06:00,40,1000,6\n"
                                     "water,COD,2026-05-01T12:00,40,1000,6\n"
                                     "water,COD,2026-05-02T00:00,50,1000,6\n");
    CHECK(table_says("2026-05-02: measured 300 kg"));
    CHECK(table_says("to report 1020 − 300 + 720 = 1440 kg"));
    table_done();
}

TEST(an_outlet_has_rates_of_all_its_pollutants_up_to_64)
{
    static char table[1 << 14];
    size_t len = (size_t)snprintf(table, sizeof(table),
                                  "period,medium,pollutant,time,value,flow\n");

    for (int i = 0; i < 65; i++)
        len += (size_t)snprintf(table + len, sizeof(table) - len,
                                "day,gas,p%d,2026-01-01T00:00,1,1\n", i);
    table_run("source-rates", table);
    CHECK(table_told("an outlet has at most 64 pollutants"));
    CHECK_INT(table_counts.refused, 1);
    CHECK(table_says("64/1536")); /* 64 pollutants x 24 hours */
    table_done();
}

TEST(a_case_of_which_every_row_is_refused_has_no_verdict)
{
    table_run("source-rates",
              HOURS_HEAD ",minutes\nA,gas,SO2,2026-01-01T00:00,1,1,61\n");
    CHECK_INT(table_counts.judged, 0);
    table_done();
    table_run("environment-tax", "outlet,medium,time,pollutant,amount\n"
                                 "A,air,2026-01-01,gold,1\n");
    CHECK_INT(table_counts.judged, 0);
    table_done();
}

/* ---- amounts ---- */

TEST(what_the_amounts_refuse)
{
    /* clang-format off */
    static const struct table_refused cases[] = {
        {"source-accounting", "pollutant,automatic\nSO2,5\n",
         "the data of this way are not complete"},
        {"source-accounting", "pollutant,concentration,flow\nSO2,5,10\n",
         "the data of this way are not complete"},
        {"source-accounting", "pollutant,activity,factor\nSO2,5,10\n",
         "the data of this way are not complete"},
        {"source-accounting", "pollutant,coal,sulphur\nSO2,5,1\n",
         "the data of this way are not complete"},
        {"source-accounting", "pollutant,automatic,capture\nSO2,5,100.1\n",
         "must lie from 0 to 100"},
        {"source-accounting", "pollutant,automatic,capture,eta\nSO2,5,80,101\n",
         "must lie from 0 to 100"},
        {"source-accounting", "pollutant,automatic,capture,k\nSO2,5,80,1.01\n",
         "must lie from 0 to 1"},
        {"source-accounting",
         "pollutant,coal,sulphur,conversion\nSO2,5,100.5,0.85\n",
         "must lie from 0 to 100"},
        {"source-accounting",
         "pollutant,coal,sulphur,conversion\nSO2,5,1,0.79\n",
         "must lie from 0.8 to 0.9"},
        {"source-accounting",
         "pollutant,coal,sulphur,conversion\nSO2,5,1,0.91\n",
         "must lie from 0.8 to 0.9"},
        {"source-accounting",
         "pollutant,activity,activity_unit,factor,factor_unit\n"
         "SO2,5,t,2,kg\n",
         "must be a mass over a unit"},
        {"source-accounting",
         "pollutant,activity,activity_unit,factor,factor_unit\n"
         "SO2,5,m3,2,kg/t\n",
         "is not that of the factor"},
        {"load-non-point",
         "pollutant,kind,amount,amount_unit,coefficient,coefficient_unit\n"
         "TP,paddy,5,ha,2,kg\n",
         "must be a mass over a unit"},
        {"load-non-point",
         "pollutant,kind,amount,amount_unit,coefficient,coefficient_unit,"
         "lambda\nTP,paddy,5,ha,2,kg/ha,1.01\n",
         "must lie from 0 to 1"},
        {"vehicle-inventory", "class,stage,vehicles,vkt\nbus,V,1,1\n",
         "petrol_car"},
        {"vehicle-inventory", "class,stage,vehicles,vkt\nother,VII,1,1\n",
         "before_I"},
        {"environment-tax",
         "medium,time,pollutant,amount\nair,2026-01-01,gold,1\n",
         "schedule 2 has no such pollutant"},
        {"environment-tax",
         "medium,time,pollutant,amount,concentration\n"
         "air,2026-01-01,SO2,1,20\n",
         "a reduction needs both concentration and limit"},
        {"environment-tax",
         "medium,time,pollutant,amount\nair,2026-01-01,SO2,1\n"
         "air,2026-01-02,SO2,2\n",
         "add them up"},
        {"environment-tax",
         "medium,time,pollutant,amount,rate\nair,2026-01-01,SO2,1,1.19\n",
         "outside what the law allows"},
        {"environment-tax",
         "medium,time,pollutant,amount,rate\nair,2026-01-01,SO2,1,12.01\n",
         "outside what the law allows"},
        {"environment-tax",
         "medium,time,pollutant,amount,rate\nwater,2026-01-01,COD,1,1.39\n",
         "outside what the law allows"},
        {"environment-tax",
         "medium,time,pollutant,amount,rate\nwater,2026-01-01,COD,1,14.01\n",
         "outside what the law allows"},
    };
    /* clang-format on */

    table_refuse_all(cases, LENGTH(cases));
}

TEST(both_ends_of_the_rates_of_the_law_are_allowed)
{
    table_run("environment-tax", "medium,time,pollutant,amount,rate\n"
                                 "air,2026-01-01,SO2,95,1.2\n"
                                 "air,2026-01-01,SO2,95,12\n"
                                 "water,2026-01-01,COD,1,1.4\n"
                                 "water,2026-01-01,COD,1,14\n");
    CHECK_INT(table_counts.refused, 0);
    CHECK_INT(table_counts.judged, 4);
    CHECK(table_says("\"index\":\"120.00\"") ||
          table_says("\"index\":\"120\"")); /* 95/0.95 x 1.2 */
    table_done();
}

TEST(the_ends_of_shares_are_allowed)
{
    table_run("source-accounting",
              "pollutant,automatic,capture,eta,k,coal,sulphur,conversion\n"
              "SO2,5,100,100,1,5,100,0.8\nSO2,5,75,0,0,5,0,0.9\n"
              "SO2,5,74.9,0,0,,,\n");
    CHECK_INT(table_counts.refused, 0);
    CHECK(table_says("capture 75 % ≥ 75 %: automatic data count"));
    CHECK(table_says("capture 74.9 % < 75 %: automatic data do not count"));
    CHECK(table_says("no way of accounting has its data"));
    table_done();
}

TEST(water_by_hand_is_in_milligrams_a_litre)
{
    table_run("source-accounting",
              "pollutant,medium,time,concentration,flow,hours\n"
              "COD,water,2026-01-01,40,100,24\nSO2,gas,2026-01-01,40,100,24\n"
              "SO2,gas,2001-01-01,40,100,24\n");
    CHECK(table_says("40 mg/L × 100 m³/h × 24 h × 10⁻³ = 96.000 kg"));
    CHECK(table_says("40 mg/m³ × 100 m³/h × 24 h × 10⁻⁶ = 0.096"));
    CHECK(table_says("\"outcome\":\"no_edition\""));
    table_done();
}

TEST(loads_of_a_catchment_add_up_and_a_bad_row_leaves)
{
    table_run("load-non-point",
              "catchment,pollutant,kind,amount,amount_unit,coefficient,"
              "coefficient_unit,rain,lambda\n"
              "A,TP,paddy,350,ha,1.2,kg/ha,10,0.3\n"
              "A,TP,pigs,4200,head,0.14,kg/head,10,0.3\n"
              "A,TP,cars,1,t,1,kg,10,0.3\n");
    CHECK_INT(table_counts.refused, 1);
    CHECK(table_says("L = ΣE·A + p = 1008.00 + 10 = 1018.00 kg"));
    CHECK(table_says("1018.00 × 0.3 = 305.400 kg"));
    table_done();
}

TEST(a_fleet_takes_its_factors_from_the_table_or_the_row)
{
    table_run("vehicle-inventory",
              "class,stage,vehicles,vkt,ef_co,phi\n"
              "petrol_car,before_I,1000,1000,,2\nother,V,1000,1000,1,1\n");
    CHECK_INT(table_counts.judged, 1);
    CHECK(table_says("25.72")); /* x 1000 x 1000 x 2 x 10^-6 = 51.44 t */
    CHECK(table_says("51.44"));
    CHECK(table_says("52.44")); /* and 1 t of the given factor */
    table_done();
}

/* ---- emergencies ---- */

TEST(what_an_emergency_refuses)
{
    /* clang-format off */
    static const struct table_refused cases[] = {
        {"emergency-grade", "learned_at,deaths\n2026-11-24,3\n",
         "write the time of day too"},
        {"emergency-grade",
         "learned_at,deaths,earlier_grade,risen_at\n"
         "2026-11-24T08:30,10,III,2026-11-24\n",
         "write the time of day too"},
        {"emergency-grade",
         "learned_at,deaths,earlier_grade,risen_at\n"
         "2026-11-24T08:30,10,III,2026-11-24T08:29\n",
         "before it was learned of"},
        {"emergency-grade", "learned_at,deaths\n2026-11-24T08:30,-1\n",
         "deaths"},
        {"emergency-grade", "learned_at,spread\n2026-11-24T08:30,moon\n",
         "province"},
    };
    /* clang-format on */

    table_refuse_all(cases, LENGTH(cases));
}

TEST(an_emergency_in_a_table_of_chinese_columns)
{
    table_run("emergency-grade",
              "获知时间,死亡人数,中毒人数,疏散人数,直接经济损失(万元)\n"
              "2026-11-24T08:00,2,50,4999,1999\n");
    CHECK(table_says("\"rating\":2"));
    CHECK(table_says("50"));
    CHECK_INT(table_messages.len, 0);
    table_done();
}

TEST(an_emergency_as_a_row)
{
    table_run("emergency-grade",
              "event,learned_at,deaths,intake,earlier_grade,risen_at,unclear,"
              "heavy_metal\n"
              "a,2026-11-24T08:30,10,,,,,\n"
              "b,2026-11-24T08:30,9,,,,,\n"
              "c,2026-11-24T08:30,,none,,,yes,yes\n"
              "d,2026-11-24T08:30,10,,III,2026-11-24T12:00,,\n");
    CHECK_INT(table_counts.judged, 4);
    CHECK(table_says("\"level_en\":\"serious\""));
    CHECK(table_says("\"level_en\":\"larger\""));
    table_done();
}

/* ---- what --list prints ---- */

TEST(every_assessment_lists_its_rows)
{
    /* clang-format off */
    static const struct {
        const char *name, *row;
    } cases[] = {
        {"source-validity", "source_gas,valid 24h,>= 20,hours"},
        {"source-validity", "source_water,valid 24h,>= 75 %,hours"},
        {"source-substitution",
         "highest / capture from 90 % / gap to 24 h,180"},
        {"source-substitution", "capture from 75 to below 90 %,2160,hour"},
        {"source-total", "source_gas,valid 1h,>= 45,minutes"},
        {"source-rates", "source_gas,valid quarter,>= 75 %,hours"},
        {"source-accounting", "automatic,priority / order"},
        {"load-non-point", "sum of E x A + p"},
        {"vehicle-inventory", "petrol_car/before_I,bef / CO"},
        {"environment-tax", "first class,taxed / count"},
        {"environment-tax", "water / first class no. 1,0.0005,kg"},
        {"emergency-grade", "deaths,at_least / 1 / deaths,30"},
        {"emergency-grade", "first_report / "},
    };
    /* clang-format on */
    struct buf list;

    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct assessment *a = assessment_find(span_of(cases[i].name));

        CHECK(a != NULL);
        buf_init(&list, TABLE_ROOM);
        filter_list_of(&list, a);
        CHECK(table_has(&list, cases[i].row));
        buf_done(&list);
    }
}
