/* live_inside - what live.c and live_picture.c share. Private to them. */
#ifndef API_LIVE_INSIDE_H
#define API_LIVE_INSIDE_H

#include "api/city.h"
#include "api/live.h"

enum {
    PENDING_READINGS = 8192, /* between two rounds of the thread */
    PENDING_VERDICTS = 4096,
    PICTURE_AGE_S = 10,  /* made anew so often even when nothing came */
    DEVICE_EVERY_S = 10, /* a device's last frame is told so often */
};

/* A note of the pipeline's thread. */
struct note_reading {
    channel_id channel;
    int32_t site, point;
    int64_t start_s;
    uint8_t present;
    struct decimal value, converted;
    char flag;
    uint32_t quality;
};

struct note_verdict {
    int32_t site;
    char *json; /* the short verdict */
};

/* The two newest hours of an air station. */
struct air_memory {
    int32_t site;
    struct city_station hour[2]; /* newest first */
};

/* What was last told of a device. */
struct seen_device {
    int32_t id;
    bool online, mark;
    int64_t last_us, told_us;
};

struct region_text {
    int code;
    char *json;
};

struct live {
    struct api *api;
    pthread_t thread;
    pthread_mutex_t lock; /* of all down to the line */
    pthread_cond_t wake;
    bool stopping, dirty;
    struct note_reading *readings;
    struct note_verdict *verdicts;
    size_t reading_count, verdict_count;
    struct http_blob *open, *all;
    struct live_site *sites; /* by id, ascending */
    size_t site_count;
    int32_t *online; /* devices with a session, ascending */
    size_t online_count;
    struct live_counters counters;
    /* ---- the thread's own */
    bool running;
    struct arena arena; /* for one picture */
    struct air_memory *air;
    size_t air_count, air_room;
    struct seen_device *devices;
    size_t device_count, device_room;
    struct region_text *regions; /* as last told */
    size_t region_count;
    int64_t made_s;
};

/* Makes the picture; tells regions that changed. */
void live_picture(struct live *live, int64_t now_us);

/* Notices who came and went among the devices; tells it. */
void live_devices(struct live *live, int64_t now_us);

#endif
