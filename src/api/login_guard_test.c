#include "api/login_guard.h"

#include "base/test.h"

#include <stdio.h>

TEST(an_address_may_try_so_often_a_minute)
{
    struct login_guard *guard = login_guard_new(3);

    for (int i = 0; i < 3; i++)
        CHECK_INT(login_guard_try(guard, SPAN("192.0.2.1"), 1000 + i), 0);
    CHECK_INT(login_guard_try(guard, SPAN("192.0.2.1"), 1010), 50);
    CHECK_INT(login_guard_try(guard, SPAN("192.0.2.2"), 1010), 0);
    CHECK_INT(login_guard_try(guard, SPAN("192.0.2.1"), 1059), 1);
    CHECK_INT(login_guard_try(guard, SPAN("192.0.2.1"), 1060), 0);
    login_guard_free(guard);
    login_guard_free(NULL);
}

TEST(a_clock_that_falls_back_locks_nobody_out)
{
    struct login_guard *guard = login_guard_new(1);

    CHECK_INT(login_guard_try(guard, SPAN("a"), 100000), 0);
    CHECK_INT(login_guard_try(guard, SPAN("a"), 1), 0);
    login_guard_free(guard);
}

TEST(many_addresses_need_no_more_memory)
{
    struct login_guard *guard = login_guard_new(1);
    char address[32];

    for (int i = 0; i < 3 * LOGIN_GUARD_ADDRESSES; i++) {
        snprintf(address, sizeof(address), "2001:db8::%x", i);
        CHECK_INT(login_guard_try(guard, span_of(address), 1000 + i), 0);
    }
    /* The newest is remembered, the oldest forgotten. */
    CHECK(login_guard_try(guard, span_of(address),
                          1000 + 3 * LOGIN_GUARD_ADDRESSES) > 0);
    login_guard_free(guard);
}
