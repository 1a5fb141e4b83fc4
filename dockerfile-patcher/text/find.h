/* Where a literal stands in bytes. memmem of musl prepares a table for each call, which costs more than the search
 * itself in texts of the size of an instruction. */
#ifndef PATCH_FIND_H
#define PATCH_FIND_H

#include <stddef.h>
#include <string.h>

/* NULL where it is not there; an empty needle is nowhere. */
static inline const char *find_bytes(const char *bytes, size_t length, const char *needle, size_t wanted) {
    if (wanted == 0) return NULL;
    for (const char *at = bytes, *end = bytes + length; (size_t)(end - at) >= wanted; at++) {
        at = memchr(at, needle[0], (size_t)(end - at) - wanted + 1);
        if (!at) return NULL;
        if (memcmp(at, needle, wanted) == 0) return at;
    }
    return NULL;
}

static inline const char *find_text(const char *bytes, size_t length, const char *needle) {
    return find_bytes(bytes, length, needle, strlen(needle));
}

#endif
