/*
 * judge_region.c - a city or province: its air from the means of its stations,
 * its water from its sections. Everything rests on the readings of the points,
 * day by day, so that a late reading moves the region's verdict with its own.
 */
#include "assess/air/air_city.h"
#include "assess/air/air_period.h"
#include "assess/air/air_ranking.h"
#include "assess/basin/basin.h"
#include "assess/city_index/city_index.h"
#include "ingest/pipeline/judging.h"

#include <assert.h>

enum {
    CITIES_MAX = 64,
    SAMPLES_MAX = 1 << 16, /* days of sections in a year's ranking */
};

/* of limits and weights (standards/air-ranking.csv) */
#define RANKING_VERSION "weights-1"

/* One region under way. */
struct judging_region {
    struct core *core;
    const struct region *region;
    struct judging j; /* the period; its place is that of the point at hand */
};

static bool lies_in(const struct judging_region *r, const struct site *site)
{
    const struct region *city = registry_city(r->core->snapshot, site->region);

    return city && (city == r->region || city->parent == r->region->code);
}

/* The next site of that element in the region, from *at on; NULL at the end. */
static const struct site *next_site(const struct judging_region *r,
                                    enum element element, size_t *at)
{
    const struct registry_snapshot *s = r->core->snapshot;

    while (*at < s->site_count) {
        const struct site *site = &s->sites[(*at)++];

        if (site->element == element && lies_in(r, site))
            return site;
    }
    return NULL;
}

static void keep_of(const struct judging_region *r, const struct region *of,
                    enum verdict_kind kind, struct verdict *verdict)
{
    verdict->kind = kind;
    verdict->site = -of->code;
    verdict->point = 0;
    verdict->start_s = r->j.start_s;
    verdict->cadence = r->j.cadence;
    core_keep_verdict(r->core, verdict, r->j.cause);
}

static void keep(const struct judging_region *r, enum verdict_kind kind,
                 struct verdict *verdict)
{
    keep_of(r, r->region, kind, verdict);
}

/* ---- water: the share of classes of the sections ---- */

/* What the section's own verdict says, as the region's grade wants it. */
static void take_section(struct judging_region *r, const struct site *site,
                         const struct verdict *verdict,
                         struct basin_section *out)
{
    struct water_value *values =
        arena_new(&r->core->arena, verdict->item_count + 1, sizeof(*values));
    size_t count = 0;

    for (size_t i = 0; i < verdict->item_count; i++) {
        const struct verdict_item *item = &verdict->items[i];

        if (!item->has_value || item->rating < 0)
            continue;
        values[count].value = item->value;
        values[count].below_detection = false;
        span_copy(span_of(item->factor), values[count].factor,
                  sizeof(values[count].factor));
        count++;
    }
    *out = (struct basin_section){
        .name = site->name_zh,
        .values = values,
        .value_count = count,
        .class = verdict->outcome == VERDICT_GIVEN ? verdict->rating : 0,
        .target = site->target_class,
    };
}

static void judge_water_region(struct judging_region *r)
{
    const struct registry_snapshot *s = r->core->snapshot;
    struct basin_section *sections =
        arena_new(&r->core->arena, s->site_count + 1, sizeof(*sections));
    struct verdict verdict = {0};
    const struct site *site;
    size_t at = 0, count = 0;
    bool any = false;

    while ((site = next_site(r, ELEMENT_WATER, &at))) {
        struct verdict own = {0};

        for (size_t i = 0; i < site->point_count && !own.item_count; i++) {
            r->j.place = core_place(r->core, site->points[i].id);
            if (r->j.place && r->j.place->point)
                any |= section_period(&r->j, &own);
        }
        take_section(r, site, &own, &sections[count++]);
    }
    if (!any)
        return;
    basin_grade(sections, count, r->j.day, &r->core->arena, &verdict);
    keep(r, VERDICT_WATER_BASIN, &verdict);
}

/* ---- air: the means of the stations ---- */

/* A city over the period: its stations' days added up, a slot a day. */
struct city {
    const struct region *region;
    int stations; /* assessed, that have ever measured air */
    struct air_city_sums *days;
};

static bool measures_air(const struct place *place)
{
    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        if (place_lane_find(place, air_name((enum air_pollutant)p)->code) >= 0)
            return true;
    }
    return false;
}

/* The days of a site, of the first of its points that has any; false when none
 * of them has ever measured air. */
static bool site_days(struct judging_region *r, const struct site *site,
                      struct air_day *slots)
{
    bool measures = false;

    for (size_t i = 0; i < site->point_count; i++) {
        r->j.place = core_place(r->core, site->points[i].id);
        if (!r->j.place || !r->j.place->point || !measures_air(r->j.place))
            continue;
        measures = true;
        if (air_days(&r->j, slots))
            return true;
    }
    if (measures)
        memset(slots, 0, air_slots(&r->j) * sizeof(*slots));
    return measures;
}

static struct city *city_of(struct city *cities, size_t count,
                            const struct region *region)
{
    for (size_t i = 0; i < count; i++) {
        if (cities[i].region == region)
            return &cities[i];
    }
    return NULL;
}

