/* A unified diff that `git apply` takes, made from edits (no search for a common subsequence: the edits are known). */
#ifndef PATCH_DIFF_H
#define PATCH_DIFF_H

#include "common/text.h"
#include "dockerfile-patcher/engine/edit.h"

struct diff_style {
    bool colour;    /* ANSI colours for a terminal */
    size_t context; /* unchanged lines around a change: 3 */
};

/* `path` is relative to where the diff is to be applied; `edits` are sorted. Adds nothing where nothing changes. */
void diff_edits(struct text *out, const char *path, const struct source *source, const struct edits *edits,
                const struct diff_style *style);

/* A new text file, mode 100644 or 100755. */
void diff_new_file(struct text *out, const char *path, unsigned mode, const char *bytes, size_t length,
                   const struct diff_style *style);

/* A new binary file as a `GIT binary patch` (--binary), else one comment line that names it, its size and digest. */
void diff_new_binary(struct text *out, const char *path, unsigned mode, const char *bytes, size_t length,
                     bool whole, const struct diff_style *style);

#endif
