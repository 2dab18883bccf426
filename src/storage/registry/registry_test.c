#include "storage/registry/registry_test.h"

#include <iconv.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

/* ---- the directory of CSV files ---- */

TEST(a_new_registry_knows_all_divisions_and_nothing_else)
{
    struct world w;
    const struct registry_snapshot *s;
    size_t counties = 0;

    world_init(&w);
    s = registry_hold(w.registry);
    for (size_t i = 0; i < s->region_count; i++)
        counties += strcmp(s->regions[i].level, "county") == 0;
    CHECK_INT(counties, 183);
    CHECK_INT(s->region_count, 1 + 21 + 183);
    CHECK_TEXT(registry_region(s, 510104)->name_zh, "锦江区");
    CHECK_TEXT(registry_city(s, 510104)->name_en, "Chengdu");
    CHECK_INT(registry_city(s, 510100)->code, 510100);
    CHECK(registry_city(s, 510000) == NULL);
    CHECK(registry_city(s, 110101) == NULL);
    CHECK(registry_region(s, 510104)->lon > 104 &&
          registry_region(s, 510104)->lon < 105);
    CHECK_INT(s->site_count, 0);
    CHECK_INT(s->device_count, 0);
    CHECK(registry_device_by_mn(s, SPAN("")) == NULL);
    CHECK(registry_site(s, 1) == NULL);
    CHECK(registry_point(s, -1) == NULL);
    CHECK(registry_device(s, INT32_MAX) == NULL);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_directory_of_csv_becomes_sites_points_devices_factors_and_limits)
{
    struct world w;
    const struct registry_snapshot *s;
    const struct site *site;
    const struct device *d;
    const struct point *p;

    world_init(&w);
    fill(&w);
    CHECK_INT(w.result.rows, 12);
    CHECK_INT(w.result.added, 12);
    CHECK_INT(w.result.changed, 0);
    s = registry_hold(w.registry);

    site = registry_site_by_code(s, SPAN("W001"));
    CHECK_TEXT(site->name_zh, "岷江大桥");
    CHECK_INT(site->element, ELEMENT_WATER);
    CHECK_TEXT(site->water_body, "river");
    CHECK_INT(site->target_class, 3);
    CHECK(site->public_page);
    CHECK(fabs(site->lat - 29.567861) < 1e-9);
    CHECK_INT(site->point_count, 1);
    CHECK(registry_site(s, site->id) == site);
    CHECK(registry_site_by_code(s, SPAN("w001")) == NULL);
    CHECK(!registry_site_by_code(s, SPAN("QY0001"))->public_page);

    d = registry_device_by_mn(s, SPAN("qy0001ABCd"));
    CHECK_TEXT(d->mn, "QY0001aBcD");
    CHECK_TEXT(d->password, "123456");
    CHECK_TEXT(d->st, "31");
    CHECK(d->enabled && !d->label_is_end);
    CHECK_INT(d->policy.tolerated & HJ212_DEV_BIT(LARGE_SEGMENT) ? 1 : 0, 1);
    CHECK_INT(d->policy.tolerated & HJ212_DEV_BIT(QN_MISSING) ? 1 : 0, 0);
    CHECK_INT(d->policy.sm4_key[0], 0x01);
    CHECK_INT(d->policy.sm4_key[8], 0xfe);
    CHECK_INT(d->policy.sm4_key[15], 0x10);
    CHECK_INT(d->minute_min, 10);
    CHECK_INT(d->realtime_s, 0);
    CHECK_INT(d->address_count, 3);
    CHECK_TEXT(d->addresses[1], "2001:db8::/32");
    CHECK(registry_device(s, d->id) == d);

    p = d->point;
    CHECK(registry_point(s, p->id) == p);
    CHECK_TEXT(p->site->code, "QY0001");
    CHECK_TEXT(p->name_en, "1号机组总排口");
    CHECK_INT(p->device, d->id);
    CHECK_INT(p->factor_count, 3);
    CHECK_INT(p->limit_count, 2);
    CHECK_INT(p->limits[0].averaging, CADENCE_HOUR);
    CHECK_INT(p->limits[0].max.mantissa, 200);
    CHECK(!p->limits[0].has_min && p->limits[0].converted);
    CHECK_INT(p->limits[0].from_day, 20140701);
    CHECK_INT(p->limits[0].to_day, 0);
    CHECK_INT(p->limits[1].to_day, 20301231);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_factor_that_says_nothing_takes_unit_and_decimals_of_the_table)
{
    struct world w;
    const struct registry_snapshot *s;
    const struct point *p;
    const struct factor_plan *plan;

    world_init(&w);
    fill(&w);
    s = registry_hold(w.registry);
    p = registry_site_by_code(s, SPAN("QY0001"))->points;
    plan = point_factor(p, SPAN("A21026"));
    CHECK_TEXT(plan->unit, "mg/m3");
    CHECK_INT(plan->decimals, 1);
    CHECK(plan->has_detection_limit && plan->has_range);
    CHECK_INT(plan->detection_limit.mantissa, 5);
    CHECK_INT(plan->range_high.exponent, -1);
    plan = point_factor(p, SPAN("a34013"));
    CHECK_TEXT(plan->unit, "mg/m3");
    CHECK(!plan->has_range && !plan->has_detection_limit);
    CHECK(point_factor(p, SPAN("a3401")) == NULL);
    CHECK(point_factor(p, SPAN("a340130")) == NULL);
    CHECK(point_factor(p, SPAN("")) == NULL);
    plan = point_factor(registry_site_by_code(s, SPAN("W001"))->points,
                        SPAN("w01001"));
    CHECK_TEXT(plan->unit, "dimensionless");
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(the_same_import_again_changes_nothing_and_ids_stay_over_a_restart)
{
    struct world w;
    const struct registry_snapshot *s;
    int32_t site, point, device;
    uint64_t version;

    world_init(&w);
    fill(&w);
    s = registry_hold(w.registry);
    site = registry_site_by_code(s, SPAN("W001"))->id;
    point = registry_site_by_code(s, SPAN("W001"))->points[0].id;
    device = registry_device_by_mn(s, SPAN("WATER-1"))->id;
    version = s->version;
    registry_release(w.registry, s);

    CHECK_INT(import(&w, "", false), OK);
    CHECK_INT(w.result.unchanged, 12);
    CHECK_INT(w.result.added + w.result.changed, 0);
    registry_close(w.registry);
    CHECK_INT(registry_open(path_in(&w, "registry.db"), &w.registry), OK);

    s = registry_hold(w.registry);
    CHECK_INT(s->version, version);
    CHECK_INT(registry_site_by_code(s, SPAN("W001"))->id, site);
    CHECK_INT(registry_site_by_code(s, SPAN("W001"))->points[0].id, point);
    CHECK_INT(registry_device_by_mn(s, SPAN("WATER-1"))->id, device);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_file_without_a_column_leaves_that_field_as_it_is)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    fill(&w);
    write_text(&w, "devices.csv",
               "mn,site,point,st\n"
               "QY0001ABCD,QY0001,DA001,32\n");
    CHECK_INT(import(&w, "devices.csv", false), OK);
    CHECK_INT(w.result.changed, 1);
    s = registry_hold(w.registry);
    CHECK_TEXT(registry_device_by_mn(s, SPAN("QY0001ABCD"))->st, "32");
    CHECK_TEXT(registry_device_by_mn(s, SPAN("QY0001ABCD"))->password,
               "123456");
    CHECK_INT(s->device_count, 2);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_dry_run_counts_and_keeps_nothing)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    write_all(&w);
    CHECK_INT(import(&w, "", true), OK);
    CHECK_INT(w.result.added, 12);
    s = registry_hold(w.registry);
    CHECK_INT(s->site_count, 0);
    CHECK_INT(s->version, 1);
    registry_release(w.registry, s);
    CHECK_INT(import(&w, "", false), OK);
    CHECK_INT(w.result.added, 12);
    world_done(&w);
}

