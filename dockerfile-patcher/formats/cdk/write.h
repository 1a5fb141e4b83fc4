/* What the writing of lines (write.c) and their taking out (unwrite.c) share. */
#ifndef PATCH_CDK_WRITE_H
#define PATCH_CDK_WRITE_H

#include "dockerfile-patcher/formats/cdk/cdk.h"

/* A newline in the text becomes the file's own, as in edits_insert_after. */
void cdk_add_edit(struct script *script, size_t begin, size_t end, const char *text, const char *why);

/* Behind `at` there are only a comma, blanks and a comment: the offset of the line's end, else SIZE_MAX. */
size_t cdk_rest_of_line(const struct cdk_view *view, size_t at);

bool cdk_starts_line(const struct cdk_view *view, const struct cdk_piece *piece);

/* The list begins on the line of its bracket: what is new is then put between two elements, not on lines of its own. */
bool cdk_is_inline(const struct cdk_view *view, const struct cdk_piece *piece);

/* What stands in front of the literal where each is added by a statement, `commands.append(`, and the span from the begin
 * of its line to behind its bracket. */
void cdk_statement_parts(const struct cdk_view *view, const struct cdk_piece *piece, struct text *front,
                         struct span *line);

void cdk_remove_lines(struct script *script, size_t first, size_t last, const char *why);

#endif
