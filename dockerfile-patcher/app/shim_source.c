#include "dockerfile-patcher/app/shim_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/binary.h"
#include "dockerfile-patcher/engine/finding.h"

enum { MOST_SHIM_BYTES = 64 * 1024 * 1024 };

/* e_machine of the ELF header */
static const struct {
    unsigned char machine;
    const char *platform;
} machines[SHIM_MOST] = {{62, "amd64"}, {183, "arm64"}};

/* In one piece: a buffer that grows with what is read costs as much as planning fifty files. */
static bool read_whole(const char *path, char **bytes, size_t *length) {
    struct stat status;
    cleanup_fd int descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) return false;
    errno = EFBIG;
    if (!S_ISREG(status.st_mode) || status.st_size > MOST_SHIM_BYTES) return false;
    *bytes = memory_allocate((size_t)status.st_size + 1);
    for (*length = 0; *length < (size_t)status.st_size;) {
        ssize_t got = read(descriptor, *bytes + *length, (size_t)status.st_size - *length);
        if (got < 0 && errno != EINTR) return false;
        if (got == 0) break;
        if (got > 0) *length += (size_t)got;
    }
    return true;
}

static bool add(struct shims *shims, const char *path, struct error **error) {
    cleanup_free char *bytes = NULL, *printable = text_printable(path, 200);
    size_t length;
    if (!read_whole(path, &bytes, &length))
        return error_set(error, EXIT_USAGE, "'%s' cannot be read: %s", printable, strerror(errno));
    if (length < 64 || memcmp(bytes,
                              "\x7f"
                              "ELF",
                              4) != 0)
        return error_set(error, EXIT_USAGE, "'%s' is not a program", printable);
    for (size_t i = 0; i < SHIM_MOST; i++) {
        if ((unsigned char)bytes[18] != machines[i].machine || bytes[19] != 0) continue;
        struct shim *shim = &shims->items[i];
        if (shim->platform) return true;
        *shim = (struct shim){.platform = machines[i].platform, .path = memory_copy(path), .length = length};
        shim->bytes = steal_pointer(&bytes);
        shims->count++;
        return true;
    }
    return error_set(error, EXIT_USAGE, "'%s' is for neither x86_64 nor aarch64", printable);
}

bool shims_find(struct shims *shims, const struct settings *settings, struct error **error) {
    static const char *const names[] = {"appsig-exec", "appsig-exec-x86_64", "appsig-exec-aarch64"};
    for (size_t i = 0; i < settings->shim_paths.count; i++)
        if (!add(shims, settings->shim_paths.items[i], error)) return false;
    if (shims->count) return true;
    cleanup_free char *self = realpath("/proc/self/exe", NULL);
    cleanup_free char *directory = text_directory(self ? self : ".");
    for (size_t i = 0; i < array_length(names); i++) {
        cleanup_free char *path = text_join_path(directory, names[i]);
        if (files_exists(path) && !add(shims, path, error)) return false;
    }
    return shims->count ||
           error_set(error, EXIT_USAGE,
                     "'appsig-exec' is not beside this program: give --shim-binary, another --shim-source, "
                     "or --style=guide");
}

const char *shim_digest(struct shim *shim) {
    if (!*shim->digest) sha256_hex(shim->bytes, shim->length, shim->digest);
    return shim->digest;
}

void shims_free(struct shims *shims) {
    for (size_t i = 0; i < SHIM_MOST; i++) {
        free(shims->items[i].path);
        free(shims->items[i].bytes);
    }
    *shims = (struct shims){0};
}
