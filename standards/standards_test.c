#include "standards/standards.h"

#include "base/test.h"

#include <stdio.h>

TEST(a_table_is_found_by_its_name)
{
    struct span regions = standards_file("regions.csv");

    CHECK(span_starts(regions, SPAN("code,level,name_zh,name_en,")));
    CHECK_INT(regions.at[regions.len - 1], '\n');
}

TEST(what_is_not_there_is_empty)
{
    CHECK(standards_file("nothing.csv").at == NULL);
    CHECK_INT(standards_file("regions").len, 0);
}

TEST(all_tables_are_listed_and_hold_their_bytes)
{
    const char *const *names;
    size_t count = standards_names(&names);

    CHECK(count >= 16);
    for (size_t i = 0; i < count; i++) {
        struct span text = standards_file(names[i]);

        CHECK(text.len > 100);
        CHECK_INT(text.at[text.len], '\0');
        CHECK_INT(memchr(text.at, '\0', text.len) == NULL, 1);
        if (i > 0)
            CHECK(strcmp(names[i - 1], names[i]) < 0);
    }
}

TEST(chinese_text_comes_through_as_utf8)
{
    struct span text = standards_file("regions.csv");

    CHECK(memmem(text.at, text.len, "\n510100,prefecture,成都市,Chengdu,",
                 strlen("\n510100,prefecture,成都市,Chengdu,")) != NULL);
}

TEST(every_table_has_a_title_in_the_list_of_tables)
{
    const char *const *names;
    size_t count = standards_names(&names);
    struct span list = standards_file("tables.csv");
    char row[128];

    for (size_t i = 0; i < count; i++) {
        snprintf(row, sizeof(row), "\n%s,", names[i]);
        if (!memmem(list.at, list.len, row, strlen(row)))
            fail_msg("tables.csv has no row for %s", names[i]);
    }
}
