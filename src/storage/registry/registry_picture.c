#include "storage/registry/registry_picture.h"

#include "base/memory.h"
#include "storage/registry/reference.h"

#include <assert.h>
#include <math.h>

/* A picture being made, and the rows' places. */
struct maker {
    struct registry_index *picture;
    struct arena *arena;
    const struct reference *reference;
    struct site *sites;
    struct point *points;
    struct device *devices;
    struct factor_plan *factors;
    struct outlet_limit *limits;
    size_t sites_cap, points_cap, devices_cap, factors_cap, limits_cap;
    size_t site_count, point_count, device_count, factor_count, limit_count;
    struct span last_unit; /* units repeat: one copy serves a run of rows */
    const char *last_unit_text;
};

/* ---- fields to values ---- */

static struct span field(enum row_kind kind, const struct row *row,
                         const char *name)
{
    int index = row_field(kind, span_of(name));

    assert(index >= 0);
    return row->value[index];
}

static const char *text(struct maker *m, struct span s)
{
    return s.len ? arena_copy(m->arena, s).at : NULL;
}

static const char *unit_text(struct maker *m, struct span s)
{
    if (!s.len)
        return "";
    if (!m->last_unit_text || !span_equal(m->last_unit, s)) {
        m->last_unit = arena_copy(m->arena, s);
        m->last_unit_text = m->last_unit.at;
    }
    return m->last_unit_text;
}

static bool yes(struct span s, bool otherwise)
{
    return s.len ? span_is(s, "yes") : otherwise;
}

static bool number(struct span s, struct decimal *out)
{
    return s.len && decimal_parse(s, out) == OK;
}

static int integer(struct span s, int otherwise)
{
    struct decimal d;

    return number(s, &d) ? (int)d.mantissa : otherwise;
}

static double degrees(struct span s)
{
    struct decimal d;

    return number(s, &d) ? decimal_to_double(d) : (double)NAN;
}

static void factor_code(struct span s, char out[FACTOR_MAX])
{
    span_copy(s, out, FACTOR_MAX);
}

/* ---- rows to structs ---- */

static void add_site(void *context, int32_t id, int32_t parent,
                     const struct row *row)
{
    struct maker *m = context;
    struct site *site = &m->sites[m->site_count];
    enum err err =
        element_parse(field(ROW_SITE, row, "element"), &site->element);
    bool source;

    (void)parent;
    if (err || m->site_count == m->sites_cap)
        return;
    source = site->element == ELEMENT_SOURCE_GAS ||
             site->element == ELEMENT_SOURCE_WATER;
    site->id = id;
    site->code = text(m, field(ROW_SITE, row, "code"));
    site->name_zh = text(m, field(ROW_SITE, row, "name_zh"));
    site->name_en = text(m, field(ROW_SITE, row, "name_en"));
    if (!site->name_en)
        site->name_en = site->name_zh;
    site->level = text(m, field(ROW_SITE, row, "level"));
    site->region = integer(field(ROW_SITE, row, "region"), 0);
    site->lon = degrees(field(ROW_SITE, row, "lon"));
    site->lat = degrees(field(ROW_SITE, row, "lat"));
    site->water_body = text(m, field(ROW_SITE, row, "water_body"));
    site->target_class = integer(field(ROW_SITE, row, "target_class"), 0);
    site->noise_class = text(m, field(ROW_SITE, row, "noise_class"));
    site->control_point = yes(field(ROW_SITE, row, "control_point"), false);
    site->public_page = yes(field(ROW_SITE, row, "public_page"), !source);
    m->picture->site_by_id[id] = site;
    m->site_count++;
}

static void add_point(void *context, int32_t id, int32_t parent,
                      const struct row *row)
{
    struct maker *m = context;
    struct point *point = &m->points[m->point_count];
    struct site *site =
        parent < m->picture->site_ids ? m->picture->site_by_id[parent] : NULL;

    if (!site || m->point_count == m->points_cap)
        return;
    point->id = id;
    point->code = text(m, field(ROW_POINT, row, "code"));
    point->name_zh = text(m, field(ROW_POINT, row, "name_zh"));
    point->name_en = text(m, field(ROW_POINT, row, "name_en"));
    if (!point->name_en)
        point->name_en = point->name_zh;
    point->site = site;
    if (!site->points)
        site->points = point;
    site->point_count++;
    m->picture->point_by_id[id] = point;
    m->point_count++;
}

