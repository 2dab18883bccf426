/*
 * The list of strangers by MN, bounded; what they sent is in the ledger as far
 * as their address may fill it. The list is made again at start from the
 * ledger's tail. A record "reason=replayed mn=X until=N records=K" says that
 * the K records kept of that MN up to sequence N are done with: those that were
 * let in are frames now, the others were kept anew, behind N, as "again=yes".
 */
#include "ingest/gateway/quarantine.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    ENTRIES_MAX = 2048,
    BUCKETS = 1024,    /* of addresses; those that share one share its bound */
    ALL_TOGETHER = 10, /* the bound of all addresses, in bounds of one */
    TRAILER_MAX = 256,
};

static const char *const reason_names[QUARANTINE_REASON_COUNT] = {
    "none", "unknown_mn", "wrong_password", "address", "disabled",
};

struct bucket {
    int64_t spent_e3; /* of what may be kept, in thousandths of a record */
    int64_t at_ms;
};

struct quarantine {
    pthread_mutex_t lock;
    int per_minute;
    struct bucket buckets[BUCKETS];
    struct bucket all;
    /* The first entry is "*", for those that find no room. */
    struct quarantine_entry entries[ENTRIES_MAX];
    uint64_t first_waiting[ENTRIES_MAX]; /* sequences */
    uint32_t hashes[ENTRIES_MAX];        /* of the MN in lower case */
    size_t count;
};

const char *quarantine_reason_name(enum quarantine_reason reason)
{
    return reason < QUARANTINE_REASON_COUNT ? reason_names[reason] : "none";
}

static uint32_t mix(uint32_t hash, uint8_t byte)
{
    return (hash ^ byte) * 16777619U;
}

static uint32_t hash_mn(const char *mn)
{
    uint32_t hash = 2166136261U;

    for (; *mn; mn++)
        hash = mix(hash, (uint8_t)(*mn | 32)); /* letters in lower case */
    return hash;
}

static size_t new_entry(struct quarantine *q, const char *mn)
{
    struct quarantine_entry *e = &q->entries[q->count];

    span_copy(span_of(mn), e->mn, sizeof(e->mn));
    q->hashes[q->count] = hash_mn(mn);
    return q->count++;
}

struct quarantine *quarantine_new(const struct gateway_options *options)
{
    struct quarantine *q = memory_new(1, sizeof(*q));

    pthread_mutex_init(&q->lock, NULL);
    q->per_minute = options->quarantine_per_minute;
    new_entry(q, "*");
    return q;
}

void quarantine_free(struct quarantine *q)
{
    if (!q)
        return;
    pthread_mutex_destroy(&q->lock);
    free(q);
}

/* ---- how much may be kept ---- */

static bool spend(struct bucket *b, int64_t per_minute, int64_t now_ms)
{
    int64_t back = (now_ms - b->at_ms) * per_minute / 60;

    if (back > 0) {
        b->spent_e3 = b->spent_e3 > back ? b->spent_e3 - back : 0;
        b->at_ms = now_ms;
    }
    if (b->spent_e3 + 1000 > 1000 * per_minute)
        return false;
    b->spent_e3 += 1000;
    return true;
}

bool quarantine_room(struct quarantine *q, struct address address,
                     int64_t now_ms)
{
    uint32_t hash = 2166136261U;
    bool room;

    for (size_t i = 0; i < sizeof(address.at); i++)
        hash = mix(hash, address.at[i]);
    pthread_mutex_lock(&q->lock);
    room = spend(&q->buckets[hash % BUCKETS], q->per_minute, now_ms) &&
           spend(&q->all, (int64_t)q->per_minute * ALL_TOGETHER, now_ms);
    pthread_mutex_unlock(&q->lock);
    return room;
}

/* ---- the line behind the frame ---- */

/* What an MN may be written with; anything else becomes '?'. */
static void plain_mn(struct span mn, char text[HJ212_MN_MAX + 1])
{
    span_copy(span_first(mn, HJ212_MN_MAX), text, HJ212_MN_MAX + 1);
    for (char *c = text; *c; c++) {
        if ((*c < '0' || *c > '9') && (*c < 'A' || *c > 'Z') &&
            (*c < 'a' || *c > 'z') && *c != '-' && *c != '_')
            *c = '?';
    }
}

