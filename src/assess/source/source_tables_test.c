/* The assessments of a discharge as a person uses them: names of columns, what
 * is refused, how rows become a day. */
#include "assess/filter/table_test.h"

#include "assess/filter/filter_help.h"
#include "assess/source/source_items.h"

static const struct source_column *column(const char *name)
{
    const struct assess_item *item = source_item_named(span_of(name));

    if (!item)
        print_error("no column \"%s\"\n", name);
    CHECK(item != NULL);
    return source_column_of(item);
}

TEST(a_factor_has_up_to_five_columns_by_all_of_its_names)
{
    static const struct {
        const char *name, *item, *unit;
        enum source_form form;
        bool permit;
    } cases[] = {
        {"SO2", "a21026", "mg/m3", SOURCE_CONCENTRATION, false},
        {"二氧化硫", "a21026", "mg/m3", SOURCE_CONCENTRATION, false},
        {"a21026", "a21026", "mg/m3", SOURCE_CONCENTRATION, false},
        {"rate SO2", "a21026", "kg/h", SOURCE_RATE, false},
        {"rate_SO2", "a21026", "kg/h", SOURCE_RATE, false},
        {"排放速率:二氧化硫", "a21026", "kg/h", SOURCE_RATE, false},
        {"ppm:SO2", "a21026", "ppm", SOURCE_PPM, false},
        {"permit SO2", "a21026", "mg/m3", SOURCE_CONCENTRATION, true},
        {"许可限值 二氧化硫", "a21026", "mg/m3", SOURCE_CONCENTRATION, true},
        {"permit_rate_SO2", "a21026", "kg/h", SOURCE_RATE, true},
        {"COD", "w01018", "mg/L", SOURCE_CONCENTRATION, false},
        {"ppm NO", "a21003", "ppm", SOURCE_PPM, false},
        {"NO", "a21003", "mg/m3", SOURCE_CONCENTRATION, false},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct source_column *c = column(cases[i].name);

        CHECK_TEXT(c->item, cases[i].item);
        CHECK_TEXT(c->column.unit, cases[i].unit);
        CHECK_INT(c->form, cases[i].form);
        CHECK_INT(c->permit, cases[i].permit);
    }
}

TEST(what_is_no_column_is_none)
{
    static const char *const names[] = {
        "",         "rate",      "gold",           "ppm COD",
        "rate COD", "permitSO2", "permit ppm SO2", "ppm",
    };

    for (size_t i = 0; i < LENGTH(names); i++) {
        if (source_item_named(span_of(names[i])))
            print_error("case %zu is a column\n", i);
        CHECK(!source_item_named(span_of(names[i])));
    }
}

TEST(columns_have_codes_of_their_own_and_only_a_temperature_goes_below_zero)
{
    const struct assess_item *item;
    size_t count = 0;

    for (; (item = source_item_at(count)); count++) {
        CHECK(*item->name_zh && *item->name_en && item->unit);
        CHECK(source_column_of(item)->column.code == item->code);
        CHECK(!item->may_be_negative || strcmp(item->unit, "degC") == 0);
        for (size_t k = 0; k < count; k++)
            CHECK(strcmp(source_item_at(k)->code, item->code) != 0);
    }
    CHECK(count > 200);
}

TEST(what_a_discharge_refuses)
{
    /* clang-format off */
    static const struct table_refused cases[] = {
        {"source-standard",
         "time,applies_to,averaging,SO2\n2026-11-24,moon_base,hour,1\n",
         "no such industry"},
        {"source-standard",
         "time,applies_to,averaging,SO2,permit_SO2\n"
         "2026-11-24,coal_boiler,hour,1,<5\n",
         "the limit of a permit must be a number"},
        {"source-standard",
         "time,applies_to,averaging,SO2\n2026-11-24,coal_boiler,week,1\n",
         "five_minutes"},
        {"source-standard",
         "time,applies_to,averaging,rate_SO2,near_stacks\n"
         "2026-11-24,coal_boiler,hour,1,25\n",
         "write height@distance pollutant=rate"},
        {"source-standard",
         "time,applies_to,averaging,rate_SO2,near_stacks\n"
         "2026-11-24,coal_boiler,hour,1,25@30 SO2=many\n",
         "write height@distance pollutant=rate"},
        {"source-standard",
         "time,applies_to,averaging,rate_SO2,near_stacks\n"
         "2026-11-24,coal_boiler,hour,1,0@30 SO2=1\n",
         "write height@distance pollutant=rate"},
        {"source-standard",
         "time,applies_to,averaging,rate_SO2,near_stacks\n"
         "2026-11-24,coal_boiler,hour,1,25@-1 SO2=1\n",
         "write height@distance pollutant=rate"},
        {"source-standard",
         "time,applies_to,averaging,rate_SO2,near_stacks\n"
         "2026-11-24,coal_boiler,hour,1,25@3 gold=1\n",
         "write height@distance pollutant=rate"},
        {"source-standard",
         "time,applies_to,averaging,COD,mixed\n"
         "2026-11-24,municipal_plant,day,1,moon_base=3\n",
         "write industry=flow"},
        {"source-standard",
         "time,applies_to,averaging,COD,mixed\n"
         "2026-11-24,municipal_plant,day,1,municipal_plant=0\n",
         "write industry=flow"},
        {"source-day",
         "outlet,time,applies_to,SO2\nA,2026-11-24T00:00,moon_base,1\n",
         "no such industry"},
        {"source-day",
         "outlet,time,applies_to,SO2\nA,2026-11-24T00:30,coal_boiler,1\n",
         "not the start of an hour"},
        {"source-day",
         "outlet,time,applies_to,SO2\nA,2026-11-24T00:00,coal_boiler,1\n"
         "A,2026-11-24T00:00,coal_boiler,2\n",
         "the hour has a row already"},
        {"source-day",
         "outlet,time,period,applies_to,SO2\n"
         "A,2026-11-24T00:00,month,coal_boiler,1\n",
         "a day at a time"},
    };
    /* clang-format on */

    table_refuse_all(cases, LENGTH(cases));
}

