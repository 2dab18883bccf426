/*
 * mark choices - the states of mark.h as the choices of a table's column.
 */
#ifndef SOURCE_MARK_CHOICES_H
#define SOURCE_MARK_CHOICES_H

#include "assess/catalogue/assessment.h"

extern const struct assess_choice source_plants[], source_monitors[];

#endif
