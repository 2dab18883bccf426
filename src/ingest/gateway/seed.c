/*
 * What the gateway must know after a restart is in the ledger's tail: which
 * frames it has, so that a device that did not see our answer and sends again
 * is answered and not stored twice; and who is in quarantine.
 */
#include "base/log.h"
#include "ingest/gateway/inside.h"

#include <inttypes.h>

enum { TAIL_RECORDS = 131072 };

static void remember_frame(struct gateway *gateway,
                           const struct ledger_record *record)
{
    struct device_state *d = device_state_of(gateway, (int32_t)record->source);
    struct span raw = intake_without_tail(record->payload);
    uint64_t hash = recent_hash(raw, gateway->seed);
    uint16_t slot;

    if (recent_meet(&d->recent, hash, &slot) == RECENT_NEW)
        recent_settle(&d->recent, hash, slot, true);
}

void seed_from_ledger(struct gateway *gateway, struct ledger *ledger)
{
    uint64_t last = ledger_last(ledger);
    uint64_t from = last > TAIL_RECORDS ? last - TAIL_RECORDS + 1 : 1;
    struct ledger_cursor *cursor = NULL;
    struct ledger_record record;
    uint64_t records = 0;
    enum err err;

    if (last == 0)
        return;
    if (from < ledger_first(ledger))
        from = ledger_first(ledger);
    err = ledger_cursor_open(ledger, from, &cursor);
    while (err == OK) {
        err = ledger_cursor_next(cursor, &record);
        if (err)
            break;
        records++;
        if (record.kind == LEDGER_FRAME && record.source)
            remember_frame(gateway, &record);
        else if (record.kind == LEDGER_QUARANTINE)
            quarantine_remember(gateway->quarantine, &record);
    }
    ledger_cursor_close(cursor);
    if (err != ERR_NOT_FOUND)
        log_warn("the ledger's tail cannot be read; copies of frames that came "
                 "before the restart will be stored again",
                 "err=%s", err_name(err));
    log_debug("remembered from the ledger", "records=%" PRIu64, records);
}
