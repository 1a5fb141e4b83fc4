/* What a file that builds or runs an image (compose, docker run) has to know of its Dockerfile. */
#ifndef PATCH_DOCKERFILE_LINKED_H
#define PATCH_DOCKERFILE_LINKED_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/engine/unit.h"

/* What the linking file says; a vector of NULL: it does not say, and the image's is meant. */
struct linked_start {
    const char *const *entrypoint;
    size_t entrypoint_count;
    const char *const *command;
    size_t command_count;
};

struct linked_image {
    bool python;       /* a Python image that is patched, or would be */
    const char *agent; /* what instruments it already, ours included; NULL */
    bool carries;     /* everything that is started goes through a launcher that the image has or will have */
    bool other_stage; /* the Dockerfile is patched for another stage than this one */

    /* All words in the order in which they are started: `lead` of them come from the image's ENTRYPOINT, then those of
     * the linking file, then the image's CMD where nothing replaces it. */
    const char **words;
    size_t count;
    size_t lead;
    size_t own; /* of the linking file */
    struct launch launch;
};

/* False where the Dockerfile is not in the unit, is not understood or has no such stage (NULL: the last). Words lie in
 * the Dockerfile's own arena. */
bool dockerfile_linked(struct unit *unit, struct document *document, const char *stage,
                       const struct linked_start *start, struct linked_image *image);

/* The value of an ENV of the stage, or NULL; in the Dockerfile's arena. */
const char *dockerfile_linked_variable(struct document *document, const char *stage, const char *name);

/* The only port that the stage EXPOSEs, or NULL; in the Dockerfile's arena. */
const char *dockerfile_linked_port(struct document *document, const char *stage);

#endif
