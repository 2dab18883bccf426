#include "storage/registry/registry_test.h"

/* ---- what is refused, and how it is said ---- */

TEST(every_wrong_value_is_named_with_line_column_and_value)
{
    /* clang-format off */
    static const struct {
        const char *file, *header, *row, *column, *reason;
    } cases[] = {
        {"sites.csv", "code,name_zh,element,level,region",
         "A,甲,air,city,510199", "region", "is no division"},
        {"sites.csv", "code,name_zh,element,level,region",
         "A,甲,air,city,锦江区", "region", "is no division"},
        {"sites.csv", "code,name_zh,element,level,region",
         "A,甲,fire,city,510104", "element", "is none of the choices"},
        {"sites.csv", "code,name_zh,element,level,region",
         "A,甲,air,state,510104", "level", "is none of the choices"},
        {"sites.csv", "code,name_zh,element,level,region",
         "A:1,甲,air,city,510104", "code", "holds a character"},
        {"sites.csv", "code,name_zh,element,level,region", "A,,air,city,510104",
         "name_zh", "is missing"},
        {"sites.csv", "code,name_zh,element,level,region",
         ",甲,air,city,510104", "code", "is missing"},
        {"sites.csv", "code,name_zh,element,level,region",
         "A,甲,water,city,510104", "water_body", "is missing for a water"},
        {"sites.csv", "code,name_zh,element,level,region,lon,lat",
         "A,甲,air,city,510104,30.6,30.1", "lon", "lies outside China"},
        {"sites.csv", "code,name_zh,element,level,region,lon,lat",
         "A,甲,air,city,510104,104.1,", "lat", "is missing while"},
        {"sites.csv", "code,name_zh,element,level,region,lon,lat",
         "A,甲,air,city,510104,136.01,30", "lon", "lies outside China"},
        {"sites.csv", "code,name_zh,element,level,region,target_class",
         "A,甲,air,city,510104,3", "target_class", "belongs to element water"},
        {"sites.csv", "code,name_zh,element,level,region,control_point",
         "A,甲,soil,city,510104,yes", "control_point",
         "belongs to element air"},
        {"sites.csv", "code,name_zh,element,level,region,control_point",
         "A,甲,air,city,510104,maybe", "control_point", "is neither yes nor"},
        {"devices.csv", "mn,site,point", "A B,QY0001,DA001", "mn",
         "holds a character"},
        {"devices.csv", "mn,site,point",
         "12345678901234567890123456789012345678901234567890123456789012345,"
         "QY0001,DA001", "mn", "65 bytes long"},
        {"devices.csv", "mn,site,point", "NEW,QY0001,DA002", "point",
         "is no point of site QY0001"},
        {"devices.csv", "mn,site,point", "NEW,QY0001,DA001", "point",
         "is reported by device QY0001aBcD"},
        {"devices.csv", "mn,site,point,sm4_key",
         "NEW,QY0001,DA001,0123456789abcdef", "sm4_key", "is not an SM4 key"},
        {"devices.csv", "mn,site,point,sm4_key",
         "NEW,QY0001,DA001,0123456789abcdef0123456789abcdeg", "sm4_key",
         "is not an SM4 key"},
        {"devices.csv", "mn,site,point,addresses",
         "NEW,QY0001,DA001,10.0.0.0/33", "addresses",
         "'10.0.0.0/33' is no block"},
        {"devices.csv", "mn,site,point,addresses",
         "NEW,QY0001,DA001,10.0.0.1/8", "addresses",
         "'10.0.0.1/8' is no block"},
        {"devices.csv", "mn,site,point,addresses", "NEW,QY0001,DA001,::1/129",
         "addresses", "'::1/129' is no block"},
        {"devices.csv", "mn,site,point,addresses", "NEW,QY0001,DA001,10.1",
         "addresses", "'10.1' is no block"},
        {"devices.csv", "mn,site,point,tolerate", "NEW,QY0001,DA001,+nonsense",
         "tolerate", "'+nonsense' is no deviation"},
        {"devices.csv", "mn,site,point,realtime_s", "NEW,QY0001,DA001,29",
         "realtime_s", "is out of range"},
        {"devices.csv", "mn,site,point,minute_min", "NEW,QY0001,DA001,7",
         "minute_min", "is none of the choices"},
        {"devices.csv", "mn,site,point,password", "NEW,QY0001,DA001,12;456",
         "password", "holds a character"},
        {"factors.csv", "site,point,factor", "QY0001,DA001,z99999", "unit",
         "is missing, and the factor"},
        {"factors.csv", "site,point,factor,unit", "QY0001,DA001,011,mg/L",
         "factor", "is a code of HJ/T 212-2005"},
        {"factors.csv", "site,point,factor,decimals", "QY0001,DA001,a21026,10",
         "decimals", "is out of range"},
        {"factors.csv", "site,point,factor,range_low,range_high",
         "QY0001,DA001,a21026,10,9.99", "range_high", "lies below"},
        {"factors.csv", "site,point,factor,detection_limit",
         "QY0001,DA001,a21026,<0.5", "detection_limit", "is not a decimal"},
        {"limits.csv", "site,point,factor,averaging,from,standard,max,unit",
         "QY0001,DA001,a21026,month,2014-07-01,GB 1,200,mg/m3", "averaging",
         "is none of the choices"},
        {"limits.csv", "site,point,factor,averaging,from,standard,max,unit",
         "QY0001,DA001,a21026,day,2014-02-30,GB 1,200,mg/m3", "from",
         "is not a day"},
        {"limits.csv", "site,point,factor,averaging,from,standard,max,unit",
         "QY0001,DA001,a21026,day,2014-07-01,GB 1,,mg/m3", "max",
         "and min are both missing"},
        {"limits.csv", "site,point,factor,averaging,from,standard,max,unit",
         "QY0001,DA001,a21026,day,2014-07-01,GB 1,200,", "unit", "is missing"},
        {"limits.csv", "site,point,factor,averaging,from,standard,min,max,unit",
         "QY0001,DA001,w01001,day,2014-07-01,GB 1,9.01,9,mg/L", "max",
         "lies below min"},
        {"limits.csv", "site,point,factor,averaging,from,standard,max,unit,to",
         "QY0001,DA001,a21026,day,2014-07-01,GB 1,200,mg/m3,2014-06-30", "to",
         "lies before the first day"},
    };
    /* clang-format on */
    struct world w;

    world_init(&w);
    fill(&w);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct import_problem *p;

        write_text(&w, cases[i].file,
                   arena_printf(&w.arena, "%s\n\n%s\n", cases[i].header,
                                cases[i].row));
        if (import(&w, cases[i].file, false) != ERR_INVALID ||
            w.result.problem_count != 1 ||
            strcmp(w.result.problems[0].column, cases[i].column) != 0)
            print_error("case %zu: %s %s, %zu problems\n", i, cases[i].row,
                        w.result.problem_count ? w.result.problems[0].reason
                                               : "taken",
                        w.result.problem_count);
        CHECK_INT(w.result.problem_count, 1);
        p = &w.result.problems[0];
        CHECK_INT(p->line, 3);
        CHECK_TEXT(p->column, cases[i].column);
        CHECK(strstr(p->reason, cases[i].reason) != NULL);
        CHECK(strlen(p->suggestion) > 3);
        CHECK(strstr(p->file, cases[i].file) != NULL);
    }
    world_done(&w);
}

