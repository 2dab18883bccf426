#include "simulate/fleet.h"

#include "base/csv.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 64 << 20 };

/* One table in memory while it is read. */
struct table {
    char path[512];
    struct buf text;
    struct csv csv;
};

static enum err table_open(struct table *t, const char *directory,
                           const char *name, char message[256])
{
    FILE *file;
    char *room;
    size_t len;
    enum err err;

    snprintf(t->path, sizeof t->path, "%s/%s", directory, name);
    buf_init(&t->text, TABLE_MAX);
    file = fopen(t->path, "rb");
    if (!file) {
        snprintf(message, 256, "%.180s: %s", t->path, strerror(errno));
        return ERR_NOT_FOUND;
    }
    while ((room = buf_room(&t->text, 65536)) != NULL &&
           (len = fread(room, 1, 65536, file)) > 0)
        t->text.len += len;
    fclose(file);
    err = t->text.full ? ERR_TOO_LARGE : csv_to_utf8(&t->text);
    csv_init(&t->csv, t->text.at, t->text.len);
    if (!err)
        err = csv_header(&t->csv);
    if (err)
        snprintf(message, 256, "%.180s: %s", t->path, err_text(err));
    return err;
}

static bool table_row(struct table *t)
{
    enum err err;

    do
        err = csv_row(&t->csv);
    while (err && err != ERR_NOT_FOUND); /* the import is who complains */
    return !err;
}

static int64_t whole(struct span text, int64_t fallback)
{
    struct decimal d;

    if (decimal_parse(text, &d) || d.exponent != 0)
        return fallback;
    return d.mantissa;
}

static uint64_t hash(struct span text)
{
    uint64_t x = 14695981039346656037u;

    for (size_t i = 0; i < text.len; i++)
        x = (x ^ (unsigned char)text.at[i]) * 1099511628211u;
    return x ^ x >> 29;
}

static struct fleet_device *of_site(struct fleet *fleet, struct span site,
                                    struct fleet_device *from)
{
    struct fleet_device *end = fleet->devices + fleet->count;

    for (struct fleet_device *d = from ? from : fleet->devices; d < end; d++) {
        if (span_is(site, d->site))
            return d;
    }
    return NULL;
}

static void read_key(struct span hex, struct fleet_device *d)
{
    if (hex.len != 32)
        return;
    for (size_t i = 0; i < 16; i++) {
        char pair[3] = {hex.at[2 * i], hex.at[2 * i + 1], 0};

        d->sm4_key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    d->has_sm4_key = true;
}

static enum err read_devices(const char *directory, struct fleet *fleet,
                             char message[256])
{
    struct table t;
    enum err err = table_open(&t, directory, "devices.csv", message);
    size_t room = 0;

    while (!err && table_row(&t)) {
        struct fleet_device *d;

        if (fleet->count == FLEET_MAX) {
            snprintf(message, 256, "%.150s: more than %d devices", t.path,
                     FLEET_MAX);
            err = ERR_TOO_LARGE;
            break;
        }
        fleet->devices = memory_grow(fleet->devices, &room, fleet->count + 1,
                                     sizeof *fleet->devices);
        d = &fleet->devices[fleet->count++];
        *d = (struct fleet_device){.place.burden = 1};
        span_copy(csv_field(&t.csv, "mn"), d->mn, sizeof d->mn);
        span_copy(csv_field(&t.csv, "password"), d->password,
                  sizeof d->password);
        span_copy(csv_field(&t.csv, "st"), d->st, sizeof d->st);
        span_copy(csv_field(&t.csv, "site"), d->site, sizeof d->site);
        d->label_is_end = span_is(csv_field(&t.csv, "label_is_end"), "yes");
        d->realtime_s = (int)whole(csv_field(&t.csv, "realtime_s"), 0);
        d->minute_min = (int)whole(csv_field(&t.csv, "minute_min"), 0);
        read_key(csv_field(&t.csv, "sm4_key"), d);
        d->place.seed = hash(span_of(d->mn));
    }
    buf_done(&t.text);
    return err;
}

/* How dirty a place is: most near 1, a few far above. */
static double burden_of(uint64_t seed)
{
    double u = (double)(seed >> 11) / (double)(1ull << 53);

    return 0.65 + 0.5 * u + (u > 0.96 ? 1.1 * (u - 0.96) / 0.04 : 0);
}

static enum err read_sites(const char *directory, struct fleet *fleet,
                           char message[256])
{
    struct table t;
    enum err err = table_open(&t, directory, "sites.csv", message);

    while (!err && table_row(&t)) {
        struct span code = csv_field(&t.csv, "code");
        struct fleet_device *d = of_site(fleet, code, NULL);

        for (; d; d = of_site(fleet, code, d + 1)) {
            d->region = (int)whole(csv_field(&t.csv, "region"), 0);
            d->place.city = (uint64_t)d->region / 100;
            d->place.burden = burden_of(d->place.seed);
            /* the western highlands */
            d->place.high_m = d->region >= 513200 ? 2600 : 450;
            if (d->region >= 513200)
                d->place.burden *= 0.45;
        }
    }
    buf_done(&t.text);
    return err;
}

static enum err read_factors(const char *directory, struct fleet *fleet,
                             char message[256])
{
    struct table t;
    enum err err = table_open(&t, directory, "factors.csv", message);
    struct fleet_device *d = NULL;

    while (!err && table_row(&t)) {
        struct span code = csv_field(&t.csv, "factor");
        struct span site = csv_field(&t.csv, "site");
        const struct physics_factor *all[FLEET_FACTORS_MAX];
        size_t count;

        if (!d || !span_is(site, d->site)) /* tables come site by site */
            d = of_site(fleet, site, NULL);
        if (!d || d->factor_count == FLEET_FACTORS_MAX)
            continue;
        count = physics_factors_of(d->st, all, FLEET_FACTORS_MAX);
        for (size_t i = 0; i < count; i++) {
            if (span_equal_nocase(code, span_of(all[i]->code)))
                d->factors[d->factor_count++] = all[i];
        }
    }
    buf_done(&t.text);
    return err;
}

enum err fleet_read(const char *directory, struct fleet *out, char message[256])
{
    struct fleet fleet = {0};
    enum err err = read_devices(directory, &fleet, message);

    if (!err)
        err = read_sites(directory, &fleet, message);
    if (!err)
        err = read_factors(directory, &fleet, message);
    if (!err && fleet.count == 0) {
        snprintf(message, 256, "%.150s: no devices in devices.csv", directory);
        err = ERR_INVALID;
    }
    if (err) {
        fleet_done(&fleet);
        return err;
    }
    *out = fleet;
    return OK;
}

void fleet_done(struct fleet *fleet)
{
    free(fleet->devices);
    *fleet = (struct fleet){0};
}
