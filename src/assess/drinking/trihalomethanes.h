/*
 * trihalomethanes - item 16 of GB 5749-2022: the sum of value / own limit over
 * chloroform, dibromochloromethane, bromodichloromethane and bromoform. Private
 * to drinking.
 */
#ifndef DRINKING_TRIHALOMETHANES_H
#define DRINKING_TRIHALOMETHANES_H

#include "assess/drinking/drinking.h"
#include "assess/drinking/finding.h"

#define TRIHALOMETHANES "trihalomethanes"

/*
 * Adds the finding of the sum. With some of the four missing the sum is only
 * judged when it is above its limit already. False: none of the four is there,
 * nothing was added.
 */
bool trihalomethanes_add(struct findings *f, const struct measured *values,
                         size_t count, int day);

#endif
