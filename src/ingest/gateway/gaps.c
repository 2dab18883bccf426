/*
 * The gap filler: a thread that now and then asks what is missing of each
 * device that is there, and pulls one window of it. A device has at most one
 * such request open. A window that was asked for is not asked for again until
 * its back-off is over, whatever came of it: what the device does not have it
 * will not have in a minute either, and what it does have is missing no more.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <stdio.h>
#include <time.h>

enum {
    GAPS_MAX = 32, /* of a device, in one look */
    WINDOW_PERIODS = 144,
    WINDOWS_KEPT = 32, /* asked for, of a device */
    BUCKETS = 1024,
    POLL_S = 1, /* while requests are open */
    EXE_BUSY = 5,
};

/* Back-offs in microseconds: it was busy or did not answer; it answered and
 * something is left; it has no data; the longest there is. */
#define SOON_US   (10 * 60000000LL)
#define LATER_US  (60 * 60000000LL)
#define LATE_US   (6 * 3600000000LL)
#define LATEST_US (24 * 3600000000LL)

struct window {
    enum cadence cadence;
    int64_t from_s, to_s;
    int64_t again_us; /* not before */
    int tries;
};

struct watch {
    struct watch *next;
    int32_t device;
    uint64_t order;   /* the request that is open; 0: none */
    size_t window;    /* it is for */
    int64_t again_us; /* the device is left alone until then */
    int failures;     /* in a row */
    size_t pending;   /* periods */
    struct window windows[WINDOWS_KEPT];
    size_t window_count;
};

struct gaps {
    struct gateway *gateway;
    gateway_gap_finder find;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* over the list of watches and their `pending` */
    pthread_cond_t wake;
    atomic_bool stopping;
    struct watch *watches[BUCKETS];
};

static struct watch *watch_find(struct gaps *gaps, int32_t device)
{
    struct watch *w = gaps->watches[(uint32_t)device % BUCKETS];

    while (w && w->device != device)
        w = w->next;
    return w;
}

static struct watch *watch_of(struct gaps *gaps, int32_t device)
{
    struct watch *w = watch_find(gaps, device);
    struct watch **bucket = &gaps->watches[(uint32_t)device % BUCKETS];

    if (w)
        return w;
    w = memory_new(1, sizeof(*w));
    w->device = device;
    pthread_mutex_lock(&gaps->lock);
    w->next = *bucket;
    *bucket = w;
    pthread_mutex_unlock(&gaps->lock);
    return w;
}

static int64_t back_off(int64_t first_us, int tries)
{
    for (; tries > 1 && first_us < LATEST_US; tries--)
        first_us *= 2;
    return first_us < LATEST_US ? first_us : LATEST_US;
}

/* ---- what came of a request ---- */

/* True while it is open. */
static bool is_open(struct gaps *gaps, struct watch *w, int64_t now_us)
{
    struct window *window = &w->windows[w->window];
    struct command c;

    if (!w->order)
        return false;
    if (!gateway_command_find(gaps->gateway, w->order, &c)) {
        w->order = 0; /* forgotten among many others */
        return false;
    }
    if (c.state < COMMAND_DONE)
        return true;
    w->order = 0;
    if (c.state == COMMAND_DONE || c.state == COMMAND_NO_DATA) {
        w->failures = 0;
        window->again_us =
            now_us + back_off(c.state == COMMAND_DONE ? LATER_US : LATE_US,
                              window->tries);
        return false;
    }
    /* Refused, failed (busy), no answer: that is about the device. */
    w->failures++;
    w->again_us = now_us + back_off(SOON_US, w->failures);
    if (c.exe_rtn != EXE_BUSY)
        window->again_us = now_us + back_off(SOON_US, window->tries);
    return false;
}

/* ---- asking ---- */

/* The window that was asked for and holds this period, or NULL. */
static struct window *asked(struct watch *w, enum cadence cadence,
                            int64_t start_s)
{
    for (size_t i = 0; i < w->window_count; i++) {
        struct window *x = &w->windows[i];

        if (x->cadence == cadence && start_s >= x->from_s && start_s < x->to_s)
            return x;
    }
    return NULL;
}

/* A place for a new window: a free one, or that of the longest ago. */
static struct window *new_window(struct watch *w)
{
    struct window *oldest = &w->windows[0];

    if (w->window_count < WINDOWS_KEPT)
        return &w->windows[w->window_count++];
    for (size_t i = 1; i < WINDOWS_KEPT; i++) {
        if (w->windows[i].again_us < oldest->again_us)
            oldest = &w->windows[i];
    }
    return oldest;
}

/*
 * The newest part of a gap that may be asked for now. What lies in a window
 * that backs off is left out.
 */
static struct window *window_in(struct watch *w, const struct gateway_gap *gap,
                                int64_t now_us)
{
    int64_t to_s = gap->to_s, from_s;
    struct window *again = NULL, *fresh;

    while (to_s > gap->from_s) {
        again = asked(w, gap->cadence, to_s - gap->step_s);
        if (!again || again->again_us <= now_us)
            break;
        to_s = again->from_s; /* look before it */
    }
    if (to_s <= gap->from_s)
        return NULL;
    from_s = to_s - (int64_t)WINDOW_PERIODS * gap->step_s;
    if (from_s < gap->from_s)
        from_s = gap->from_s;
    fresh = again ? again : new_window(w);
    *fresh = (struct window){.cadence = gap->cadence,
                             .from_s = from_s,
                             .to_s = to_s,
                             .tries = again ? again->tries : 0};
    return fresh;
}

static int pull_command(enum cadence cadence)
{
    switch (cadence) {
    case CADENCE_MINUTE:
        return 2051;
    case CADENCE_HOUR:
        return 2061;
    default:
        return 2031;
    }
}

