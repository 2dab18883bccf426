#include "storage/registry/field.h"

#include "base/test.h"

#include <stdio.h>

TEST(the_manual_has_every_field_word_for_word)
{
    const char *path = getenv("REGISTRY_MANUAL");
    FILE *file = fopen(path ? path : "docs/registry.md", "rb");
    struct buf manual, fields;
    struct span rest;
    size_t rows = 0;

    if (!file && !path) {
        print_message("skipped: run from the source's root\n");
        skip();
    }
    CHECK(file != NULL);
    buf_init(&manual, 1 << 20);
    buf_init(&fields, 1 << 20);
    manual.len = fread(buf_room(&manual, 1 << 18), 1, 1 << 18, file);
    fclose(file);
    field_manual(&fields);
    rest = buf_span(&fields);
    while (rest.len) {
        struct span row = span_take(&rest, '\n');

        if (row.len && !memmem(manual.at, manual.len, row.at, row.len))
            print_error("docs/registry.md lacks: %.*s\n", SPAN_ARG(row));
        CHECK(!row.len || memmem(manual.at, manual.len, row.at, row.len));
        rows += span_starts(row, SPAN("| `"));
    }
    CHECK_INT(rows, 13 + 4 + 12 + 8 + 11);
    buf_done(&manual);
    buf_done(&fields);
}

TEST(every_field_has_words_in_both_languages_and_a_default_or_is_required)
{
    for (int kind = 0; kind < ROW_KIND_COUNT; kind++) {
        const struct row_schema *s = row_schema((enum row_kind)kind);

        CHECK(s->count <= FIELDS_MAX);
        for (size_t i = 0; i < s->count; i++) {
            const struct field *f = &s->fields[i];

            CHECK(strlen(f->en) > 3 && strlen(f->zh) > 3);
            CHECK(strlen(f->example) > 0);
            CHECK(!(f->flags & FIELD_REQUIRED) == (f->fallback != NULL));
            CHECK(i >= s->keys || (f->flags & FIELD_REQUIRED));
            CHECK_INT(row_field((enum row_kind)kind, span_of(f->name)), i);
        }
    }
}

TEST(a_code_is_the_key_joined_by_colons_and_back)
{
    struct arena arena;
    struct row row;
    struct span code = SPAN("QY1:DA001:a21026:day:20260101:permit 9:1");

    arena_init(&arena);
    CHECK_INT(row_code_parse(ROW_LIMIT, code, &row), OK);
    CHECK_SPAN(row.value[0], "QY1");
    CHECK_SPAN(row.value[4], "20260101");
    CHECK_SPAN(row.value[5], "permit 9:1");
    CHECK(row.value[6].at == NULL);
    CHECK_TEXT(row_code(ROW_LIMIT, &row, &arena), code.at);
    CHECK_INT(row_code_parse(ROW_POINT, SPAN("QY1"), &row), ERR_SYNTAX);
    CHECK_INT(row_code_parse(ROW_POINT, SPAN("QY1:"), &row), ERR_SYNTAX);
    CHECK_INT(row_code_parse(ROW_SITE, SPAN(""), &row), ERR_SYNTAX);
    arena_done(&arena);
}

TEST(lists_are_parted_by_blanks_and_semicolons)
{
    struct span rest = SPAN(" ;a; b;;c "), part;
    char all[16] = "";

    while (field_part(&rest, &part))
        strncat(all, part.at, part.len);
    CHECK_TEXT(all, "abc");
}