TEST(values_and_permits_of_a_row_meet)
{
    table_run("source-standard",
              "outlet,time,applies_to,averaging,oxygen,SO2,permit_SO2,"
              "permit_rule\n"
              "A,2026-11-24,coal_power,hour,6,40,35,\n"
              "B,2026-11-24,coal_power,hour,6,40,500,\n"
              "C,2026-11-24,coal_power,hour,6,400,500,alone\n");
    CHECK_INT(table_counts.judged, 3);
    CHECK(table_says("40 > 35"));   /* the permit is stricter */
    CHECK(table_says("40 < 200"));  /* the standard is */
    CHECK(table_says("400 < 500")); /* the permit alone, as asked */
    table_done();
}

TEST(near_stacks_are_rated_as_one)
{
    table_run("source-standard",
              "time,applies_to,averaging,level,stack_height,rate_SO2,"
              "near_stacks\n"
              "2026-11-24,general_air,hour,grade 2,40,24,30@69.9 SO2=2\n"
              "2026-11-24,general_air,hour,grade 2,40,24,30@70 SO2=2\n"
              "2026-11-24,general_air,hour,grade 2,40,24,30@10 NOx=9\n"
              "2026-11-24,general_air,hour,grade 2,30,4,"
              "30@59 SO2=5;30@59 SO2=7 NOx=1\n");
    CHECK_INT(table_counts.judged, 4);
    CHECK(table_says("equivalent stack: √((40² + 30²) / 2) = 35.36 m, 24 + 2 = "
                     "26 kg/h"));
    CHECK(table_says("70 m ≥ 40 + 30 m apart: not one"));
    CHECK(table_says("4 + 5 = 9 kg/h"));
    CHECK(table_says("9 + 7 = 16 kg/h"));
    table_done();
    table_run("source-standard",
              "time,applies_to,averaging,level,stack_height,rate_SO2,"
              "near_stacks\n"
              "2026-11-24,general_air,hour,grade 2,40,24,900000@1 SO2=2\n");
    CHECK_INT(table_counts.judged, 0); /* no stack is 900 km high */
    CHECK(table_says("a value that cannot be; not judged"));
    table_done();
}

TEST(a_permit_is_of_its_own_stack_and_both_govern)
{
    table_run("source-standard",
              "time,applies_to,averaging,level,stack_height,rate_SO2,"
              "permit_rate_SO2,near_stacks\n"
              "2026-11-24,general_air,hour,grade 2,30,9,10,30@59 SO2=7\n");
    CHECK(table_says("9 < 10 kg/h, limit ≤ 10 (permit): within"));
    CHECK(table_says("16 > 15 kg/h, limit ≤ 15"));
    CHECK(table_says("\"rating\":1,\"index\":\"0.07\""));
    table_done();
}

TEST(a_mixed_outlet_has_a_limit_weighted_by_flow)
{
    table_run("source-standard",
              "time,applies_to,averaging,level,COD,w01001,permit_COD,mixed\n"
              "2026-11-24,municipal_plant,day,1A;1,62.5,9.5,,"
              "municipal_plant=300;general_water=100\n"
              "2026-11-24,municipal_plant,day,1A;1,62.6,7,,"
              "municipal_plant=300;general_water=100\n"
              "2026-11-24,municipal_plant,day,1A;1,61,7,60,"
              "municipal_plant=300;general_water=100\n"
              "2026-11-24,municipal_plant,day,1A,61,7,60,"
              "municipal_plant=300;general_water=100\n");
    CHECK(table_says("(50 × 300 + 100 × 100) / (300 + 100) = 62.5; 62.5 = 62.5 "
                     "mg/L, limit ≤ 62.5 (mixed outlet): within"));
    CHECK(table_says("(CODcr) (0.00) (GB 8978-1996; GB 18918-2002)"));
    CHECK(table_says("62.6 > 62.5 mg/L, limit ≤ 62.5 (mixed outlet): exceeds"));
    CHECK(table_says("61 > 60 mg/L, limit ≤ 60 (permit): exceeds"));
    CHECK(table_says("mixed outlet: no limit of it for general_water"));
    CHECK(table_says("9.5 ∉ 6–9")); /* a range does not mix */
    table_done();
}