void quarantine_trailer(enum quarantine_reason reason, struct span mn,
                        const char *peer, char *text, size_t size)
{
    char plain[HJ212_MN_MAX + 1];

    plain_mn(mn, plain);
    snprintf(text, size, "reason=%s mn=%s peer=%s\n",
             quarantine_reason_name(reason), plain, peer);
}

void quarantine_replayed_line(struct span mn, uint64_t until, uint64_t records,
                              char *text, size_t size)
{
    char plain[HJ212_MN_MAX + 1];

    plain_mn(mn, plain);
    snprintf(text, size,
             "reason=replayed mn=%s until=%" PRIu64 " records=%" PRIu64 "\n",
             plain, until, records);
}

/* Where the line begins, or payload.len. */
static size_t line_start(struct span payload)
{
    static const char word[] = "reason=";
    size_t at;
    size_t least = payload.len > TRAILER_MAX ? payload.len - TRAILER_MAX : 0;

    if (payload.len < sizeof(word) || payload.at[payload.len - 1] != '\n')
        return payload.len;
    for (at = payload.len - sizeof(word); at + 1 > least; at--) {
        if (memcmp(payload.at + at, word, sizeof(word) - 1) == 0)
            return at;
        if (at == 0)
            break;
    }
    return payload.len;
}

/* The value of "key=" in the line; empty when it is not there. */
static struct span line_value(struct span line, const char *key)
{
    size_t len = strlen(key);

    while (line.len) {
        struct span word = span_take(&line, ' ');

        if (word.len > len && word.at[len] == '=' &&
            memcmp(word.at, key, len) == 0)
            return span_from(word, len + 1);
    }
    return (struct span){"", 0};
}

static uint64_t number_of(struct span digits)
{
    uint64_t n = 0;

    for (size_t i = 0; i < digits.len && i < 19; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return 0;
        n = 10 * n + (uint64_t)(digits.at[i] - '0');
    }
    return n;
}

static struct span line_of(struct span payload)
{
    struct span line = span_from(payload, line_start(payload));

    if (line.len)
        line.len--; /* its newline */
    return line;
}

void quarantine_again_trailer(struct span payload, char *text, size_t size)
{
    struct span line = line_of(payload);

    snprintf(text, size, "%.*s%s\n", SPAN_ARG(line),
             line_value(line, "again").len ? "" : " again=yes");
}

bool gateway_quarantine_split(struct span payload, struct span *out_frame,
                              enum quarantine_reason *out_reason,
                              struct span *out_peer)
{
    struct span line = line_of(payload);
    struct span reason = line_value(line, "reason");

    *out_frame = payload;
    *out_reason = QUARANTINE_NONE;
    *out_peer = line_value(line, "peer");
    if (!line.len)
        return false;
    *out_frame = span_first(payload, line_start(payload));
    for (int i = 1; i < QUARANTINE_REASON_COUNT; i++) {
        if (span_is(reason, reason_names[i]))
            *out_reason = (enum quarantine_reason)i;
    }
    return true;
}

/* ---- the list ---- */

static size_t find(const struct quarantine *q, const char *mn)
{
    uint32_t hash = hash_mn(mn);

    for (size_t i = 0; i < q->count; i++) {
        if (q->hashes[i] == hash && strcasecmp(q->entries[i].mn, mn) == 0)
            return i;
    }
    return q->count;
}

static size_t find_or_new(struct quarantine *q, const char *mn)
{
    size_t at = find(q, mn);

    if (at < q->count)
        return at;
    return q->count < ENTRIES_MAX ? new_entry(q, mn) : 0;
}

static size_t note(struct quarantine *q, const char *mn,
                   enum quarantine_reason reason, struct span peer,
                   int64_t at_us)
{
    size_t at = find_or_new(q, mn);
    struct quarantine_entry *e = &q->entries[at];

    e->count++;
    e->reason = reason;
    if (!e->first_us)
        e->first_us = at_us;
    e->last_us = at_us;
    span_copy(peer, e->peer, sizeof(e->peer));
    return at;
}

