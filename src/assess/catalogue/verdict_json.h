/*
 * verdict_json - a verdict as members of a JSON object: what the filter prints
 * with --json and the API answers.
 */
#ifndef ASSESS_VERDICT_JSON_H
#define ASSESS_VERDICT_JSON_H

#include "assess/verdict.h"
#include "base/json.h"

/* "given", "insufficient", "no_edition"; NULL: "refused". */
const char *verdict_outcome_name(const struct verdict *verdict);

/*
 * Writes the members from "edition" to "items" into the open object. `element`
 * names the items that have no name of their own.
 */
void verdict_json(struct json *j, const struct verdict *v, const char *element,
                  bool explain);

#endif
