/* Where Python packages are installed in a Dockerfile, and how one more would be in the same environment. */
#ifndef PATCH_DOCKERFILE_INSTALL_H
#define PATCH_DOCKERFILE_INSTALL_H

#include "dockerfile-patcher/formats/dockerfile/stage.h"

struct install {
    size_t instruction;  /* the RUN */
    const char *manager; /* "pip", "uv pip", "uv sync", "poetry", "pipenv", "pdm", "conda" */
    const char
        *command; /* what stands in front of the package's name, up to a blank; NULL where it is not known */
    const char *behind;       /* what stands behind it, with its leading blank; "" */
    const char *place;        /* the directory of the environment, where it is known; else NULL */
    bool tool;                /* installs only tools: pip itself, poetry, uv … */
    bool hashes;              /* --require-hashes */
    bool locked;              /* from a lock file: poetry, uv sync, pipenv, pdm */
    const char *agent;        /* it installs an instrumentation: its name (launch.h) */
    const char *const *files; /* requirement files as written (-r), NULL-terminated */
};

struct installs {
    struct install *items;
    size_t count;
};

/* All of the file, in order. Lies in the file's arena. */
void dockerfile_installs(struct dockerfile *file, struct installs *installs);

/* The one behind which ADOT belongs for what `stage` runs, or NULL: the last of its own chain, else the last of a stage
 * whose environment is copied into the chain. */
const struct install *dockerfile_install_for(struct dockerfile *file, const struct installs *installs,
                                             int stage);

#endif
