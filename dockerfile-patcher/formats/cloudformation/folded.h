/* Scripts in folded block scalars (`>`): lines that stand together are one line of the script, an empty line between them is
 * a newline, and lines that begin with a blank keep their own (YAML 1.2, 8.1.3). So a new line is put in with the empty
 * lines that part it from its neighbours, and is taken out with them. */
#ifndef PATCH_CLOUDFORMATION_FOLDED_H
#define PATCH_CLOUDFORMATION_FOLDED_H

#include "dockerfile-patcher/formats/cloudformation/view.h"

/* A line of the file. */
struct fold {
    size_t begin;
    size_t text;   /* behind the host's indent */
    size_t end;    /* in front of the newline */
    bool blank;    /* nothing but blanks */
    bool indented; /* begins with a blank: not folded */
};

/* Fills the holder's folds, and gives the builder the bytes that they are folded to. */
void folded_read(struct view_builder *builder, const struct yaml_node *node, struct holder *holder);

/* false: the place takes no such lines. */
bool folded_insert(struct script *script, const struct holder *holder, size_t line, bool front,
                   const char *lines, const char *why);
void folded_remove(struct script *script, const struct holder *holder, size_t first, size_t last,
                   const char *why);

#endif
