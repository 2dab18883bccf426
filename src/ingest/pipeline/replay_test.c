/*
 * replay_test - crashes. Whatever was flushed when, and wherever it broke off,
 * the store ends with the same readings, versions, overlays and verdicts as one
 * that took every record in one go.
 */
#include "ingest/pipeline/kit_test.h"

#include <signal.h>
#include <sys/resource.h>

enum { RECORDS_MAX = 4000 };

/* The ledger of these tests: records with their payloads. */
struct tape {
    struct ledger_record records[RECORDS_MAX];
    size_t count;
    struct arena arena;
    uint32_t random;
};

static uint32_t next(struct tape *tape, uint32_t below)
{
    tape->random = tape->random * 1664525u + 1013904223u;
    return (tape->random >> 8) % below;
}

static void tape_add(struct tape *tape, struct kit *kit, enum ledger_kind kind,
                     const char *mn, struct span payload)
{
    CHECK(tape->count < RECORDS_MAX);
    tape->records[tape->count] = (struct ledger_record){
        .sequence = tape->count + 1,
        .arrival_us = kit->now_us,
        .source = mn ? (uint32_t)kit_device(kit, mn) : 0,
        .kind = kind,
        .payload = arena_copy(&tape->arena, payload),
    };
    tape->count++;
}

static void tape_frame(struct tape *tape, struct kit *kit, const char *mn,
                       int cn, int64_t time_s, const char *items)
{
    kit_encode(kit, mn, cn, time_s, items);
    tape_add(tape, kit, LEDGER_FRAME, mn, buf_span(&kit->frame));
}

static void tape_air(struct tape *tape, struct kit *kit, int64_t hour)
{
    const char *items = arena_printf(
        &kit->arena,
        "a21026-Avg=%u,a21026-Flag=N;a21004-Avg=%u,a21004-Flag=N;"
        "a21005-Avg=0.%u,a21005-Flag=N;a05024-Avg=%u,a05024-Flag=%c;"
        "a34002-Avg=%u,a34002-Flag=N;a34004-Avg=%u.%u,a34004-Flag=N",
        next(tape, 20), next(tape, 60), next(tape, 9), next(tape, 200),
        next(tape, 7) ? 'N' : 'D', next(tape, 150), next(tape, 100),
        next(tape, 10));

    tape_frame(tape, kit, "AIR-1", 2061, hour, items);
}

static void tape_hour(struct tape *tape, struct kit *kit, int64_t hour)
{
    for (int m = 0; m < 60; m += 10) {
        kit->now_us =
            (hour + (int64_t)(m + 10) * MINUTE_S + next(tape, 30)) * 1000000 +
            next(tape, 1000000);
        tape_frame(tape, kit, "DW-1", 2051, hour + (int64_t)m * MINUTE_S,
                   arena_printf(&kit->arena,
                                "w00000-Cou=%u.5,w00000-Flag=N;"
                                "w01018-Avg=%u.%u,w01018-Flag=N",
                                next(tape, 3), next(tape, 90), next(tape, 10)));
    }
    kit->now_us += 5000000;
    tape_air(tape, kit, hour);
    if (next(tape, 3) == 0) /* something late */
        tape_air(tape, kit, hour - (int64_t)next(tape, 30) * HOUR_S);
    if (next(tape, 11) == 0)
        tape_add(tape, kit, LEDGER_QUARANTINE, NULL, SPAN("noise"));
}

/* Three days; the overlays name channels by number, as the API would. */
static void tape_make(struct tape *tape, struct kit *kit)
{
    int64_t start = at("2026-03-30 00:00");

    *tape = (struct tape){.random = 7};
    arena_init(&tape->arena);
    for (int h = 0; h < 72; h++) {
        tape_hour(tape, kit, start + (int64_t)h * HOUR_S);
        if (h == 30 || h == 50)
            tape_add(
                tape, kit, LEDGER_OVERLAY, NULL,
                span_of(arena_printf(&tape->arena,
                                     "{\"op\":\"add\",\"channel\":%d,\"kind\":"
                                     "\"invalidate\",\"from\":%lld,\"to\":%lld,"
                                     "\"who\":\"li\"}",
                                     h == 30 ? 2 : 8, (long long)start,
                                     (long long)(start + 20 * HOUR_S))));
    }
}

static void digests(struct kit *kit, unsigned char series[32],
                    uint64_t *verdicts)
{
    CHECK_INT(core_flush(kit->core), OK);
    CHECK_INT(series_digest(kit->series, series), OK);
    CHECK_INT(verdict_store_digest(kit->verdicts, verdicts), OK);
}

/* The end of the story is the same moment for all. */
static void finish(struct kit *kit, const struct tape *tape)
{
    core_advance(kit->core,
                 tape->records[tape->count - 1].arrival_us + 86400000000);
}

static void crash(struct kit *kit)
{
    kit_close(kit);
    kit_open(kit);
}

/* What is due before a record, flushed in between; a crash may come there. */
static int advance_badly(struct kit *kit, struct tape *dice, int64_t to_us)
{
    int crashes = 0;

    while (!core_advance_some(kit->core, to_us, 1)) {
        if (next(dice, 50))
            continue;
        CHECK_INT(core_flush(kit->core), OK);
        if (next(dice, 2) == 0) {
            crash(kit);
            crashes++;
        }
    }
    return crashes;
}