TEST(volume_shares_and_oxides_become_what_is_limited)
{
    table_run("source-standard",
              "time,applies_to,averaging,oxygen,ppm_SO2,NO,NO2,pH,level\n"
              "2026-11-24,coal_boiler,hour,9,70,100,50,,\n"
              "2026-11-24,municipal_plant,day,,,,,6.5,1A\n");
    CHECK(table_says("70 × 64 / 22.4 = 200")); /* ppm to mg */
    CHECK(table_says("100 × 1.53 + 50"));      /* NO and NO2 to NOx */
    CHECK(table_says("6.5 ∈ 6–9"));
    table_done();
}

TEST(hours_in_any_order_and_the_furnace_make_a_day)
{
    table_run("source-day",
              "outlet,time,applies_to,furnace_temperature,oxygen,SO2,"
              "year_hours,plant\n"
              "A,2026-11-24T02:00,waste_incinerator,,11,90,10,fault\n"
              "A,2026-11-24T00:00,waste_incinerator,,11,90,10,\n"
              "A,2026-11-24T01:00,waste_incinerator,,11,90,10,fault\n"
              "A,2026-11-24T00:05,waste_incinerator,849,,,10,\n"
              "A,2026-11-24T00:10,waste_incinerator,851,,,10,\n");
    CHECK_INT(table_counts.refused, 0);
    CHECK(table_says("five-minute furnace means 2, below 850 degC 1"));
    CHECK(table_says("one fault lasted 0 + 2 = 2 h"));
    CHECK(table_says("10 + 2 = 12 h"));
    table_done();
}

TEST(a_permit_holds_for_the_hours_of_a_day)
{
    table_run("source-day", "outlet,time,applies_to,oxygen,NOx,SO2,permit_SO2\n"
                            "A,2026-11-24T00:00,coal_boiler,9,200,200,250\n"
                            "A,2026-11-24T01:00,coal_boiler,9,200,250.1,250\n"
                            "B,2026-11-24T00:00,coal_boiler,9,200,250.1,350\n");
    CHECK_INT(table_counts.judged, 2);
    CHECK(table_says("250.1 > 250"));
    CHECK(table_says("day exceeding: Sulfur dioxide 1 h (GB 13271-2014; "
                     "排污许可证 permit)"));
    CHECK(table_says("day within limits (GB 13271-2014)"));
    table_done();
}

TEST(the_coldest_water_of_the_day_chooses_the_limit)
{
    table_run("source-day",
              "outlet,time,applies_to,level,water_temperature,flow,due,"
              "w21003\n"
              "A,2026-11-24T00:00,municipal_plant,1A,14,100,2,6\n"
              "A,2026-11-24T01:00,municipal_plant,1A,11.9,100,2,7\n");
    CHECK(table_says("limit ≤ 8")); /* 5 above 12 degC, 8 up to it */
    table_done();
    table_run("source-day",
              "outlet,time,applies_to,level,water_temperature,flow,due,"
              "w21003\n"
              "A,2026-11-24T00:00,municipal_plant,1A,14,100,2,6\n"
              "A,2026-11-24T01:00,municipal_plant,1A,12.1,100,2,7\n");
    CHECK(table_says("limit ≤ 5"));
    table_done();
}

TEST(all_standards_with_a_limit_are_named_and_listed)
{
    const struct standard_table *t = standard_table("source-standards.csv");
    static const char *const names[] = {"source-standard", "source-day"};
    struct buf list;

    for (size_t n = 0; n < LENGTH(names); n++) {
        const struct assessment *a = assessment_find(span_of(names[n]));

        CHECK(t && a);
        buf_init(&list, TABLE_ROOM);
        filter_list_of(&list, a);
        for (size_t row = 0; row < t->row_count; row++) {
            const char *standard = standard_text(t, row, "standard");
            bool named = false;

            for (size_t k = 0; k < ASSESS_STANDARDS_MAX; k++)
                named |=
                    a->standards[k] && strcmp(a->standards[k], standard) == 0;
            if (!named)
                print_error("%s does not name %s\n", names[n], standard);
            CHECK(named);
            CHECK(table_has(&list, standard));
        }
        CHECK(table_has(&list, "coal_power,industry,"));
        CHECK(table_has(&list, "/ O2 6 %"));
        CHECK(table_has(&list, "/ stack 15 m"));
        CHECK(table_has(&list, "/ water to 12 degC"));
        CHECK(table_has(&list, "/ region 51"));
        buf_done(&list);
    }
}
