#include "host-setup/sockets.h"

#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"

enum { STATE_ESTABLISHED = 0x01, STATE_LISTEN = 0x0A, MOST_TABLE = 16 * 1024 * 1024, MOST_LINK = 64 };

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* Called for each socket of the table; false ends the walk. */
typedef bool each_socket(void *context, unsigned local_port, unsigned remote_port, unsigned state,
                         unsigned long inode);

static void walk_table(const char *proc, const char *table, each_socket *each, void *context) {
    cleanup_free char *path = memory_format("%s/net/%s", proc, table), *bytes = NULL;
    size_t length;
    if (files_read(path, MOST_TABLE, &bytes, &length) != 0) return;
    char *rest = NULL;
    for (char *line = strtok_r(bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        unsigned local, remote, state;
        unsigned long inode;
        /* sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode */
        if (sscanf(line, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%x %x %*x:%*x %*x:%*x %*x %*u %*u %lu", &local,
                   &remote, &state, &inode) == 4 &&
            !each(context, local, remote, state, inode))
            return;
    }
}

struct wanted {
    unsigned port, state;
    bool remote;
    unsigned long *inodes;
    size_t count;
};

static bool take_wanted(void *context, unsigned local, unsigned remote, unsigned state, unsigned long inode) {
    struct wanted *wanted = context;
    if ((wanted->remote ? remote : local) != wanted->port || state != wanted->state) return true;
    wanted->inodes = memory_resize(wanted->inodes, (wanted->count + 1) * sizeof *wanted->inodes);
    wanted->inodes[wanted->count++] = inode;
    return true;
}

static void find_inodes(const char *proc, struct wanted *wanted) {
    walk_table(proc, "tcp", take_wanted, wanted);
    walk_table(proc, "tcp6", take_wanted, wanted);
}

static bool is_wanted(const struct wanted *wanted, const char *link) {
    unsigned long inode;
    if (sscanf(link, "socket:[%lu]", &inode) != 1) return false;
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->inodes[i] == inode && inode) return true;
    return false;
}

/* Called for each descriptor that is one of the wanted sockets; false ends the walk. */
typedef bool each_descriptor(void *context, const char *proc, pid_t pid, int descriptor);

static bool walk_process(const char *proc, const char *pid, const struct wanted *wanted,
                         each_descriptor *each, void *context) {
    cleanup_free char *folder = memory_format("%s/%s/fd", proc, pid);
    DIR *stream = opendir(folder);
    bool goes_on = true;
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry && goes_on; entry = readdir(stream)) {
        char link[MOST_LINK + 1] = "";
        cleanup_free char *path = text_join_path(folder, entry->d_name);
        if (readlink(path, link, MOST_LINK) > 0 && is_wanted(wanted, link))
            goes_on = each(context, proc, atoi(pid), atoi(entry->d_name));
    }
    if (stream) closedir(stream);
    return goes_on;
}

static void walk_owners(const char *proc, const struct wanted *wanted, each_descriptor *each, void *context) {
    DIR *stream = wanted->count ? opendir(proc) : NULL;
    bool goes_on = true;
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry && goes_on; entry = readdir(stream))
        if (isdigit((unsigned char)*entry->d_name))
            goes_on = walk_process(proc, entry->d_name, wanted, each, context);
    if (stream) closedir(stream);
}

static bool take_owner(void *context, const char *proc, pid_t pid, int descriptor) {
    struct socket_owner *owner = context;
    (void)descriptor;
    cleanup_free char *path = memory_format("%s/%d/comm", proc, (int)pid);
    cleanup_free char *name = files_head(path, sizeof owner->name - 1);
    owner->pid = pid;
    snprintf(owner->name, sizeof owner->name, "%.*s", name ? (int)strcspn(name, "\n") : 0, name ? name : "");
    return false;
}

void sockets_listener(const char *proc, int port, struct socket_owner *owner) {
    struct wanted wanted = {.port = (unsigned)port, .state = STATE_LISTEN};
    *owner = (struct socket_owner){0};
    find_inodes(proc, &wanted);
    owner->found = wanted.count > 0;
    walk_owners(proc, &wanted, take_owner, owner);
    free(wanted.inodes);
}

struct sent {
    const char *unit;
    long bytes;
};

static bool in_unit(const char *proc, pid_t pid, const char *unit) {
    cleanup_free char *path = memory_format("%s/%d/cgroup", proc, (int)pid);
    cleanup_free char *cgroup = files_head(path, 4096), *below = memory_format("/%s", unit);
    for (const char *at = cgroup; at && (at = strstr(at, below)); at++) {
        char after = at[strlen(below)];
        if (after == '\n' || after == '/' || after == '\0') return true;
    }
    return false;
}

/* A copy of the other process's socket is asked, as /proc does not say what went through one. */
static bool take_sent(void *context, const char *proc, pid_t pid, int descriptor) {
    struct sent *sent = context;
    if (!in_unit(proc, pid, sent->unit)) return true;
    if (sent->bytes < 0) sent->bytes = 0;
    cleanup_fd int process = (int)syscall(SYS_pidfd_open, pid, 0);
    cleanup_fd int copy = process >= 0 ? (int)syscall(SYS_pidfd_getfd, process, descriptor, 0) : -1;
    /* linux/tcp.h's struct, longer than the C library's: tcpi_bytes_acked is the 8 bytes at 120 */
    enum { ACKED_AT = 120 };
    unsigned char info[256] = {0};
    socklen_t length = sizeof info;
    uint64_t acked = 0;
    if (copy >= 0 && getsockopt(copy, IPPROTO_TCP, TCP_INFO, info, &length) == 0 &&
        length >= ACKED_AT + sizeof acked)
        memcpy(&acked, info + ACKED_AT, sizeof acked);
    sent->bytes += (long)acked;
    return true;
}

long sockets_sent(const char *proc, const char *unit, int port) {
    struct wanted wanted = {.port = (unsigned)port, .state = STATE_ESTABLISHED, .remote = true};
    struct sent sent = {unit, -1};
    find_inodes(proc, &wanted);
    walk_owners(proc, &wanted, take_sent, &sent);
    free(wanted.inodes);
    return sent.bytes;
}
