/* What stands in a string literal of TypeScript, JavaScript or Python, and how to write more of it.
 *
 * Sources of the rules: ECMAScript 12.9.4 and 12.9.6 (escapes of strings and templates), Python's "String and Bytes
 * literals", "Format String Syntax" and "printf-style String Formatting". */
#ifndef PATCH_LITERAL_H
#define PATCH_LITERAL_H

#include "common/text.h"
#include "dockerfile-patcher/text/code.h"

/* What is done with the value before it is used: which bytes are holes then. */
enum literal_fill {
    LITERAL_AS_IT_IS, /* the literal's own holes, if it has any */
    LITERAL_BRACES,   /* "…{}…".format(x) */
    LITERAL_PERCENT,  /* "…%s…" % x */
    LITERAL_SUB,      /* Fn.sub("…${AWS::Region}…") */
};

/* How text is written inside of a literal. */
struct literal_style {
    enum code_language language;
    char quote;
    bool triple;
    bool raw;
    bool format;
    enum literal_fill fill;
};
void literal_style_of(const struct code *code, size_t token, enum literal_fill fill,
                      struct literal_style *style);

/* One byte of the value, a character that an escape stands for, or a hole. */
struct literal_unit {
    struct span span; /* in the source */
    bool hole;        /* its bytes are the span's */
    char bytes[4];
    size_t count; /* of bytes; 0: an escape that stands for nothing (a joined line) */
};

struct literal_reader {
    const char *bytes;
    const struct code_literal *literal;
    struct literal_style style;
    size_t at;
    size_t next_hole;
};
void literal_begin(struct literal_reader *reader, const struct code *code, size_t token,
                   enum literal_fill fill);
bool literal_next(struct literal_reader *reader, struct literal_unit *unit);

/* Adds text as the style writes it, a newline as an escape. False where a raw literal cannot hold it. */
bool literal_encode(const struct literal_style *style, const char *text, size_t length, struct text *out);

/* The prefix and opening quotes, or the closing ones. */
void literal_open(const struct literal_style *style, struct text *out);
void literal_close(const struct literal_style *style, struct text *out);

#endif
