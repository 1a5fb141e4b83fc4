#include "common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

enum { UNKNOWN_SIZE = 1000 }; /* of a file in /proc, which says that it is empty */

static int read_all(int descriptor, size_t expected, size_t most, char **bytes, size_t *length) {
    size_t capacity = expected < most ? expected + 1 : most + 1, used = 0;
    char *buffer = memory_allocate(capacity + 1);
    for (;;) {
        if (used == capacity) buffer = memory_resize(buffer, (capacity *= 2) + 1);
        ssize_t got = read(descriptor, buffer + used, capacity - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || used + (size_t)got > most) {
            int failure = got < 0 ? errno : EFBIG;
            free(buffer);
            return failure;
        }
        if (got == 0) break;
        used += (size_t)got;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *length = used;
    return 0;
}

int files_read(const char *path, size_t most, char **bytes, size_t *length) {
    /* O_NONBLOCK: a fifo in the file's place must not hold up the start of an app */
    cleanup_fd int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return errno;
    struct stat status;
    if (fstat(descriptor, &status) != 0) return errno;
    if (S_ISDIR(status.st_mode)) return EISDIR;
    if (!S_ISREG(status.st_mode)) return EINVAL;
    size_t expected = status.st_size > 0 ? (size_t)status.st_size : UNKNOWN_SIZE;
    return read_all(descriptor, expected, most, bytes, length);
}

char *files_head(const char *path, size_t most) {
    cleanup_fd int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return NULL;
    char *head = memory_allocate(most + 1);
    ssize_t got = read(descriptor, head, most);
    if (got <= 0) {
        free(head);
        return NULL;
    }
    head[got] = '\0';
    return head;
}

bool files_exists(const char *path) { return access(path, F_OK) == 0; }

bool files_is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool files_is_program(const char *path) {
    struct stat status;
    return access(path, X_OK) == 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t files_write_quietly(int descriptor, const void *bytes, size_t size) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, pipe, limit;
    if (sigaction(SIGPIPE, &ignore, &pipe) != 0) return -1;
    ssize_t written = -1;
    if (sigaction(SIGXFSZ, &ignore, &limit) == 0) {
        do {
            written = write(descriptor, bytes, size);
        } while (written < 0 && errno == EINTR);
        int failure = errno;
        sigaction(SIGXFSZ, &limit, NULL);
        errno = failure;
    }
    int failure = errno;
    sigaction(SIGPIPE, &pipe, NULL);
    errno = failure;
    return written;
}

int files_write_all(int descriptor, const void *bytes, size_t size) {
    for (const char *at = bytes; size > 0;) {
        ssize_t written = files_write_quietly(descriptor, at, size);
        if (written < 0) return errno;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}
