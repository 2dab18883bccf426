/* Groundwater, tap and sources as tables: what the descriptions do. */
#include "assess/catalogue/results.h"
#include "assess/filter/filter.h"

#include "base/test.h"

enum { ROOM = 1 << 20 };

static struct buf input, out, messages;
static struct engine_counts result;

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

static void run(const char *name, const char *text)
{
    struct filter_sink sink = {&out, &messages, keep};
    struct filter_options options = {
        .assessment = assessment_find(span_of(name)), .explain = true};

    CHECK(options.assessment != NULL);
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
    buf_init(&input, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    buf_text(&input, text);
    CHECK_INT(filter_run(&options, &input, &sink, &result), OK);
}

static bool says(const char *part)
{
    return out.len && strstr(out.at, part) != NULL;
}

static bool complains(const char *part)
{
    return messages.len && strstr(messages.at, part) != NULL;
}

TEST(the_examples_run_as_printed)
{
    static const char *const names[] = {"groundwater", "drinking-water",
                                        "drinking-source"};

    for (size_t i = 0; i < LENGTH(names); i++) {
        run(names[i], assessment_find(span_of(names[i]))->example);
        CHECK(result.judged > 1);
        CHECK_INT(result.refused, 0);
        CHECK_INT(result.problems, 0);
    }
}

static size_t fact_count;

static void count_fact(struct assess_facts *facts,
                       const struct assess_fact *fact)
{
    (void)facts;
    CHECK(*fact->standard && *fact->item && *fact->value && *fact->clause);
    fact_count++;
}

TEST(every_limit_is_listed)
{
    struct assess_facts facts = {.add = count_fact};

    fact_count = 0;
    assessment_find(SPAN("groundwater"))->facts(&facts);
    CHECK_INT(fact_count, 467);
    fact_count = 0;
    assessment_find(SPAN("drinking-water"))->facts(&facts);
    CHECK_INT(fact_count, 112);
    fact_count = 0;
    assessment_find(SPAN("drinking-source"))->facts(&facts);
    CHECK(fact_count > 467 + 200);
}

TEST(units_and_names_of_groundwater)
{
    run("groundwater", "well,time,item,value,unit\n"
                       "A,2026-06-01,benzene,0.0101,mg/L\n"
                       "B,2026-06-01,苯,ND<10,ug/l\n"
                       "C,2026-06-01,w02004,未检出,MPN/100mL\n"
                       "D,2026-06-01,总大肠菌群,40,个/L\n"
                       "E,2026-06-01,二甲苯,501,μg/L\n"
                       "F,2026-06-01,嗅和味,有,\n"
                       "G,2026-06-01,铁,未检出,mg/L\n"
                       "H,2026-06-01,铬,0.2,mg/L\n");
    CHECK(says("benzene 10.1 µg/L: outside class III (≤ 10.0)"));
    CHECK(says("benzene 5.0 µg/L (not detected"));
    CHECK(says("total coliforms 0 CFU/100 mL: within class I"));
    CHECK(says("total coliforms 4.0 CFU/100 mL: outside class III"));
    CHECK(says("xylenes (total) 501 µg/L: outside class III"));
    CHECK(says("odour and taste present: outside class IV"));
    CHECK(says("iron: not detected without a detection limit"));
    CHECK(!says("hexavalent chromium 0.2")); /* 铬 is not 铬(六价) */
}

TEST(bad_rows_are_refused_and_the_others_judged)
{
    run("groundwater", "well,time,铁,苯(ug/L)\n"
                       "A,2026-06-01,-1,1\n"
                       "B,2026-06-01,1e3,1\n"
                       "C,,0.1,1\n"
                       "D,2018-04-30,0.1,1\n"
                       "E,2026-06-01,NaN,1\n");
    CHECK_INT(result.refused, 4);
    CHECK_INT(result.judged, 1);
    CHECK(complains("line 2, column 铁, \"-1\": negative"));
    CHECK(complains("line 5") && complains("no edition"));
    run("groundwater", "well,time,item,value,unit\n"
                       "A,2026-06-01,铁,0.1,ppm\n"
                       "B,2026-06-01,铁,0.1,fathom\n");
    CHECK_INT(result.refused, 2);
}

TEST(where_and_how_tap_water_was_taken)
{
    run("drinking-water",
        "time,position,disinfectant,supply,contact_time,游离氯,氟化物\n"
        "2026-06-01,出厂水,free_chlorine,central,29,0.29,1.1\n"
        "2026-06-01,末梢水,游离氯,分散式,,0.05,1.2\n"
        "2026-06-01,末梢水,ozone,central,,0.05,1.0\n"
        "2026-06-01,末梢水,bromine,central,,0.05,1.0\n");
    CHECK(says("free chlorine 0.29 mg/L: breaks the residue at the outlet"));
    CHECK(says("contact time of free chlorine 29 min: breaks the requirement"));
    CHECK(says("fluoride 1.2 mg/L: meets the limit relaxed for small"));
    CHECK(says("not the disinfectant in use"));
    CHECK_INT(result.refused, 1); /* bromine */
}

TEST(a_year_of_sources)
{
    run("drinking-source",
        "area,source,time,period,volume,氨氮(mg/L),苯(ug/L)\n"
        "甲市,A,2026-01-08,year,10,1.1,\n"
        "甲市,A,2026-02-08,year,90,0.2,10\n"
        "乙市,B,2026-02-08,year,5,0.2,<20\n");
    CHECK(says("90 / 100 × 100 % = 90.0 %"));
    CHECK(says("source rate: 0 / 1 × 100 % = 0.0 %"));
    CHECK(says("rate of source-months: 1 / 2"));
    CHECK(says("undecided, not counted: B 2026-02"));
}

TEST(groundwater_sources_arrive_in_the_units_of_surface_water)
{
    run("drinking-source", "source,time,kind,item,value,unit\n"
                           "A,2026-01-08,groundwater,苯,0.01,mg/L\n"
                           "B,2026-01-08,groundwater,苯,10.1,ug/L\n"
                           "C,2026-01-08,surface,苯,10.1,ug/L\n");
    CHECK(says("benzene 10 µg/L: meets the limit of class III ≤ 10.0"));
    CHECK(says("benzene 10.1 µg/L: breaks the limit of class III ≤ 10.0"));
    CHECK(says("benzene 0.0101 mg/L: breaks the limit of table 3 ≤ 0.01"));
}

TEST(background_holds_within_its_days_and_for_known_items)
{
    run("drinking-source",
        "source,time,background,background_from,background_to,铁\n"
        "A,2026-01-08,铁; manganese、硫酸盐;氟化物,2025-01-01,2026-01-08,"
        "0.4\n"
        "B,2026-01-09,铁,,2026-01-08,0.4\n"
        "C,2026-01-09,w20125,2026-01-10,,0.4\n"
        "D,2026-01-09,总有机物,,,0.4\n");
    CHECK(says(
        "A,2026-01-08,铁; manganese、硫酸盐;氟化物,2025-01-01,2026-01-08,"));
    CHECK(says("failing: B 2026-01, C 2026-01"));
    CHECK(complains("line 5, column background") &&
          complains("is no item: use a name of --list"));
    CHECK_INT(result.refused, 1);
}

TEST(one_month_of_a_source_has_one_volume)
{
    run("drinking-source", "source,time,取水量(t),铁\n"
                           "A,2026-01-08,100000,0.1\n"
                           "A,2026-01-20,100000.0,0.1\n"
                           "A,2026-01-22,110000,0.1\n"
                           "A,2001-01-22,110000,0.1\n");
    CHECK_INT(result.refused, 2);
    CHECK(complains("another volume was told"));
    CHECK(says("volume rate (10⁴ t): 10.0000 / 10.0000"));
}

TEST(the_end)
{
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
}
