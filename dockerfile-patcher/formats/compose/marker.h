/* Comment lines that say how --remove undoes what stands below them: "# appsig-patch: the next 3 lines are new". */
#ifndef PATCH_COMPOSE_MARKER_H
#define PATCH_COMPOSE_MARKER_H

#include "dockerfile-patcher/formats/compose/words.h"

struct compose_marker {
    struct span line;
    char text[128]; /* behind the sign */
};

/* A marker above the line that holds the words' key, with its indent. */
void compose_mark(struct document *document, struct service *service, const struct compose_words *words,
                  const char *text);
void compose_mark_at(struct document *document, struct service *service, size_t offset, const char *text);

/* Puts the markers behind all other edits: of what is inserted between two lines, that of the upper one comes first. */
void compose_marks_last(struct document *document);

/* The marker directly above the line of `offset`. */
bool compose_marker_above(const struct document *document, size_t offset, struct compose_marker *marker);

/* "# appsig-patch: the next N lines are new" and the lines, as text for an insertion; owned by the caller. */
char *compose_marked(const char *lines);

#endif
