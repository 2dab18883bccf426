/*
 * bench_whole - what the parts that measure a whole server share. Private to
 * the folder.
 */
#ifndef BENCH_WHOLE_H
#define BENCH_WHOLE_H

#include "bench/bench.h"
#include "bench/server.h"

/* Makes and starts a server that knows so many devices; what goes wrong is
 * told. */
enum err bench_begin(struct bench *bench, const char *name, int devices,
                     struct server *server) MUST_CHECK;

#endif
