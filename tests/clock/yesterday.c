/*
 * yesterday - preloaded into the server by an end-to-end story: the wall clock
 * stands one day back, so that the next start without it finds a day that has
 * ended, to be signed. Deadlines computed from it have passed long ago; loops
 * that wait for them turn fast, which is nothing for the few seconds it runs.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400 };

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int code = (int)syscall(SYS_clock_gettime, clock, out);

    if (code == 0 && clock == CLOCK_REALTIME)
        out->tv_sec -= DAY_S;
    return code;
}

time_t time(time_t *out)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now))
        return -1;
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