TEST(one_bad_row_keeps_all_rows_out)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    write_all(&w);
    write_text(&w, "points.csv",
               "site,code,name_zh\n"
               "QY0001,DA001,1号机组总排口\n"
               "W002,1,左岸\n");
    CHECK_INT(import(&w, "", false), ERR_INVALID);
    CHECK(w.result.problem_count >= 1);
    CHECK_INT(w.result.problems[0].line, 3);
    CHECK_TEXT(w.result.problems[0].column, "site");
    CHECK_TEXT(w.result.problems[0].value, "W002");
    s = registry_hold(w.registry);
    CHECK_INT(s->site_count, 0);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(gb_18030_comes_in_like_utf8)
{
    struct world w;
    const struct registry_snapshot *s;
    char out[sizeof(sites) * 2];
    char text[sizeof(sites)], *from = text, *to = out;
    size_t from_left = sizeof(sites) - 1, to_left = sizeof(out);
    iconv_t cd = iconv_open("GB18030", "UTF-8");

    memcpy(text, sites, sizeof(sites));
    CHECK(cd != (iconv_t)-1);
    CHECK_INT(iconv(cd, &from, &from_left, &to, &to_left), 0);
    iconv_close(cd);
    world_init(&w);
    write_bytes(&w, "sites.csv", out, sizeof(out) - to_left);
    CHECK_INT(import(&w, "sites.csv", false), OK);
    CHECK_INT(w.result.added, 2);
    s = registry_hold(w.registry);
    CHECK_TEXT(registry_site_by_code(s, SPAN("QY0001"))->name_zh, "某某电厂");
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_mark_before_the_text_and_windows_line_ends_are_fine)
{
    struct world w;

    world_init(&w);
    write_text(&w, "sites.csv",
               "\xEF\xBB\xBF"
               "code,name_zh,element,level,region\r\n"
               "1431A,\"金泉,两河\",air,national,510106\r\n");
    CHECK_INT(import(&w, "sites.csv", false), OK);
    CHECK_INT(w.result.added, 1);
    world_done(&w);
}

