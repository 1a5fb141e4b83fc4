/* The build context of a Dockerfile: where it is, what of it Docker sees, and the binary that is put there. */
#ifndef PATCH_DOCKERFILE_CONTEXT_H
#define PATCH_DOCKERFILE_CONTEXT_H

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/formats/dockerfile/stage.h"

/* Where the binaries lie in it. */
#define CONTEXT_FOLDER "appsig"

/* The directory: what a linking file says, else the nearest one, from the Dockerfile's up to the root, that holds a
 * source of a COPY or ADD; without any such evidence the Dockerfile's own. Owned by the caller. */
char *dockerfile_context(struct unit *unit, const struct document *document, struct dockerfile *file);

/* The file of the context that a path in the image comes from by COPY or ADD, or NULL; owned by the caller. */
char *dockerfile_context_file(struct unit *unit, struct dockerfile *file, const char *context,
                              const char *path);

/* The directory of the context that becomes the one that the app starts in (`start`, a path of the image; NULL: it is not
 * known), by a COPY of it; else the context and *copied false. Owned by the caller. */
char *dockerfile_start_directory(struct dockerfile *file, int stage, const char *start, const char *context,
                                 bool *copied);

/* The WORKDIR of the stage, or NULL where it cannot be told; in the file's arena. */
const char *dockerfile_workdir(struct dockerfile *file, int stage);

/* True where a .dockerignore with these bytes keeps the path from the builder. */
bool dockerignore_hides(const char *bytes, const char *path);

/* True where the .dockerignore of that Dockerfile keeps the path (as in source.path) from the builder. */
bool dockerfile_hides(struct unit *unit, const struct document *document, const char *context,
                      const char *path);

/* Plans that the line goes again. */
void dockerfile_close_ignore(struct unit *unit, struct document *document, const char *context);

/* The architecture where there is one binary only, else NULL. */
const char *dockerfile_only_platform(const struct unit *unit);

/* Plans the binaries, their digests and, where it is needed, the line of .dockerignore. */
void dockerfile_put_binaries(struct unit *unit, struct document *document, const char *context);

/* The same for the wheel of --shim-source=wheel=FILE. */
void dockerfile_put_wheel(struct unit *unit, struct document *document, const char *context);

#endif
