/* HCL as Terraform writes it (hashicorp/hcl, hclsyntax/spec.md): blocks and attributes with their places, and values taken
 * apart where somebody asks.
 *
 * Nothing is evaluated and nothing printed again. A value is first a span; hcl_value tells what stands in it. What can
 * hide something (strings, templates, heredocs, comments, brackets) is skipped as HCL's own scanner skips it. */
#ifndef PATCH_HCL_H
#define PATCH_HCL_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

struct hcl_attribute {
    const char *name;
    struct span name_span;
    struct span value; /* from its first token to behind its last */
};

struct hcl_block;

struct hcl_body {
    struct hcl_attribute *attributes;
    size_t attribute_count;
    struct hcl_block *blocks;
    size_t block_count;
};

struct hcl_block {
    const char *type;
    const char **labels; /* quotes undone */
    size_t label_count;
    struct span span; /* from the type to behind the closing brace */
    size_t open;      /* the opening brace */
    struct hcl_body body;
};

struct hcl_complaint {
    size_t offset;
    const char *message; /* static */
};

/* false where HCL would refuse it, as far as it is looked at. All memory is the arena's. */
bool hcl_scan(struct arena *arena, const struct source *source, struct hcl_body *body,
              struct hcl_complaint *complaint);

/* NULL where the body has none of that name. */
const struct hcl_attribute *hcl_attribute_named(const struct hcl_body *body, const char *name);
const struct hcl_block *hcl_block_named(const struct hcl_body *body, const char *type);

enum hcl_kind {
    HCL_OTHER,       /* an operation, a for expression, a splat */
    HCL_LITERAL,     /* a number, true, false, null: `text` */
    HCL_REFERENCE,   /* var.x, aws_instance.web[0].id: `text` holds it without blanks */
    HCL_STRING,      /* "…": `inner` lies between the quotes */
    HCL_HEREDOC,     /* `inner` is its lines, up to the begin of the line with the marker */
    HCL_CALL,        /* `text` is the function; items are its arguments */
    HCL_LIST,        /* items */
    HCL_OBJECT,      /* items, each with a key */
    HCL_CONDITIONAL, /* items: condition, one, other */
};

struct hcl_item {
    struct span key; /* HCL_OBJECT only */
    struct span value;
};

struct hcl_value {
    enum hcl_kind kind;
    struct span span;
    const char *text;
    struct hcl_item *items;
    size_t count;
    struct span inner;
    bool flush;         /* <<- */
    struct span marker; /* the heredoc's word, as it stands behind << */
};

void hcl_value(struct arena *arena, const struct source *source, struct span span, struct hcl_value *value);

/* The text of a value that is a string without any template, quotes and escapes undone; else NULL. */
const char *hcl_plain_string(struct arena *arena, const struct source *source, struct span span);

enum hcl_part_kind { HCL_TEXT, HCL_HOLE, HCL_DIRECTIVE };

/* A stretch of a template: what stands between holes, `${…}`, or `%{…}`. An escape ($${, %%{ and in a quoted string
 * \n, \", \u1234) is a part of HCL_TEXT of its own, and its `text` is what it stands for. */
struct hcl_part {
    enum hcl_part_kind kind;
    struct span span;
    const char *text; /* of an escape, else NULL */
    size_t length;
    bool trims; /* a ~ that takes blanks and newlines around it away */
};

/* Takes bytes[span] apart as a template; `quoted`: backslashes are escapes. Returns the parts; *count. NULL and count
 * SIZE_MAX where a hole has no end. Works for a templatefile's file as well. */
struct hcl_part *hcl_template(struct arena *arena, const char *bytes, struct span span, bool quoted,
                              size_t *count);

/* Blanks of a heredoc's line that <<- takes away: bytes, 0 where the lines are not consistent. `inner` as in hcl_value. */
size_t hcl_flushed_indent(const char *bytes, struct span inner);

#endif
