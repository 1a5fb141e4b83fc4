/* Who has a TCP port, and who talks to one: /proc/net/tcp and tcp6 name the sockets, /proc/PID/fd their owners. */
#ifndef SETUP_SOCKETS_H
#define SETUP_SOCKETS_H

#include <stdbool.h>
#include <sys/types.h>

struct socket_owner {
    bool found;    /* somebody listens */
    pid_t pid;     /* 0 where the owner cannot be seen (another namespace, no rights) */
    char name[64]; /* of its program */
};

/* `proc` is "/proc". */
void sockets_listener(const char *proc, int port, struct socket_owner *owner);

/* Bytes that the peer has acknowledged on connections to `port` from processes whose cgroup ends in `unit`, or -1 where
 * there is no such connection. 0 also where the kernel does not tell (before 5.6). */
long sockets_sent(const char *proc, const char *unit, int port);

#endif
