/*
 * proof - the JSON of a proof (docs/ledger.md draws it), written by
 * ledger_prove and read by ledger_check_proof, which knows nothing else.
 */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include "storage/ledger/manifest.h"
#include "storage/ledger/segment.h"

#define PROOF_FORMAT "shangyou-ledger-proof-1"

enum { PROOF_MAX = 8 << 20 }; /* bytes of JSON */

/* "frame"; never NULL. The words are in proofs and dumps: never change one. */
const char *ledger_kind_name(enum ledger_kind kind);

#endif
