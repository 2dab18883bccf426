/*
 * state_store - what a flush keeps of the pipeline itself: the moment it had
 * come to and the periods that wait, in one row of the readings' file.
 */
#ifndef PIPELINE_STATE_STORE_H
#define PIPELINE_STATE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum { STATE_BYTES_MAX = 256 << 20 };

/* On that connection, inside the caller's transaction. */
enum err state_store_write(void *sqlite, int64_t clock_us,
                           struct span items) MUST_CHECK;

/* What the last flush left; ERR_NOT_FOUND when there was none. */
enum err state_store_load(const char *path, int64_t *clock_us,
                          struct buf *items) MUST_CHECK;

#endif
