/* The script view of what holds lines in a template: block scalars, quoted texts, the items of a Join. */
#ifndef PATCH_CLOUDFORMATION_VIEW_H
#define PATCH_CLOUDFORMATION_VIEW_H

#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

enum holder_kind {
    HOLDER_LINES,  /* | : newlines part lines */
    HOLDER_DOUBLE, /* \n parts lines; JSON's strings too */
    HOLDER_SINGLE, /* a part of a line, '' is ' */
    HOLDER_PLAIN,  /* a part of a line */
    HOLDER_VALUE   /* what is no text: a hole */
};

struct holder {
    enum holder_kind kind;
    struct span whole;  /* the item of the list */
    struct span inner;  /* its text, without quotes */
    bool sub;           /* ${X} is a hole of it, ${!X} is ${X} */
    const char *indent; /* HOLDER_LINES: what the host takes away */
};

/* Where a line begins and ends, beside what script_line tells. */
struct place_of_line {
    size_t first; /* holder */
    size_t text;  /* the first holder of it that is text; SIZE_MAX */
    size_t last;  /* holder that its newline stands in, or that a new item follows */
    size_t begin; /* source offset in the first */
    size_t next;  /* behind its newline in the last; SIZE_MAX: the newline is none of the last's */
};

/* script.host_data; of the template's arena. */
struct view {
    struct template *template;
    struct holder *holders;
    size_t holder_count;
    struct place_of_line *places; /* by line, from 0 */
    size_t place_count;
    struct yaml_node *list; /* the holders are items of it; NULL */
    const char *between;
    bool *values; /* by hole: it is an item of the list, not ${X} of a text */
    size_t value_count;
};

size_t template_add_hole(struct script *script, char *bytes, struct span span, bool value);

extern const struct script_host template_host;

#endif
