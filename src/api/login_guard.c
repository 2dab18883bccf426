#include "api/login_guard.h"

#include "base/memory.h"

#include <pthread.h>

enum { WINDOW_S = 60 };

struct tries {
    char address[64];
    int64_t since_s; /* start of its minute; 0: free */
    int count;
};

struct login_guard {
    pthread_mutex_t lock;
    int per_minute;
    struct tries rows[LOGIN_GUARD_ADDRESSES];
};

struct login_guard *login_guard_new(int per_minute)
{
    struct login_guard *guard = memory_new(1, sizeof(*guard));

    pthread_mutex_init(&guard->lock, NULL);
    guard->per_minute = per_minute;
    return guard;
}

void login_guard_free(struct login_guard *guard)
{
    if (!guard)
        return;
    pthread_mutex_destroy(&guard->lock);
    free(guard);
}

/* The row of an address: its own, else the one idle longest. */
static size_t row_of(struct login_guard *guard, struct span address)
{
    size_t oldest = 0;

    for (size_t i = 0; i < LOGIN_GUARD_ADDRESSES; i++) {
        const struct tries *row = &guard->rows[i];

        if (row->since_s && span_is(address, row->address))
            return i;
        if (row->since_s < guard->rows[oldest].since_s)
            oldest = i;
    }
    guard->rows[oldest] = (struct tries){.count = 0};
    span_copy(address, guard->rows[oldest].address,
              sizeof(guard->rows[oldest].address));
    return oldest;
}

int login_guard_try(struct login_guard *guard, struct span address,
                    int64_t now_s)
{
    struct tries *row;
    int wait_s = 0;

    address = span_first(address, sizeof(guard->rows[0].address) - 1);
    pthread_mutex_lock(&guard->lock);
    row = &guard->rows[row_of(guard, address)];
    if (!row->since_s || now_s < row->since_s ||
        now_s - row->since_s >= WINDOW_S) {
        row->since_s = now_s;
        row->count = 0;
    }
    if (row->count >= guard->per_minute)
        wait_s = (int)(row->since_s + WINDOW_S - now_s);
    else
        row->count++;
    pthread_mutex_unlock(&guard->lock);
    return wait_s;
}
