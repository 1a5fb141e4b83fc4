#ifndef FUZZ_FORMATS_H
#define FUZZ_FORMATS_H

#include "dockerfile-patcher/engine/format.h"
#include "tests/fuzz/target.h"

/* When --remove gives the very bytes back: always; after --style=shim, as what the guide puts into a script is known by its
 * text alone and the user's own like it goes with it; never for certain, as an import has no mark either. */
enum fuzz_back { BACK_ALWAYS, BACK_FROM_SHIM, BACK_ABOUT };

/* A row's context: a format, and the name of the file that it is given. */
struct fuzz_shape {
    const struct format *format;
    const char *path;
    enum fuzz_back back;
    bool refuses; /* two commands that share an array want the same of it: told, and left alone */
};

/* With every style: edits in bounds; none changes nothing; a second run has nothing to do; --remove gives the bytes back of
 * a file in which nothing of ours was, or refuses to. */
void fuzz_format(const struct fuzz_target *target, const char *bytes, size_t length);

#endif
