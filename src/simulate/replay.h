/*
 * replay - rows of real tables sent as the frames of devices: each station of a
 * table becomes a device that uploads its hours (CN 2061) with the digits as
 * the table has them. What the table leaves out is left out.
 *
 * A layout says where station, time and factors stand:
 *
 *   station-hourly  Date, Hour (ending), WatchPoint, PM2.5 ... of air stations
 *   city-hourly     date, hour, 城市, PM2.5 ... means of cities
 *   cnemc-4h        断面名称, 监测时间 (no year), 水温(℃) ... of water sections
 *   prsa            year, month, day, hour, station, PM2.5 ... TEMP ...
 *   cems            hours of stacks in lb/h; the files have no header row
 *   plain           time, site, then columns named by factor code, a34004 ...
 *
 * A file may be gzip. Stations are told apart by the file's name too when the
 * layout's names are not unique.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "base/err.h"
#include "base/span.h"
#include "simulate/load.h"

struct replay; /* the rows of all files */

/* ERR_NOT_FOUND (no such layout or file), ERR_INVALID; the message says which.
 */
enum err replay_open(const char *layout, int year, struct replay **out,
                     char message[256]) MUST_CHECK;
enum err replay_add_file(struct replay *replay, const char *path,
                         char message[256]) MUST_CHECK;
void replay_free(struct replay *replay);

int replay_stations(const struct replay *replay);
uint64_t replay_rows(const struct replay *replay);
/* Rows that were not taken, for want of a station, a time or any value. */
uint64_t replay_left_out(const struct replay *replay);

/* The registry of these stations, as load_write_registry does. */
enum err replay_write_registry(const struct replay *replay,
                               const char *directory) MUST_CHECK;

/* For load_options: the rows as frames. */
struct load_source replay_source(struct replay *replay);

#endif
