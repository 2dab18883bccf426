#include "assess/factor/factor.h"
#include "base/memory.h"
#include "ingest/pipeline/core.h"
#include "quality/quality.h"

enum { ID_MAX = 1 << 24 }; /* numbers of the registry are small and dense */

/* ---- lanes ---- */

int place_lane_find(const struct place *place, const char *factor)
{
    for (size_t i = 0; i < place->lane_count; i++) {
        if (strcmp(place->lanes[i].factor, factor) == 0)
            return (int)i;
    }
    return -1;
}

/* The factor that a moving mean is made of; any other factor itself. */
static const char *made_of(const char *factor)
{
    for (int id = 0; id < DERIVE_COUNT; id++) {
        const struct derive_rule *rule = derive_rule((enum derive_id)id);

        if (rule->method == DERIVE_MOVING && strcmp(rule->result, factor) == 0)
            return rule->factor;
    }
    return factor;
}

/* The plan of a factor; a moving mean has that of its inputs, so their unit. */
static const struct factor_plan *plan_of(const struct point *point,
                                         const char *factor)
{
    const struct factor_plan *plan = point_factor(point, span_of(factor));

    return plan ? plan : point_factor(point, span_of(made_of(factor)));
}

/* What the registry and the rules say of a lane. */
static void lane_refresh(struct place *place, struct lane *lane)
{
    const struct point *point = place->point;
    const struct factor_plan *plan =
        point ? plan_of(point, lane->factor) : NULL;

    lane->may_be_negative = quality_may_be_negative(lane->factor);
    lane->weighting = point
                          ? derive_weighting(point->site->element, lane->factor)
                          : DERIVE_PLAIN;
    lane->unit = plan ? plan->unit : NULL;
    lane->decimals = plan ? plan->decimals : -1;
    lane->has_range = plan && plan->has_range;
    if (lane->has_range) {
        lane->low = plan->range_low;
        lane->high = plan->range_high;
    }
}

static void rules_refresh_lane(struct place *place, size_t i)
{
    const struct lane *lane = &place->lanes[i];
    uint64_t bit = lane_bit(i);

    if (!place->point)
        return;
    for (int id = 0; id < DERIVE_COUNT; id++) {
        const struct derive_rule *rule = derive_rule((enum derive_id)id);

        if (derive_applies(rule, place->point->site->element, lane->factor,
                           rule->from))
            place->inputs[id] |= bit;
        if (rule->method == DERIVE_MOVING && i < LANE_BITS - 1 &&
            strcmp(rule->result, lane->factor) == 0)
            place->moving |= bit;
    }
    if (strcmp(lane->factor, derive_flow_factor) == 0)
        place->flow |= bit;
    if (lane->weighting == DERIVE_FLOW)
        place->weighted |= bit;
}

static void place_refresh(struct core *core, struct place *place)
{
    if (place->version == core->snapshot->version)
        return;
    place->version = core->snapshot->version;
    place->point = registry_point(core->snapshot, place->id);
    memset(place->inputs, 0, sizeof(place->inputs));
    place->flow = place->weighted = place->moving = 0;
    for (size_t i = 0; i < place->lane_count; i++) {
        lane_refresh(place, &place->lanes[i]);
        rules_refresh_lane(place, i);
    }
}

static int lane_add(struct place *place, const char *factor)
{
    struct lane *lane;
    size_t i = place->lane_count;

    if (i == LANES_MAX)
        return -1;
    /* points are many, their factors few: none has room to spare */
    place->lanes = memory_resize(place->lanes, i + 1, sizeof(*place->lanes));
    place->lane_count++;
    lane = &place->lanes[i];
    *lane = (struct lane){0};
    span_copy(span_of(factor), lane->factor, sizeof(lane->factor));
    lane_refresh(place, lane);
    rules_refresh_lane(place, i);
    return (int)i;
}

int place_lane(struct core *core, struct place *place, const char *factor)
{
    int i = place_lane_find(place, factor);

    (void)core;
    return i >= 0 ? i : lane_add(place, factor);
}

/* A code may be any bytes of a peer; a factor is short, plain and lower case.
 */
static bool code_lower(struct span code, char part, char out[FACTOR_MAX])
{
    size_t room = FACTOR_MAX - 1 - (part ? 2 : 0);

    if (code.len == 0 || code.len > room)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '.' || c == '-'))
            return false;
        out[i] = c;
    }
    out[code.len] = '\0';
    if (part) {
        out[code.len] = '.';
        out[code.len + 1] = part;
        out[code.len + 2] = '\0';
    }
    return true;
}