/* ---- one object ---- */

TEST(an_object_is_added_changed_and_read_back)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    CHECK_INT(put(&w, "site",
                  "{\"code\":\"1431A\",\"name_zh\":\"金泉两河\","
                  "\"element\":\"air\",\"level\":\"national\","
                  "\"region\":510106,\"lon\":103.9728,\"lat\":\"30.7236\","
                  "\"control_point\":true}"),
              OK);
    CHECK(w.problem.reason == NULL);
    CHECK_INT(registry_put_at(w.registry, "sites", SPAN("1431A"),
                              SPAN("{\"name_en\":\"Jinquan\"}"), &w.arena,
                              &w.problem),
              OK);
    s = registry_hold(w.registry);
    CHECK_TEXT(registry_site_by_code(s, SPAN("1431A"))->name_en, "Jinquan");
    CHECK_TEXT(registry_site_by_code(s, SPAN("1431A"))->name_zh, "金泉两河");
    CHECK(registry_site_by_code(s, SPAN("1431A"))->control_point);
    CHECK(fabs(registry_site_by_code(s, SPAN("1431A"))->lon - 103.9728) < 1e-9);
    registry_release(w.registry, s);
    CHECK_INT(put(&w, "site", "{\"code\":\"1431A\",\"name_en\":null}"), OK);
    s = registry_hold(w.registry);
    CHECK_TEXT(registry_site_by_code(s, SPAN("1431A"))->name_en, "金泉两河");
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_check_answers_like_a_put_and_keeps_nothing)
{
    struct world w;
    const struct registry_snapshot *s;
    struct span good = SPAN("{\"name_zh\":\"甲\",\"element\":\"air\","
                            "\"level\":\"city\",\"region\":\"510104\"}");

    world_init(&w);
    CHECK_INT(registry_check_at(w.registry, "site", SPAN("A"), good, &w.arena,
                                &w.problem),
              OK);
    CHECK_INT(registry_check_at(w.registry, "site", SPAN("A"), SPAN("{}"),
                                &w.arena, &w.problem),
              ERR_INVALID);
    CHECK_TEXT(w.problem.column, "name_zh");
    s = registry_hold(w.registry);
    CHECK_INT(s->site_count, 0);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_limit_in_json_keeps_its_digits_or_is_refused)
{
    static const char form[] =
        "{\"site\":\"QY0001\",\"point\":\"DA001\",\"factor\":\"a21026\","
        "\"averaging\":\"day\",\"from\":\"2026-01-01\","
        "\"standard\":\"permit\",\"unit\":\"mg/m3\",\"max\":%s}";
    struct world w;
    const struct registry_snapshot *s;
    const struct point *p;

    world_init(&w);
    fill(&w);
    CHECK_INT(put(&w, "limit", arena_printf(&w.arena, form, "12.50")),
              ERR_INVALID);
    CHECK_TEXT(w.problem.column, "max");
    CHECK_INT(put(&w, "limit", arena_printf(&w.arena, form, "\"12.50\"")), OK);
    s = registry_hold(w.registry);
    p = registry_site_by_code(s, SPAN("QY0001"))->points;
    CHECK_INT(p->limit_count, 3);
    CHECK_INT(p->limits[0].averaging, CADENCE_DAY);
    CHECK_INT(p->limits[0].max.mantissa, 1250);
    CHECK_INT(p->limits[0].max.exponent, -2);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(the_address_and_the_json_agree)
{
    struct world w;

    world_init(&w);
    fill(&w);
    CHECK_INT(registry_put_at(w.registry, "device", SPAN("WATER-1"),
                              SPAN("{\"mn\":\"WATER-2\"}"), &w.arena,
                              &w.problem),
              ERR_INVALID);
    CHECK_TEXT(w.problem.column, "mn");
    CHECK_INT(registry_put_at(w.registry, "factor", SPAN("W001:1"), SPAN("{}"),
                              &w.arena, &w.problem),
              ERR_INVALID);
    CHECK_TEXT(w.problem.column, "code");
    CHECK_INT(registry_put_at(w.registry, "factor", SPAN("W001:1:w01018"),
                              SPAN("{\"decimals\":1}"), &w.arena, &w.problem),
              OK);
    world_done(&w);
}

struct seen {
    int count;
    char text[1024];
};

static void see(void *context, const struct registry_row *row)
{
    struct seen *seen = context;
    size_t len = strlen(seen->text);

    seen->count++;
    len += (size_t)snprintf(seen->text + len, sizeof(seen->text) - len, "%s(",
                            row->code);
    for (size_t i = 0; i < row->count && len < sizeof(seen->text); i++) {
        if (strcmp(row->names[i], "password") == 0 ||
            strcmp(row->names[i], "sm4_key") == 0)
            len += (size_t)snprintf(seen->text + len, sizeof(seen->text) - len,
                                    "%.*s,", SPAN_ARG(row->values[i]));
    }
    snprintf(seen->text + len, sizeof(seen->text) - len, ")");
}

TEST(lists_hide_secrets_and_go_on_behind_a_code)
{
    struct world w;
    struct seen seen = {0};
    const struct registry_snapshot *s;

    world_init(&w);
    fill(&w);
    CHECK_INT(registry_list(w.registry, "devices", SPAN(""), 10, see, &seen),
              OK);
    CHECK_TEXT(seen.text, "QY0001aBcD(******,******,)WATER-1(,,)");
    seen = (struct seen){0};
    CHECK_INT(
        registry_list(w.registry, "limit",
                      SPAN("QY0001:DA001:a21026:hour:20140701:GB 13223-2011"),
                      10, see, &seen),
        OK);
    CHECK_TEXT(seen.text, "QY0001:DA001:a34013:hour:20140701:GB 13223-2011()");
    seen = (struct seen){0};
    CHECK_INT(registry_list(w.registry, "factor", SPAN(""), 2, see, &seen), OK);
    CHECK_INT(seen.count, 2);
    CHECK_INT(registry_list(w.registry, "factor", SPAN("x"), 2, see, &seen),
              ERR_INVALID);
    CHECK_INT(registry_list(w.registry, "x", SPAN(""), 2, see, &seen),
              ERR_NOT_FOUND);

    /* What a list shows, given back, changes no secret. */
    CHECK_INT(
        put(&w, "device", "{\"mn\":\"QY0001aBcD\",\"password\":\"******\"}"),
        OK);
    s = registry_hold(w.registry);
    CHECK_TEXT(registry_device_by_mn(s, SPAN("QY0001aBcD"))->password,
               "123456");
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(what_is_retired_goes_and_comes_back_with_its_id)
{
    struct world w;
    const struct registry_snapshot *s;
    int32_t id;

    world_init(&w);
    fill(&w);
    CHECK_INT(registry_delete(w.registry, "site", SPAN("W001")), ERR_CONFLICT);
    CHECK_INT(registry_delete(w.registry, "point", SPAN("W001:1")),
              ERR_CONFLICT);
    s = registry_hold(w.registry);
    id = registry_device_by_mn(s, SPAN("WATER-1"))->id;
    registry_release(w.registry, s);
    CHECK_INT(registry_delete(w.registry, "device", SPAN("water-1")), OK);
    CHECK_INT(registry_delete(w.registry, "device", SPAN("water-1")),
              ERR_NOT_FOUND);
    CHECK_INT(registry_delete(w.registry, "point", SPAN("W001:1")), OK);
    CHECK_INT(registry_delete(w.registry, "site", SPAN("W001")), OK);
    s = registry_hold(w.registry);
    CHECK(registry_site_by_code(s, SPAN("W001")) == NULL);
    CHECK(registry_device_by_mn(s, SPAN("WATER-1")) == NULL);
    CHECK(registry_device(s, id) == NULL);
    CHECK_INT(s->site_count, 1);
    registry_release(w.registry, s);

    CHECK_INT(import(&w, "", false), OK);
    CHECK_INT(w.result.changed, 4); /* the factor went with its point */
    s = registry_hold(w.registry);
    CHECK_INT(registry_device_by_mn(s, SPAN("WATER-1"))->id, id);
    CHECK_INT(registry_site_by_code(s, SPAN("W001"))->points[0].factor_count,
              1);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_device_is_exchanged_at_its_point)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    fill(&w);
    CHECK_INT(put(&w, "device", "{\"mn\":\"WATER-1\",\"enabled\":false}"), OK);
    CHECK_INT(put(&w, "device",
                  "{\"mn\":\"WATER-2\",\"site\":\"W001\",\"point\":\"1\"}"),
              OK);
    CHECK_INT(put(&w, "device", "{\"mn\":\"WATER-1\",\"enabled\":true}"),
              ERR_INVALID);
    s = registry_hold(w.registry);
    CHECK(!registry_device_by_mn(s, SPAN("WATER-1"))->enabled);
    CHECK_INT(registry_site_by_code(s, SPAN("W001"))->points[0].device,
              registry_device_by_mn(s, SPAN("WATER-2"))->id);
    registry_release(w.registry, s);
    world_done(&w);
}

/* ---- snapshots and threads ---- */

TEST(a_snapshot_held_stays_as_it_was)
{
    struct world w;
    const struct registry_snapshot *before, *after;

    world_init(&w);
    fill(&w);
    before = registry_hold(w.registry);
    CHECK_INT(put(&w, "site", "{\"code\":\"W001\",\"name_zh\":\"新名\"}"), OK);
    CHECK_INT(registry_delete(w.registry, "device", SPAN("WATER-1")), OK);
    after = registry_hold(w.registry);
    CHECK_INT(after->version, before->version + 2);
    CHECK_TEXT(registry_site_by_code(before, SPAN("W001"))->name_zh,
               "岷江大桥");
    CHECK(registry_device_by_mn(before, SPAN("WATER-1")) != NULL);
    CHECK_TEXT(registry_site_by_code(after, SPAN("W001"))->name_zh, "新名");
    CHECK(registry_device_by_mn(after, SPAN("WATER-1")) == NULL);
    registry_release(w.registry, after);
    registry_release(w.registry, before);
    world_done(&w);
}

struct readers {
    struct registry *registry;
    atomic_bool stop;
    atomic_long looks, wrong;
};

/* Looks until told to stop: the name must be whole and fit its version. */
static void *reader(void *context)
{
    struct readers *r = context;
    uint64_t last = 0;

    while (!atomic_load(&r->stop)) {
        const struct registry_snapshot *s = registry_hold(r->registry);
        const struct site *site = registry_site_by_code(s, SPAN("W001"));
        char name[32];

        snprintf(name, sizeof(name), "v%llu", (unsigned long long)s->version);
        if (s->version < last || !site ||
            (s->version > 2 && strcmp(site->name_en, name) != 0))
            atomic_fetch_add(&r->wrong, 1);
        last = s->version;
        registry_release(r->registry, s);
        atomic_fetch_add(&r->looks, 1);
    }
    return NULL;
}

TEST(readers_on_many_threads_see_whole_pictures_only)
{
    enum { READERS = 4, CHANGES = 100 };
    struct world w;
    struct readers r = {0};
    pthread_t threads[READERS];

    world_init(&w);
    fill(&w);
    r.registry = w.registry;
    for (int i = 0; i < READERS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, reader, &r), 0);
    for (int i = 0; i < CHANGES; i++) {
        char json[80];

        snprintf(json, sizeof(json), "{\"code\":\"W001\",\"name_en\":\"v%d\"}",
                 i + 3);
        CHECK_INT(put(&w, "site", json), OK);
    }
    atomic_store(&r.stop, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&r.looks) > 0);
    CHECK_INT(atomic_load(&r.wrong), 0);
    world_done(&w);
}

TEST(a_second_process_is_told_that_the_registry_is_in_use)
{
    struct world w;
    struct registry *other = NULL;

    world_init(&w);
    CHECK_INT(registry_open(path_in(&w, "registry.db"), &other), ERR_BUSY);
    CHECK(other == NULL);
    world_done(&w);
}

TEST(elements_have_names_both_ways)
{
    for (int i = 0; i < ELEMENT_COUNT; i++) {
        enum element element;

        CHECK_INT(
            element_parse(span_of(element_name((enum element)i)), &element),
            OK);
        CHECK_INT(element, i);
    }
}
