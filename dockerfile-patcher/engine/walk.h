/* The files below a directory, as git would list them: what .gitignore and .git/info/exclude hide, .git itself, nested
 * repositories' innards, and the --exclude globs are skipped. Symbolic links to directories are not followed. */
#ifndef PATCH_WALK_H
#define PATCH_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"

/* Called in byte order of the paths. `path` is root joined with the path below it, `base` its end
 * behind the last slash. */
typedef void walk_found(const char *path, const char *base, void *context);

/* A directory that cannot be read is reported through `unreadable` (may be NULL) and skipped. */
bool walk_tree(const char *root, const struct strings *exclude, walk_found *found, walk_found *unreadable,
               void *context, struct error **error);

/* gitignore's glob: * and ? stop at a slash, ** does not, [a-z], \x. */
bool glob_matches(const char *pattern, const char *path);

#endif
