#include "assess/standard/standard.h"

#include "base/test.h"

#include <pthread.h>

TEST(a_table_is_read_with_its_columns_and_rows)
{
    const struct standard_table *t = standard_table("water-gb3838.csv");

    CHECK(t != NULL);
    CHECK_INT(t->row_count, 208);
    CHECK_TEXT(standard_text(t, 0, "item_code"), "w01010");
    CHECK_SPAN(standard_cell(t, 0, "no such column"), "");
    CHECK(standard_table("no such table.csv") == NULL);
}

TEST(a_quoted_cell_keeps_its_commas)
{
    const struct standard_table *t = standard_table("water-gb3838.csv");

    CHECK_TEXT(standard_text(t, 0, "name_en"),
               "water temperature, weekly mean maximum rise caused by man");
}

TEST(days_numbers_and_empty_cells)
{
    const struct standard_table *t = standard_table("aqi-hj633.csv");
    struct decimal value;

    CHECK_INT(standard_day(t, 0, "valid_from", 0), 20160101);
    CHECK_INT(standard_day(t, 0, "valid_to", 0), 20260228);
    CHECK_INT(standard_day(t, 0, "note", STANDARD_OPEN), STANDARD_OPEN);
    CHECK(standard_decimal(t, 2, "value", &value));
    CHECK_INT(value.mantissa, 150);
    CHECK(!standard_decimal(t, 2, "note", &value));
}

TEST(an_edition_is_in_force_from_its_first_day)
{
    CHECK(standard_edition_on("GB 3838-2002", 20020531) == NULL);
    CHECK(standard_edition_on("GB 3838-2002", 20020601) != NULL);
    CHECK(standard_edition_on("HJ 663-2013", 20260228) != NULL);
    CHECK(standard_edition_on("HJ 663-2013", 20260301) == NULL);
    CHECK(standard_edition_on("HJ 1-1900", 20260301) == NULL);
}

TEST(an_edition_is_found_by_the_name_of_its_document)
{
    CHECK_TEXT(standard_name_on("GB 3095-2012", 20260228), "GB 3095-2012");
    CHECK_TEXT(standard_name_on("GB 3095-2012", 20260301), "GB 3095-2026");
    CHECK_TEXT(standard_name_on("GB 3095-2026", 20260228), "GB 3095-2012");
    CHECK_TEXT(standard_name_on("GB 3095-2012", 19000101), "");
    CHECK(standard_edition_of("HJ 1-1900", 20260301) == NULL);
    /* a recommendation is another document than what replaced it */
    CHECK_TEXT(standard_name_on("HJ/T 356-2007", 20200323), "HJ/T 356-2007");
    CHECK_TEXT(standard_name_on("HJ/T 356-2007", 20200324), "");
    /* without a year the name is all there is */
    CHECK(standard_same_document("环办〔2011〕22号", "环办〔2011〕22号"));
    CHECK(!standard_same_document("环办〔2011〕22号", "环办〔2012〕22号"));
    CHECK(!standard_same_document("GB 3838-2002", "GB 3838"));
    CHECK(!standard_same_document("GB 3838-2002", "GB 383-2002"));
}

static void *ask(void *out)
{
    *(const struct standard_table **)out = standard_table("units.csv");
    return NULL;
}

TEST(many_threads_get_the_same_table)
{
    const struct standard_table *seen[8] = {NULL};
    pthread_t thread[8];

    for (int i = 0; i < 8; i++)
        CHECK_INT(pthread_create(&thread[i], NULL, ask, &seen[i]), 0);
    for (int i = 0; i < 8; i++) {
        CHECK_INT(pthread_join(thread[i], NULL), 0);
        CHECK(seen[i] == standard_table("units.csv"));
    }
}
