/* YAML as libyaml reads it, as a tree of nodes that know their bytes. Nothing is ever printed from the tree: it tells
 * where something stands and where something new goes (yaml_edit.h).
 *
 * libyaml's marks count code points and a collection's end is where its next token begins; here every span is bytes of
 * the source, and ends where the node's last byte is, in front of blanks, comments and the newline. */
#ifndef PATCH_YAML_H
#define PATCH_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

enum yaml_kind { YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE, YAML_ALIAS };

/* How it is written: the first five are of scalars, the last two of collections. */
enum yaml_style { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE, YAML_LITERAL, YAML_FOLDED, YAML_BLOCK, YAML_FLOW };

/* Deeper nesting is refused: walks are recursive. */
enum { YAML_MOST_DEPTH = 128 };

struct yaml_node {
    enum yaml_kind kind;
    enum yaml_style style;
    struct span span; /* tag and anchor included; an absent value is empty, behind its ":" or "-" */
    struct span
        content; /* without tag and anchor; quotes and brackets included, a block scalar from its | or > */
    struct span
        body; /* of a block scalar: its lines, whole, without trailing empty ones unless they count (+) */
    size_t column; /* from 0, in bytes: of the keys or dashes of a block collection, of the text of a body */
    const char *tag;    /* as resolved: "!Sub", "tag:yaml.org,2002:str"; NULL where none is written */
    const char *anchor; /* of an alias: the name that it refers to; NULL where there is none */
    const char *value;  /* of a scalar: what it means, NUL-terminated; NULL of others */
    size_t value_length;
    struct yaml_node *parent; /* NULL: the root of a document */
    struct yaml_node *target; /* of an alias */
    struct yaml_node **items; /* of a mapping: key, value, key, value … */
    size_t count;             /* of items: pairs count twice */
};

struct yaml {
    struct arena arena;
    const struct source *source;
    struct yaml_node **documents; /* roots; an empty document has none */
    size_t count;
};

struct yaml_complaint {
    size_t offset;
    char message[160];
};

/* False where libyaml refuses the text, or it is nested deeper than YAML_MOST_DEPTH. The source must outlive the tree. In
 * both cases yaml_release. */
bool yaml_parse(struct yaml *yaml, const struct source *source, struct yaml_complaint *complaint);
void yaml_release(struct yaml *yaml);

/* The node that an alias stands for, else the node itself; NULL stays NULL. */
struct yaml_node *yaml_follow(struct yaml_node *node);

/* The value of a key (a scalar, whatever its quotes) of this very mapping, aliases followed; NULL where the node is
 * NULL, no mapping or has no such key. A key that is there twice: the last, as loaders read it. */
struct yaml_node *yaml_find(struct yaml_node *mapping, const char *key);

/* Where in mapping->items the key stands, or SIZE_MAX; aliases are not followed. */
size_t yaml_index(const struct yaml_node *mapping, const char *key);

/* As yaml_find, and then through the mappings that `<<` merges into it. *owner (may be NULL): the mapping that has it. */
struct yaml_node *yaml_find_merged(struct yaml_node *mapping, const char *key, struct yaml_node **owner);

/* True for a scalar with that value. */
bool yaml_is(const struct yaml_node *node, const char *value);

/* The value of a scalar, aliases followed; NULL for anything else. */
const char *yaml_text(struct yaml_node *node);

/* Where in the source the byte `offset` of a scalar's value stands; SIZE_MAX where it is made of an escape. */
size_t yaml_offset(const struct source *source, const struct yaml_node *scalar, size_t offset);

/* True for an absent value, and for ~ and null. */
bool yaml_is_null(struct yaml_node *node);

/* Every node below and with `node`, keys too, in the order of the text; aliases are not followed. */
typedef void yaml_visit(struct yaml_node *node, void *context);
void yaml_walk(struct yaml_node *node, yaml_visit *visit, void *context);

/* True where an alias of the same tree refers to this node or to one above it: a change in it has several readers. */
bool yaml_is_shared(const struct yaml *yaml, const struct yaml_node *node);

#endif
