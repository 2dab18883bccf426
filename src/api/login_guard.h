/*
 * login_guard - how many log-ins one address may try in a minute. (The accounts
 * lock a name after some wrong passwords; this stops who tries many names.)
 * Bounded: when there are too many addresses the one idle longest is forgotten.
 * Any thread; time is an argument.
 */
#ifndef API_LOGIN_GUARD_H
#define API_LOGIN_GUARD_H

#include "base/span.h"

#include <stdint.h>

enum { LOGIN_GUARD_ADDRESSES = 1024 };

struct login_guard;

struct login_guard *login_guard_new(int per_minute);
void login_guard_free(struct login_guard *guard);

/* Counts a try; 0 when it may go on, else the seconds to wait. */
int login_guard_try(struct login_guard *guard, struct span address,
                    int64_t now_s);

#endif
