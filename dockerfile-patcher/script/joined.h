/* The lines of a script as one text for a parser of another language (YAML inside of a heredoc), and the way back.
 *
 * A hole stands in it between U+E000 and U+E001 of Unicode's private use, which YAML takes in a plain word. A line that is
 * nothing but directives ("%{ if x }") is a comment. */
#ifndef PATCH_JOINED_H
#define PATCH_JOINED_H

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/edit.h"
#include "dockerfile-patcher/script/script.h"

struct joined {
    struct script *host;
    struct source source; /* newlines are \n, the last line has one */
    size_t *real;         /* by offset: where it stands in the host's document; length + 1 */
};

/* False where the text has one of the two characters. joined_free in both cases. */
bool joined_make(struct joined *joined, struct script *host);
void joined_free(struct joined *joined);

/* The host's line, from 1, that an offset stands in. */
size_t joined_line(const struct joined *joined, size_t offset);

/* A line whose text, span and map are of the joined text becomes one of the host's document, with its holes. */
void joined_restore(const struct joined *joined, struct arena *arena, struct script_line *line);

/* Asks the host for edits that put in and take out whole lines; false where one is no such edit. */
bool joined_apply(const struct joined *joined, const struct edits *edits);

#endif
