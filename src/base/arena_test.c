#include "base/arena.h"
#include "base/test.h"

TEST(pieces_are_aligned_and_never_move)
{
    struct arena a;
    char *first;

    arena_init(&a);
    first = arena_take(&a, 3);
    memcpy(first, "abc", 3);
    for (size_t i = 1; i < 3000; i++) {
        char *piece = arena_take(&a, i);

        CHECK_INT((uintptr_t)piece % _Alignof(max_align_t), 0);
        memset(piece, 0xEE, i);
    }
    CHECK(memcmp(first, "abc", 3) == 0);
    arena_done(&a);
}

TEST(new_pieces_are_zero_even_in_used_memory)
{
    struct arena a;

    arena_init(&a);
    memset(arena_take(&a, 5000), 0xFF, 5000);
    arena_clear(&a);
    {
        const char *piece = arena_new(&a, 50, 100);

        for (size_t i = 0; i < 5000; i++)
            CHECK_INT(piece[i], 0);
    }
    arena_done(&a);
}

TEST(texts_are_terminated)
{
    struct arena a;
    struct span copy;

    arena_init(&a);
    copy = arena_copy(&a, SPAN("成都"));
    CHECK_TEXT(copy.at, "成都");
    CHECK_TEXT(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    arena_done(&a);
}

TEST(texts_of_every_length_stand_side_by_side)
{
    enum { LONGEST = 1200 };
    const char *text[LONGEST + 1];
    struct arena a;

    arena_init(&a);
    for (int len = 0; len <= LONGEST; len++)
        text[len] = arena_printf(&a, "%*s", len, "");
    for (int len = 0; len <= LONGEST; len++) {
        CHECK_INT(strlen(text[len]), len);
        CHECK_INT(strspn(text[len], " "), len);
    }
    arena_done(&a);
}
