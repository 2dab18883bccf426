/* What the descriptions of soil, noise, radiation and ecology refuse. */
#include "assess/filter/filter.h"

#include "base/test.h"

enum { ROOM = 1 << 16 };

static struct buf input, out, messages;
static struct engine_counts counts;

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

static void run(const char *name, const char *table)
{
    struct filter_options o = {.assessment = assessment_find(span_of(name))};
    struct filter_sink sink = {&out, &messages, keep};

    CHECK(o.assessment != NULL);
    buf_init(&input, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    buf_text(&input, table);
    CHECK_INT(filter_run(&o, &input, &sink, &counts), OK);
    buf_text(&out, "");
    buf_text(&messages, "");
}

static void done(void)
{
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
}

static bool has(const struct buf *b, const char *part)
{
    return b->len && memmem(b->at, b->len, part, strlen(part));
}

TEST(refused_with_a_reason)
{
    static const struct {
        const char *name, *table, *reason;
    } cases[] = {
        {"soil-farmland", "land_use,pH,Cd\npaddy,14.1,0.2\n",
         "a pH lies between 0 and 14"},
        {"soil-farmland", "land_use,pH,Cd\npaddy,6,ND\n",
         "with its limit of detection"},
        {"soil-background", "Cd,background\n0.2,Cd=0\n",
         "item=positive number"},
        {"soil-background", "Cd,background\n0.2,gold=1\n",
         "item=positive number"},
        {"noise-emission", "source,period,leq\nindustry,day,60\n",
         "the class of the zone"},
        {"noise-city", "network,time_of_day,leq\nroad,day,60\n",
         "a road needs a positive length"},
        {"noise-city", "network,time_of_day,leq\nfunction,day,60\n",
         "a function zone needs its class"},
        {"noise-levels", "time,leq\n2026-05-11T06:00,50\n2026-05-11T06:00,51\n",
         "there is a value of this moment already"},
        {"outlet", "time,factor,value,max\n2026-05-11,w01018,<4,50\n",
         "below detection: write digits"},
        {"noise-levels", "time,leq\n2026-05-11T06:00,\n",
         "there are no levels"},
        {"radiation-dose-rate",
         "station,time,value,unit\nA,2026-05-11,80,nGy/h\n"
         "A,2026-05-12,80,nSv/h\n",
         "two quantities"},
        {"radiation-dose-rate",
         "station,time,value,unit,mean,sd,background_unit\n"
         "A,2026-05-11,80,nGy/h,80,1,nSv/h\n",
         "two quantities"},
        {"radiation-dose-rate",
         "station,time,value,unit,mean\nA,2026-05-11,80,nGy/h,80\n",
         "go together"},
        {"radiation-dose-rate",
         "station,time,value,unit\nA,2026-05-11,,nGy/h\n",
         "there is no reading"},
        {"radiation-dose", "unit,outdoors\nnSv/h,90\n",
         "with the calibration of the instrument"},
        {"electromagnetic", "point,frequency,E\nA,0,5\n",
         "a frequency is positive"},
        {"ecology-ei", "area,bi\n0,50\n", "an area is positive"},
        {"ecology-ei", "area,bi\n10,<5\n", "a number is needed"},
        {"ecology-ei-change", "region,year,ei\nA,2024,60\n",
         "two years at least"},
        {"ecology-ei-change", "region,year,ei\nA,2024,60\nA,2024,61\n",
         "there is a value of this year already"},
        {"ecology-eqi", "pattern,members\n50,stress=0.5*10\n",
         "the weights add up to 1"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        run(cases[i].name, cases[i].table);
        if (!has(&messages, cases[i].reason))
            print_error("%s: no \"%s\" in %.*s\n", cases[i].name,
                        cases[i].reason, (int)messages.len, messages.at);
        CHECK(has(&messages, cases[i].reason));
        CHECK(counts.refused > 0);
        done();
    }
}

TEST(backgrounds_are_given_as_columns_or_as_one_text)
{
    run("soil-background", "Cd(ug/kg),background\n450,Cd=0.079\n");
    CHECK(has(&out, "170.8861"));
    done();
    run("soil-background", "镉,镉背景值(ug/kg)\n0.45,79\n");
    CHECK(has(&out, "170.8861"));
    done();
}

TEST(the_date_of_a_night_is_written_as_a_date)
{
    run("noise-levels", "time,leq\n2026-05-12T05:00,50\n");
    CHECK(has(&out, "2026-05-11: too few valid hours"));
    done();
}

TEST(instruments_in_sievert_need_their_calibration)
{
    run("radiation-dose", "unit,outdoors,calibration\nuSv/h,0.12,Cs-137\n");
    CHECK(has(&out, "0.122640")); /* 100 nGy/h x 0.2 x 0.7 x 8760 / 10^6 */
    done();
}

TEST(years_that_go_to_and_fro_have_a_verdict_of_their_own)
{
    run("ecology-ei-change",
        "region,year,ei\nA,2022,60\nA,2024,61\nA,2023,66\n");
    CHECK(has(&out, "swings over 3 years"));
    CHECK_INT(counts.judged, 3);
    done();
}
