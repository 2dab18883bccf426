/*
 * verdict_store - the verdicts, every version of them, in the same file as the
 * readings. The pipeline's thread puts, and writes what is new inside the
 * series' flush; any thread reads. A verdict that says what the one before said
 * is not stored again; one that differs becomes the next version.
 *
 * What is put is visible at once: reading joins the file with what has not been
 * flushed yet. The newest verdict of every subject stays in memory.
 *
 * Ownership: verdicts that come out live on the caller's arena, texts too.
 */
#ifndef VERDICT_STORE_H
#define VERDICT_STORE_H

#include "assess/verdict.h"

struct verdict_store;

/* Which verdict: the order of lists, and the cursor of a walk. */
struct verdict_key {
    int32_t site;
    enum verdict_kind kind;
    int32_t point;
    enum cadence cadence;
    int64_t start_s;
};

/*
 * Opens <path>, which series_open has made; makes its tables if need be.
 * With read_only nothing is made and put and write are not allowed.
 */
enum err verdict_store_open(const char *path, bool read_only,
                            struct verdict_store **out) MUST_CHECK;
void verdict_store_close(struct verdict_store *store);

/* The file it was opened with. */
const char *verdict_store_path(const struct verdict_store *store);

/* ---- writing: the pipeline's thread ---- */

enum verdict_change {
    VERDICT_NEW,     /* the first of that subject and period */
    VERDICT_SAME,    /* says what the one before said: not stored */
    VERDICT_CHANGED, /* differs: the next version */
};

/* Sets verdict->version. On SAME the version, moment and cause of the old. */
enum err verdict_store_put(struct verdict_store *store, struct verdict *verdict,
                           enum verdict_change *out) MUST_CHECK;

/* Verdicts put but not written yet. */
size_t verdict_store_unwritten(const struct verdict_store *store);

/* Writes them on that connection, inside the caller's transaction ... */
enum err verdict_store_write(struct verdict_store *store,
                             void *sqlite) MUST_CHECK;

/* ... and forgets them once that transaction is committed. */
void verdict_store_written(struct verdict_store *store);

/* ---- reading: any thread ---- */

/*
 * The newest period's verdict of a kind at a site, of one point or (0) of any,
 * of one cadence or (CADENCE_COUNT) of any; false when there is none.
 */
bool verdict_store_newest(struct verdict_store *store, enum verdict_kind kind,
                          int32_t site, int32_t point, enum cadence cadence,
                          struct arena *arena, struct verdict *out);

/* What a list is asked for. */
struct verdict_filter {
    int32_t site;           /* 0: all */
    int32_t point;          /* 0: all */
    enum verdict_kind kind; /* VERDICT_KIND_COUNT: all */
    enum cadence cadence;   /* CADENCE_COUNT: all */
    int64_t from_s, to_s;   /* period starts, to_s exclusive; both 0: all */
    int64_t as_of_us;       /* the version known then; 0: now */
    bool newest_first;      /* the order of verdict_key reversed */
};

/*
 * At most `limit` verdicts behind `after` (NULL: from the beginning) in the
 * order of verdict_key, one version each.
 */
enum err verdict_store_list(struct verdict_store *store,
                            const struct verdict_filter *filter,
                            const struct verdict_key *after, size_t limit,
                            struct arena *arena, struct verdict **out,
                            size_t *out_count) MUST_CHECK;

/* All versions of one, oldest first. */
enum err verdict_store_versions(struct verdict_store *store,
                                const struct verdict_key *key,
                                struct arena *arena, struct verdict **out,
                                size_t *out_count) MUST_CHECK;

/*
 * A digest over all verdicts and versions, order fixed: two stores with the
 * same content have the same one.
 */
enum err verdict_store_digest(struct verdict_store *store,
                              uint64_t *out) MUST_CHECK;

#endif
