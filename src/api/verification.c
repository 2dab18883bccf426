#include "api/verification.h"

#include "base/memory.h"

#include <pthread.h>
#include <time.h>

struct verification {
    pthread_mutex_t lock;
    pthread_t thread;
    bool joinable, stopping;
    char *directory;
    struct verification_state state;
};

struct verification *verification_new(void)
{
    struct verification *v = memory_new(1, sizeof(*v));

    pthread_mutex_init(&v->lock, NULL);
    return v;
}

void verification_free(struct verification *v)
{
    if (!v)
        return;
    pthread_mutex_lock(&v->lock);
    v->stopping = true;
    pthread_mutex_unlock(&v->lock);
    if (v->joinable)
        pthread_join(v->thread, NULL);
    pthread_mutex_destroy(&v->lock);
    free(v->directory);
    free(v);
}

static bool on_progress(void *context, uint64_t done, uint64_t total)
{
    struct verification *v = context;
    bool go_on;

    pthread_mutex_lock(&v->lock);
    v->state.done = done;
    v->state.total = total;
    go_on = !v->stopping;
    pthread_mutex_unlock(&v->lock);
    return go_on;
}

static void *run(void *context)
{
    struct verification *v = context;
    struct ledger_report report;
    struct timespec now;

    ledger_verify(v->directory, on_progress, v, &report);
    clock_gettime(CLOCK_REALTIME, &now);
    pthread_mutex_lock(&v->lock);
    v->state.report = report;
    v->state.finished_us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
    v->state.ever = true;
    v->state.running = false;
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

enum err verification_begin(struct verification *v, const char *directory)
{
    enum err err = OK;

    pthread_mutex_lock(&v->lock);
    if (v->state.running) {
        err = ERR_BUSY;
    } else {
        if (v->joinable)
            pthread_join(v->thread, NULL);
        free(v->directory);
        v->directory = memory_text(span_of(directory));
        v->state.done = v->state.total = 0;
        v->state.running = v->joinable =
            pthread_create(&v->thread, NULL, run, v) == 0;
        err = v->state.running ? OK : ERR_IO;
    }
    pthread_mutex_unlock(&v->lock);
    return err;
}

void verification_look(struct verification *v, struct verification_state *out)
{
    pthread_mutex_lock(&v->lock);
    *out = v->state;
    pthread_mutex_unlock(&v->lock);
}
