/*
 * source fields - the columns that the assessments of a discharge share: what
 * the outlet is, the state of its gas, the marks. Each macro fills the places
 * that the assessment gives them in its own list.
 */
#ifndef SOURCE_FIELDS_H
#define SOURCE_FIELDS_H

#include "assess/catalogue/assessment.h"

#define SOURCE_FIELD_TIME(place)                                               \
    [place] = {.name = "time",                                                 \
               .aliases = "date;day;start;日期;时间;监测时间",                 \
               .kind = ASSESS_DAY,                                             \
               .flags = ASSESS_REQUIRED,                                       \
               .zh = "时段的起始(北京时间)",                                   \
               .en = "start of the period (Beijing time)"}

/* Many columns in one macro: it is a list. */
#define SOURCE_FIELDS_OUTLET(more, applies, level_, built_, region_, key,      \
                             ultra)                                            \
    [applies] = {.name = "applies_to",                                         \
                 .aliases = "industry;行业;适用对象",                          \
                 .kind = ASSESS_TEXT,                                          \
                 .flags = ASSESS_REQUIRED | (more),                            \
                 .zh = "行业或适用对象,分号隔开",                              \
                 .en = "industries, or what limits apply to; \";\" between"},  \
    [level_] = {.name = "level",                                               \
                .aliases = "级别",                                             \
                .kind = ASSESS_TEXT,                                           \
                .flags = (more),                                               \
                .standard = "",                                                \
                .zh = "执行的级别,如 1A、grade 2,分号隔开",                    \
                .en = "the level that holds: 1A, grade 2; \";\" between"},     \
    [built_] = {.name = "built",                                               \
                .aliases = "建成日期;环评批复日期",                            \
                .kind = ASSESS_DAY,                                            \
                .flags = (more),                                               \
                .zh = "建成(或环评批复)之日,未给按新建",                       \
                .en = "the day it was built or approved; else as a new one"},  \
    [region_] = {.name = "region",                                             \
                 .aliases = "行政区划代码",                                    \
                 .kind = ASSESS_TEXT,                                          \
                 .flags = (more),                                              \
                 .standard = "510000",                                         \
                 .zh = "行政区划代码",                                         \
                 .en = "division code; local standards hold in theirs"},       \
    [key] = {.name = "key_area",                                               \
             .aliases = "重点区域",                                            \
             .kind = ASSESS_YES,                                               \
             .flags = (more),                                                  \
             .standard = "no",                                                 \
             .zh = "在执行特别排放限值的重点区域",                             \
             .en = "in a key area, where special limits hold"},                \
    [ultra] = {.name = "programme",                                            \
               .aliases = "超低排放",                                          \
               .kind = ASSESS_YES,                                             \
               .flags = (more),                                                \
               .standard = "no",                                               \
               .zh = "同时按超低排放要求判定",                                 \
               .en = "rate the ultra-low emission programme too"}

#define SOURCE_FIELDS_GAS(o2, o2_wet, h2o, wet_, folded_, condition_)               \
    [o2] = {.name = "oxygen",                                                       \
            .aliases = "O2;氧含量;a19001",                                          \
            .kind = ASSESS_DECIMAL,                                                 \
            .unit = "%",                                                            \
            .zh = "烟气氧含量",                                                     \
            .en = "oxygen of the flue gas"},                                        \
    [o2_wet] = {.name = "oxygen_wet",                                               \
                .kind = ASSESS_YES,                                                 \
                .standard = "no",                                                   \
                .zh = "氧含量是湿基的",                                             \
                .en = "the oxygen is of the wet gas"},                              \
    [h2o] = {.name = "moisture",                                                    \
             .aliases = "湿度;含湿量;a01014",                                       \
             .kind = ASSESS_DECIMAL,                                                \
             .unit = "%",                                                           \
             .zh = "烟气湿度",                                                      \
             .en = "moisture of the flue gas"},                                     \
    [wet_] = {.name = "wet",                                                        \
              .kind = ASSESS_YES,                                                   \
              .standard = "no",                                                     \
              .zh = "浓度是湿基的",                                                 \
              .en = "concentrations are of the wet gas"},                           \
    [folded_] = {.name = "folded",                                                  \
                 .aliases = "已折算",                                               \
                 .kind = ASSESS_YES,                                                \
                 .standard = "no",                                                  \
                 .zh = "浓度已是折算值",                                            \
                 .en = "concentrations are at the reference oxygen already"},       \
    [condition_] = {.name = "oxygen_condition",                                     \
                    .kind = ASSESS_YES,                                             \
                    .standard = "no",                                               \
                    .zh = "限值所附的折算条件成立(补充空气、独立" \
                          "热源)",                                                  \
                    .en = "the condition for converting holds (air is added, "      \
                          "a heat source of its own)"}

#define SOURCE_FIELDS_MARK(plant, monitor)                                     \
    [plant] = {.name = "plant",                                                \
               .aliases = "工况标记",                                          \
               .kind = ASSESS_CHOICE,                                          \
               .standard = "normal",                                           \
               .choices = source_plants,                                       \
               .zh = "生产设施的标记",                                         \
               .en = "the mark of the plant"},                                 \
    [monitor] = {.name = "monitor",                                            \
                 .aliases = "监测设备标记",                                    \
                 .kind = ASSESS_CHOICE,                                        \
                 .standard = "normal",                                         \
                 .choices = source_monitors,                                   \
                 .zh = "监测设备的标记",                                       \
                 .en = "the mark of the monitor"}

/* The limits with all that tells them apart, and the industries. */
void source_facts(struct assess_facts *facts);

#endif
