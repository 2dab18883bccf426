/* Parameters of a request, and problems for the wrong ones. */
#include "api/room.h"

#include <stdio.h>

static bool wrong(struct ask ask, const char *name, struct span value,
                  const char *what)
{
    http_problem(ask.response, ask.request, 400,
                 "Parameter '%s' is '%.*s'; it has to be %s.", name,
                 (int)(value.len < 80 ? value.len : 80), value.at, what);
    return false;
}

bool whole_number(struct span text, int64_t *out)
{
    bool minus = text.len && text.at[0] == '-';
    int64_t n = 0;

    if (minus)
        text = span_from(text, 1);
    if (text.len == 0 || text.len > 18)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        n = n * 10 + (text.at[i] - '0');
    }
    *out = minus ? -n : n;
    return true;
}

bool ask_int(struct ask ask, const char *name, int64_t min, int64_t max,
             int64_t fallback, int64_t *out)
{
    struct span text = http_query(ask.request, name);
    char what[80];
    int64_t n;

    if (!text.at || text.len == 0) {
        *out = fallback;
        return true;
    }
    if (!whole_number(text, &n) || n < min || n > max) {
        snprintf(what, sizeof(what), "a whole number from %lld to %lld",
                 (long long)min, (long long)max);
        return wrong(ask, name, text, what);
    }
    *out = n;
    return true;
}

bool ask_bool(struct ask ask, const char *name, bool *out)
{
    struct span text = http_query(ask.request, name);

    *out = span_is(text, "1") || span_is(text, "true");
    if (*out || !text.at || text.len == 0 || span_is(text, "0") ||
        span_is(text, "false"))
        return true;
    return wrong(ask, name, text, "1 or 0");
}

/* In a query a '+' that was not escaped arrives as a blank: "... 08:00". */
static struct span with_plus(struct ask ask, struct span text)
{
    char *copy;

    if (text.len < 6 || text.at[text.len - 6] != ' ' ||
        text.at[text.len - 3] != ':' || text.len < 22)
        return text;
    copy = arena_take(ask.request->arena, text.len + 1);
    span_copy(text, copy, text.len + 1);
    copy[text.len - 6] = '+';
    return (struct span){copy, text.len};
}

bool ask_time(struct ask ask, const char *name, int64_t fallback_s,
              int64_t *out_s)
{
    struct span text = http_query(ask.request, name);

    if (!text.at || text.len == 0) {
        *out_s = fallback_s;
        return true;
    }
    if (datetime_parse(with_plus(ask, text), out_s) == OK)
        return true;
    return wrong(ask, name, text,
                 "a time such as 2026-11-24T16:00:00+08:00 (write %2B for +) "
                 "or a day such as 2026-11-24");
}

bool ask_decimal(struct ask ask, const char *name, struct decimal *out)
{
    struct span text = http_query(ask.request, name);

    if (decimal_parse(text, out) == OK)
        return true;
    return wrong(ask, name, text.at ? text : SPAN("(missing)"),
                 "a number such as 35.0");
}

bool ask_cadence(struct ask ask, const char *name, enum cadence fallback,
                 enum cadence *out)
{
    struct span text = http_query(ask.request, name);

    if (!text.at || text.len == 0) {
        *out = fallback;
        return true;
    }
    if (cadence_parse(text, out) == OK)
        return true;
    return wrong(ask, name, text,
                 "realtime, minute, hour, day, month, quarter, year or sample");
}

bool ask_range(struct ask ask, int64_t back_s, struct series_range *out)
{
    int64_t now_s = ask.request->now_us / 1000000;

    if (!ask_time(ask, "to", now_s + HOUR_S, &out->to_s) ||
        !ask_time(ask, "from", out->to_s - back_s, &out->from_s))
        return false;
    if (out->from_s < out->to_s)
        return true;
    http_problem(ask.response, ask.request, 400,
                 "'from' has to be before 'to' (which is exclusive).");
    return false;
}

bool ask_view(struct ask ask, struct series_view *out)
{
    int64_t as_of_s;

    if (!ask_time(ask, "as_of", 0, &as_of_s) ||
        !ask_bool(ask, "raw", &out->raw))
        return false;
    /* What arrived within the second asked for was known then. */
    out->as_of_us = as_of_s ? as_of_s * 1000000 + 999999 : AS_OF_NOW;
    return true;
}

bool ask_id(struct ask ask, struct span text, int64_t max, int64_t *out)
{
    if (whole_number(text, out) && *out > 0 && *out <= max)
        return true;
    http_problem(ask.response, ask.request, 404, "There is no '%.*s' here.",
                 (int)(text.len < 80 ? text.len : 80), text.at);
    return false;
}

struct body *ask_body(struct ask ask)
{
    char why[160];
    struct body *body = body_parse(ask.request->body, why);

    if (!body)
        http_problem(ask.response, ask.request, 400,
                     "The body has to be a JSON object: %s.", why);
    return body;
}

bool site_visible(const struct http_request *request, const struct site *site)
{
    return site->public_page || session_of(request);
}

const struct site *ask_site(struct ask ask, const struct registry_snapshot *s)
{
    const struct site *site;
    int64_t id;

    if (!ask_id(ask, ask.request->param[0], INT32_MAX, &id))
        return NULL;
    site = registry_site(s, (int32_t)id);
    if (site && site_visible(ask.request, site))
        return site;
    http_problem(ask.response, ask.request, 404,
                 session_of(ask.request)
                     ? "There is no site %lld."
                     : "There is no public site %lld: log in to see others.",
                 (long long)id);
    return NULL;
}

void room_error(struct ask ask, enum err err, const char *what)
{
    static const struct {
        enum err err;
        int status;
    } rows[] = {
        {ERR_NOT_FOUND, 404},   {ERR_EXISTS, 409},    {ERR_CONFLICT, 409},
        {ERR_DENIED, 403},      {ERR_INVALID, 422},   {ERR_OUT_OF_RANGE, 422},
        {ERR_SYNTAX, 422},      {ERR_TOO_LARGE, 413}, {ERR_FULL, 507},
        {ERR_BUSY, 503},        {ERR_TIMEOUT, 503},   {ERR_CLOSED, 503},
        {ERR_UNSUPPORTED, 422},
    };
    int status = 500;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (rows[i].err == err)
            status = rows[i].status;
    }
    http_problem(ask.response, ask.request, status, "%s: %s.", what,
                 err_text(err));
}