TEST(values_on_the_edge_are_taken)
{
    /* clang-format off */
    static const struct {
        const char *file, *text;
    } cases[] = {
        {"sites.csv",
         "code,name_zh,element,level,region,lon,lat\n"
         "A,甲,air,city,510104,73,54\n"
         "B,乙,air,city,510104,136,3\n"},
        {"devices.csv",
         "mn,site,point,enabled,realtime_s,addresses\n"
         "1234567890123456789012345678901234567890123456789012345678901234,"
         "QY0001,DA001,no,30,0.0.0.0/0 ::/0 10.1.2.3/32 ::1/128\n"
         "x,QY0001,DA001,no,3600,10.1.2.3\n"},
        {"factors.csv",
         "site,point,factor,unit,decimals,range_low,range_high\n"
         "QY0001,DA001,a21026,mg/m3,0,10,10.0\n"
         "QY0001,DA001,a34013,mg/m3,9,-1,0\n"
         "QY0001,DA001,e10199,mg/m3,,,\n"},
        {"limits.csv",
         "site,point,factor,averaging,from,standard,min,max,unit,to\n"
         "QY0001,DA001,w01001,day,2014-07-01,GB 1,6,6.0,-,2014-07-01\n"},
    };
    /* clang-format on */
    struct world w;

    world_init(&w);
    fill(&w);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        write_text(&w, cases[i].file, cases[i].text);
        if (import(&w, cases[i].file, false))
            print_error("%s: %s\n", cases[i].file, w.result.problems[0].reason);
        CHECK_INT(w.result.problem_count, 0);
    }
    world_done(&w);
}

