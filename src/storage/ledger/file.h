/*
 * file - whole reads and writes at a position, and what errno means to the
 * ledger: ERR_FULL when there is no room (disk, quota, file size), ERR_DENIED,
 * ERR_NOT_FOUND, else ERR_IO.
 */
#ifndef LEDGER_FILE_H
#define LEDGER_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>
#include <sys/types.h>

enum err file_err(int error);

enum err file_write_at(int fd, struct span bytes, uint64_t offset) MUST_CHECK;

/* Exactly len bytes; ERR_CORRUPT when the file ends before. */
enum err file_read_at(int fd, char *at, size_t len, uint64_t offset) MUST_CHECK;

/* Writes zeros, so that the blocks are really allocated. */
enum err file_zero(int fd, uint64_t from, uint64_t to) MUST_CHECK;

enum err file_sync(int fd) MUST_CHECK;

/* A small file as a whole, at most max bytes (ERR_TOO_LARGE). */
enum err file_load(int dir, const char *name, size_t max,
                   struct buf *out) MUST_CHECK;

/* A new small file, on disk when this returns; ERR_EXISTS. */
enum err file_create(int dir, const char *name, mode_t mode,
                     struct span bytes) MUST_CHECK;

#endif