static void ask(struct gaps *gaps, struct watch *w, struct window *window,
                const struct gateway_gap *gap, bool label_is_end)
{
    int64_t shift_s = label_is_end ? gap->step_s : 0;
    char begin[15], end[15], cp[80];
    enum err err;

    datetime_format_compact(window->from_s + shift_s, begin);
    datetime_format_compact(window->to_s - gap->step_s + shift_s, end);
    snprintf(cp, sizeof(cp), "BeginTime=%s;EndTime=%s", begin, end);
    window->tries++;
    window->again_us = INT64_MAX; /* until something has come of it */
    w->window = (size_t)(window - w->windows);
    err = gateway_command(gaps->gateway, w->device, pull_command(gap->cadence),
                          span_of(cp), "gap filling", &w->order);
    if (err) {
        w->order = 0;
        window->again_us = clock_us() + SOON_US;
        log_warn("a gap cannot be asked for", "device=%d err=%s", w->device,
                 err_name(err));
    }
}

static size_t periods(const struct gateway_gap *found, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (size_t)((found[i].to_s - found[i].from_s) / found[i].step_s);
    return sum;
}

/* Whether it may be asked at all, and how it names periods. */
static bool is_askable(struct gaps *gaps, struct device_state *d,
                       bool *label_is_end)
{
    struct registry *registry = gaps->gateway->registry;
    const struct registry_snapshot *s;
    const struct device *device;
    bool here;

    pthread_mutex_lock(&d->lock);
    here = d->home != 0;
    pthread_mutex_unlock(&d->lock);
    if (!here)
        return false;
    s = registry_hold(registry);
    device = registry_device(s, d->id);
    here = device && device->enabled;
    *label_is_end = here && device->label_is_end;
    registry_release(registry, s);
    return here;
}

/* True when a request of it is open afterwards. */
static bool look_at(struct gaps *gaps, struct device_state *d)
{
    struct gateway_gap found[GAPS_MAX];
    struct watch *w = watch_of(gaps, d->id);
    struct window *window = NULL;
    int64_t now_us = clock_us();
    bool label_is_end;
    size_t n;

    if (is_open(gaps, w, now_us))
        return true;
    if (!is_askable(gaps, d, &label_is_end))
        return false;
    n = gaps->find(gaps->context, d->id, found, GAPS_MAX);
    pthread_mutex_lock(&gaps->lock);
    w->pending = periods(found, n);
    pthread_mutex_unlock(&gaps->lock);
    if (w->again_us > now_us)
        return false;
    for (size_t i = 0; i < n && !window; i++) {
        window = window_in(w, &found[i], now_us);
        if (window)
            ask(gaps, w, window, &found[i], label_is_end);
    }
    return w->order != 0;
}

/* ---- the thread ---- */

/* True when it is time to stop. */
static bool rest(struct gaps *gaps, int seconds)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&gaps->lock);
    while (!gaps->stopping &&
           pthread_cond_timedwait(&gaps->wake, &gaps->lock, &until) == 0)
        ;
    stop = gaps->stopping;
    pthread_mutex_unlock(&gaps->lock);
    return stop;
}

static bool look_at_all(struct gaps *gaps)
{
    struct device_state **states;
    size_t n = device_states(gaps->gateway, &states);
    bool any = false;

    for (size_t i = 0; i < n && !gaps->stopping; i++)
        any |= look_at(gaps, states[i]);
    free(states);
    return any;
}

static void *run(void *context)
{
    struct gaps *gaps = context;
    int interval_s = gaps->gateway->options.gap_interval_s;

    while (!rest(gaps, look_at_all(gaps) && interval_s > POLL_S ? POLL_S
                                                                : interval_s))
        ;
    return NULL;
}

struct gaps *gaps_start(struct gateway *gateway, gateway_gap_finder find,
                        void *context)
{
    struct gaps *gaps = memory_new(1, sizeof(*gaps));

    gaps->gateway = gateway;
    gaps->find = find;
    gaps->context = context;
    pthread_mutex_init(&gaps->lock, NULL);
    pthread_cond_init(&gaps->wake, NULL);
    if (pthread_create(&gaps->thread, NULL, run, gaps) != 0)
        abort(); /* no thread to be had at start */
    return gaps;
}

void gaps_stop(struct gaps *gaps)
{
    if (!gaps)
        return;
    pthread_mutex_lock(&gaps->lock);
    gaps->stopping = true;
    pthread_cond_signal(&gaps->wake);
    pthread_mutex_unlock(&gaps->lock);
    pthread_join(gaps->thread, NULL);
    for (size_t i = 0; i < BUCKETS; i++) {
        while (gaps->watches[i]) {
            struct watch *w = gaps->watches[i];

            gaps->watches[i] = w->next;
            free(w);
        }
    }
    pthread_cond_destroy(&gaps->wake);
    pthread_mutex_destroy(&gaps->lock);
    free(gaps);
}

void gateway_find_gaps(struct gateway *gateway, gateway_gap_finder find,
                       void *context)
{
    if (gateway->options.gap_interval_s > 0 && !gateway->gaps)
        gateway->gaps = gaps_start(gateway, find, context);
}

size_t gateway_gaps_pending(struct gateway *gateway, int32_t device)
{
    struct gaps *gaps = gateway->gaps;
    struct watch *w;
    size_t n = 0;

    if (!gaps)
        return 0;
    pthread_mutex_lock(&gaps->lock);
    w = watch_find(gaps, device);
    if (w)
        n = w->pending;
    pthread_mutex_unlock(&gaps->lock);
    return n;
}
