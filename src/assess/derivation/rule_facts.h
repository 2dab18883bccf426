/*
 * rule_facts - the rows of a rule table for the lists that people read, and a
 * few answers that all descriptions of assessments give alike.
 */
#ifndef ASSESS_RULE_FACTS_H
#define ASSESS_RULE_FACTS_H

#include "assess/catalogue/assessment.h"
#include "assess/derivation/rule.h"

/* All rows of this record ("grade"), of one standard or (NULL) of any. */
void rule_facts(struct assess_facts *facts, const struct rule_table *table,
                const char *record, const char *standard);

/*
 * The day of a cell; the case's today when it has none, for an edition that was
 * made known but is not yet in force is not today's; RULE_NEWEST when that is
 * not told either.
 */
int rule_day_of(const struct assess_case *c, const struct assess_cell *cell);

/*
 * Refuses a record with "not detected" but no limit of detection, "none" or
 * "present", and answers true.
 */
bool refuse_words(const struct assess_case *c,
                  const struct assess_record *record);

#endif
