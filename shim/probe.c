#include "shim/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

enum { GRACE_MS = 40 }; /* the child's own deadline comes first; past this one it is ended */

const char *answer_name(enum answer answer) {
    static const char *const names[] = {
        [ANSWER_NONE] = "not asked",          [ANSWER_HEALTHY] = "healthy",
        [ANSWER_REFUSED] = "refused",         [ANSWER_UNREACHABLE] = "unreachable",
        [ANSWER_SILENT] = "silent",           [ANSWER_TIMEOUT] = "timeout",
        [ANSWER_STRANGER] = "something else", [ANSWER_FORBIDDEN] = "forbidden by AWS",
        [ANSWER_NO_AWS] = "AWS unreachable",  [ANSWER_OPEN] = "open",
    };
    return names[answer];
}

/* A whole verdict, or nothing: a child that died half-way has said nothing. */
static bool receive(int descriptor, struct probe_verdict *verdict, long end_ms) {
    char *to = (char *)verdict;
    size_t got = 0;
    while (got < sizeof *verdict) {
        long left = end_ms - clock_now_ms();
        struct pollfd ready = {.fd = descriptor, .events = POLLIN};
        int polled = poll(&ready, 1, left > 0 ? (int)left : 0);
        if (polled < 0 && errno == EINTR) continue;
        if (polled <= 0) return false;
        ssize_t count = read(descriptor, to + got, sizeof *verdict - got);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        got += (size_t)count;
    }
    return verdict->count <= PROBE_MOST;
}

static void child(int descriptor, const struct probe_request *requests, size_t count, int deadline_ms) {
    struct probe_verdict verdict = {0};
    probe_ask(requests, count, deadline_ms, true, &verdict);
    verdict.forked = true;
    const char *from = (const char *)&verdict;
    for (size_t sent = 0; sent < sizeof verdict;) {
        ssize_t written = write(descriptor, from + sent, sizeof verdict - sent);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        sent += (size_t)written;
    }
    _exit(0);
}

/* Without SIGCHLD as exit signal: no signal is left pending for the app, and a parent that ignores SIGCHLD (so that
 * children vanish unwaited) changes nothing. */
static pid_t fork_quietly(void) { return (pid_t)syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL); }

void probe_reap(struct probe *probe) {
    if (probe->child <= 0) return;
    while (waitpid(probe->child, NULL, __WALL) < 0 && errno == EINTR) continue;
    probe->child = 0;
}

void probe_start(const struct probe_request *requests, size_t count, int deadline_ms, struct probe *probe) {
    *probe = (struct probe){.descriptor = -1, .end_ms = clock_now_ms() + deadline_ms + GRACE_MS};
    int ends[2] = {-1, -1};
    pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork_quietly() : -1;
    if (pid == 0) {
        close(ends[0]);
        child(ends[1], requests, count, deadline_ms);
    }
    if (ends[1] >= 0) close(ends[1]);
    if (pid > 0) {
        probe->child = pid;
        probe->descriptor = ends[0];
        return;
    }
    if (ends[0] >= 0) close(ends[0]);
    probe_ask(requests, count, deadline_ms, false, &probe->asked_here);
}

void probe_finish(struct probe *probe, struct probe_verdict *verdict) {
    if (probe->descriptor < 0) {
        *verdict = probe->asked_here;
        return;
    }
    bool whole = receive(probe->descriptor, verdict, probe->end_ms);
    close(probe->descriptor);
    if (!whole) {
        *verdict = (struct probe_verdict){.forked = true};
        kill(probe->child, SIGKILL);
    }
}
