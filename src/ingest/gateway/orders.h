/*
 * orders - commands on their way to devices. A device has a line: one order is
 * open (sent, and waited for), the others stand behind it. An order that is
 * open meets two timers: until the 9011 the identical frame is sent again and
 * again up to its count; after that each frame of the answer starts the time
 * for the next, and what stays away ends it.
 *
 * All of it is behind one lock: commands are few. Whoever listens is told when
 * the lock is free again.
 */
#ifndef GATEWAY_ORDERS_H
#define GATEWAY_ORDERS_H

#include "ingest/gateway/inside.h"

struct order {
    struct order *next;  /* in its line */
    struct order *older; /* among all */
    struct order_line *line;
    uint64_t id;
    int cn;
    bool is_notice; /* answered by 9013 */
    bool is_welcome;
    char *cp, *result;
    struct buf frame; /* as sent, so that it can be sent again */
    char qn[18];
    char who[64];
    enum command_state state;
    int qn_rtn, exe_rtn, attempts;
    uint32_t data_frames;
    int64_t created_us, sent_us, answered_us, ended_us;
    int64_t deadline_us;
};

struct order_line {
    struct order_line *next; /* among all */
    struct device_state *device;
    struct order *open;
    struct order *first, **last;
    size_t waiting;
    int64_t last_qn_ms;
    char stream_qn[18]; /* of the last 2011: a 2005 device is stopped by it */
    int welcome_step;   /* the next one of the first contact; -1: over */
    bool was_welcomed;
};

struct orders {
    struct gateway *gateway;
    pthread_mutex_t lock;
    struct order_line *lines;
    struct order *newest;
    size_t count;
    uint64_t next_id;
    struct told *told, **told_last; /* events not given out yet */
    void (*changed)(void *context, const struct command *command);
    void *context;
};

/* What an order is called by those who ask; texts that are secret masked. */
void order_show(const struct order *order, struct command *out);

/* Locks; unlocks and tells the listener what happened. */
void orders_lock(struct orders *orders);
void orders_unlock(struct orders *orders);

/* The line of a device, new if need be. Under the lock. */
struct order_line *orders_line(struct orders *orders,
                               struct device_state *device);

/* One more at the end of the line. Under the lock. ERR_FULL. */
enum err orders_add(struct orders *orders, struct order_line *line, int cn,
                    struct span cp, const char *who,
                    struct order **out) MUST_CHECK;

/* Sends the first of the line if nothing is open. Under the lock. */
void orders_go_on(struct orders *orders, struct order_line *line,
                  int64_t now_us);

#endif
