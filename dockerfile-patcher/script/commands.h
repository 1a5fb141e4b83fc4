/* A script's commands with their places, those of the shell texts inside it included.
 *
 * The lines of a script (script.h) are joined by newlines into one text, the script's layer, and read by text/shell.h.
 * What a command of it hands to another shell is a layer of its own: `ssh host 'docker run …'`, `bash -c "…"`, `su -c`,
 * $(…), heredocs to a shell or into a script file. Commands of all layers stand in one list, in the order of their places.
 * An offset in a layer leads back to the line of the script by commands_place, and a text that is put there is written as
 * every layer around it needs (quotes, `\$`), while the host does the same for its own syntax.
 *
 *     struct commands commands;
 *     commands_read(&commands, script);
 *     for (size_t i = 0; i < commands.count; i++)
 *         if (strcmp(commands.items[i].words[0].value, "docker") == 0)
 *             commands_insert(&commands, commands.items[i].layer, commands.items[i].words[0].span.begin, "sudo ", why);
 *     commands_free(&commands);
 */
#ifndef PATCH_COMMANDS_H
#define PATCH_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/text/shell.h"

enum layer_kind {
    LAYER_SCRIPT,       /* the lines of the script; layers[0] */
    LAYER_SUBSTITUTION, /* $(…) and `…` */
    LAYER_ARGUMENT,     /* sh -c "…", su -c '…', eval … */
    LAYER_REMOTE,       /* ssh host …, or a heredoc to it: runs on another machine */
    LAYER_HEREDOC,      /* the input of a shell: bash <<EOF */
    LAYER_FILE          /* written to a file that a shell runs: cat >run.sh <<EOF */
};

struct layer {
    enum layer_kind kind;
    size_t outer;     /* the layer that it stands in; of layers[0] itself 0 */
    const char *text; /* NUL-terminated */
    size_t length;
    const struct shell_origin
        *origins; /* length + 1: where each byte stands in the outer layer; NULL for layers[0] */
    struct shell_script shell;
};

struct command {
    size_t layer;
    const struct shell_command *shell;
    size_t index;                   /* of it in the layer's shell.commands */
    const struct shell_word *words; /* its `count` words, assignments left out */
    size_t count;
    const char *const *vector; /* their values, NULL-terminated */
    size_t
        start; /* index of the word that is run behind sudo, env, nohup, exec and their like; count: none is left */
    size_t at; /* where it begins in the text of layers[0] */
};

struct commands {
    struct arena arena;
    struct script *script;
    size_t *begins; /* of each line in the text of layers[0] */
    struct layer *layers;
    size_t layer_count;
    struct command *items;
    size_t count;
};

/* The script must outlive it. */
void commands_read(struct commands *commands, struct script *script);
void commands_free(struct commands *commands);

struct script_place {
    size_t line;   /* from 1 */
    size_t offset; /* in the line's text */
};
void commands_place(const struct commands *commands, size_t layer, size_t offset, struct script_place *place);

/* The offset in the text of layers[0]: places of different layers compare. */
size_t commands_offset(const struct commands *commands, size_t layer, size_t offset);

/* The same in the source: for evidence and findings. */
size_t commands_source_offset(const struct commands *commands, size_t layer, size_t offset);

/* The text as it has to be written at that offset so that the layer's shell reads it; owned by the caller. The host's own
 * escapes are left to script.h. */
char *commands_encoded(const struct commands *commands, size_t layer, size_t offset, const char *text);

/* Puts text, which holds no newline, in front of the byte at the offset. */
void commands_insert(struct commands *commands, size_t layer, size_t offset, const char *text,
                     const char *why);

/* Replaces from..to; text holds no newline. False where the bytes do not lie within one line. */
bool commands_replace(struct commands *commands, size_t layer, size_t from, size_t to, const char *text,
                      const char *why);

/* The word that is assigned to the variable, where that happens just once in the script, without a += or `read`; NULL
 * else. `NAME=x command` is no assignment of the script. */
const struct shell_word *commands_assigned(const struct commands *commands, const char *name, size_t *layer);

/* The one array of that name, NULL where there is none or several; += is one more. */
const struct shell_array *commands_array(const struct commands *commands, const char *name, size_t *layer);

/* The value behind the = of what commands_assigned gave. */
const char *commands_assigned_value(const struct shell_word *word);

#endif
