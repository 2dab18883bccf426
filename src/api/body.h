/*
 * body - JSON that was sent to us (jansson does the reading): one object, at
 * most BODY_DEPTH_MAX deep, no member twice, UTF-8. Texts that come out live as
 * long as the body. The owner calls body_free.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum { BODY_DEPTH_MAX = 32 };

struct body;

/* NULL when it is no such object; *why says where. */
struct body *body_parse(struct span text, char why[160]);
void body_free(struct body *body);

bool body_has(const struct body *body, const char *name); /* and is not null */

/* Empty (.at NULL) when it is absent or not a text. */
struct span body_text(const struct body *body, const char *name);

/* False when it is absent or no whole number. */
bool body_int(const struct body *body, const char *name, int64_t *out);

/* The object as one line of JSON, members in the order they came. */
void body_write(const struct body *body, struct buf *out);

/* Sets a text member, in place of one of that name. */
void body_set(struct body *body, const char *name, struct span text);

/* Whether text has brackets nested at most `max` deep (outside strings). */
bool body_depth_within(struct span text, int max);

/*
 * The JSON array `items` of objects as CSV: a column for each name, lists
 * joined by blanks, objects as JSON. False when it is no such array.
 */
bool body_items_to_csv(struct span items, const char *const *names,
                       size_t name_count, struct buf *out);

#endif
