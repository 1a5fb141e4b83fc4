/* The command of a start script (or of the text behind sh -c) that is the app: the server that it starts, where there is
 * just one, or the "$@" that it ends in. What the script runs before (migrations) is not it. */
#ifndef PATCH_ENTRY_H
#define PATCH_ENTRY_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/text/shell.h"

struct entry {
    struct shell_script script;
    size_t command;       /* index in script.commands; SIZE_MAX: none is certain */
    size_t word;          /* of the command, in front of which the launcher goes */
    struct launch launch; /* of the command */
    const char **words;   /* of the command, NULL-terminated, in the arena */
    const char *agent;    /* what instruments it already, or NULL */
    bool python;          /* some command of it runs Python */
};

/* Spans are offsets from `text`, which must outlive the entry. */
void entry_read(struct arena *arena, const char *text, size_t length, struct entry *entry);

#endif
