/* What changes files. Paths are whole (the root in front). All return 0 or an errno value. */
#ifndef SETUP_EFFECTS_H
#define SETUP_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/text.h"

/* Sibling, fsync, rename. `owner` -1 = as the process; where there is a file, its owner and mode are kept. */
int effect_write(const char *path, const char *bytes, size_t length, mode_t mode, uid_t owner, gid_t group);

/* The sibling of an effect_write that was cut off, where there is one. */
void effect_remove_rest(const char *path);

/* Mode, owner and times too. */
int effect_copy_file(const char *from, const char *to);
int effect_copy_tree(const char *from, const char *to);

/* The file or the tree, and no fault where there is none. */
int effect_remove_tree(const char *path);

/* The directories below `path`, a line each, in `out`; and those away that are empty and not in such a list. */
void effect_list_directories(const char *path, struct text *out);
int effect_remove_new_directories(const char *path, const char *list);

/* All of `saved` back at `path`: a rename where it can be one, as a full disk has no room for a copy. */
int effect_restore_file(const char *saved, const char *path);
int effect_restore_tree(const char *saved, const char *path);

#endif