static void start_city(struct judging_region *r, const struct region *region,
                       struct city *city)
{
    size_t slots = air_slots(&r->j);

    *city = (struct city){.region = region};
    city->days = arena_new(&r->core->arena, slots, sizeof(*city->days));
    for (size_t i = 0; i < slots; i++)
        air_city_start(&city->days[i]);
}

/* Every assessed station of the region into its city. */
static void add_stations(struct judging_region *r, struct city *cities,
                         size_t count)
{
    const struct registry_snapshot *s = r->core->snapshot;
    size_t slots = air_slots(&r->j), at = 0;
    struct air_day *days = arena_new(&r->core->arena, slots, sizeof(*days));
    const struct site *site;

    while ((site = next_site(r, ELEMENT_AIR, &at))) {
        struct city *city =
            city_of(cities, count, registry_city(s, site->region));

        if (!city || site->control_point || !site_days(r, site, days))
            continue;
        city->stations++;
        for (size_t i = 0; i < slots; i++) {
            if (days[i].day)
                air_city_add(&city->days[i], &days[i]);
        }
    }
}

/* The days on which the city has a mean, ascending; room for all. */
static size_t city_days(const struct judging_region *r, const struct city *city,
                        struct air_day *out)
{
    size_t slots = air_slots(&r->j), n = 0;

    for (size_t i = 0; i < slots; i++) {
        struct air_city_question q = {
            .day = civil_day_number(r->j.start_s + (int64_t)i * DAY_S),
            .stations = city->stations};

        n += air_city_day(&q, &city->days[i], &out[n]);
    }
    return n;
}

static void judge_city_day(struct judging_region *r)
{
    const struct registry_snapshot *s = r->core->snapshot;
    struct air_city_question q = {.day = r->j.day};
    struct air_station *of =
        arena_new(&r->core->arena, s->site_count + 1, sizeof(*of));
    struct verdict verdict = {0};
    const struct site *site;
    size_t at = 0, count = 0;
    bool any = false;

    while ((site = next_site(r, ELEMENT_AIR, &at))) {
        struct air_day day;

        if (!site_days(r, site, &day))
            continue;
        any |= day.day != 0 && !site->control_point;
        of[count++] = (struct air_station){.is_control = site->control_point,
                                           .values = day};
    }
    if (!any)
        return;
    air_city_judge(&q, of, count, &r->core->arena, &verdict);
    keep(r, VERDICT_AIR_CITY, &verdict);
}

static void judge_city(struct judging_region *r)
{
    struct air_question q =
        air_question_of(r->j.cadence, r->j.start_s, r->j.end_s);
    struct verdict verdict = {0};
    struct air_day *days;
    struct city city;
    size_t n;

    if (r->j.cadence == CADENCE_DAY) {
        judge_city_day(r);
        return;
    }
    if (!air_rules_edition(q.rules_day))
        return;
    start_city(r, r->region, &city);
    add_stations(r, &city, 1);
    days = arena_new(&r->core->arena, air_slots(&r->j), sizeof(*days));
    n = city_days(r, &city, days);
    if (n == 0)
        return;
    air_period_judge(&q, days, n, &r->core->arena, &verdict);
    keep(r, VERDICT_AIR_PERIOD, &verdict);
}

/* ---- air: the order of the cities of a province ---- */

/* The period before, or the same a year before. */
static void move_period(struct judging_region *r, bool year_before)
{
    struct civil date = civil_from_utc(r->j.start_s);
    int64_t start = period_start(r->j.start_s - 1, r->j.cadence);

    date.year--;
    if (year_before && civil_to_utc(date, &start))
        start = period_start(r->j.start_s - 1, r->j.cadence); /* before 1900 */
    r->j.start_s = start;
    r->j.end_s = period_next(start, r->j.cadence);
}

/* The cities of the province, in the order of the registry. */
static size_t cities_of(const struct judging_region *r,
                        const struct region **out)
{
    const struct registry_snapshot *s = r->core->snapshot;
    size_t count = 0;

    for (size_t i = 0; i < s->region_count && count < CITIES_MAX; i++) {
        if (s->regions[i].parent == r->region->code &&
            strcmp(s->regions[i].level, "prefecture") == 0)
            out[count++] = &s->regions[i];
    }
    return count;
}

/* All cities over the period of r->j, counted and ranked. */
static void rank(struct judging_region *r, struct air_ranking *out)
{
    const struct region *regions[CITIES_MAX];
    struct city cities[CITIES_MAX];
    size_t count = cities_of(r, regions);
    struct air_day *days =
        arena_new(&r->core->arena, air_slots(&r->j), sizeof(*days));

    *out = (struct air_ranking){
        .version = RANKING_VERSION,
        .q = air_question_of(r->j.cadence, r->j.start_s, r->j.end_s),
        .cities = arena_new(&r->core->arena, count + 1, sizeof(*out->cities)),
        .count = count,
        /* what is not over yet is ranked by the days there are */
        .incomplete = r->core->now_us / 1000000 < r->j.end_s,
    };
    for (size_t i = 0; i < count; i++)
        start_city(r, regions[i], &cities[i]);
    add_stations(r, cities, count);
    for (size_t i = 0; i < count; i++) {
        size_t n = city_days(r, &cities[i], days);

        out->cities[i] =
            (struct air_ranked){.city = span_of(regions[i]->name_zh)};
        air_ranking_count(out, days, n, &r->core->arena, &out->cities[i]);
    }
    air_ranking_rank(out);
}

