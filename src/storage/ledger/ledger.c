#include "storage/ledger/inside.h"

#include "base/datetime.h"
#include "base/log.h"
#include "base/memory.h"
#include "storage/ledger/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_MAX = 8 << 10, SEGMENT_BYTES_MIN = 16 << 10 };

void segment_name(uint64_t number, char name[NAME_LEN])
{
    snprintf(name, NAME_LEN, "%012" PRIu64 ".seg", number);
}

void packed_name(uint64_t number, char name[NAME_LEN])
{
    snprintf(name, NAME_LEN, "%012" PRIu64 ".seg.zst", number);
}

void spare_name(unsigned which, char name[NAME_LEN])
{
    snprintf(name, NAME_LEN, "spare-%u.seg", which);
}

int ledger_day(int64_t arrival_us)
{
    return civil_day_number(arrival_us / 1000000);
}

struct segment *ledger_open_segment(const struct ledger *l)
{
    struct segment *last = l->count ? l->segments[l->count - 1] : NULL;

    return last && last->state == SEGMENT_OPEN ? last : NULL;
}

struct segment *ledger_add_segment(struct ledger *l, struct segment s)
{
    struct segment *copy = memory_new(1, sizeof(*copy));

    *copy = s;
    l->segments = memory_grow(l->segments, &l->cap, l->count + 1,
                              sizeof(struct segment *));
    l->segments[l->count++] = copy;
    return copy;
}

void segment_free(struct segment *s)
{
    if (s->fd >= 0)
        close(s->fd);
    blocks_done(&s->blocks);
    free(s);
}

/* ---- init ---- */

static enum err write_keys(int dir, struct sign_key *key)
{
    struct buf pem;
    enum err err;

    buf_init(&pem, PEM_MAX);
    err = sign_key_private_pem(key, &pem);
    if (!err)
        err = file_create(dir, "key.pem", 0600, buf_span(&pem));
    buf_clear(&pem);
    if (!err)
        err = sign_key_public_pem(key, &pem);
    if (!err)
        err = file_create(dir, "public.pem", 0644, buf_span(&pem));
    buf_done(&pem);
    return err;
}

/* The manifest comes last: with it the ledger exists. */
static enum err write_head(int dir, struct sign_key *key)
{
    char line[MANIFEST_LINE_MAX];
    struct hash fingerprint;
    size_t len;
    enum err err = sign_key_fingerprint(key, &fingerprint);

    if (err)
        return err;
    len = manifest_head_format(key, &fingerprint, line);
    line[len++] = '\n';
    return file_create(dir, MANIFEST_NAME, 0644, (struct span){line, len});
}

enum err ledger_init_with(const char *directory, const char *algorithm)
{
    struct sign_key *key = NULL;
    enum err err = OK;
    int dir;

    if (mkdir(directory, 0750) && errno != EEXIST)
        return file_err(errno);
    dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return file_err(errno);
    if (faccessat(dir, MANIFEST_NAME, F_OK, 0) == 0)
        err = ERR_EXISTS;
    if (!err)
        err = sign_key_new(algorithm, &key);
    if (!err) {
        /* Left by an init that was cut off before the manifest. */
        unlinkat(dir, "key.pem", 0);
        unlinkat(dir, "public.pem", 0);
        err = write_keys(dir, key);
    }
    if (!err)
        err = write_head(dir, key);
    if (!err && fsync(dir))
        err = file_err(errno);
    sign_key_free(key);
    close(dir);
    return err;
}

enum err ledger_init(const char *directory)
{
    return ledger_init_with(directory, "Ed25519");
}

/* ---- open and close ---- */

static enum err load_key(struct ledger *l)
{
    struct buf pem;
    enum err err;

    buf_init(&pem, PEM_MAX);
    err = file_load(l->dir, "key.pem", PEM_MAX, &pem);
    if (!err)
        err = sign_key_from_private(buf_span(&pem), &l->key);
    if (pem.at)
        explicit_bzero(pem.at, pem.len);
    buf_done(&pem);
    if (err)
        log_error("ledger's signing key cannot be read",
                  "file=%s/key.pem err=%s", l->path, err_name(err));
    return err;
}

