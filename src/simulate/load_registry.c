#include "simulate/load.h"

#include <errno.h>

/* One table: its name, its header, and how a device's rows are written. */
struct table {
    const char *file, *header;
    void (*rows)(FILE *out, int index, const char *mn);
};

static void site_row(FILE *out, int index, const char *mn)
{
    (void)mn;
    fprintf(out, "LOAD%05d,压测站 %d,Load site %d,air,city,510100,no\n", index,
            index, index);
}

static void point_row(FILE *out, int index, const char *mn)
{
    (void)mn;
    fprintf(out, "LOAD%05d,1,采样口,Inlet\n", index);
}

static void device_row(FILE *out, int index, const char *mn)
{
    fprintf(out, "%s,LOAD%05d,1,123456\n", mn, index);
}

static const char *const units[LOAD_FACTORS] = {
    "ug/m3", "ug/m3", "ug/m3", "ug/m3", "mg/m3",
    "ug/m3", "℃",     "%",     "kPa",   "m/s",
};

static void factor_rows(FILE *out, int index, const char *mn)
{
    (void)mn;
    for (int i = 0; i < LOAD_FACTORS; i++)
        fprintf(out, "LOAD%05d,1,%s,%s\n", index, load_factor(i), units[i]);
}

static const struct table tables[] = {
    {"sites.csv", "code,name_zh,name_en,element,level,region,public_page",
     site_row},
    {"points.csv", "site,code,name_zh,name_en", point_row},
    {"devices.csv", "mn,site,point,password", device_row},
    {"factors.csv", "site,point,factor,unit", factor_rows},
};

static enum err write_table(const char *directory, const struct table *table,
                            int devices)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", directory, table->file);
    out = fopen(path, "w");
    if (!out)
        return ERR_IO;
    fprintf(out, "%s\n", table->header);
    for (int i = 0; i < devices; i++) {
        char mn[25];

        load_mn(i, mn);
        table->rows(out, i, mn);
    }
    return fclose(out) == 0 ? OK : ERR_IO;
}

enum err load_write_registry(const char *directory, int devices)
{
    enum err err = OK;

    for (size_t i = 0; i < LENGTH(tables) && !err; i++)
        err = write_table(directory, &tables[i], devices);
    return err;
}
