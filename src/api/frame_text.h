/*
 * frame_text - a frame's bytes for people: without its password, printable.
 * Pure.
 */
#ifndef API_FRAME_TEXT_H
#define API_FRAME_TEXT_H

#include "base/arena.h"

/*
 * A copy with every PW=... (header and content) as PW=******. The length of the
 * copy may differ; it is for eyes, not for decoding.
 */
struct span frame_mask(struct span frame, struct arena *arena);

/* \r, \n, \\ and \xNN for what is not printable UTF-8. */
struct span frame_escape(struct span frame, struct arena *arena);

struct span frame_hex(struct span frame, struct arena *arena);

#endif
