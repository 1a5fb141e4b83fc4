/* Memory that is given back all at once: a format's model of a file lies in one. Never returns NULL (memory.h). */
#ifndef PATCH_ARENA_H
#define PATCH_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks;
};

void *arena_allocate(struct arena *arena, size_t bytes);                 /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const char *bytes, size_t length); /* NUL-terminated */
void arena_free(struct arena *arena);

/* Room for one more item in an array of `count` items whose room doubles: items, or a larger copy of them. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t bytes);

#endif
