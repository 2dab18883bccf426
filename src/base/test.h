/*
 * test - a few macros over cmocka. A test program includes this and writes
 * TEST blocks; they register themselves, and main() here runs them all. A
 * failed CHECK ends its test and names file, line and both values.
 */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct CMUnitTest test_list[512];
static size_t test_count;

#define TEST(id)                                                               \
    static void id(void **test_state);                                         \
    __attribute__((constructor)) static void register_##id(void)               \
    {                                                                          \
        if (test_count == LENGTH(test_list))                                   \
            abort();                                                           \
        test_list[test_count++] =                                              \
            (struct CMUnitTest){#id, id, NULL, NULL, NULL};                    \
    }                                                                          \
    static void id(__attribute__((unused)) void **test_state)

#define CHECK(condition) assert_true(condition)
#define CHECK_INT(actual, expected)                                            \
    test_check_int(#actual, (long long)(actual), (long long)(expected),        \
                   __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) assert_string_equal(actual, expected)
#define CHECK_SPAN(actual, expected)                                           \
    test_check_span(#actual, actual, expected, __FILE__, __LINE__)

static inline void test_check_int(const char *what, long long actual,
                                  long long expected, const char *file,
                                  int line)
{
    if (actual == expected)
        return;
    print_error("%s is %lld, not %lld\n", what, actual, expected);
    _fail(file, line);
}

static inline void test_check_span(const char *what, struct span actual,
                                   const char *expected, const char *file,
                                   int line)
{
    if (span_is(actual, expected))
        return;
    print_error("%s is \"%.*s\", not \"%s\"\n", what, SPAN_ARG(actual),
                expected);
    _fail(file, line);
}

int main(void)
{
    return _cmocka_run_group_tests("tests", test_list, test_count, NULL, NULL);
}

#endif
