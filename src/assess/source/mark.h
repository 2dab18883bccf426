/*
 * mark - the state of the plant and of the monitor that a discharger marks its
 * data with. A monitor that is not at work gives nothing that could exceed; the
 * state of the plant chooses the limit; what stands still neither exceeds nor
 * counts, and is not zero.
 *
 * Pure.
 */
#ifndef SOURCE_MARK_H
#define SOURCE_MARK_H

#include <stdbool.h>

enum plant_state {
    PLANT_NORMAL,
    PLANT_DRYING, /* of the furnace's lining */
    PLANT_STARTUP,
    PLANT_FAULT,
    PLANT_ACCIDENT,
    PLANT_SHUTDOWN,
    PLANT_COOLING,
    PLANT_STOPPED,
    PLANT_STATES
};

enum monitor_state {
    MONITOR_NORMAL,
    MONITOR_MAINTENANCE,
    MONITOR_CALIBRATION,
    MONITOR_FAULT,
    MONITOR_LOST, /* communication */
    MONITOR_COMPARISON,
    MONITOR_STATES
};

/* "startup"; the word in files. */
const char *plant_name(enum plant_state state);
const char *plant_text(enum plant_state state, bool english);
const char *monitor_name(enum monitor_state state);
const char *monitor_text(enum monitor_state state, bool english);

/* Start, stop, fault and accident: in some industries other limits hold. */
static inline bool plant_is_abnormal(enum plant_state state)
{
    return state != PLANT_NORMAL && state != PLANT_STOPPED;
}

#endif
