/* Stages of a Dockerfile: what each is built from, and what a container of it would start. */
#ifndef PATCH_DOCKERFILE_STAGE_H
#define PATCH_DOCKERFILE_STAGE_H

#include "dockerfile-patcher/formats/dockerfile/dockerfile.h"

enum { NO_STAGE = -1 };

struct stage {
    size_t from;      /* index of its FROM */
    size_t end;       /* index behind its last instruction */
    const char *name; /* AS name, or NULL */
    const char *base; /* the image, with the defaults of global ARGs filled in */
    bool base_open;   /* an ARG without a default is left in it */
    int parent;       /* index of the stage that it is built from, or NO_STAGE */
};

/* What the image of a stage starts: instruction indices, or SIZE_MAX where none is set. */
struct start {
    size_t entrypoint;
    size_t cmd;
};

/* Fills file->stages and each instruction's stage. */
void dockerfile_stages(struct dockerfile *file);

/* By name (any case) or number, as COPY --from and `target:` have it; NO_STAGE where there is none. */
int dockerfile_stage_named(const struct dockerfile *file, const char *name);

/* As BuildKit's dispatchEntrypoint and dispatchCmd: an ENTRYPOINT clears the CMD of parents, not one of its own stage. */
void dockerfile_start(const struct dockerfile *file, int stage, struct start *start);

/* The value of an ENV (or ARG default) as seen at the end of the stage, parents included; NULL where it is not set.
 * `from` SIZE_MAX: at the end, else in front of that instruction. In the file's arena, quotes undone. */
const char *dockerfile_variable(struct dockerfile *file, int stage, size_t before, const char *name);

/* The last instruction of that keyword in the stage or its parents, in front of `before` (SIZE_MAX: the end). */
size_t dockerfile_last(const struct dockerfile *file, int stage, enum keyword keyword, size_t before);

/* True where `candidate` is the stage or one of its parents. */
bool dockerfile_in_chain(const struct dockerfile *file, int stage, int candidate);

#endif