static struct point *point_of(const struct maker *m, int32_t id)
{
    return id < m->picture->point_ids ? m->picture->point_by_id[id] : NULL;
}

static const uint8_t *key_bytes(struct maker *m, struct span hex)
{
    uint8_t *key;

    if (hex.len != (size_t)2 * HJ212_SM4_KEY_LEN)
        return NULL;
    key = arena_take(m->arena, HJ212_SM4_KEY_LEN);
    for (size_t i = 0; i < HJ212_SM4_KEY_LEN; i++) {
        char pair[3] = {hex.at[2 * i], hex.at[2 * i + 1], '\0'};

        key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return key;
}

static hj212_deviations tolerated(struct span names)
{
    hj212_deviations set = hj212_tolerated_by_default();
    struct span part;

    while (field_part(&names, &part)) {
        bool tolerate;
        int deviation;

        if (!field_deviation(part, &tolerate, &deviation))
            continue;
        if (tolerate)
            set |= (hj212_deviations)1 << deviation;
        else
            set &= ~((hj212_deviations)1 << deviation);
    }
    return set;
}

static void addresses(struct maker *m, struct span list, struct device *device)
{
    struct span rest = list, part;
    const char **texts;
    size_t count = 0;

    while (field_part(&rest, &part))
        count++;
    if (!count)
        return;
    texts = arena_new(m->arena, count, sizeof(*texts));
    for (size_t i = 0; i < count && field_part(&list, &part); i++)
        texts[i] = arena_copy(m->arena, part).at;
    device->addresses = texts;
    device->address_count = count;
}

static void add_device(void *context, int32_t id, int32_t parent,
                       const struct row *row)
{
    struct maker *m = context;
    struct device *d = &m->devices[m->device_count];
    struct point *point = point_of(m, parent);

    if (!point || m->device_count == m->devices_cap)
        return;
    d->id = id;
    d->mn = text(m, field(ROW_DEVICE, row, "mn"));
    d->password = text(m, field(ROW_DEVICE, row, "password"));
    d->st = text(m, field(ROW_DEVICE, row, "st"));
    d->point = point;
    d->policy.tolerated = tolerated(field(ROW_DEVICE, row, "tolerate"));
    d->policy.sm4_key = key_bytes(m, field(ROW_DEVICE, row, "sm4_key"));
    d->label_is_end = yes(field(ROW_DEVICE, row, "label_is_end"), false);
    d->enabled = yes(field(ROW_DEVICE, row, "enabled"), true);
    d->realtime_s = integer(field(ROW_DEVICE, row, "realtime_s"), 0);
    d->minute_min = integer(field(ROW_DEVICE, row, "minute_min"), 0);
    addresses(m, field(ROW_DEVICE, row, "addresses"), d);
    if (d->enabled || !point->device)
        point->device = id;
    m->picture->device_by_id[id] = d;
    m->device_count++;
}

static void add_factor(void *context, int32_t id, int32_t parent,
                       const struct row *row)
{
    struct maker *m = context;
    struct factor_plan *plan = &m->factors[m->factor_count];
    struct point *point = point_of(m, parent);
    struct span code = field(ROW_FACTOR, row, "factor");
    struct span unit = field(ROW_FACTOR, row, "unit");
    const struct pollutant *p = reference_pollutant(m->reference, code);

    (void)id;
    if (!point || m->factor_count == m->factors_cap)
        return;
    factor_code(code, plan->factor);
    plan->unit = unit_text(m, !unit.len && p ? p->unit : unit);
    plan->decimals = (int8_t)integer(field(ROW_FACTOR, row, "decimals"),
                                     p ? p->decimals : -1);
    plan->has_detection_limit = number(
        field(ROW_FACTOR, row, "detection_limit"), &plan->detection_limit);
    plan->has_range =
        number(field(ROW_FACTOR, row, "range_low"), &plan->range_low) &&
        number(field(ROW_FACTOR, row, "range_high"), &plan->range_high);
    if (!point->factors)
        point->factors = plan;
    point->factor_count++;
    m->factor_count++;
}

static void add_limit(void *context, int32_t id, int32_t parent,
                      const struct row *row)
{
    struct maker *m = context;
    struct outlet_limit *limit = &m->limits[m->limit_count];
    struct point *point = point_of(m, parent);

    (void)id;
    if (!point || m->limit_count == m->limits_cap ||
        cadence_parse(field(ROW_LIMIT, row, "averaging"), &limit->averaging))
        return;
    factor_code(field(ROW_LIMIT, row, "factor"), limit->factor);
    limit->standard = text(m, field(ROW_LIMIT, row, "standard"));
    limit->has_min = number(field(ROW_LIMIT, row, "min"), &limit->min);
    limit->has_max = number(field(ROW_LIMIT, row, "max"), &limit->max);
    limit->unit = unit_text(m, field(ROW_LIMIT, row, "unit"));
    limit->converted = yes(field(ROW_LIMIT, row, "converted"), false);
    limit->from_day = integer(field(ROW_LIMIT, row, "from"), 0);
    limit->to_day = integer(field(ROW_LIMIT, row, "to"), 0);
    if (!point->limits)
        point->limits = limit;
    point->limit_count++;
    m->limit_count++;
}

/* ---- hashing ---- */

/* FNV-1a over lower-case letters. */
static size_t hash(struct span s)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 0x100000001b3u;
    }
    return (size_t)(h ^ (h >> 32));
}

