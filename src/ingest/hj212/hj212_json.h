/*
 * hj212_json - a received piece as one JSON object, and back to bytes.
 *
 *     {"verdict":"ok","deviations":[],"edition":"2017","qn":"2016...",
 *      "st":"32","cn":2011,"pw":"******","mn":"0100...","flag":5,
 *      "items":[{"name":"w01018-Rtd","text":"40.1"}],"raw":"##0143QN=..."}
 *
 * Bytes that are not printable UTF-8 stand as \xHH, a backslash as \\ (the
 * JSON writer then doubles them, as JSON wants). Passwords and new keys are
 * shown as ****** unless asked for. An item whose separator in front is not
 * the usual one says so: "join":",".
 */
#ifndef HJ212_JSON_H
#define HJ212_JSON_H

#include "ingest/hj212/hj212.h"

/* "******", in the place of a secret. */
extern const char hj212_masked[7];

/* Fields whose value nobody should read over a shoulder: PW, NewPW, NewSK. */
bool hj212_is_secret(struct span name);

/* The escaped text of any bytes. */
void hj212_escape(struct span bytes, struct buf *out);

/* Back; ERR_SYNTAX for a backslash with something else behind it. */
enum err hj212_unescape(struct span text, struct buf *out) MUST_CHECK;

/* Appends the object, without a newline. */
void hj212_json_write(const struct hj212_frame *frame,
                      enum hj212_verdict verdict, bool show_password,
                      struct buf *out);

struct hj212_json_options {
    const char *pw;         /* in place of a masked or missing one, or NULL */
    const uint8_t *sm4_key; /* for objects with "encrypted":true, or NULL */
};

/*
 * Appends the frame of one object. On an error *out_problem says what is
 * wrong; objects of refused pieces are ERR_INVALID.
 */
enum err hj212_json_read(struct span json,
                         const struct hj212_json_options *options,
                         struct buf *out, const char **out_problem) MUST_CHECK;

#endif
