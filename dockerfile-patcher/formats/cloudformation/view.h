/* The script view of what holds lines in a template: block scalars, quoted texts, the items of a Join. */
#ifndef PATCH_CLOUDFORMATION_VIEW_H
#define PATCH_CLOUDFORMATION_VIEW_H

#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

enum holder_kind {
    HOLDER_LINES,  /* | : newlines part lines */
    HOLDER_FOLDED, /* > : folded.h */
    HOLDER_DOUBLE, /* \n parts lines; JSON's strings too */
    HOLDER_SINGLE, /* a part of a line, '' is ' */
    HOLDER_PLAIN,  /* a part of a line */
    HOLDER_VALUE   /* what is no text: a hole */
};

struct fold;

struct holder {
    enum holder_kind kind;
    struct span whole;      /* the item of the list */
    struct span inner;      /* its text, without quotes */
    bool sub;               /* ${X} is a hole of it, ${!X} is ${X} */
    const char *indent;     /* of a block: what the host takes away */
    struct yaml_node *list; /* it is an item of this list, which is joined; NULL */
    const char *between;    /* what joins the list; else "" */
    struct fold *folds;     /* HOLDER_FOLDED */
    size_t fold_count;
};

/* A line of the view that no bytes stand for, and where lines behind it go. */
enum frame {
    FRAME_NONE,
    FRAME_FRONT, /* in front of the next line, into its text; where that takes none, in front of the call */
    FRAME_BEHIND /* behind the call of cfn-init */
};

/* Where a line begins and ends, beside what script_line tells. */
struct place_of_line {
    size_t first; /* holder */
    size_t text;  /* the first holder of it that is text; SIZE_MAX */
    size_t last;  /* holder that its newline stands in, or that a new item follows */
    size_t begin; /* source offset in the first */
    size_t next;  /* behind its newline in the last; SIZE_MAX: the newline is none of the last's */
    enum frame frame;
};

/* script.host_data; of the template's arena. */
struct view {
    struct template *template;
    struct holder *holders;
    size_t holder_count;
    struct place_of_line *places; /* by line, from 0 */
    size_t place_count;
    bool *values; /* by hole: it is an item of a list, not ${X} of a text */
    size_t value_count;
    size_t call, call_end; /* the lines of the script that call cfn-init; 0: none */
    size_t done;           /* the last line of what that does */
    const char *reason;    /* why a change found no place; NULL */
    size_t reason_offset;
};

/* What makes a view of texts and of lines around them. */
struct view_builder;
struct view_builder *view_builder_new(struct template *template, struct script *script);

/* The lines of a text. false, and the reason in *why, where they cannot be changed in. `alone`: one line that holds no more is
 * taken too. */
bool view_add_text(struct view_builder *builder, const struct template_script *resolved, bool alone,
                   const char **why);
void view_add_frame(struct view_builder *builder, const char *text, size_t at, enum frame frame);
/* One byte of the text that is read, and what of the source it is made from. */
void view_add_byte(struct view_builder *builder, char byte, size_t begin, size_t end);
struct template *view_template(const struct view_builder *builder);
void view_builder_free(struct view_builder *builder);

size_t template_add_hole(struct script *script, char *bytes, struct span span, bool value);

/* A part of a line as the holder writes it. */
void view_encode(const struct script *script, const struct holder *holder, const char *text, size_t length,
                 struct text *out);

extern const struct script_host template_host;

#endif
