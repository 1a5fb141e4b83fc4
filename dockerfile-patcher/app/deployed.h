/* Where in the repository a file lies that a host knows by another path: /opt/shop/gunicorn.conf.py is gunicorn.conf.py
 * at its root. A longer tail of the path that is found is better evidence than a shorter one. */
#ifndef PATCH_DEPLOYED_H
#define PATCH_DEPLOYED_H

#include "dockerfile-patcher/engine/unit.h"

struct deployed {
    struct unit *unit;
    const char *near;      /* directory of the file that names the path */
    const char *directory; /* what relative paths are relative to on the host (WorkingDirectory=), or NULL */
};

/* Looked for at the root, in `near` and in the directory above that; NULL where it is in none or in several. Owned by
 * the caller. */
char *deployed_file(const struct deployed *deployed, const char *path);

/* The directory that holds a Python module ("shop.wsgi:app"), looked for in the same places and in one named as the
 * host's directory; NULL where it is in none or in several. Owned by the caller. */
char *deployed_module_directory(const struct deployed *deployed, const char *module);

#endif