void quarantine_note(struct quarantine *q, struct span mn,
                     enum quarantine_reason reason, const char *peer,
                     int64_t at_us)
{
    char plain[HJ212_MN_MAX + 1];

    plain_mn(mn, plain);
    pthread_mutex_lock(&q->lock);
    note(q, plain, reason, span_of(peer), at_us);
    pthread_mutex_unlock(&q->lock);
}

/* What was kept up to a sequence is done with; what came later still waits. */
static void replayed(struct quarantine *q, size_t at, struct span line)
{
    struct quarantine_entry *e = &q->entries[at];
    uint64_t until = number_of(line_value(line, "until"));
    uint64_t records = number_of(line_value(line, "records"));

    if (e->last_sequence <= until) {
        e->waiting = 0;
        q->first_waiting[at] = 0;
        return;
    }
    e->waiting = e->waiting > records ? e->waiting - records : 1;
    q->first_waiting[at] = until + 1;
}

/* A frame that a replay kept anew: nothing was sent now. */
static size_t kept_again(struct quarantine *q, const char *mn,
                         enum quarantine_reason reason, struct span peer)
{
    size_t at = find_or_new(q, mn);
    struct quarantine_entry *e = &q->entries[at];

    if (e->count == 0) { /* its first record is out of reach */
        e->reason = reason;
        span_copy(peer, e->peer, sizeof(e->peer));
        e->count = 1;
    }
    return at;
}

void quarantine_remember(struct quarantine *q,
                         const struct ledger_record *record)
{
    struct span line = line_of(record->payload), frame, peer;
    enum quarantine_reason reason;
    char mn[HJ212_MN_MAX + 1];
    size_t at;

    plain_mn(line_value(line, "mn"), mn);
    pthread_mutex_lock(&q->lock);
    if (span_is(line_value(line, "reason"), "replayed")) {
        at = find(q, mn);
        if (at < q->count)
            replayed(q, at, line);
    } else if (gateway_quarantine_split(record->payload, &frame, &reason,
                                        &peer)) {
        at = line_value(line, "again").len
                 ? kept_again(q, mn, reason, peer)
                 : note(q, mn, reason, peer, record->arrival_us);
        q->entries[at].kept += !line_value(line, "again").len;
        q->entries[at].waiting++;
        q->entries[at].last_sequence = record->sequence;
        if (!q->first_waiting[at])
            q->first_waiting[at] = record->sequence;
    }
    pthread_mutex_unlock(&q->lock);
}

bool quarantine_waiting(struct quarantine *q, struct span mn,
                        uint64_t *out_first, uint64_t *out_last)
{
    char plain[HJ212_MN_MAX + 1];
    size_t at;
    bool found;

    plain_mn(mn, plain);
    pthread_mutex_lock(&q->lock);
    at = find(q, plain);
    found = at < q->count && q->first_waiting[at] != 0;
    if (found) {
        *out_first = q->first_waiting[at];
        *out_last = q->entries[at].last_sequence;
    }
    pthread_mutex_unlock(&q->lock);
    return found;
}

struct span quarantine_mn(struct span payload)
{
    return line_value(line_of(payload), "mn");
}

static int newest_first(const void *a, const void *b)
{
    const struct quarantine_entry *x = a, *y = b;

    return (x->last_us < y->last_us) - (x->last_us > y->last_us);
}

size_t quarantine_list(struct quarantine *q, struct arena *arena,
                       struct quarantine_entry **out)
{
    size_t n = 0;

    pthread_mutex_lock(&q->lock);
    *out = arena_new(arena, q->count, sizeof(**out));
    for (size_t i = 0; i < q->count; i++) {
        if (q->entries[i].count)
            (*out)[n++] = q->entries[i];
    }
    pthread_mutex_unlock(&q->lock);
    qsort(*out, n, sizeof(**out), newest_first);
    return n;
}