TEST(a_name_for_a_code_gets_the_code_suggested)
{
    struct world w;

    world_init(&w);
    fill(&w);
    write_text(&w, "sites.csv",
               "code,name_zh,element,level,region\n"
               "A,甲,air,city,锦江区\n");
    CHECK_INT(import(&w, "sites.csv", false), ERR_INVALID);
    CHECK_TEXT(w.result.problems[0].suggestion, "510104 is the code of 锦江区");
    write_text(&w, "factors.csv", "site,point,factor\nW001,1,011\n");
    CHECK_INT(import(&w, "factors.csv", false), ERR_INVALID);
    CHECK_TEXT(w.result.problems[0].suggestion, "w01018, 化学需氧量");
    world_done(&w);
}

TEST(an_unknown_factor_with_a_unit_is_taken_with_a_warning)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    fill(&w);
    write_text(&w, "factors.csv",
               "site,point,factor,unit\n"
               "QY0001,DA001,Lampblack,mg/m3\n");
    CHECK_INT(import(&w, "factors.csv", false), OK);
    CHECK_INT(w.result.warning_count, 1);
    CHECK_TEXT(w.result.warnings[0].value, "lampblack");
    CHECK_INT(w.result.warnings[0].line, 2);
    s = registry_hold(w.registry);
    CHECK(point_factor(registry_site_by_code(s, SPAN("QY0001"))->points,
                       SPAN("LAMPBLACK")) != NULL);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(a_place_far_from_its_region_is_wondered_about)
{
    struct world w;

    world_init(&w);
    write_text(&w, "sites.csv",
               "code,name_zh,element,level,region,lon,lat\n"
               "A,甲,air,city,510104,116.4,39.9\n");
    CHECK_INT(import(&w, "sites.csv", false), OK);
    CHECK_INT(w.result.warning_count, 1);
    CHECK_TEXT(w.result.warnings[0].column, "lon");
    world_done(&w);
}

TEST(a_row_given_twice_names_the_first)
{
    struct world w;

    world_init(&w);
    fill(&w);
    write_text(&w, "devices.csv",
               "mn,site,point\n"
               "WATER-1,W001,1\n"
               "water-1,W001,1\n");
    CHECK_INT(import(&w, "devices.csv", false), ERR_INVALID);
    CHECK_INT(w.result.problem_count, 1);
    CHECK_INT(w.result.problems[0].line, 3);
    CHECK(strstr(w.result.problems[0].reason, "line 2") != NULL);
    write_text(&w, "sites.csv",
               "code,name_zh,element,level,region\n"
               "N,甲,air,city,510104\nN,甲,air,city,510104\n");
    CHECK_INT(import(&w, "sites.csv", false), ERR_INVALID);
    CHECK_INT(w.result.problems[0].line, 3);
    world_done(&w);
}

