#include "host-setup/effects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"

static void sync_directory(const char *path) {
    cleanup_free char *directory = text_directory(path);
    cleanup_fd int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) fsync(descriptor);
}

static char *sibling_of(const char *path) { return memory_format("%s.appsig-new", path); }

void effect_remove_rest(const char *path) {
    cleanup_free char *sibling = sibling_of(path);
    unlink(sibling);
}

int effect_write(const char *path, const char *bytes, size_t length, mode_t mode, uid_t owner, gid_t group) {
    struct stat status;
    bool there = stat(path, &status) == 0;
    cleanup_free char *sibling = sibling_of(path);
    cleanup_fd int descriptor = open(sibling, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return errno;
    int failure = files_write_all(descriptor, bytes, length);
    if (there) owner = status.st_uid, group = status.st_gid, mode = status.st_mode & 07777;
    if (!failure && owner != (uid_t)-1 && fchown(descriptor, owner, group) != 0) failure = errno;
    if (!failure && fchmod(descriptor, mode) != 0) failure = errno;
    if (!failure && fsync(descriptor) != 0) failure = errno;
    if (!failure && rename(sibling, path) != 0) failure = errno;
    if (failure) unlink(sibling);
    if (!failure) sync_directory(path);
    return failure;
}

static int copy_bytes(int from, int to) {
    char buffer[16 * 1024];
    for (;;) {
        ssize_t got = read(from, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return 0;
        int failure = files_write_all(to, buffer, (size_t)got);
        if (failure) return failure;
    }
}

int effect_copy_file(const char *from, const char *to) {
    struct stat status;
    if (lstat(from, &status) != 0) return errno;
    if (S_ISLNK(status.st_mode)) {
        char target[4096] = "";
        if (readlink(from, target, sizeof target - 1) < 0 || symlink(target, to) != 0) return errno;
        return lchown(to, status.st_uid, status.st_gid) == 0 ? 0 : errno;
    }
    if (!S_ISREG(status.st_mode)) return 0; /* a socket or a fifo belongs to whoever runs */
    cleanup_fd int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0) return errno;
    cleanup_fd int copy = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (copy < 0) return errno;
    int failure = copy_bytes(source, copy);
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    if (!failure &&
        (fchown(copy, status.st_uid, status.st_gid) != 0 || fchmod(copy, status.st_mode & 07777) != 0 ||
         fsync(copy) != 0 || futimens(copy, times) != 0))
        failure = errno;
    if (failure) unlink(to);
    return failure;
}

int effect_copy_tree(const char *from, const char *to) {
    struct stat status;
    if (lstat(from, &status) != 0) return errno;
    if (!S_ISDIR(status.st_mode)) return effect_copy_file(from, to);
    if (mkdir(to, 0700) != 0) return errno;
    DIR *stream = opendir(from);
    int failure = stream ? 0 : errno;
    for (struct dirent *entry = NULL; !failure && (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        cleanup_free char *inner_from = text_join_path(from, entry->d_name);
        cleanup_free char *inner_to = text_join_path(to, entry->d_name);
        failure = effect_copy_tree(inner_from, inner_to);
    }
    if (stream) closedir(stream);
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    if (!failure && (chown(to, status.st_uid, status.st_gid) != 0 || chmod(to, status.st_mode & 07777) != 0 ||
                     utimensat(AT_FDCWD, to, times, 0) != 0))
        failure = errno;
    return failure;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status;
    (void)type;
    (void)place;
    return remove(path) == 0 ? 0 : errno;
}

int effect_remove_tree(const char *path) {
    enum { DESCRIPTORS = 16 };
    struct stat status;
    if (lstat(path, &status) != 0) return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
    int failure = nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    return failure < 0 ? errno : failure;
}

/* Calls itself for what lies deeper first, so that a directory of empty ones is empty when its turn comes. */
static void walk_directories(const char *path, void (*each)(const char *directory, void *context),
                             void *context) {
    DIR *stream = opendir(path);
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry; entry = readdir(stream)) {
        struct stat status;
        cleanup_free char *inner = text_join_path(path, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (lstat(inner, &status) != 0 || !S_ISDIR(status.st_mode)) continue;
        walk_directories(inner, each, context);
        each(inner, context);
    }
    if (stream) closedir(stream);
}

static void add_directory(const char *directory, void *context) {
    text_add_format(context, "%s\n", directory);
}

void effect_list_directories(const char *path, struct text *out) {
    walk_directories(path, add_directory, out);
}

static void remove_if_new(const char *directory, void *context) {
    const char *list = context;
    cleanup_free char *line = memory_format("\n%s\n", directory);
    if (!strstr(list, line)) rmdir(directory);
}

int effect_remove_new_directories(const char *path, const char *list) {
    cleanup_free char *lines = memory_format("\n%s", list);
    walk_directories(path, remove_if_new, lines);
    return 0;
}

int effect_restore_file(const char *saved, const char *path) {
    if (rename(saved, path) == 0) {
        sync_directory(path);
        return 0;
    }
    if (errno != EXDEV) return errno;
    cleanup_free char *sibling = sibling_of(path);
    unlink(sibling);
    int failure = effect_copy_file(saved, sibling);
    if (!failure && rename(sibling, path) != 0) failure = errno;
    return failure;
}

int effect_restore_tree(const char *saved, const char *path) {
    int failure = effect_remove_tree(path);
    if (failure) return failure;
    if (rename(saved, path) == 0) return 0;
    return errno == EXDEV ? effect_copy_tree(saved, path) : errno;
}