/* Ranking puts the cities into another order. */
static const struct air_ranked *standing_of(const struct air_ranking *ranking,
                                            const struct region *city)
{
    for (size_t i = 0; i < ranking->count; i++) {
        if (span_is(ranking->cities[i].city, city->name_zh))
            return &ranking->cities[i];
    }
    return NULL;
}

static void judge_air_ranking(struct judging_region *r)
{
    const struct region *cities[CITIES_MAX];
    struct air_ranking now, before, year_before;
    struct judging j = r->j;
    size_t count;

    if (r->j.cadence == CADENCE_DAY ||
        !air_rules_edition(civil_day_number(r->j.end_s - 1)))
        return; /* of a day the city's own; before the rules nothing */
    rank(r, &now);
    move_period(r, false);
    rank(r, &before);
    r->j = j;
    move_period(r, true);
    rank(r, &year_before);
    r->j = j;
    count = cities_of(r, cities);
    for (size_t i = 0; i < count; i++) {
        const struct air_ranked *city = standing_of(&now, cities[i]);
        struct verdict verdict = {0};

        if (!city || !city->known)
            continue;
        air_ranking_judge(&now, city, standing_of(&before, cities[i]),
                          standing_of(&year_before, cities[i]), &r->core->arena,
                          &verdict);
        keep_of(r, cities[i], VERDICT_AIR_RANKING, &verdict);
    }
}

/* ---- water: the order of the cities of a province ---- */

struct samples {
    struct city_sample *at;
    size_t count, cap;
};

/* A section's days, each a sample of its city. */
static void add_samples(struct judging_region *r, const struct site *site,
                        bool base, struct samples *out)
{
    const struct region *city = registry_city(r->core->snapshot, site->region);
    size_t days;

    for (size_t i = 0; i < site->point_count; i++) {
        struct water_day *day;

        r->j.place = core_place(r->core, site->points[i].id);
        if (!r->j.place || !r->j.place->point)
            continue;
        days = water_days(&r->j, &day);
        for (size_t d = 0; d < days && out->count < out->cap; d++)
            out->at[out->count++] = (struct city_sample){
                .city = city->name_zh,
                .section = site->code,
                .body = day[d].body,
                .base = base,
                .values = day[d].values,
                .value_count = day[d].count,
            };
    }
}

static void judge_water_ranking(struct judging_region *r)
{
    struct samples samples = {.cap = SAMPLES_MAX};
    const struct region *cities[CITIES_MAX];
    struct city_verdict *verdicts;
    struct judging j = r->j;
    const struct site *site;
    size_t at, count, city_count = cities_of(r, cities);

    samples.at = arena_new(&r->core->arena, SAMPLES_MAX, sizeof(*samples.at));
    for (int base = 0; base < 2; base++) {
        at = 0;
        while ((site = next_site(r, ELEMENT_WATER, &at)))
            add_samples(r, site, base, &samples);
        move_period(r, true);
    }
    r->j = j;
    if (samples.count == 0)
        return;
    city_ranking(samples.at, samples.count, r->j.day, &r->core->arena,
                 &verdicts, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < city_count; c++) {
            if (strcmp(cities[c]->name_zh, verdicts[i].city) == 0)
                keep_of(r, cities[c], VERDICT_WATER_CITY_INDEX,
                        &verdicts[i].verdict);
        }
    }
}

/* ---- all ---- */

void core_judge_region(struct core *core, const struct pending_item *item)
{
    static const enum cadence cadences[] = {CADENCE_DAY, CADENCE_MONTH,
                                            CADENCE_QUARTER, CADENCE_YEAR};
    enum cadence cadence = cadences[item->step - STEP_REGION_DAY];
    struct judging_region r = {
        .core = core,
        .region = registry_region(core->snapshot, -item->point),
        .j = {.core = core,
              .cadence = cadence,
              .start_s = item->start_s,
              .end_s = period_next(item->start_s, cadence),
              .day = civil_day_number(item->start_s),
              .cause = item->cause},
    };
    bool city;

    if (!r.region)
        return; /* of a registry that knew it */
    city = strcmp(r.region->level, "prefecture") == 0;
    if (item->lanes & 1U << ELEMENT_AIR) {
        if (city)
            judge_city(&r);
        else
            judge_air_ranking(&r);
    }
    if (item->lanes & 1U << ELEMENT_WATER && cadence != CADENCE_DAY) {
        judge_water_region(&r);
        if (!city)
            judge_water_ranking(&r);
    }
}
