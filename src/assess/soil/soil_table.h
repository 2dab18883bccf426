/*
 * soil_table - GB 15618 and GB 36600 as rows, with the small rules around them
 * (members of sums, natural background, grades). Values are mg/kg of dry soil.
 *
 * An item is known by "cas:7440-43-9", or by a name of ours where it has no CAS
 * number: "HCH total", "op-DDT".
 */
#ifndef SOIL_TABLE_H
#define SOIL_TABLE_H

#include "assess/derivation/derivation.h"
#include "assess/limit/limit.h"

/* A content as the laboratory gave it. */
struct soil_value {
    const char *item;
    struct decimal value; /* mg/kg; the detection limit when below it */
    bool below_detection;
};

/* What may be handed in: an item of a table, or a member of a sum. */
struct soil_item {
    const char *code, *name_zh, *name_en;
};

enum soil_land {
    SOIL_PADDY,
    SOIL_UPLAND, /* "other" */
    SOIL_ROTATION,
    SOIL_ORCHARD,
};

struct words soil_land_words(enum soil_land land);

/* Of GB 15618: the table's items, then the members of its sums. NULL behind. */
const struct soil_item *soil_farmland_item(size_t index);
const struct soil_item *soil_construction_item(size_t index);

/* Both standards' items without members, each once. */
const struct soil_item *soil_any_item(size_t index);

/* By code, name or symbol ("Cd", "镉", "7440-43-9"), of any list. */
const struct soil_item *soil_item_named(struct span name);

/* True when the farmland limits of this item depend on pH on that day. */
bool soil_needs_ph(const char *item, int day);

struct soil_place {
    enum soil_land land;
    const struct decimal *ph; /* NULL: not measured */
    int day;                  /* RULE_NEWEST when not known */
};

/*
 * The farmland value of kind "screening" or "intervention"; NULL when there is
 * none, or a pH is needed and missing. Rotation takes the stricter of paddy and
 * other; `other` then tells the one that was not taken.
 */
const struct limit *soil_farmland_limit(const char *item, const char *kind,
                                        const struct soil_place *place,
                                        const struct limit **other);

/* Land class 1 or 2. */
const struct limit *soil_construction_limit(const char *item, const char *kind,
                                            int land_class, int day);

/* "5.5 < pH ≤ 6.5"; "" when the limit does not depend on it. */
const char *soil_ph_band(const struct limit *limit, struct arena *arena);

/* "metal", "voc", "svoc" ... of GB 36600; basic: one of the 45. */
const char *soil_group(const struct limit *limit);
bool soil_is_basic(const struct limit *limit);

const struct limit_table *soil_farmland_limits(void);
const struct limit_table *soil_construction_limits(void);
const struct rule_table *soil_rules(void);

/*
 * A sum from its members, when it is not among the values itself: undetected
 * members count half their detection limit. False when no member is there.
 */
struct soil_sum {
    struct decimal total;
    bool below_detection;       /* no member was found at all */
    struct words line, missing; /* "α 0.01 + β 0.02"; "δ" or "" */
};

bool soil_sum_of(const char *standard, const char *item,
                 const struct soil_value *values, size_t count,
                 struct arena *arena, struct soil_sum *out);

/* True when the item is one that is summed. */
bool soil_is_member(const char *standard, const char *item);

/* An item that was measured and cannot be rated: its step says why, and its
 * name joins the list. */
void soil_leave_unrated(struct arena *arena, struct words *list,
                        struct verdict_item *item, struct words why);

#endif