static enum err take_lock(struct ledger *l)
{
    l->lock_fd = openat(l->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (l->lock_fd < 0) {
        log_error("ledger's directory cannot be written",
                  "directory=%s reason=\"%m\"", l->path);
        return file_err(errno);
    }
    if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return OK;
    return errno == EWOULDBLOCK ? ERR_BUSY : file_err(errno);
}

static enum err open_directory(struct ledger *l)
{
    l->dir = open(l->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (l->dir < 0)
        return file_err(errno);
    return faccessat(l->dir, MANIFEST_NAME, R_OK, 0) ? file_err(errno) : OK;
}

static void ledger_free(struct ledger *l)
{
    for (size_t i = 0; i < l->count; i++)
        segment_free(l->segments[i]);
    free(l->segments);
    free(l->stage);
    free(l->path);
    sign_key_free(l->key);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    if (l->dir >= 0)
        close(l->dir);
    pthread_mutex_destroy(&l->appending);
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->chain);
    pthread_cond_destroy(&l->changed);
    free(l);
}

static struct ledger *ledger_new(const char *directory,
                                 const struct ledger_options *options)
{
    struct ledger *l = memory_new(1, sizeof(*l));

    l->dir = -1;
    l->lock_fd = -1;
    l->path = memory_text(span_of(directory));
    if (options)
        l->options = *options;
    if (l->options.segment_bytes == 0)
        l->options.segment_bytes = LEDGER_SEGMENT_BYTES;
    if (l->options.segment_bytes < SEGMENT_BYTES_MIN)
        l->options.segment_bytes = SEGMENT_BYTES_MIN;
    pthread_mutex_init(&l->appending, NULL);
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->chain, NULL);
    pthread_cond_init(&l->changed, NULL);
    return l;
}

static enum err open_once(const char *directory,
                          const struct ledger_options *options,
                          struct ledger **out)
{
    struct ledger *l = ledger_new(directory, options);
    enum err err = open_directory(l);

    if (!err && !l->options.read_only) {
        err = take_lock(l);
        if (!err)
            err = load_key(l);
        l->stage = memory_resize(NULL, STAGE + RECORD_MAX + 8, 1);
    }
    if (!err)
        err = ledger_recover(l);
    if (!err && !l->options.read_only)
        err = ledger_sealing_start(l);
    if (err) {
        ledger_free(l);
        return err;
    }
    *out = l;
    return OK;
}

/*
 * A reader beside a running server may see a segment's file go just between the
 * manifest and the file: then it looks again.
 */
enum err ledger_open(const char *directory,
                     const struct ledger_options *options, struct ledger **out)
{
    enum { TRIES = 3 };
    bool again = options && options->read_only;
    enum err err = open_once(directory, options, out);

    for (int i = 1; i < TRIES && again && err == ERR_CORRUPT; i++)
        err = open_once(directory, options, out);
    return err;
}

void ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return;
    if (!ledger->options.read_only) {
        enum err err = ledger_rest(ledger);

        if (err)
            log_error("ledger could not commit at its close",
                      "directory=%s err=%s", ledger->path, err_name(err));
        ledger_sealing_stop(ledger);
    }
    ledger_free(ledger);
}

/* ---- what people see ---- */

uint64_t ledger_last(const struct ledger *ledger)
{
    return atomic_load(&ledger->last);
}

uint64_t ledger_first(const struct ledger *ledger)
{
    return atomic_load(&ledger->first);
}

static void day_text(int day, char text[11])
{
    char long_text[40];

    snprintf(long_text, sizeof(long_text), "%04d-%02d-%02d", day / 10000,
             day / 100 % 100, day % 100);
    span_copy(span_of(long_text), text, 11);
}

void ledger_status(struct ledger *ledger, struct ledger_status *out)
{
    *out = (struct ledger_status){.first = ledger_first(ledger)};
    pthread_mutex_lock(&ledger->lock);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct segment *s = ledger->segments[i];

        out->segments++;
        out->sealed += s->state == SEGMENT_SEALED;
        out->compressed += s->packed;
        out->bytes_on_disk += s->packed ? s->disk_bytes : s->capacity;
        if (s->state == SEGMENT_SEALED)
            hex_format(
                (struct span){(const char *)s->root.at, sizeof(s->root.at)},
                out->last_root_hex);
    }
    out->bytes_on_disk += ledger->manifest_bytes;
    out->last = atomic_load(&ledger->last);
    out->commits = ledger->commits;
    out->failures = ledger->failures;
    out->failing = ledger->failing;
    out->last_arrival_us = ledger->committed_us;
    if (ledger->last_day_signed)
        day_text(ledger->last_day_signed, out->last_day_signed);
    pthread_mutex_unlock(&ledger->lock);
}
