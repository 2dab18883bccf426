/* Who is asking: log in, log out, change the password. */
#include "api/room.h"

#include "api/login_guard.h"
#include "base/log.h"

#include <stdio.h>

static void cookie_set(struct http_request *r, struct http_response *w,
                       const char *token)
{
    const struct api_options *o = &api_of(r)->options;
    const char *text = arena_printf(
        r->arena,
        "shangyou_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s",
        token, token[0] ? SESSION_LIFE_S : 0,
        o->tls_certificate || o->behind_tls ? "; Secure" : "");

    http_set(w, "Set-Cookie", span_of(text));
}

static void session_row(struct http_response *w, const struct session *session)
{
    struct json j = answer(w);

    w->cache = "no-store";
    json_open(&j, '{');
    json_key_text(&j, "name", session->account.name);
    json_key_text(&j, "role", role_name(session->account.role));
    json_key_text(&j, "csrf", session->csrf);
    json_key_bool(&j, "must_change", session->account.must_change);
    json_key_time(&j, "ends", session->ends_s);
    json_close(&j, '}');
}

/* What happened to an account goes to the ledger; a failure there is logged. */
static void keep(struct http_request *r, const char *what, struct span name,
                 const char *outcome)
{
    struct buf text;
    struct json j;
    uint64_t sequence;
    enum err err;

    buf_init(&text, 4096);
    json_init(&j, &text);
    json_open(&j, '{');
    json_key_text(&j, "op", what);
    json_key_span(&j, "name", span_first(name, ACCOUNT_NAME_MAX));
    json_key_text(&j, "outcome", outcome);
    json_key_text(&j, "peer", r->peer);
    json_close(&j, '}');
    err = ledger_writer_append(api_of(r)->parts.writer, LEDGER_ACCOUNT, 0,
                               buf_span(&text), &sequence);
    if (err)
        log_error("log-in not kept in the ledger", "cause=%s", err_text(err));
    buf_done(&text);
}

static void refuse(struct http_request *r, struct http_response *w,
                   enum login_verdict verdict)
{
    switch (verdict) {
    case LOGIN_LOCKED:
        http_set(w, "Retry-After", SPAN("900"));
        http_problem(w, r, 429,
                     "Too many wrong passwords for this name: wait %d minutes "
                     "or ask an administrator.",
                     LOGIN_LOCK_S / 60);
        break;
    case LOGIN_BUSY:
        http_set(w, "Retry-After", SPAN("1"));
        http_problem(w, r, 429, "Many people log in right now: try again.");
        break;
    case LOGIN_ERROR:
        http_problem(w, r, 500, "The account store failed; see the log.");
        break;
    default:
        http_problem(w, r, 401, "Name or password is wrong.");
        break;
    }
}

static void login(struct http_request *r, struct http_response *w)
{
    static const char *const outcomes[] = {
        [LOGIN_OK] = "ok",         [LOGIN_WRONG] = "wrong",
        [LOGIN_LOCKED] = "locked", [LOGIN_BUSY] = "busy",
        [LOGIN_ERROR] = "error",
    };
    struct ask ask = {r, w};
    struct api *api = api_of(r);
    int64_t now_s = r->now_us / 1000000;
    int wait_s = login_guard_try(api->guard, span_of(r->peer), now_s);
    struct session session;
    enum login_verdict verdict;
    struct body *body;

    if (wait_s) {
        http_set(w, "Retry-After",
                 span_of(arena_printf(r->arena, "%d", wait_s)));
        http_problem(w, r, 429, "Too many log-ins from %s: wait %d seconds.",
                     r->peer, wait_s);
        return;
    }
    body = ask_body(ask);
    if (!body)
        return;
    verdict = account_login(api->parts.accounts, body_text(body, "name"),
                            body_text(body, "password"), span_of(r->peer),
                            now_s, &session);
    keep(r, "login", body_text(body, "name"), outcomes[verdict]);
    body_free(body);
    if (verdict != LOGIN_OK) {
        refuse(r, w, verdict);
        return;
    }
    log_info("log-in", "name=%s peer=%s", session.account.name, r->peer);
    cookie_set(r, w, session.token);
    session_row(w, &session);
}

static void who(struct http_request *r, struct http_response *w)
{
    session_row(w, session_of(r));
}

static void logout(struct http_request *r, struct http_response *w)
{
    enum err err = session_end(api_of(r)->parts.accounts,
                               http_cookie(r, "shangyou_session"));

    if (err)
        log_debug("log-out of no session", "cause=%s", err_text(err));
    keep(r, "logout", span_of(session_of(r)->account.name), "ok");
    cookie_set(r, w, "");
    w->status = 204;
}

static void change(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct body *body = ask_body(ask);
    enum password_verdict judged = PASSWORD_OK;
    enum login_verdict verdict;

    if (!body)
        return;
    verdict = account_change_password(
        api_of(r)->parts.accounts, session_of(r), body_text(body, "old"),
        body_text(body, "new"), r->now_us / 1000000, &judged);
    body_free(body);
    if (verdict != LOGIN_OK) {
        keep(r, "password", span_of(session_of(r)->account.name), "wrong");
        if (verdict == LOGIN_WRONG)
            http_problem(w, r, 403, "The present password is wrong.");
        else
            refuse(r, w, verdict);
        return;
    }
    if (judged != PASSWORD_OK) {
        http_problem(w, r, 422, "%s / %s", password_text_en(judged),
                     password_text_zh(judged));
        return;
    }
    keep(r, "password", span_of(session_of(r)->account.name), "ok");
    w->status = 204;
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_POST, "/api/v1/session", API_PUBLIC, login, "log in", NULL, "Session",
     false, "Login"},
    {HTTP_GET, "/api/v1/session", API_VIEWER, who, "who I am", NULL, "Session",
     false, NULL},
    {HTTP_DELETE, "/api/v1/session", API_VIEWER, logout, "log out", NULL, NULL,
     false, NULL},
    {HTTP_PUT, "/api/v1/session/password", API_VIEWER, change,
     "change one's password", NULL, NULL, false, "NewPassword"},
};
/* clang-format on */

const struct room session_room = ROOM(rows);
