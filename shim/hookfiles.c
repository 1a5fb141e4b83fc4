#include "shim/hookfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"

static const char *const bases[] = {"$TMPDIR", "/tmp", "/var/tmp", "/dev/shm"};
static const char *const shares[] = {"/usr/share/appsig/hooks", "/usr/local/share/appsig/hooks"};

/* Ours: owned by this user, and nobody else can write. Readable by all, as the server may run as another user. */
static bool is_ours(const struct stat *status) {
    return status->st_uid == geteuid() && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool directory_serves(const char *directory, const char *base) {
    struct stat status;
    if (lstat(directory, &status) == 0) return S_ISDIR(status.st_mode) && is_ours(&status);
    return errno == ENOENT && access(base, W_OK | X_OK) == 0;
}

static bool find_written(char *const *environment, size_t index, struct hook_place *place) {
    const char *base = bases[index];
    if (*base == '$') base = environment_value(environment, base + 1);
    if (!base || *base != '/') return false;
    cleanup_free char *directory = memory_format("%s/appsig-%lu", base, (unsigned long)geteuid());
    if (!directory_serves(directory, base)) return false;
    place->directory = steal_pointer(&directory);
    return true;
}

static bool find_installed(const char *share, struct hook_place *place) {
    cleanup_free char *probe = text_join_path(share, "sitecustomize.py");
    if (!files_exists(probe)) return false;
    place->directory = memory_copy(share);
    place->installed = true;
    return true;
}

void hookfiles_find(char *const *environment, const char *own_path, size_t first, struct hook_place *place) {
    *place = (struct hook_place){0};
    for (size_t i = first; i < array_length(bases); i++) {
        place->next = i + 1;
        if (find_written(environment, i, place)) return;
    }
    cleanup_free char *binaries = text_directory(own_path);
    cleanup_free char *prefix = text_directory(binaries);
    cleanup_free char *share = text_join_path(prefix, "share/appsig/hooks");
    bool found = first <= array_length(bases) && find_installed(share, place);
    for (size_t i = 0; i < array_length(shares) && first <= array_length(bases) && !found; i++)
        found = find_installed(shares[i], place);
    place->next = array_length(bases) + 1;
}

void hookfiles_free(struct hook_place *place) {
    free(place->directory);
    *place = (struct hook_place){0};
}

static const struct embedded_file *embedded(const char *name) {
    for (size_t i = 0; i < embedded_file_count; i++)
        if (text_equal(embedded_files[i].name, name)) return &embedded_files[i];
    return NULL;
}

char *hookfiles_path(const struct hook_place *place, const char *name) {
    const struct embedded_file *file = embedded(name);
    if (!place->directory || !file) return NULL;
    if (place->installed) return text_join_path(place->directory, name);
    return memory_format("%s/%s/%s", place->directory, file->digest, name);
}

static bool is_in_place(const char *path, const struct embedded_file *file) {
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) || !is_ours(&status)) return false;
    cleanup_free char *bytes = NULL;
    size_t length = 0;
    return (size_t)status.st_size == file->size && files_read(path, file->size, &bytes, &length) == 0 &&
           length == file->size && memcmp(bytes, file->bytes, length) == 0;
}

static int make_directory(const char *path) {
    struct stat status;
    if (mkdir(path, 0755) != 0 && errno != EEXIST) return errno;
    if (lstat(path, &status) != 0) return errno;
    if (!S_ISDIR(status.st_mode) || !is_ours(&status)) return EPERM;
    /* the umask of the app may hide the directory from the user that the server switches to */
    if ((status.st_mode & 0755) != 0755 && chmod(path, 0755) != 0) return errno;
    return 0;
}

int hookfiles_put(const struct hook_place *place, const char *name) {
    const struct embedded_file *file = embedded(name);
    if (!place->directory || !file) return ENOENT;
    cleanup_free char *path = hookfiles_path(place, name);
    if (place->installed) return files_exists(path) ? 0 : ENOENT;
    if (is_in_place(path, file)) return 0;
    cleanup_free char *directory = memory_format("%s/%s", place->directory, file->digest);
    int failure = make_directory(place->directory);
    if (!failure) failure = make_directory(directory);
    if (failure) return failure;
    cleanup_free char *fresh = memory_format("%s.%ld", path, (long)getpid());
    unlink(fresh);
    cleanup_fd int descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return errno;
    failure = files_write_all(descriptor, file->bytes, file->size);
    if (!failure && fchmod(descriptor, 0644) != 0) failure = errno;
    if (!failure && rename(fresh, path) != 0) failure = errno;
    if (failure) unlink(fresh);
    return failure;
}
