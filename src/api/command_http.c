/* Commands down to devices: asked here, followed here and by events. */
#include "api/room.h"

#include <stdio.h>

/* ---- kinds ---- */

struct kind {
    int cn;
    bool risky;
};

struct part {
    const char *name, *kind;
    int cn, min, max; /* -1: no bound */
    bool required;
};

static const struct kind kinds[] = {
#define KIND(cn, risky) {cn, risky},
#define PART(cn, name, kind, min, max, required)
#include "api/command_kind.def"
#undef KIND
#undef PART
};

static const struct part parts[] = {
#define KIND(cn, risky)
#define PART(cn, name, kind, min, max, required)                               \
    {name, kind, cn, min, max, required},
#include "api/command_kind.def"
#undef KIND
#undef PART
};

static const struct hj212_command *command_named(int cn)
{
    static const enum hj212_edition order[] = {HJ212_2017, HJ212_2025,
                                               HJ212_2005};

    for (size_t i = 0; i < LENGTH(order); i++) {
        const struct hj212_command *command =
            hj212_command_find(order[i], HJ212_DOWN, cn);

        if (command)
            return command;
    }
    return NULL;
}

static void bound(struct json *j, const char *key, int value)
{
    if (value >= 0)
        json_key_int(j, key, value);
    else
        json_key_null(j, key);
}

