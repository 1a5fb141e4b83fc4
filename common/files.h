/* Reading small files whole, and asking what a path is. */
#ifndef COMMON_FILES_H
#define COMMON_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads at most `most` bytes; *bytes is owned by the caller, NUL-terminated, *length without the NUL.
 * 0, or an errno value: EFBIG for a file that is larger, EISDIR and EINVAL for what is no regular file. Special files
 * of /proc and /sys are read although they say that they are empty. */
int files_read(const char *path, size_t most, char **bytes, size_t *length);

/* Up to `most` bytes from the start of the file, as a string that ends at the first NUL; NULL where there are none. */
char *files_head(const char *path, size_t most);

bool files_exists(const char *path);
bool files_is_directory(const char *path);

/* A regular file that this process may execute. */
bool files_is_program(const char *path);

/* write(2), again where it was interrupted. What would end the process is an error instead: a reader that has gone
 * (EPIPE), a file at its limit (EFBIG). */
ssize_t files_write_quietly(int descriptor, const void *bytes, size_t size);

/* All of the bytes, by files_write_quietly: 0, or an errno value. */
int files_write_all(int descriptor, const void *bytes, size_t size);

#endif
