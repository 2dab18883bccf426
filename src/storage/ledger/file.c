#include "storage/ledger/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum err file_err(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_FULL;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    case ENOENT:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    default:
        return ERR_IO;
    }
}

enum err file_write_at(int fd, struct span bytes, uint64_t offset)
{
    while (bytes.len > 0) {
        ssize_t n = pwrite(fd, bytes.at, bytes.len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? file_err(errno) : ERR_FULL;
        bytes = span_from(bytes, (size_t)n);
        offset += (uint64_t)n;
    }
    return OK;
}

enum err file_read_at(int fd, char *at, size_t len, uint64_t offset)
{
    while (len > 0) {
        ssize_t n = pread(fd, at, len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? file_err(errno) : ERR_CORRUPT;
        at += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return OK;
}

enum err file_zero(int fd, uint64_t from, uint64_t to)
{
    static const char zeros[64 << 10];
    enum err err = OK;

    while (!err && from < to) {
        size_t len = to - from < sizeof(zeros) ? to - from : sizeof(zeros);

        err = file_write_at(fd, (struct span){zeros, len}, from);
        from += len;
    }
    return err;
}

enum err file_sync(int fd)
{
    return fdatasync(fd) ? file_err(errno) : OK;
}

enum err file_load(int dir, const char *name, size_t max, struct buf *out)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    enum err err = OK;
    char *room;

    if (fd < 0)
        return file_err(errno);
    buf_clear(out);
    if (fstat(fd, &st)) {
        err = file_err(errno);
        goto done;
    }
    room =
        (uint64_t)st.st_size <= max ? buf_room(out, (size_t)st.st_size) : NULL;
    if (!room) {
        err = ERR_TOO_LARGE;
        goto done;
    }
    err = file_read_at(fd, room, (size_t)st.st_size, 0);
    if (err)
        goto done;
    out->len = (size_t)st.st_size;
    out->at[out->len] = '\0';
done:
    close(fd);
    return err;
}

enum err file_create(int dir, const char *name, mode_t mode, struct span bytes)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    enum err err;

    if (fd < 0)
        return file_err(errno);
    err = file_write_at(fd, bytes, 0);
    if (!err && fsync(fd))
        err = file_err(errno);
    if (close(fd) && !err)
        err = file_err(errno);
    if (err)
        unlinkat(dir, name, 0);
    return err;
}
