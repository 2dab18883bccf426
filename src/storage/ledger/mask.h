/* mask - passwords out of what a person reads: PW=123456; becomes PW=******; */
#ifndef LEDGER_MASK_H
#define LEDGER_MASK_H

#include "base/buf.h"

/* In place, as many stars as there were characters. */
void mask_passwords(struct buf *text);

#endif
