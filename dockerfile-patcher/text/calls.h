/* Calls, their arguments, and what names stand for, in source code of TypeScript, JavaScript and Python.
 *
 * Names are not scoped: a name stands for the last value that it was given before the place that asks, which is what a
 * person who reads the file from above takes it for. */
#ifndef PATCH_CALLS_H
#define PATCH_CALLS_H

#include "dockerfile-patcher/text/code.h"

/* Tokens first to end - 1. */
struct code_range {
    size_t first;
    size_t end;
};

struct code_call {
    size_t name; /* token: `addCommands` of `this.userData.addCommands(…)` */
    size_t
        receiver; /* the first token of the whole expression, `new` left out; name itself where it stands alone */
    size_t open;
    size_t close;
    bool constructed; /* behind `new` */
};

/* NAME = value, with const, let, var, modifiers and type left out. */
struct code_definition {
    const char *name; /* blanks left out: "this.role" */
    struct code_range value;
    size_t statement; /* its first token */
    bool added;       /* += */
};

/* What a name is imported from. */
struct code_import {
    const char *module;          /* "aws-cdk-lib/aws-iam", "aws_cdk" */
    const char *name;            /* what is taken from it; NULL: the module as a whole */
    const char *local;           /* how it is called here */
    struct code_range entry;     /* the tokens of the entry, its comma left out; empty where name is NULL */
    struct code_range statement; /* with its `;` */
};

struct calls {
    struct arena *arena;
    const struct code *code;
    struct code_call *calls;
    size_t count;
    struct code_definition *definitions;
    size_t definition_count;
    struct code_import *imports;
    size_t import_count;
};

/* In the arena, which must outlive it as the code must. */
void calls_find(struct arena *arena, const struct code *code, struct calls *calls);

/* The tokens as text without blanks and comments; in the arena. */
const char *calls_text(const struct calls *calls, struct code_range range);

/* The same for one token, and for what stands in front of the name of a call: "this.userData"; "" for a bare call. */
const char *calls_token(const struct calls *calls, size_t token);
const char *calls_receiver(const struct calls *calls, const struct code_call *call);

/* The names are equal, where one may be written in camelCase and the other in snake_case. */
bool calls_same_name(const char *one, const char *other);

/* The value that `name` has at token `at`: the last one before, else the first behind it. NULL where there is none. */
const struct code_definition *calls_definition(const struct calls *calls, const char *name, size_t at);

/* The definition whose value holds the token, or NULL: what the result of a call is kept as. */
const struct code_definition *calls_kept_as(const struct calls *calls, size_t token);

/* Elements between brackets that commas part; an empty last one is none. False behind the last. */
bool calls_element(const struct code *code, size_t open, size_t number, struct code_range *element);
size_t calls_element_count(const struct code *code, size_t open);

/* The value of `name` among the keyword arguments (Python) or the entries of an object that is an argument (TypeScript;
 * an object may be kept in a name, and be spread in another). A shorthand entry is its own value. */
bool calls_property(const struct calls *calls, const struct code_call *call, const char *name,
                    struct code_range *value);
bool calls_entry(const struct calls *calls, size_t open, const char *name, struct code_range *value);

/* The call whose opening bracket is the last but its arguments of the range, `f(x)` or `new a.F(x)` and nothing behind; NULL. */
const struct code_call *calls_whole(const struct calls *calls, struct code_range range);

#endif
