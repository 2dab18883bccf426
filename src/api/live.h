/*
 * live - the picture of now: what /live answers, kept ready and made anew at
 * most once a second when something came in, and the events that browsers are
 * told. One thread; the pipeline's thread only leaves notes here and never
 * waits.
 */
#ifndef API_LIVE_H
#define API_LIVE_H

#include "api/room.h"

enum live_state {
    LIVE_NEVER,     /* nothing was ever heard */
    LIVE_OK,        /* in time */
    LIVE_EXCEEDING, /* in time, and beyond a limit */
    LIVE_LATE,      /* connected, but its data are overdue */
    LIVE_OFFLINE,   /* overdue and not connected */
};

const char *live_state_name(enum live_state state);

/*
 * Overdue: nothing came for two periods and five minutes. The period is that of
 * the shortest channel. Pure.
 */
enum live_state live_judge(int64_t age_s, int expected_s, bool connected,
                           bool exceeding);

/* How often a channel should speak; 0: no rhythm. Pure. */
int live_expected_s(enum element element, enum cadence cadence,
                    const struct device *device);

struct live *live_start(struct api *api);
void live_stop(struct live *live); /* ends the thread */
void live_free(struct live *live);

/* The answer of /live, held; with all sites or only the public ones. */
struct http_blob *live_blob(struct live *live, bool all);

/* What a site's row says of now. */
struct live_site {
    int32_t id;
    enum live_state state;
    int64_t last_us; /* 0: never */
    char *verdict;   /* JSON of the short verdict; NULL: none */
};

/* A copy in the arena; false for a site not known yet (registered just now). */
bool live_find(struct live *live, int32_t site, struct arena *arena,
               struct live_site *out);

/* Members id .. verdict of a site's row. */
void live_members(struct json *j, struct live *live, const struct site *site,
                  struct arena *arena);

bool live_online(struct live *live, int32_t device);

/* Somebody changed the registry, a command moved: make the picture anew. */
void live_touch(struct live *live);

struct live_counters {
    uint64_t rebuilds, rebuild_us, events_lost;
};
void live_counters(struct live *live, struct live_counters *out);

#endif