TEST(files_that_are_none_are_named)
{
    /* clang-format off */
    static const struct {
        const char *name, *text, *reason;
        enum err err;
    } cases[] = {
        {"sites.csv", "", "has no header", ERR_INVALID},
        {"sites.csv", "\n\n\n", "has no header", ERR_INVALID},
        {"sites.csv", "name_zh,element,level,region\n", "is missing in the",
         ERR_INVALID},
        {"sites.csv", "code,name_zh,colour\n", "is no column", ERR_INVALID},
        {"sites.csv", "code,code,name_zh\n", "twice", ERR_INVALID},
        {"sites.csv", "code,name_zh,element,level,region\nA,甲\n", "2 fields",
         ERR_INVALID},
        {"sites.csv", "code,name_zh,element,level,region\nA,\"甲\n",
         "is no row of CSV", ERR_INVALID},
        {"sites.csv", "code,name_zh,element,level,region\nA,\xff\xff\x81\n",
         "neither UTF-8", ERR_INVALID},
        {"stations.csv", "code\n", "is no file of a registry", ERR_INVALID},
        {"sites.txt", "code\n", "is no file of a registry", ERR_INVALID},
    };
    /* clang-format on */
    struct world w;

    world_init(&w);
    CHECK_INT(import(&w, "nowhere", false), ERR_NOT_FOUND);
    CHECK_INT(w.result.problem_count, 1);
    CHECK_INT(import(&w, "", false), ERR_INVALID);
    CHECK(strstr(w.result.problems[0].reason, "holds no file") != NULL);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        write_text(&w, cases[i].name, cases[i].text);
        CHECK_INT(import(&w, cases[i].name, false), cases[i].err);
        CHECK(w.result.problem_count >= 1);
        CHECK(strstr(w.result.problems[0].reason, cases[i].reason) != NULL);
    }
    world_done(&w);
}

TEST(a_thousand_problems_are_enough)
{
    struct world w;
    struct buf text;

    world_init(&w);
    buf_init(&text, 1 << 20);
    buf_text(&text, "code,name_zh,element,level,region\n");
    for (int i = 0; i < 3000; i++)
        buf_printf(&text, "S%d,甲,air,city,999999\n", i);
    write_bytes(&w, "sites.csv", text.at, text.len);
    buf_done(&text);
    CHECK_INT(import(&w, "sites.csv", false), ERR_INVALID);
    CHECK_INT(w.result.rows, 3000);
    CHECK_INT(w.result.problem_count, 1000);
    CHECK(strstr(w.result.problems[999].reason, "further") != NULL);
    world_done(&w);
}

/* ---- YAML ---- */

TEST(yaml_holds_the_same_in_any_order)
{
    struct world w;
    const struct registry_snapshot *s;

    world_init(&w);
    write_text(&w, "registry.yaml",
               "# a station\n"
               "devices:\n"
               "  - mn: 51010001\n"
               "    site: 1431A\n"
               "    point: 1\n"
               "    addresses: [10.0.0.0/8, 'fe80::/10']\n"
               "    enabled: yes\n"
               "points:\n"
               "  - {site: 1431A, code: 1, name_zh: 采样口}\n"
               "limits:\n"
               "factors:\n"
               "  - site: 1431A\n"
               "    point: 1\n"
               "    factor: a34004\n"
               "    unit: ug/m3\n"
               "    detection_limit: ~\n"
               "sites:\n"
               "  - code: 1431A\n"
               "    name_zh: \"金泉两河\"\n"
               "    element: air\n"
               "    level: national\n"
               "    region: 510106\n");
    CHECK_INT(import(&w, "registry.yaml", false), OK);
    CHECK_INT(w.result.added, 4);
    s = registry_hold(w.registry);
    CHECK_INT(registry_device_by_mn(s, SPAN("51010001"))->address_count, 2);
    CHECK_INT(registry_site_by_code(s, SPAN("1431A"))->points[0].factor_count,
              1);
    registry_release(w.registry, s);
    world_done(&w);
}

