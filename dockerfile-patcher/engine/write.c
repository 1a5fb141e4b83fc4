#include "dockerfile-patcher/engine/write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/finding.h"

static bool failed(struct error **error, const char *path, const char *what) {
    cleanup_free char *printable = text_printable(path, 300);
    return error_set(error, EXIT_REFUSED, "'%s' %s: %s", printable, what, strerror(errno));
}

static bool make_directories(const char *path) {
    cleanup_free char *copy = memory_copy(path);
    for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) return false;
        *slash = '/';
    }
    return true;
}

static bool is_unchanged(const struct stat *status, const struct source *source) {
    const struct stamp *stamp = &source->stamp;
    return status->st_dev == stamp->device && status->st_ino == stamp->inode &&
           status->st_size == stamp->size && status->st_mtim.tv_sec == stamp->changed.tv_sec &&
           status->st_mtim.tv_nsec == stamp->changed.tv_nsec;
}

static int open_sibling(struct writing *writing) {
    cleanup_free char *directory = text_directory(writing->target);
    for (int attempt = 0; attempt < 100; attempt++) {
        uint32_t number = (uint32_t)attempt;
        if (getrandom(&number, sizeof number, GRND_NONBLOCK) < 0) number += (uint32_t)getpid() << 8;
        free(writing->sibling);
        writing->sibling = memory_format("%s/.%.100s.appsig-%08x", directory, text_base_name(writing->target),
                                         (unsigned)number);
        int descriptor = open(writing->sibling, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

static bool fill(int descriptor, const char *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        ssize_t put = write(descriptor, bytes + at, length - at);
        if (put < 0 && errno != EINTR) return false;
        if (put > 0) at += (size_t)put;
    }
    return true;
}

/* Owner before mode: chown clears the set-user-id bits. */
static bool dress(int descriptor, const struct source *source, unsigned mode) {
    struct stat status;
    if (source && fstat(descriptor, &status) == 0 &&
        (status.st_uid != source->owner || status.st_gid != source->group) &&
        fchown(descriptor, source->owner, source->group) != 0)
        return false;
    return fchmod(descriptor, source ? source->mode : mode) == 0;
}

static bool find_target(struct writing *writing, const char *path, const struct source *source, bool *changed,
                        struct error **error) {
    struct stat status;
    if (!source) {
        writing->target = realpath(path, NULL);
        if (!writing->target) writing->target = memory_copy(path);
        return make_directories(writing->target) || failed(error, path, "cannot be made");
    }
    writing->target = realpath(path, NULL);
    if (writing->target && stat(writing->target, &status) == 0 && is_unchanged(&status, source)) return true;
    if (changed) *changed = true;
    cleanup_free char *printable = text_printable(path, 300);
    return error_set(error, EXIT_REFUSED, "'%s' was changed while it was being planned", printable);
}

bool write_prepare(struct writing *writing, const char *path, const struct source *source, const char *bytes,
                   size_t length, unsigned mode, bool *changed, struct error **error) {
    *writing = (struct writing){0};
    if (!find_target(writing, path, source, changed, error)) return false;
    cleanup_fd int descriptor = open_sibling(writing);
    if (descriptor < 0) {
        free(steal_pointer(&writing->sibling));
        return failed(error, path, "cannot be written beside");
    }
    if (!fill(descriptor, bytes, length)) return failed(error, path, "cannot be written");
    if (!dress(descriptor, source, mode)) return failed(error, path, "cannot keep its owner and mode");
    if (fsync(descriptor) != 0) return failed(error, path, "cannot be synced");
    return true;
}

bool write_commit(struct writing *writing, struct error **error) {
    if (rename(writing->sibling, writing->target) != 0) {
        if (errno == EBUSY || errno == EXDEV)
            return failed(error, writing->target, "is a mount point and cannot be replaced");
        return failed(error, writing->target, "cannot be replaced");
    }
    free(steal_pointer(&writing->sibling));
    cleanup_free char *directory = text_directory(writing->target);
    cleanup_fd int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) fsync(descriptor); /* some file systems refuse; the rename stands all the same */
    return true;
}

void write_abandon(struct writing *writing) {
    if (writing->sibling) unlink(writing->sibling);
    free(writing->sibling);
    free(writing->target);
    *writing = (struct writing){0};
}
