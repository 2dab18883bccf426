#include "assess/standard/standard_check.h"

#include "base/test.h"

static const char ours[] =
    "standard,valid_from,valid_to,item,bound,value,clause,confidence\n"
    "HJ 1-2012,2016-01-01,2026-02-28,a34004,max,75,4.1,high\n"
    "HJ 1-2026,2026-03-01,,a34004,min,60.5,4.2,medium\n";

static struct buf out;

static bool check(const char *theirs)
{
    buf_done(&out);
    buf_init(&out, 1 << 16);
    return standard_check("x.csv", span_of(ours), span_of(theirs), &out);
}

static bool said(const char *part)
{
    return out.len && strstr(out.at, part);
}

TEST(ours_is_fit_and_so_is_a_table_with_a_new_edition)
{
    CHECK(check(ours));
    CHECK_INT(out.len, 0);
    CHECK(check("note,standard,valid_from,valid_to,item,bound,value,clause,"
                "confidence\n"
                "x,HJ 1-2026,2026-03-01,2098-12-31,a34004,max,60,IV,high\n"
                "y,HJ 1-2099,2099-01-01,,a34004,max,50,,high\n"
                "z,HJ 2-2099,2090-01-01,,a34004,max,,,high\n"));
}

TEST(what_is_wrong_is_told_by_line_and_column)
{
    const struct {
        const char *rows, *what;
    } cases[] = {
        {"HJ 1-2026,2026-03-01,,a,max,x,4,high\n",
         "x.csv:2: column value: \"x\": no number"},
        {"HJ 1-2026,2026-03-01,,a,max,1,4,high\n"
         "HJ 1-2026,2026-3-1,,a,max,1,4,high\n",
         "x.csv:3: column valid_from: \"2026-3-1\": no day"},
        {"HJ 1-2026,2026-02-30,,a,max,1,4,high\n", "no day"},
        {"HJ 1-2026,2026-03-01,,a,most,1,4,high\n",
         "column bound: \"most\": no word of this column"},
        {"HJ 1-2026,2026-03-01,,a,max,1,4,\n", "column confidence"},
        {"HJ 1-2026,2026-03-01,,a,max,1,4\n",
         "x.csv:2: another number of cells"},
        {"HJ 1-2026,\"2026\"-03-01,,a,max,1,4,high\n", "broken quotes"},
        {"HJ 1-2026,2026-03-01,2026-02-01,a,max,1,4,high\n",
         "column valid_to: \"2026-02-01\": before valid_from"},
        {"HJ 1-2026,2026-03-01,,a,max,1,4,high\n"
         "HJ 1-2099,2099-01-01,,a,max,1,4,high\n",
         "x.csv:2: column valid_to: \"HJ 1-2026\": still in force when the "
         "newer edition begins"},
        {"HJ 1-2026,2026-03-01,2099-01-01,a,max,1,4,high\n"
         "HJ 1-2099,2099-01-01,,a,max,1,4,high\n",
         "still in force"},
        {"", "there are no rows"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[1024];

        snprintf(text, sizeof(text),
                 "standard,valid_from,valid_to,item,bound,value,clause,"
                 "confidence\n%s",
                 cases[i].rows);
        CHECK(!check(text));
        if (!said(cases[i].what))
            fprintf(stderr, "%.*s", (int)out.len, out.at);
        CHECK(said(cases[i].what));
    }
    CHECK(!check("standard,valid_from\nHJ 1-2026,2026-03-01\n"));
    CHECK(said("x.csv:1: column value: this column has to be there"));
    CHECK(!check(""));
    CHECK(said("no header"));
    buf_done(&out);
}

TEST(a_hopeless_table_does_not_flood)
{
    struct buf text;
    size_t lines = 0;

    buf_init(&text, 1 << 20);
    buf_text(&text, "standard,valid_from,valid_to,item,bound,value,clause,"
                    "confidence\n");
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "x\n");
    CHECK(!check(text.at));
    for (size_t i = 0; i < out.len; i++)
        lines += out.at[i] == '\n';
    CHECK_INT(lines, STANDARD_FAULTS_MAX + 1);
    CHECK(said("and 991 more")); /* with that there are no rows */
    buf_done(&text);
    buf_done(&out);
}
