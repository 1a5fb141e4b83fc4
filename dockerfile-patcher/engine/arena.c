#include "dockerfile-patcher/engine/arena.h"

#include <stdalign.h>
#include <string.h>

#include "common/memory.h"

enum { BLOCK_BYTES = 16 * 1024, MOST_KEPT = 64 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t capacity;
    alignas(max_align_t) char bytes[];
};

/* Blocks that files before have left: giving each back to the C library costs more than reading the file. */
static struct arena_block *kept;
static size_t kept_count;

static struct arena_block *take_block(size_t bytes) {
    if (bytes <= BLOCK_BYTES && kept) {
        struct arena_block *block = kept;
        kept = block->next;
        kept_count--;
        return block;
    }
    size_t capacity = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct arena_block *block = memory_allocate(sizeof *block + capacity);
    block->capacity = capacity;
    return block;
}

void *arena_allocate(struct arena *arena, size_t bytes) {
    size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < rounded) {
        block = take_block(rounded);
        block->next = arena->blocks;
        block->used = 0;
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
        if (arena->blocks->capacity == BLOCK_BYTES && kept_count < MOST_KEPT) {
            arena->blocks->next = kept;
            kept = arena->blocks;
            kept_count++;
        } else {
            free(arena->blocks);
        }
        arena->blocks = next;
    }
}
