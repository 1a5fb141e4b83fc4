#include "dockerfile-patcher/arena.h"

#include <stdalign.h>
#include <string.h>

#include "common/memory.h"

enum { BLOCK_BYTES = 8 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t capacity;
    alignas(max_align_t) char bytes[];
};

void *arena_allocate(struct arena *arena, size_t bytes) {
    size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < rounded) {
        size_t capacity = rounded > BLOCK_BYTES ? rounded : BLOCK_BYTES;
        block = memory_allocate(sizeof *block + capacity);
        *block = (struct arena_block){.next = arena->blocks, .capacity = capacity};
        arena->blocks = block;
    }
    void *result = block->bytes + block->used;
    block->used += rounded;
    return memset(result, 0, bytes);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length) {
    char *copy = arena_allocate(arena, length + 1);
    if (length) memcpy(copy, bytes, length);
    return copy;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t bytes) {
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0)) return items;
    void *larger = arena_allocate(arena, (count ? count * 2 : 4) * bytes);
    if (count) memcpy(larger, items, count * bytes);
    return larger;
}

void arena_free(struct arena *arena) {
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
