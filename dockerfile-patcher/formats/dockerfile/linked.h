/* What a file that builds or runs an image (compose, docker run) has to know of its Dockerfile. */
#ifndef PATCH_DOCKERFILE_LINKED_H
#define PATCH_DOCKERFILE_LINKED_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/entry.h"

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

/* The script that `path` of the image is, where it comes from the build context and a shell runs it, or NULL; its words
 * lie in the Dockerfile's arena. */
struct document *dockerfile_linked_script(struct unit *unit, struct document *dockerfile, const char *context,
                                          const char *path, struct entry *entry);

/* Puts the launcher in front of the app that the script starts; false where it is not certain which that is. */
bool dockerfile_wrap_script(struct unit *unit, struct service *service, struct document *script,
                            const struct entry *entry);
void dockerfile_unwrap_script(struct service *service, struct document *script);

/* The value of an ENV of the stage, or NULL; in the Dockerfile's arena. */
const char *dockerfile_linked_variable(struct document *document, const char *stage, const char *name);

/* The only port that the stage EXPOSEs, or NULL; in the Dockerfile's arena. */
const char *dockerfile_linked_port(struct document *document, const char *stage);

#endif
