/* A value of ExecStart= as commands and words, by systemd's own grammar (src/core/load-fragment.c, config_parse_exec;
 * src/basic/extract-word.c): prefixes, both quotes, C escapes, `;` between commands. */
#ifndef PATCH_SYSTEMD_EXEC_H
#define PATCH_SYSTEMD_EXEC_H

#include "dockerfile-patcher/text/sections.h"

struct exec_word {
    const char *value; /* quotes and escapes undone; specifiers (%i) and variables ($X) as written */
    const size_t *map; /* source offset of each of its bytes and of its end */
    struct span span;  /* in the source, quotes included */
    bool quoted;
};

struct exec_command {
    const struct section_entry *entry;
    size_t begin;                    /* in the source: behind the prefixes, where the program's word begins */
    bool named;                      /* prefix @: the second word is argv[0] */
    const char **words;              /* the command as it is run: without argv[0] of @; NULL-terminated */
    const struct exec_word **places; /* of each of words */
    const struct exec_word *zeroth;  /* argv[0] of @, or NULL */
    size_t count;
};

struct exec_commands {
    struct exec_command *items;
    size_t count;
    size_t broken_at; /* a quote without its end; SIZE_MAX: there is none */
};

/* All commands of the entries `name` of [Service] that count: an empty value resets what stood in front of it. */
void exec_commands_of(struct sections *sections, const char *name, struct exec_commands *commands);

#endif
