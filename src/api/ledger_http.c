/* The evidence: its state, its verification, proofs of single records. */
#include "api/room.h"

#include "api/verification.h"

#include <stdio.h>

static void verify_object(struct json *j, struct api *api)
{
    struct verification_state v;

    verification_look(api->verification, &v);
    json_key(j, "verify");
    json_open(j, '{');
    json_key_bool(j, "running", v.running);
    json_key_int(j, "done", (int64_t)v.done);
    json_key_int(j, "total", (int64_t)v.total);
    key_time_us(j, "finished", v.finished_us);
    if (v.ever)
        json_key_bool(j, "ok", v.report.err == OK);
    else
        json_key_null(j, "ok");
    json_key_text(j, "message", v.ever ? v.report.message : NULL);
    json_key_int(j, "records", (int64_t)v.report.records);
    json_close(j, '}');
}

static void status(struct http_request *r, struct http_response *w)
{
    struct ledger_status now;
    struct json j = answer(w);

    ledger_status(api_of(r)->parts.ledger, &now);
    json_open(&j, '{');
    json_key_int(&j, "first", (int64_t)now.first);
    json_key_int(&j, "last", (int64_t)now.last);
    json_key_int(&j, "segments", (int64_t)now.segments);
    json_key_int(&j, "sealed", (int64_t)now.sealed);
    json_key_int(&j, "compressed", (int64_t)now.compressed);
    json_key_int(&j, "bytes", (int64_t)now.bytes_on_disk);
    json_key_int(&j, "commits", (int64_t)now.commits);
    key_time_us(&j, "last_arrival", now.last_arrival_us);
    json_key_text(&j, "last_day_signed",
                  now.last_day_signed[0] ? now.last_day_signed : NULL);
    json_key_text(&j, "last_root",
                  now.last_root_hex[0] ? now.last_root_hex : NULL);
    verify_object(&j, api_of(r));
    json_close(&j, '}');
}

static void verify(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct api *api = api_of(r);
    enum err err =
        verification_begin(api->verification, api->parts.ledger_directory);

    if (err == ERR_BUSY) {
        http_problem(w, r, 409, "A verification is running already.");
        return;
    }
    if (err) {
        room_error(ask, err, "The verification could not be started");
        return;
    }
    status(r, w);
    w->status = 202;
}

/*
 * A record can be proved when its segment is sealed. For one in the segment
 * being written that segment is closed now, but not more often than this.
 */
enum { SEAL_EVERY_S = 20 };

static enum err prove(struct http_request *r, uint64_t sequence,
                      struct buf *out)
{
    struct api *api = api_of(r);
    int64_t now_s = r->now_us / 1000000;
    long long sealed_s = atomic_load(&api->sealed_s);
    enum err err = ledger_prove(api->parts.ledger, sequence, out);

    if (err != ERR_BUSY || now_s - sealed_s < SEAL_EVERY_S ||
        !atomic_compare_exchange_strong(&api->sealed_s, &sealed_s, now_s))
        return err;
    err = ledger_seal(api->parts.ledger);
    buf_clear(out);
    return err ? err : ledger_prove(api->parts.ledger, sequence, out);
}

static void proof(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    int64_t sequence;
    enum err err;

    if (!ask_id(ask, r->param[0], INT64_MAX, &sequence))
        return;
    err = prove(r, (uint64_t)sequence, &w->body);
    if (err == ERR_BUSY) {
        buf_clear(&w->body);
        http_set(w, "Retry-After",
                 span_of(arena_printf(r->arena, "%d", SEAL_EVERY_S)));
        http_problem(w, r, 409,
                     "The segment that holds this record is still being "
                     "written: ask again in %d seconds.",
                     SEAL_EVERY_S);
        return;
    }
    if (err) {
        buf_clear(&w->body);
        room_error(ask, err, "This record cannot be proved");
        return;
    }
    http_set(w, "Content-Disposition",
             span_of(arena_printf(r->arena,
                                  "attachment; filename=\"proof-%lld.json\"",
                                  (long long)sequence)));
}

static void check(struct http_request *r, struct http_response *w)
{
    struct json j = answer(w);
    struct buf why;
    enum err err = ERR_TOO_LARGE;

    buf_init(&why, 4096);
    if (body_depth_within(r->body, BODY_DEPTH_MAX))
        err = ledger_check_proof(r->body, &why);
    json_open(&j, '{');
    json_key_bool(&j, "ok", err == OK);
    /* ERR_NOT_FOUND: all fits together, but the day is not signed yet. */
    json_key_bool(&j, "consistent", err == OK || err == ERR_NOT_FOUND);
    json_key_text(&j, "message", why.len ? why.at : err_text(err));
    json_close(&j, '}');
    buf_done(&why);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/ledger", API_VIEWER, status, "the state of the ledger",
     NULL, "Ledger", false, NULL},
    {HTTP_POST, "/api/v1/ledger/verify", API_OPERATOR, verify,
     "verify all of it in the background", NULL, "Ledger", false, NULL},
    {HTTP_GET, "/api/v1/ledger/proof/{sequence}", API_VIEWER, proof,
     "the proof of one record, to keep", NULL, NULL, false, NULL},
    {HTTP_POST, "/api/v1/ledger/check", API_VIEWER, check,
     "check a proof by itself", NULL, "Check", false, "Proof"},
};
/* clang-format on */

const struct room ledger_room = ROOM(rows);