TEST(bad_yaml_is_named_by_its_line)
{
    static const struct {
        const char *text, *reason;
        int line;
    } cases[] = {
        {"sites:\n  - code: A\n    colour: red\n", "is no field", 3},
        {"sites:\n  - code: A\n    code: B\n", "given twice", 3},
        {"sites:\n  - code: A\n   bad\n", "is not YAML", 3},
        {"stations: []\n", "is no kind", 1},
        {"- code: A\n", "is no registry", 1},
        {"sites: all\n", "is no list", 1},
        {"sites:\n  - A\n", "is no row", 2},
        {"sites:\n  - code: {a: b}\n", "is no single value", 2},
        {"points:\n  - &x {site: A}\n  - *x\n", "is an alias", 3},
        {"sites: []\n---\nsites: []\n", "is a second document", 2},
        {"sites:\n  - code: A\n    name_zh: 甲\n", "is missing", 2},
    };
    struct world w;

    world_init(&w);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct import_problem *p;
        bool found = false;

        write_text(&w, "r.yaml", cases[i].text);
        CHECK_INT(import(&w, "r.yaml", false), ERR_INVALID);
        for (size_t k = 0; k < w.result.problem_count; k++) {
            p = &w.result.problems[k];
            found = found || (strstr(p->reason, cases[i].reason) &&
                              p->line == cases[i].line);
        }
        if (!found)
            print_error("case %zu: %s (line %d)\n", i,
                        w.result.problems[0].reason, w.result.problems[0].line);
        CHECK(found);
    }
    world_done(&w);
}

TEST(hostile_json_gets_a_problem_and_changes_nothing)
{
    static const struct {
        const char *json, *reason;
    } cases[] = {
        {"", "is not JSON"},
        {"{", "is not JSON"},
        {"[]", "is not an object"},
        {"null", "is not JSON"},
        {"{\"code\":\"A\",\"code\":\"B\"}", "is not JSON"},
        {"{\"code\":\"A\"} x", "is not JSON"},
        {"{\"code\":\"A\\u0000\"}", "is not JSON"},
        {"{\"code\":\"\xff\"}", "is not JSON"},
        {"[[[[[[[[]]]]]]]]", "too deep"},
        {"{\"code\":{\"a\":1}}", "is an object"},
        {"{\"code\":[\"A\"]}", "is a list"},
        {"{\"id\":7}", "is no field"},
        {"{\"code\":\"A' OR 1=1\"}", "holds a character"},
        {"{\"code\":\"A\"}", "is missing"},
        {"{}", "is missing"},
    };
    struct world w;
    const struct registry_snapshot *s;
    struct buf big;

    world_init(&w);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(put(&w, "site", cases[i].json), ERR_INVALID);
        if (!strstr(w.problem.reason, cases[i].reason))
            print_error("case %zu: %s\n", i, w.problem.reason);
        CHECK(strstr(w.problem.reason, cases[i].reason) != NULL);
    }
    buf_init(&big, 1 << 20);
    buf_text(&big, "{\"code\":\"");
    while (big.len < 70000)
        buf_char(&big, 'A');
    buf_text(&big, "\"}");
    CHECK_INT(put(&w, "site", big.at), ERR_INVALID);
    CHECK(strstr(w.problem.reason, "too large") != NULL);
    buf_done(&big);
    CHECK_INT(put(&w, "planet", "{}"), ERR_NOT_FOUND);
    s = registry_hold(w.registry);
    CHECK_INT(s->site_count, 0);
    CHECK_INT(s->version, 1);
    registry_release(w.registry, s);
    world_done(&w);
}
