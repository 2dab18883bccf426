/*
 * drinking - water at the tap against GB 5749-2022: 43 regular items (39 of
 * table 1, the disinfectant of table 2) and 54 extended ones (table 3). A
 * sample complies when nothing measured in it breaks its limit.
 *
 *     small supply   four limits of table 1 are relaxed (note b) where source
 *                    and treatment are limited
 *     germs          total coliforms must not be found; when they are, the
 *                    sample has to be tested for E. coli, else it need not be
 *     trihalomethanes    the sum of value / own limit of the four is at most 1,
 *                    computed exactly as soon as all four are there
 *     disinfectant   the row of the agent in use: at the works' outlet a limit
 *                    and a residue, at the end of the network a residue, and
 *                    the contact time. A disinfectant that is not the agent is
 *                    not judged.
 *     radioactivity  guidance levels and no limits: above them the nuclides
 *                    decide, and the sample is undecided until then
 *     not detected   see measured.h; what a method cannot show leaves the
 *                    sample undecided
 *
 * Values are compared with all their digits. Pure; the table is read once.
 */
#ifndef DRINKING_H
#define DRINKING_H

#include "assess/limit/measured.h"
#include "assess/verdict.h"

enum drinking_supply { SUPPLY_CENTRAL, SUPPLY_SMALL };
enum drinking_position { POSITION_NETWORK_END, POSITION_WORKS_OUTLET };

struct drinking_conditions {
    int day; /* of the sample, yyyymmdd */
    enum drinking_supply supply;
    enum drinking_position position;
    const char *agent; /* the disinfectant's code; NULL: not told */
    bool has_contact;
    struct decimal contact_min; /* minutes of contact with the water */
    bool all_items;             /* 97 are expected, not only the regular ones */
};

/*
 * rating 0 complies, 1 does not. INSUFFICIENT: nothing was judged, or nothing
 * is broken but something stays undecided. Behind the items of the sample stand
 * what was derived ("trihalomethanes", "contact_time"), what is still to be
 * tested, "missing", "conditions" and "conclusion". On the arena.
 */
void drinking_judge(const struct measured *values, size_t count,
                    const struct drinking_conditions *conditions,
                    struct arena *arena, struct verdict *out);

/* ---- the table behind it ---- */

struct drinking_item {
    const char *code, *name_zh, *name_en, *unit;
    int table; /* 1 and 2 regular, 3 extended */
    bool is_guidance;
    const struct limit *tap, *relaxed; /* NULL: there is none */
    /* of a disinfectant */
    const struct limit *outlet_limit, *outlet_residual, *end_residual, *contact;
};

/* Of any edition, each code once; for names and units. NULL behind the last. */
const struct drinking_item *drinking_item_at(size_t index);

/* By code; NULL when no edition knows it. */
const struct drinking_item *drinking_item_find(const char *code);

/* Of the edition in force on the day, in the order of the standard. */
const struct drinking_item *drinking_item_on(size_t index, int day);
const struct drinking_item *drinking_item_find_on(const char *code, int day);

const struct limit_table *drinking_limits(void);

#endif
