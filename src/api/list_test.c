#include "api/room.h"

#include "base/test.h"

TEST(a_cursor_comes_back_as_it_went)
{
    static const int64_t keys[][4] = {{0, 0, 0, 0},
                                      {1, -2, 3, 4},
                                      {999999999999999999, 1, 2, 3},
                                      {-1893484800, 7, 7, 7}};

    for (size_t i = 0; i < LENGTH(keys); i++) {
        for (int count = 1; count <= 4; count++) {
            int64_t back[4] = {0};
            char text[96];

            cursor_format(keys[i], count, text);
            CHECK_INT(cursor_parse(span_of(text), back), count);
            for (int k = 0; k < count; k++)
                CHECK_INT(back[k], keys[i][k]);
        }
    }
}

TEST(what_is_no_cursor_is_seen)
{
    static const char *const wrong[] = {
        "",    ".",   "1.",        "1..2", "a",
        "1.b", "--1", "1.2.3.4.5", "-",    "9999999999999999999",
        " 1",  "1 ",  "0x10",
    };

    for (size_t i = 0; i < LENGTH(wrong); i++) {
        int64_t key[4];

        CHECK_INT(cursor_parse(span_of(wrong[i]), key), 0);
    }
}
