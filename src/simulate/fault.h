/*
 * fault - what goes wrong with a simulated device, on purpose: a deviation from
 * the protocol in its frames, or trouble of its instruments, clock or line.
 * Each has a name, so that a person can ask for one.
 */
#ifndef FAULT_H
#define FAULT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* fault.def: FAULT(name, "name", "what it does"). */
enum fault {
#define FAULT(name, text, help) FAULT_##name,
#include "simulate/fault.def"
#undef FAULT
    FAULT_COUNT
};

const char *fault_name(enum fault fault);
const char *fault_help(enum fault fault);
enum err fault_parse(struct span name, enum fault *out) MUST_CHECK;

/*
 * Spoils one whole frame as the fault does; `dice` decides for faults that come
 * now and then. Faults that are not of the frame leave it alone.
 */
void fault_spoil(enum fault fault, struct buf *frame, uint64_t dice);

#endif
