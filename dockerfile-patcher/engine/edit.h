/* Edits: {begin, end, text} on the bytes of one source. They are sorted, spliced, and shown as a diff.
 *
 * Two edits that overlap are a bug of a planner, found by edits_sort; insertions at the same offset keep the order in
 * which they were added, and one that two services make alike is one edit. */
#ifndef PATCH_EDIT_H
#define PATCH_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "dockerfile-patcher/engine/source.h"

struct service;

struct edit {
    size_t begin;
    size_t end;
    char *text;      /* owned; the bytes as they will stand in the file, newlines included */
    const char *why; /* one line for the report, static: "install ADOT behind the app's dependencies" */
    struct service *service; /* unit.h; a service with an open question has its edits left out */
};

struct edits {
    struct edit *items;
    size_t count;
    size_t capacity;
};

void edits_add(struct edits *edits, struct service *service, struct span span, const char *text,
               const char *why);

/* Inserts whole lines in front of the line that holds `offset`, or behind it; `lines` is without its last newline, each
 * inner newline becomes the file's own, and a missing newline at the end of the file stays missing. Nothing is indented. */
void edits_insert_before(struct edits *edits, struct service *service, const struct source *source,
                         size_t offset, const char *lines, const char *why);
void edits_insert_after(struct edits *edits, struct service *service, const struct source *source,
                        size_t offset, const char *lines, const char *why);

/* Removes the whole lines that hold the span, as the inverse of the two above. */
void edits_remove_lines(struct edits *edits, struct service *service, const struct source *source,
                        struct span span, const char *why);

/* Sorts by offset, stable; false where two overlap or one lies outside `length`. */
bool edits_sort(struct edits *edits, size_t length);

/* The bytes after the (sorted) edits; owned by the caller. */
char *edits_splice(const struct edits *edits, const struct source *source, size_t *length);

/* Drops the edits for which keep returns false. */
void edits_filter(struct edits *edits, bool (*keep)(const struct edit *edit));

void edits_free(struct edits *edits);

#endif
