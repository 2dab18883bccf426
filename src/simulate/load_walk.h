/*
 * load_walk - the frames of load when nobody hands in others: minute data of
 * ten factors that wander, written into one template. Private to the folder.
 */
#ifndef LOAD_WALK_H
#define LOAD_WALK_H

#include "simulate/load.h"

struct load_walk {
    int64_t from_s; /* the period of each device's first frame */
    char frame[LOAD_FRAME_MAX];
    size_t len; /* without checksum and tail */
    size_t qn_at, mn_at, time_at, values_at[LOAD_FACTORS];
};

void load_walk_init(struct load_walk *walk, int64_t from_s);

/* Frames without end, as long as `walk` lives. */
struct load_source load_walk_source(struct load_walk *walk);

#endif
