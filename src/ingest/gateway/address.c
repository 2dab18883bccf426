#include "ingest/gateway/address.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>

enum { BOOK_BUCKETS = 1024 };

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

struct entry {
    struct entry *next;
    struct address address;
    int count;
};

struct address_book {
    pthread_mutex_t lock;
    struct entry *buckets[BOOK_BUCKETS];
};

static struct address from_v4(const void *four)
{
    struct address a;

    memcpy(a.at, mapped, sizeof(mapped));
    memcpy(a.at + sizeof(mapped), four, 4);
    return a;
}

static bool is_v4(struct address a)
{
    return memcmp(a.at, mapped, sizeof(mapped)) == 0;
}

enum err address_of(const struct sockaddr_storage *name, struct address *out,
                    int *out_port)
{
    if (name->ss_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, name, sizeof(in));
        *out = from_v4(&in.sin_addr);
        *out_port = ntohs(in.sin_port);
        return OK;
    }
    if (name->ss_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, name, sizeof(in6));
        memcpy(out->at, &in6.sin6_addr, sizeof(out->at));
        *out_port = ntohs(in6.sin6_port);
        return OK;
    }
    return ERR_UNSUPPORTED;
}

void address_text(struct address address, int port, char text[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";

    if (is_v4(address)) {
        inet_ntop(AF_INET, address.at + sizeof(mapped), host, sizeof(host));
        snprintf(text, ADDRESS_TEXT, "%s:%d", host, port);
        return;
    }
    inet_ntop(AF_INET6, address.at, host, sizeof(host));
    snprintf(text, ADDRESS_TEXT, "[%s]:%d", host, port);
}

/* The address alone, without brackets or port. */
static enum err parse_host(struct span host, struct address *out)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr four;

    if (host.len == 0 || host.len >= sizeof(text))
        return ERR_SYNTAX;
    span_copy(host, text, sizeof(text));
    if (inet_pton(AF_INET, text, &four) == 1) {
        *out = from_v4(&four);
        return OK;
    }
    return inet_pton(AF_INET6, text, out->at) == 1 ? OK : ERR_SYNTAX;
}

/* Cuts "host:port" or "[host]:port"; the port is empty when there is none. */
static void cut_port(struct span text, struct span *host, struct span *port)
{
    size_t colon = text.len;

    *port = (struct span){"", 0};
    if (text.len && text.at[0] == '[') {
        size_t end = span_find(text, ']');

        *host = span_from(span_first(text, end), 1);
        if (end + 1 < text.len && text.at[end + 1] == ':')
            *port = span_from(text, end + 2);
        return;
    }
    while (colon > 0 && text.at[colon - 1] != ':')
        colon--;
    *host = text;
    /* More than one colon and no brackets: an IPv6 address without a port. */
    if (colon == 0 || span_find(text, ':') != colon - 1)
        return;
    *host = span_first(text, colon - 1);
    *port = span_from(text, colon);
}

enum err address_parse(struct span text, struct address *out)
{
    struct span host, port;

    cut_port(text, &host, &port);
    return parse_host(host, out);
}

/* A decimal number from 0 to max, or -1. */
static int small_number(struct span text, int max)
{
    int n = 0;

    if (text.len == 0 || text.len > 5)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return -1;
        n = 10 * n + (text.at[i] - '0');
    }
    return n <= max ? n : -1;
}

bool address_in(struct address address, struct span cidr)
{
    struct span host = span_take(&cidr, '/');
    struct address net;
    int bits = 128, mapped_bits;

    host = span_trim(host);
    if (parse_host(host, &net))
        return false;
    mapped_bits = span_find(host, ':') == host.len ? 96 : 0; /* IPv4 text */
    if (cidr.len) {
        bits = small_number(span_trim(cidr), 128 - mapped_bits);
        if (bits < 0)
            return false;
        bits += mapped_bits;
    }
    if (memcmp(net.at, address.at, (size_t)bits / 8) != 0)
        return false;
    if (bits % 8 == 0)
        return true;
    return ((net.at[bits / 8] ^ address.at[bits / 8]) >> (8 - bits % 8)) == 0;
}

enum err address_listen(struct span text, struct sockaddr_storage *out,
                        socklen_t *out_len)
{
    struct span host, port;
    struct address a;
    int number;

    cut_port(text, &host, &port);
    number = small_number(port, 65535);
    if (number < 0 || parse_host(host, &a))
        return ERR_SYNTAX;
    memset(out, 0, sizeof(*out));
    if (is_v4(a)) {
        struct sockaddr_in in = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)number)};

        memcpy(&in.sin_addr, a.at + sizeof(mapped), 4);
        memcpy(out, &in, sizeof(in));
        *out_len = sizeof(in);
    } else {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((uint16_t)number)};

        memcpy(&in6.sin6_addr, a.at, sizeof(a.at));
        memcpy(out, &in6, sizeof(in6));
        *out_len = sizeof(in6);
    }
    return OK;
}

/* ---- the book ---- */

struct address_book *address_book_new(void)
{
    struct address_book *book = memory_new(1, sizeof(*book));

    pthread_mutex_init(&book->lock, NULL);
    return book;
}

void address_book_free(struct address_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < BOOK_BUCKETS; i++) {
        while (book->buckets[i]) {
            struct entry *e = book->buckets[i];

            book->buckets[i] = e->next;
            free(e);
        }
    }
    pthread_mutex_destroy(&book->lock);
    free(book);
}

/* The link that points to the entry, or to NULL at the end of its bucket. */
static struct entry **find(struct address_book *book, struct address address)
{
    uint32_t hash = 2166136261U;
    struct entry **link;

    for (size_t i = 0; i < sizeof(address.at); i++)
        hash = (hash ^ address.at[i]) * 16777619U;
    link = &book->buckets[hash % BOOK_BUCKETS];
    while (*link &&
           memcmp((*link)->address.at, address.at, sizeof(address.at)) != 0)
        link = &(*link)->next;
    return link;
}

bool address_book_enter(struct address_book *book, struct address address,
                        int max)
{
    struct entry **link;
    bool room;

    pthread_mutex_lock(&book->lock);
    link = find(book, address);
    if (!*link) {
        *link = memory_new(1, sizeof(**link));
        (*link)->address = address;
    }
    room = (*link)->count < max;
    if (room)
        (*link)->count++;
    pthread_mutex_unlock(&book->lock);
    return room;
}

void address_book_leave(struct address_book *book, struct address address)
{
    struct entry **link;

    pthread_mutex_lock(&book->lock);
    link = find(book, address);
    if (*link && --(*link)->count == 0) {
        struct entry *gone = *link;

        *link = gone->next;
        free(gone);
    }
    pthread_mutex_unlock(&book->lock);
}
