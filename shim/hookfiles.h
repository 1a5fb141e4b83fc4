/* The Python files that run inside the servers: embedded in this program, put in place at start.
 *
 * A file is put at BASE/appsig-UID/DIGEST/NAME, BASE being the first of TMPDIR, /tmp, /var/tmp, /dev/shm that serves;
 * named by its content, checked for its owner and reused, so a thousand starts leave one. Where nothing can be written,
 * the installed files (SHARE/appsig/hooks) serve. */
#ifndef SHIM_HOOKFILES_H
#define SHIM_HOOKFILES_H

#include <stdbool.h>
#include <stddef.h>

struct embedded_file {
    const char *name;
    const char *digest; /* first 16 hexadecimal digits of the SHA-256 */
    const unsigned char *bytes;
    size_t size;
};

extern const struct embedded_file embedded_files[];
extern const size_t embedded_file_count;

struct hook_place {
    char *directory; /* NULL = there is no place: no hook, no DEFER */
    bool installed;  /* the files lie in `directory` already; nothing is written */
    size_t next;     /* where hookfiles_find goes on, should this place fail */
};

/* Looks for a place, from candidate `first` on (0 for the first look); nothing is written. */
void hookfiles_find(char *const *environment, const char *own_path, size_t first, struct hook_place *place);
void hookfiles_free(struct hook_place *place);

/* Where the file lies, or will lie; owned by the caller. NULL without a place or for a name that is not embedded. */
char *hookfiles_path(const struct hook_place *place, const char *name);

/* Puts the file there unless it is there already. 0, or an errno value: EPERM for a directory or file that is not
 * ours alone to write. */
int hookfiles_put(const struct hook_place *place, const char *name);

#endif
