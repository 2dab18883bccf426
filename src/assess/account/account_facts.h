/*
 * account facts - the rows behind the assessments of this folder, for the
 * lists that people read: each fills an assessment's `facts`.
 */
#ifndef ACCOUNT_FACTS_H
#define ACCOUNT_FACTS_H

#include "assess/catalogue/assessment.h"

void source_validity_facts(struct assess_facts *facts);
void source_substitution_facts(struct assess_facts *facts);
void source_accounting_facts(struct assess_facts *facts);
void load_non_point_facts(struct assess_facts *facts);
void vehicle_inventory_facts(struct assess_facts *facts);
void environment_tax_facts(struct assess_facts *facts);

#endif
