/* One table of options feeds the parser, the usage text, the man page and the completions.
 *
 * Parsing stops at the first operand or behind "--", on every libc: what follows is the command or the files. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/error.h"

enum option_argument { OPTION_NO_ARGUMENT, OPTION_ARGUMENT, OPTION_OPTIONAL_ARGUMENT };

struct option_row {
    const char *name; /* long name without dashes */
    char letter;      /* short form, or 0 */
    enum option_argument takes;
    const char *argument;      /* how the argument is called in usage: "NAME" */
    const char *without;       /* the value where an optional argument is left out, or no argument is taken */
    const char *default_value; /* for usage; NULL where there is none */
    const char *environment;   /* twin variable, or NULL */
    const char *section;       /* conf file section, or NULL */
    const char *key;           /* conf file key, or NULL */
    /* NULL, or a check: false and *error (exit code left to the caller of check) for a value that is not valid. */
    bool (*check)(const char *value, char **complaint);
    const char *help; /* one line, lower case, no full stop */
    bool repeats;     /* may be given several times: `given` is called for each */
};

/* Called for each option in order; `context` is the caller's. The value points into argv or the row. */
typedef void option_given(size_t row, const char *value, void *context);

/* Parses argv[1...]; *operands is the index of the first operand (argc where there is none). An unknown option, a
 * missing or refused argument: false and *error with `usage_code`. */
bool options_parse(const struct option_row *rows, size_t count, int argc, char *const *argv, int usage_code,
                   option_given *given, void *context, int *operands, struct error **error);

/* "  --name ARG    help" for each row, aligned, wrapped at 100 columns. */
void options_print(FILE *stream, const struct option_row *rows, size_t count);

/* Both forms of "name" with its argument, as usage and man page show them: "-x, --name=ARG". Owned by the caller. */
char *option_synopsis(const struct option_row *row);

#endif