static void part_objects(struct json *j, int cn)
{
    json_key(j, "fields");
    json_open(j, '[');
    for (size_t i = 0; i < LENGTH(parts); i++) {
        if (parts[i].cn != cn)
            continue;
        json_open(j, '{');
        json_key_text(j, "name", parts[i].name);
        json_key_text(j, "kind", parts[i].kind);
        bound(j, "min", parts[i].min);
        bound(j, "max", parts[i].max);
        json_key_bool(j, "required", parts[i].required);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void list_kinds(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct list list;

    if (!list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        const struct hj212_command *command = command_named(kinds[i].cn);
        struct json *j = list_row(&list);

        json_key_int(j, "cn", kinds[i].cn);
        json_key_text(j, "name_zh", command ? command->name_zh : NULL);
        json_key_text(j, "name_en", command ? command->name_en : NULL);
        part_objects(j, kinds[i].cn);
        json_key_bool(j, "risky", kinds[i].risky);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
}

/* ---- rows ---- */

static void answered(struct json *j, const char *key, int value)
{
    if (value >= 0)
        json_key_int(j, key, value);
    else
        json_key_null(j, key);
}

/* The content of a command that sets a password is not shown again. */
static const char *content_shown(const struct command *command)
{
    return command->cn == 1072 && command->cp[0] ? "NewPW=******" : command->cp;
}

static void command_members(struct json *j, const struct registry_snapshot *s,
                            const struct command *command)
{
    const struct device *device = registry_device(s, command->device);
    const struct hj212_command *named = command_named(command->cn);

    json_key_int(j, "id", (int64_t)command->id);
    json_key_int(j, "device", command->device);
    json_key_text(j, "mn", device ? device->mn : NULL);
    json_key_int(j, "cn", command->cn);
    json_key_text(j, "name_zh", named ? named->name_zh : NULL);
    json_key_text(j, "name_en", named ? named->name_en : NULL);
    json_key_text(j, "cp", content_shown(command));
    json_key_text(j, "qn", command->qn[0] ? command->qn : NULL);
    json_key_text(j, "state", command_state_name(command->state));
    answered(j, "qn_rtn", command->qn_rtn);
    answered(j, "exe_rtn", command->exe_rtn);
    json_key_int(j, "attempts", command->attempts);
    json_key_int(j, "data_frames", command->data_frames);
    json_key_text(j, "result", command->result[0] ? command->result : NULL);
    json_key_text(j, "who", command->who);
    json_key(j, "created");
    json_time_us(j, command->created_us);
    key_time_us(j, "sent", command->sent_us);
    key_time_us(j, "answered", command->answered_us);
    key_time_us(j, "ended", command->ended_us);
    json_close(j, '}');
}

void command_row(struct json *j, const struct registry_snapshot *s,
                 const struct command *command)
{
    json_open(j, '{');
    command_members(j, s, command);
}

/* ---- asking ---- */

static const struct kind *kind_find(int64_t cn)
{
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        if (kinds[i].cn == cn)
            return &kinds[i];
    }
    return NULL;
}

/* The field `name` of a content "A=1;B=2". */
static struct span field_of(struct span cp, const char *name)
{
    while (cp.len) {
        struct span value = span_take(&cp, ';');
        struct span key = span_trim(span_take(&value, '='));

        if (span_equal_nocase(key, span_of(name)))
            return span_trim(value);
    }
    return (struct span){NULL, 0};
}

static bool digits(struct span text, size_t len)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return text.len > 0 && (len == 0 || text.len == len);
}

static bool part_fits(const struct part *part, struct span value)
{
    int64_t n = 0, moment;

    if (span_is(span_of(part->kind), "time"))
        return datetime_parse_compact(value, &moment) == OK;
    if (span_is(span_of(part->kind), "text"))
        return value.len > 0 &&
               (part->min < 0 || value.len >= (size_t)part->min) &&
               (part->max < 0 || value.len <= (size_t)part->max);
    if (!digits(value, 0) || value.len > 9)
        return false;
    for (size_t i = 0; i < value.len; i++)
        n = n * 10 + (value.at[i] - '0');
    return n >= part->min && n <= part->max;
}

/* Printable ASCII without what frames a CP. */
static bool content_is_plain(struct span cp)
{
    for (size_t i = 0; i < cp.len; i++) {
        if (cp.at[i] < ' ' || cp.at[i] > '~' || cp.at[i] == '&')
            return false;
    }
    return cp.len < HJ212_SEGMENT_MAX / 2;
}

static bool content_fits(struct ask ask, int64_t cn, struct span cp)
{
    if (!content_is_plain(cp)) {
        http_problem(ask.response, ask.request, 422,
                     "'cp' has to be printable ASCII without '&', at most %d "
                     "bytes.",
                     HJ212_SEGMENT_MAX / 2 - 1);
        return false;
    }
    for (size_t i = 0; i < LENGTH(parts); i++) {
        struct span value = field_of(cp, parts[i].name);

        if (parts[i].cn != cn || (!value.at && !parts[i].required) ||
            (value.at && part_fits(&parts[i], value)))
            continue;
        http_problem(ask.response, ask.request, 422,
                     "Field %s of command %lld is %s; see GET "
                     "/api/v1/command-kinds.",
                     parts[i].name, (long long)cn,
                     value.at ? "not as it has to be" : "missing");
        return false;
    }
    return true;
}

/* {"cn":1012} alone sets the server's time. */
static struct span content_of(struct http_request *r, const struct body *body,
                              int64_t cn)
{
    struct span cp = body_text(body, "cp");
    char now[15];

    if (cn != 1012 || cp.len)
        return cp.at ? cp : SPAN("");
    datetime_format_compact(r->now_us / 1000000, now);
    return span_of(arena_printf(r->arena, "SystemTime=%s", now));
}

static void send_command(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct gateway *gateway = api_of(r)->parts.gateway;
    const struct registry_snapshot *s = room_registry(r);
    struct body *body = NULL;
    struct command *command = arena_new(r->arena, 1, sizeof(*command));
    int64_t device, cn;
    struct span cp;
    uint64_t id;
    struct json j;
    enum err err;

    if (!ask_id(ask, r->param[0], INT32_MAX, &device) ||
        !(body = ask_body(ask)))
        goto done;
    if (!body_int(body, "cn", &cn) || !kind_find(cn)) {
        http_problem(w, r, 422,
                     "'cn' has to be one of GET /api/v1/command-kinds.");
        goto done;
    }
    cp = content_of(r, body, cn);
    if (!content_fits(ask, cn, cp))
        goto done;
    err = gateway_command(gateway, (int32_t)device, (int)cn, cp,
                          session_of(r)->account.name, &id);
    if (err || !gateway_command_find(gateway, id, command)) {
        room_error(ask, err ? err : ERR_NOT_FOUND,
                   "The command could not be sent");
        goto done;
    }
    w->status = 202;
    j = answer(w);
    command_row(&j, s, command);
done:
    body_free(body);
    room_done(r, s);
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct command *found;
    int64_t device;
    struct list list;
    size_t count, i = 0;

    if (!ask_int(ask, "device", 1, INT32_MAX, 0, &device) ||
        !list_begin(&list, ask))
        goto done;
    count = gateway_commands(api_of(r)->parts.gateway, (int32_t)device,
                             LIST_MAX, r->arena, &found);
    for (; i < count && !list_is_full(&list); i++) {
        if (list.after_count && found[i].id >= (uint64_t)list.after[0])
            continue;
        command_members(list_row(&list), s, &found[i]);
    }
    list_end_at(&list, i < count && i > 0, i ? (int64_t)found[i - 1].id : 0);
done:
    room_done(r, s);
}

static void one(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct command *command = arena_new(r->arena, 1, sizeof(*command));
    int64_t id;
    struct json j;

    if (ask_id(ask, r->param[0], INT64_MAX, &id)) {
        if (gateway_command_find(api_of(r)->parts.gateway, (uint64_t)id,
                                 command)) {
            j = answer(w);
            command_row(&j, s, command);
        } else {
            http_problem(w, r, 404, "There is no command %lld.", (long long)id);
        }
    }
    room_done(r, s);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_POST, "/api/v1/devices/{id}/commands", API_OPERATOR, send_command,
     "send a command to a device", NULL, "Command", false, "NewCommand"},
    {HTTP_GET, "/api/v1/commands", API_VIEWER, list, "commands, newest first",
     "device", "Command", true, NULL},
    {HTTP_GET, "/api/v1/commands/{id}", API_VIEWER, one, "one command", NULL,
     "Command", false, NULL},
    {HTTP_GET, "/api/v1/command-kinds", API_VIEWER, list_kinds,
     "what can be sent, and its fields", NULL, "CommandKind", true, NULL},
};
/* clang-format on */

const struct room command_room = ROOM(rows);
