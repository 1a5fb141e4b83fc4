/* What each `env` in front of the command makes of what it is given: its own words alone count, up to where the carrier
 * table says that the command behind it begins. */
#ifndef SHIM_ENV_WORDS_H
#define SHIM_ENV_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct env_effect {
    const char *
        assigned; /* the value that NAME=VALUE gives the variable, pointing into argv; NULL = it is unset (-u) */
    size_t at;    /* the index of that word; of the first word behind the env where it is unset */
};

/* True where one of them starts with an empty environment (-i, -, --ignore-environment). */
bool env_words_empty(char *const *argv);

/* True where one of them gives the variable another value or none; the last one counts. */
bool env_words_change(char *const *argv, const char *name, struct env_effect *effect);

#endif
