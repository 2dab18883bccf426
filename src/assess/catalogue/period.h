/* period - the calendar periods that days are gathered into. Pure. */
#ifndef ASSESS_PERIOD_H
#define ASSESS_PERIOD_H

/*
 * The first and last day (yyyymmdd) of the period that holds *from_day. Of
 * ASSESS_ALL_DAYS the two stay as they are.
 */
void period_days(int period, int *from_day, int *to_day);

#endif
