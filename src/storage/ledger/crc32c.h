/*
 * crc32c - the Castagnoli checksum (RFC 3720 B.4), with the processor's own
 * instruction where the build has it, else by table.
 *
 * crc32c(crc32c(0, a), b) is the checksum of a and b together.
 */
#ifndef LEDGER_CRC32C_H
#define LEDGER_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *at, size_t len);

/* The same by table, for machines without the instruction. */
uint32_t crc32c_by_table(uint32_t crc, const void *at, size_t len);

#endif
