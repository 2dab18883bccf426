#include "simulate/load.h"

#include "base/memory.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_LEN = 99, EVENTS = 512, ROOM = 64 << 10 };

struct load_echo {
    int listener, epoll;
    _Atomic bool stop;
    pthread_t thread;
};

/* As many answers as the bytes hold ends of frames. */
static bool answer(int fd)
{
    static char in[ROOM];
    static char out[ROOM];
    ssize_t len = recv(fd, in, sizeof in, 0);
    size_t size = 0;

    if (len <= 0)
        return false;
    for (ssize_t i = 0; i < len; i++) {
        if (in[i] != '\n' || size + ANSWER_LEN > sizeof out)
            continue;
        memset(out + size, 'x', ANSWER_LEN - 1);
        out[size + ANSWER_LEN - 1] = '\n';
        size += ANSWER_LEN;
    }
    return size == 0 || send(fd, out, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static void *loop(void *context)
{
    struct load_echo *echo = context;
    struct epoll_event events[EVENTS];
    int one = 1;

    while (!echo->stop) {
        int count = epoll_wait(echo->epoll, events, EVENTS, 50);

        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;

            if (fd == echo->listener) {
                struct epoll_event event = {.events = EPOLLIN};

                event.data.fd = accept(fd, NULL, NULL);
                setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &one,
                           sizeof one);
                epoll_ctl(echo->epoll, EPOLL_CTL_ADD, event.data.fd, &event);
            } else if (!answer(fd)) {
                close(fd);
            }
        }
    }
    return NULL;
}

enum err load_echo_start(struct load_echo **out, int *out_port)
{
    struct load_echo *echo = memory_new(1, sizeof *echo);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN};
    socklen_t len = sizeof address;

    echo->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    echo->epoll = epoll_create1(EPOLL_CLOEXEC);
    event.data.fd = echo->listener;
    if (bind(echo->listener, (struct sockaddr *)&address, len) != 0 ||
        listen(echo->listener, 4096) != 0 ||
        getsockname(echo->listener, (struct sockaddr *)&address, &len) != 0 ||
        epoll_ctl(echo->epoll, EPOLL_CTL_ADD, echo->listener, &event) != 0 ||
        pthread_create(&echo->thread, NULL, loop, echo) != 0) {
        close(echo->listener);
        close(echo->epoll);
        free(echo);
        return ERR_IO;
    }
    *out_port = ntohs(address.sin_port);
    *out = echo;
    return OK;
}

void load_echo_stop(struct load_echo *echo)
{
    echo->stop = true;
    pthread_join(echo->thread, NULL);
    close(echo->listener);
    close(echo->epoll);
    free(echo);
}