/* Applies the tape with ticks, flushes and crashes by the dice. */
static int live_badly(struct kit *kit, const struct tape *tape, uint32_t seed)
{
    struct tape dice = {.random = seed};
    int crashes = 0;

    while (kit->core->applied < tape->count) {
        const struct ledger_record *r = &tape->records[kit->core->applied];
        int64_t room = r->arrival_us - kit->core->clock_us;

        if (kit->core->clock_us > 0 && room > 0 && next(&dice, 2))
            core_advance(kit->core,
                         kit->core->clock_us + next(&dice, 1000) * room / 1000);
        crashes += advance_badly(kit, &dice, r->arrival_us);
        core_apply(kit->core, r);
        if (next(&dice, 40) == 0)
            CHECK_INT(core_flush(kit->core), OK);
        if (next(&dice, 100) == 0) {
            crash(kit);
            crashes++;
        }
    }
    return crashes;
}

TEST(after_any_crash_the_store_is_what_it_would_have_been)
{
    static struct tape tape;
    struct kit clean;
    unsigned char want[32], got[32];
    uint64_t want_verdicts, got_verdicts;
    int crashes = 0;

    kit_init(&clean);
    tape_make(&tape, &clean);
    for (size_t i = 0; i < tape.count; i++)
        core_apply(clean.core, &tape.records[i]);
    finish(&clean, &tape);
    CHECK(clean.core->counters.computed > 500);
    CHECK(clean.core->counters.verdicts_changed > 5);
    CHECK_INT(clean.core->counters.overlays, 2);
    digests(&clean, want, &want_verdicts);
    kit_done(&clean);

    for (uint32_t seed = 1; seed <= 12; seed++) {
        struct kit kit;

        kit_init(&kit);
        crashes += live_badly(&kit, &tape, seed);
        finish(&kit, &tape);
        digests(&kit, got, &got_verdicts);
        CHECK(memcmp(want, got, sizeof(want)) == 0);
        CHECK(want_verdicts == got_verdicts);
        kit_done(&kit);
    }
    CHECK(crashes > 20);
    arena_done(&tape.arena);
}

TEST(taking_records_twice_changes_nothing)
{
    static struct tape tape;
    struct kit kit;
    unsigned char once[32], twice[32];
    uint64_t verdicts_once, verdicts_twice;

    kit_init(&kit);
    tape_make(&tape, &kit);
    for (size_t i = 0; i < tape.count; i++)
        core_apply(kit.core, &tape.records[i]);
    finish(&kit, &tape);
    digests(&kit, once, &verdicts_once);
    for (size_t i = tape.count - 20; i < tape.count; i++)
        core_apply(kit.core, &tape.records[i]);
    finish(&kit, &tape);
    digests(&kit, twice, &verdicts_twice);
    CHECK(verdicts_once == verdicts_twice);
    kit_done(&kit);
    arena_done(&tape.arena);
}

/* As a full disk does: no file may grow. */
static void disk_full(bool full)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = full ? 4096 : limit.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

TEST(a_full_disk_delays_and_loses_nothing)
{
    static struct tape tape;
    struct kit clean, kit;
    unsigned char want[32], got[32];
    uint64_t want_verdicts, got_verdicts;

    kit_init(&clean);
    kit_init(&kit);
    tape_make(&tape, &clean);
    for (size_t i = 0; i < tape.count; i++) {
        core_apply(clean.core, &tape.records[i]);
        core_apply(kit.core, &tape.records[i]);
        if (i % 100 == 50) {
            disk_full(true);
            CHECK(core_flush(kit.core) != OK);
            disk_full(false);
        }
        if (i % 300 == 200)
            CHECK_INT(core_flush(kit.core), OK);
    }
    finish(&clean, &tape);
    finish(&kit, &tape);
    CHECK(kit.core->counters.flush_failures > 3);
    digests(&clean, want, &want_verdicts);
    digests(&kit, got, &got_verdicts);
    CHECK(memcmp(want, got, sizeof(want)) == 0);
    CHECK(want_verdicts == got_verdicts);
    kit_done(&clean);
    kit_done(&kit);
    arena_done(&tape.arena);
}

TEST(what_waits_survives_a_crash)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    for (int m = 0; m < 60; m++) {
        kit_now(&kit, hour + (int64_t)(m + 1) * MINUTE_S);
        kit_send(&kit, "AIR-1", 2051, hour + (int64_t)m * MINUTE_S,
                 "a34004-Avg=35,a34004-Flag=N");
    }
    CHECK_INT(core_flush(kit.core), OK);
    CHECK(kit.core->pending.count > 0);
    crash(&kit);
    CHECK_INT(kit.core->applied, 60);
    CHECK_INT(kit.core->clock_us, (hour + HOUR_S) * 1000000);
    kit_now(&kit, hour + HOUR_S + 120); /* no record since: only a tick */
    kit_check(
        &kit,
        kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_COMPUTED),
        hour, "35", 0);
    kit_done(&kit);
}
