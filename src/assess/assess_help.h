/*
 * assess_help - what the program tells about its assessments: all of them, one
 * with its columns, its facts, its example. On standard output.
 */
#ifndef ASSESS_HELP_H
#define ASSESS_HELP_H

#include "assess/catalogue/assessment.h"

void assess_help(void);
void assess_list(void);
void assess_help_of(const struct assessment *a);
void assess_list_of(const struct assessment *a); /* CSV */

#endif
