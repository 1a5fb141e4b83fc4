/* Source code in TypeScript, JavaScript or Python as tokens with their places: enough to find calls and literals in it.
 *
 * Nothing is evaluated. What matters is what can hide something: comments, strings of every kind with the expressions
 * inside them, regular expressions, brackets. Sources of the rules: ECMAScript's lexical grammar (2024), Python's
 * lexical analysis (3.12; an older f-string reads the same). */
#ifndef PATCH_CODE_H
#define PATCH_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

enum code_language { CODE_TYPESCRIPT, CODE_PYTHON };

enum code_kind {
    CODE_NAME, /* keywords too */
    CODE_NUMBER,
    CODE_STRING,
    CODE_REGEX,
    CODE_OPEN,  /* ( [ { */
    CODE_CLOSE, /* ) ] } */
    CODE_SIGN,  /* the longest operator that fits: "=>", "...", "+" */
};

struct code_literal {
    char quote; /* ' " or ` */
    bool triple;
    bool raw;     /* r"…": a backslash is one */
    bool format;  /* f"…" or `…`: `holes` are filled in at run time */
    bool bytes;   /* b"…" */
    size_t front; /* bytes of the prefix */
    struct span body;
    const struct span *holes; /* `${…}` or `{…}`, with their braces */
    size_t hole_count;
};

struct code_token {
    enum code_kind kind;
    struct span span;
    unsigned depth; /* of open brackets around it; a bracket counts as outside itself */
    size_t around;  /* index of the bracket that is open around it; SIZE_MAX: none */
    size_t partner; /* of a bracket: the index of the other one */
    const struct code_literal *literal;
};

struct code {
    enum code_language language;
    const char *bytes;
    size_t length;
    struct code_token *tokens;
    size_t count;
    struct span *comments; /* from their first sign to behind their last byte, the newline left out */
    size_t comment_count;
    bool broken; /* a string, comment or bracket has no partner: nothing in it is to be relied on */
    size_t broken_at;
};

/* All tokens from offset `from` on, in the arena. */
void code_scan(struct arena *arena, enum code_language language, const char *bytes, size_t from,
               size_t length, struct code *code);

/* The braces with an expression inside, in the body of a literal that has them only by what is done to it later:
 * "…{}…".format(x). In the arena. */
size_t code_format_holes(struct arena *arena, const char *bytes, struct span body, const struct span **holes);

bool code_is(const struct code *code, size_t token, const char *text);
bool code_is_kind(const struct code *code, size_t token, enum code_kind kind);

/* The token that holds offset or the first behind it; count where there is none. */
size_t code_token_at(const struct code *code, size_t offset);

/* True where a newline stands between the token and the one before it; true for the first. */
bool code_starts_line(const struct code *code, size_t token);

/* First token of the statement that holds `token`, and its last (a `;` included), at the token's own depth. */
size_t code_statement_first(const struct code *code, size_t token);
size_t code_statement_last(const struct code *code, size_t token);

#endif
