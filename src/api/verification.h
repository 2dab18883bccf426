/*
 * verification - one check of the whole ledger in the background, at most one
 * at a time. Any thread. verification_free breaks it off.
 */
#ifndef API_VERIFICATION_H
#define API_VERIFICATION_H

#include "storage/ledger/ledger.h"

struct verification;

struct verification_state {
    bool running, ever;
    uint64_t done, total; /* bytes */
    int64_t finished_us;
    struct ledger_report report;
};

struct verification *verification_new(void);
void verification_free(struct verification *verification);

/* ERR_BUSY when one is running. The directory is copied. */
enum err verification_begin(struct verification *verification,
                            const char *directory) MUST_CHECK;
void verification_look(struct verification *verification,
                       struct verification_state *out);

#endif