static size_t slots_for(size_t count)
{
    size_t slots = 16;

    while (slots < 2 * count)
        slots *= 2;
    return slots;
}

static void index_names(struct registry_index *x)
{
    x->mn_slots = slots_for(x->snapshot.device_count);
    x->by_mn = arena_new(&x->arena, x->mn_slots, sizeof(void *));
    for (size_t i = 0; i < x->snapshot.device_count; i++) {
        const struct device *d = &x->snapshot.devices[i];
        size_t slot = hash(span_of(d->mn));

        while (x->by_mn[slot & (x->mn_slots - 1)])
            slot++;
        x->by_mn[slot & (x->mn_slots - 1)] = d;
    }
    x->code_slots = slots_for(x->snapshot.site_count);
    x->by_code = arena_new(&x->arena, x->code_slots, sizeof(void *));
    for (size_t i = 0; i < x->snapshot.site_count; i++) {
        const struct site *site = &x->snapshot.sites[i];
        size_t slot = hash(span_of(site->code));

        while (x->by_code[slot & (x->code_slots - 1)])
            slot++;
        x->by_code[slot & (x->code_slots - 1)] = site;
    }
}

/* ---- looking up ---- */

const struct device *registry_device_by_mn(const struct registry_snapshot *s,
                                           struct span mn)
{
    const struct registry_index *x = s->index;
    const struct device *d;

    for (size_t slot = hash(mn); (d = x->by_mn[slot & (x->mn_slots - 1)]);
         slot++) {
        if (span_equal_nocase(span_of(d->mn), mn))
            return d;
    }
    return NULL;
}

const struct site *registry_site_by_code(const struct registry_snapshot *s,
                                         struct span code)
{
    const struct registry_index *x = s->index;
    const struct site *site;

    for (size_t slot = hash(code);
         (site = x->by_code[slot & (x->code_slots - 1)]); slot++) {
        if (span_is(code, site->code))
            return site;
    }
    return NULL;
}

const struct device *registry_device(const struct registry_snapshot *s,
                                     int32_t id)
{
    return id > 0 && id < s->index->device_ids ? s->index->device_by_id[id]
                                               : NULL;
}

const struct point *registry_point(const struct registry_snapshot *s,
                                   int32_t id)
{
    return id > 0 && id < s->index->point_ids ? s->index->point_by_id[id]
                                              : NULL;
}

const struct site *registry_site(const struct registry_snapshot *s, int32_t id)
{
    return id > 0 && id < s->index->site_ids ? s->index->site_by_id[id] : NULL;
}

const struct region *registry_region(const struct registry_snapshot *s,
                                     int code)
{
    return reference_region(s->index->reference, code);
}

const struct region *registry_city(const struct registry_snapshot *s, int code)
{
    const struct region *region = registry_region(s, code);

    while (region && strcmp(region->level, "prefecture") != 0)
        region = registry_region(s, region->parent);
    return region;
}

