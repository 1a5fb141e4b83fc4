/* The appsig-exec binaries that go into build contexts, one for each architecture. */
#ifndef PATCH_SHIM_SOURCE_H
#define PATCH_SHIM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "dockerfile-patcher/settings.h"

enum { SHIM_MOST = 2 };

struct shim {
    const char *platform; /* Docker's word: "amd64", "arm64"; NULL: none given */
    char *path;           /* owned */
    char *bytes;          /* owned */
    size_t length;
    char digest[65]; /* SHA-256, made when shim_digest is first asked */
};

struct shims {
    struct shim items[SHIM_MOST]; /* in the order amd64, arm64 */
    size_t count;                 /* of those that are there */
};

/* From --shim-binary, else beside this program: appsig-exec, appsig-exec-x86_64, appsig-exec-aarch64. None at all is an
 * error with exit code 64, as is a file that is no ELF program of a known architecture. */
bool shims_find(struct shims *shims, const struct settings *settings, struct error **error);
const char *shim_digest(struct shim *shim);
void shims_free(struct shims *shims);

#endif
