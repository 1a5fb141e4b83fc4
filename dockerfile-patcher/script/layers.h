/* The shell texts inside a script, for commands.c alone. */
#ifndef PATCH_LAYERS_H
#define PATCH_LAYERS_H

#include "dockerfile-patcher/script/commands.h"

/* Takes the layer into the list and parses it. */
void layers_add(struct commands *commands, const struct layer *layer);

/* Adds what the commands of a layer, items[first] to the last, hand to other shells. */
void layers_find(struct commands *commands, size_t layer, size_t first);

/* Index of the word that is run behind sudo, env, nohup, exec, timeout and their like. */
size_t layers_command_start(const char *const *words, size_t count);

#endif
