/*
 * verdict_bytes - a verdict as bytes and back: all that was judged, without
 * subject, period, version, moment and cause. Equal bytes say the same.
 *
 * Pure.
 */
#ifndef VERDICT_BYTES_H
#define VERDICT_BYTES_H

#include "assess/verdict.h"
#include "base/buf.h"

void verdict_encode(const struct verdict *verdict, struct buf *out);

/* Onto the arena. ERR_CORRUPT when the bytes are not such. */
enum err verdict_decode(struct span bytes, struct arena *arena,
                        struct verdict *out) MUST_CHECK;

#endif