int place_lane_sent(struct core *core, struct place *place, struct span code,
                    char part)
{
    const struct factor *known = factor_find(code);
    char factor[FACTOR_MAX];

    if (known)
        code = span_of(known->code);
    if (!code_lower(code, part, factor))
        return -1;
    return place_lane(core, place, factor);
}

channel_id lane_channel(struct core *core, const struct place *place,
                        struct lane *lane, enum origin origin,
                        enum cadence cadence)
{
    channel_id *id = origin == ORIGIN_COMPUTED ? &lane->computed[cadence]
                                               : &lane->reported[cadence];

    if (*id == 0) {
        struct channel_key key = {
            .subject = SUBJECT_POINT,
            .id = place->id,
            .cadence = cadence,
            .origin = origin,
        };

        span_copy(span_of(lane->factor), key.factor, sizeof(key.factor));
        *id = series_channel(core->series, &key);
    }
    return *id;
}

/* ---- places ---- */

/* The lanes that the store knows, in the order of their first channels. */
static void place_load(struct core *core, struct place *place)
{
    struct arena arena;
    channel_id *ids;
    size_t count;

    arena_init(&arena);
    count = series_channels_of(core->series, SUBJECT_POINT, place->id, &arena,
                               &ids);
    for (size_t i = 0; i < count; i++) {
        struct channel_key key;
        int lane;

        if (!series_key(core->series, ids[i], &key) ||
            (key.origin != ORIGIN_REPORTED && key.origin != ORIGIN_COMPUTED))
            continue;
        lane = place_lane(core, place, key.factor);
        if (lane < 0)
            continue;
        if (key.origin == ORIGIN_COMPUTED)
            place->lanes[lane].computed[key.cadence] = ids[i];
        else
            place->lanes[lane].reported[key.cadence] = ids[i];
    }
    arena_done(&arena);
}

struct place *core_place(struct core *core, int32_t point)
{
    struct place *place;

    if (point <= 0 || point >= ID_MAX)
        return NULL;
    if ((size_t)point >= core->place_cap) {
        size_t old = core->place_cap;

        core->places = memory_grow(core->places, &core->place_cap,
                                   (size_t)point + 1, sizeof(struct place *));
        memset(&core->places[old], 0,
               (core->place_cap - old) * sizeof(struct place *));
    }
    place = core->places[point];
    if (!place) {
        place = memory_new(1, sizeof(*place));
        place->id = point;
        place->version = core->snapshot->version;
        place->point = registry_point(core->snapshot, point);
        core->places[point] = place;
        place_load(core, place);
    }
    place_refresh(core, place);
    return place;
}

/* ---- senders ---- */

static void shapes_clear(struct sender *sender)
{
    for (int i = 0; i < CADENCE_COUNT; i++)
        sender->shapes[i].count = 0;
}

/* What the registry says of the device now; NULL when it is gone. */
static struct sender *sender_refresh(struct core *core, struct sender *sender)
{
    struct place *before = sender->place;

    if (sender->version != core->snapshot->version) {
        sender->version = core->snapshot->version;
        sender->device = registry_device(core->snapshot, sender->id);
        sender->place = sender->device && sender->device->point
                            ? core_place(core, sender->device->point->id)
                            : NULL;
        if (sender->place != before)
            shapes_clear(sender);
    }
    return sender->device ? sender : NULL;
}

struct sender *core_sender(struct core *core, int32_t device)
{
    struct sender *sender;

    if (device <= 0 || device >= ID_MAX)
        return NULL;
    if ((size_t)device >= core->sender_cap) {
        size_t old = core->sender_cap;

        core->senders =
            memory_grow(core->senders, &core->sender_cap, (size_t)device + 1,
                        sizeof(struct sender *));
        memset(&core->senders[old], 0,
               (core->sender_cap - old) * sizeof(struct sender *));
    }
    sender = core->senders[device];
    if (!sender) {
        if (!registry_device(core->snapshot, device))
            return NULL;
        sender = memory_new(1, sizeof(*sender));
        sender->id = device;
        sender->version = core->snapshot->version - 1;
        core->senders[device] = sender;
    }
    return sender_refresh(core, sender);
}

void core_places_free(struct core *core)
{
    for (size_t i = 0; i < core->place_cap; i++) {
        if (core->places[i])
            free(core->places[i]->lanes);
        free(core->places[i]);
    }
    for (size_t i = 0; i < core->sender_cap; i++) {
        for (int k = 0; core->senders[i] && k < CADENCE_COUNT; k++)
            free(core->senders[i]->shapes[k].slots);
        free(core->senders[i]);
    }
    free(core->places);
    free(core->senders);
}
