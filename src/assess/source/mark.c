#include "assess/source/mark.h"

struct text {
    const char *name, *zh, *en;
};

static const struct text plants[] = {
    [PLANT_NORMAL] = {"normal", "正常运行", "normal operation"},
    [PLANT_DRYING] = {"drying", "烘炉", "drying out"},
    [PLANT_STARTUP] = {"startup", "启炉", "start-up"},
    [PLANT_FAULT] = {"fault", "故障", "fault"},
    [PLANT_ACCIDENT] = {"accident", "事故", "accident"},
    [PLANT_SHUTDOWN] = {"shutdown", "停炉", "shut-down"},
    [PLANT_COOLING] = {"cooling", "停炉降温", "cooling"},
    [PLANT_STOPPED] = {"stopped", "停运", "stopped"},
};

/* clang-format off */
static const struct text monitors[] = {
    [MONITOR_NORMAL] = {"normal", "正常", "normal"},
    [MONITOR_MAINTENANCE] = {"maintenance", "维护", "maintenance"},
    [MONITOR_CALIBRATION] = {"calibration", "校准", "calibration"},
    [MONITOR_FAULT] = {"fault", "监测设备故障", "fault of the monitor"},
    [MONITOR_LOST] = {"lost", "通讯中断", "communication lost"},
    [MONITOR_COMPARISON] = {"comparison", "比对测试", "comparison test"},
};
/* clang-format on */

const char *plant_name(enum plant_state state)
{
    return plants[state].name;
}

const char *plant_text(enum plant_state state, bool english)
{
    return english ? plants[state].en : plants[state].zh;
}

const char *monitor_name(enum monitor_state state)
{
    return monitors[state].name;
}

const char *monitor_text(enum monitor_state state, bool english)
{
    return english ? monitors[state].en : monitors[state].zh;
}
