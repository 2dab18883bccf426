/*
 * address - where a peer is: an IPv6 address, with IPv4 ones mapped into it, so
 * that one kind of address is all that lists and counters need to know. The
 * book counts what comes from each address.
 */
#ifndef GATEWAY_ADDRESS_H
#define GATEWAY_ADDRESS_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

#include <sys/socket.h>

enum { ADDRESS_TEXT = 64 };

struct address {
    uint8_t at[16];
};

/* Address and port of a socket's name; ERR_UNSUPPORTED for other families. */
enum err address_of(const struct sockaddr_storage *name, struct address *out,
                    int *out_port) MUST_CHECK;

/* "192.0.2.7:4711" or "[2001:db8::1]:4711". */
void address_text(struct address address, int port, char text[ADDRESS_TEXT]);

/* The address out of such a text (the port may be missing). */
enum err address_parse(struct span text, struct address *out) MUST_CHECK;

/* Whether it is in "192.0.2.0/24", "2001:db8::/32", or is that address. */
bool address_in(struct address address, struct span cidr);

/* "0.0.0.0:8212", "[::1]:0" as a name to bind. */
enum err address_listen(struct span text, struct sockaddr_storage *out,
                        socklen_t *out_len) MUST_CHECK;

/* ---- the book ---- */

struct address_book;

struct address_book *address_book_new(void);
void address_book_free(struct address_book *book);

/* Counts one connection more from there; false when `max` are there. */
bool address_book_enter(struct address_book *book, struct address address,
                        int max);
void address_book_leave(struct address_book *book, struct address address);

#endif
