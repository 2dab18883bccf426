#include "bench/server.h"

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    READY_MS = 60000,
    LINE_MAX_BYTES = 512,
    PATH_BYTES = 512,
    WORDS_MAX = 16
};

/* Starts this very program; standard output to `out`, or to the log if < 0. */
static enum err start(const struct server *server, const char *const words[],
                      int out, pid_t *pid)
{
    char *argv[WORDS_MAX] = {NULL};
    size_t count = 0;
    posix_spawn_file_actions_t files;
    char log[PATH_BYTES];
    int error;

    while (words[count] && count + 1 < WORDS_MAX)
        count++;
    memcpy(argv, words, count * sizeof(*argv)); /* exec changes no word */
    snprintf(log, sizeof(log), "%s/server.log", server->directory);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, out < 0 ? STDERR_FILENO : out,
                                     STDOUT_FILENO);
    error = posix_spawn(pid, "/proc/self/exe", &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return error ? ERR_IO : OK;
}

static enum err run(const struct server *server, const char *const words[])
{
    pid_t pid;
    int status = 0;
    enum err err = start(server, words, -1, &pid);

    if (err)
        return err;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? OK : ERR_INVALID;
}

static enum err write_password(const char *path)
{
    FILE *out = fopen(path, "w");

    if (!out)
        return ERR_IO;
    fputs("only-for-this-measurement\n", out);
    return fclose(out) == 0 ? OK : ERR_IO;
}

enum err server_make(struct server *server, const char *directory, int devices)
{
    char data[PATH_BYTES], registry[PATH_BYTES], password[PATH_BYTES],
        count[16];
    const char *const init[] = {
        "shangyou",        "init",   "--data", data, "--admin", "bench",
        "--password-file", password, NULL};
    const char *const tables[] = {
        "shangyou", "simulate",  "--load", "yes", "--write-registry",
        registry,   "--devices", count,    NULL};
    const char *const import[] = {"shangyou", "import", "registry", registry,
                                  "--data",   data,     NULL};
    enum err err;

    *server = (struct server){.out = -1};
    snprintf(server->directory, sizeof(server->directory), "%s", directory);
    snprintf(data, sizeof(data), "%s/data", directory);
    snprintf(registry, sizeof(registry), "%s/registry", directory);
    snprintf(password, sizeof(password), "%s/password", directory);
    snprintf(count, sizeof(count), "%d", devices);
    if (mkdir(directory, 0700) != 0)
        return ERR_IO;
    err = write_password(password);
    if (!err)
        err = run(server, init);
    if (!err)
        err = run(server, tables);
    if (!err)
        err = run(server, import);
    return err;
}

/* One line of its standard output within READY_MS; "" when it ended. */
static enum err read_line(int fd, char line[LINE_MAX_BYTES])
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    size_t len = 0;

    while (len + 1 < LINE_MAX_BYTES) {
        if (poll(&wait, 1, READY_MS) != 1)
            return ERR_TIMEOUT;
        if (read(fd, line + len, 1) != 1)
            return ERR_CLOSED;
        if (line[len] == '\n')
            break;
        len++;
    }
    line[len] = '\0';
    return OK;
}

enum err server_start(struct server *server)
{
    char data[PATH_BYTES], line[LINE_MAX_BYTES];
    const char *const words[] = {"shangyou",
                                 "serve",
                                 "--data",
                                 data,
                                 "--http.listen",
                                 "127.0.0.1:0",
                                 "--gateway.listen",
                                 "127.0.0.1:0",
                                 NULL};
    int ends[2];
    const char *colon, *comma;
    enum err err;

    snprintf(data, sizeof(data), "%s/data", server->directory);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ERR_IO;
    err = start(server, words, ends[1], &server->pid);
    close(ends[1]);
    server->out = ends[0];
    if (err) {
        server->pid = 0;
        close(ends[0]);
        return err;
    }
    err = read_line(ends[0], line);
    /* "shangyou: ready at http://127.0.0.1:8080, devices at 127.0.0.1:8212" */
    colon = err ? NULL : strrchr(line, ':');
    server->port = colon ? (int)strtol(colon + 1, NULL, 10) : 0;
    comma = err ? NULL : strchr(line, ',');
    while (comma && comma > line && comma[-1] >= '0' && comma[-1] <= '9')
        comma--;
    server->http_port = comma ? (int)strtol(comma, NULL, 10) : 0;
    if (!err && (server->port <= 0 || server->http_port <= 0))
        err = ERR_SYNTAX;
    if (err)
        server_end(server, SIGKILL);
    return err;
}

void server_end(struct server *server, int signal)
{
    if (!server->pid)
        return;
    kill(server->pid, signal);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(server->out);
    server->pid = 0;
}

double server_memory_mb(const struct server *server)
{
    char path[64], line[256];
    double kib = 0;
    FILE *in;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)server->pid);
    in = fopen(path, "r");
    while (in && fgets(line, sizeof(line), in)) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtod(line + 6, NULL);
    }
    if (in)
        fclose(in);
    return kib * 1024 / 1e6;
}
