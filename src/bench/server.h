/*
 * server - `shangyou serve` as a process of its own, for what can only be
 * measured from outside: its memory, its death, its answers over TCP.
 *
 * The data directory is made below `directory` by the same commands a person
 * types (init, simulate --write-registry, import registry) and belongs to the
 * caller, who removes it. Output of all of them goes to directory/server.log.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "base/err.h"

#include <sys/types.h>

struct server {
    char directory[256]; /* holds data/, registry/, server.log */
    pid_t pid;           /* 0: not running */
    int out;             /* its standard output */
    int port;            /* where devices report */
    int http_port;       /* where people and programs ask */
};

/* A data directory that knows the first `devices` devices of load.h. */
enum err server_make(struct server *server, const char *directory,
                     int devices) MUST_CHECK;

/* Starts it on free ports and waits until it is ready; ERR_TIMEOUT, ERR_IO. */
enum err server_start(struct server *server) MUST_CHECK;

/* Sends the signal and waits for the end. Nothing when it is not running. */
void server_end(struct server *server, int signal);

/* Resident memory in MB (10^6); 0 when it cannot be told. */
double server_memory_mb(const struct server *server);

#endif