const struct factor_plan *point_factor(const struct point *point,
                                       struct span factor)
{
    size_t low = 0, high = point->factor_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct factor_plan *plan = &point->factors[middle];
        size_t len = strlen(plan->factor);
        int order = strncasecmp(factor.at, plan->factor,
                                factor.len < len ? factor.len : len);

        if (order == 0)
            order = (factor.len > len) - (factor.len < len);
        if (order == 0)
            return plan;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* ---- making one ---- */

/* Room for a kind's rows: how many there are. */
static enum err room(struct maker *m, struct registry_store *store,
                     enum row_kind kind, size_t size, void **array, size_t *cap)
{
    enum err err = registry_store_count(store, kind, cap);

    if (!err)
        *array = arena_new(m->arena, *cap + 1, size);
    return err;
}

static enum err id_room(struct maker *m, struct registry_store *store,
                        enum row_kind kind, void **array, int32_t *ids)
{
    enum err err = registry_store_last_id(store, kind, ids);

    *ids += 1;
    if (!err)
        *array = arena_new(m->arena, (size_t)*ids, sizeof(void *));
    return err;
}

static enum err make_room(struct maker *m, struct registry_store *store)
{
    struct registry_index *x = m->picture;
    void *a[5] = {NULL}, *b[3] = {NULL};
    enum err err =
        room(m, store, ROW_SITE, sizeof(struct site), &a[0], &m->sites_cap);

    if (!err)
        err = room(m, store, ROW_POINT, sizeof(struct point), &a[1],
                   &m->points_cap);
    if (!err)
        err = room(m, store, ROW_DEVICE, sizeof(struct device), &a[2],
                   &m->devices_cap);
    if (!err)
        err = room(m, store, ROW_FACTOR, sizeof(struct factor_plan), &a[3],
                   &m->factors_cap);
    if (!err)
        err = room(m, store, ROW_LIMIT, sizeof(struct outlet_limit), &a[4],
                   &m->limits_cap);
    if (!err)
        err = id_room(m, store, ROW_SITE, &b[0], &x->site_ids);
    if (!err)
        err = id_room(m, store, ROW_POINT, &b[1], &x->point_ids);
    if (!err)
        err = id_room(m, store, ROW_DEVICE, &b[2], &x->device_ids);
    m->sites = a[0];
    m->points = a[1];
    m->devices = a[2];
    m->factors = a[3];
    m->limits = a[4];
    x->site_by_id = b[0];
    x->point_by_id = b[1];
    x->device_by_id = b[2];
    return err;
}

static void picture_free(struct registry_index *picture)
{
    arena_done(&picture->arena);
    free(picture);
}

void registry_picture_release(struct registry_index *picture)
{
    if (atomic_fetch_sub_explicit(&picture->holders, 1, memory_order_acq_rel) ==
        1)
        picture_free(picture);
}

enum err registry_picture_new(struct registry_store *store,
                              const struct reference *reference,
                              struct registry_index **out)
{
    static void (*const add[ROW_KIND_COUNT])(void *, int32_t, int32_t,
                                             const struct row *) = {
        add_site, add_point, add_device, add_factor, add_limit};
    struct registry_index *x = memory_new(1, sizeof(*x));
    struct maker m = {.picture = x, .arena = &x->arena, .reference = reference};
    enum err err;

    arena_init(&x->arena);
    atomic_init(&x->holders, 1);
    x->reference = reference;
    err = registry_store_version(store, &x->snapshot.version);
    if (!err)
        err = make_room(&m, store);
    for (int kind = 0; kind < ROW_KIND_COUNT && !err; kind++)
        err = registry_store_walk(store, (enum row_kind)kind, add[kind], &m);
    if (err) {
        picture_free(x);
        return err;
    }
    x->snapshot.sites = m.sites;
    x->snapshot.site_count = m.site_count;
    x->snapshot.devices = m.devices;
    x->snapshot.device_count = m.device_count;
    x->snapshot.regions =
        reference_regions(reference, &x->snapshot.region_count);
    x->snapshot.index = x;
    index_names(x);
    *out = x;
    return OK;
}
