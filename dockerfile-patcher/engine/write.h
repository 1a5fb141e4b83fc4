/* A file is never half-written: sibling, fsync, rename, fsync of the directory.
 *
 * Mode, owner and group are kept; the target of a symbolic link is written and the link stays; a file that cannot be
 * renamed over (a bind mount: EBUSY, EXDEV) is refused with its own message. */
#ifndef PATCH_WRITE_H
#define PATCH_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "dockerfile-patcher/engine/source.h"

/* A write that is prepared (the sibling is there, synced) and not yet committed. */
struct writing {
    char *target;  /* the real path, links resolved; owned */
    char *sibling; /* owned; NULL once renamed */
};

/* Prepares; `source` is what was read, or NULL for a new file, whose directories are made. The error's exit code is
 * EXIT_REFUSED; *changed (may be NULL) is set where the file is no longer the one that was read. */
bool write_prepare(struct writing *writing, const char *path, const struct source *source, const char *bytes,
                   size_t length, unsigned mode, bool *changed, struct error **error);
bool write_commit(struct writing *writing, struct error **error);

/* Removes a sibling that was not renamed. */
void write_abandon(struct writing *writing);

#endif
