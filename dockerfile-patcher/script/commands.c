#include "dockerfile-patcher/script/commands.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/layers.h"

static void join_lines(struct commands *commands) {
    const struct script *script = commands->script;
    size_t length = 0;
    for (size_t i = 0; i < script->count; i++) length += script->lines[i].length + 1;
    char *text = arena_allocate(&commands->arena, length + 1);
    commands->begins = arena_allocate(&commands->arena, (script->count + 1) * sizeof *commands->begins);
    size_t at = 0;
    for (size_t i = 0; i < script->count; i++) {
        commands->begins[i] = at;
        memcpy(text + at, script->lines[i].text, script->lines[i].length);
        at += script->lines[i].length;
        text[at++] = '\n';
    }
    layers_add(commands, &(struct layer){.kind = LAYER_SCRIPT, .text = text, .length = length});
}

static void add_command(struct commands *commands, size_t layer, size_t index) {
    const struct shell_script *shell = &commands->layers[layer].shell;
    const struct shell_command *one = &shell->commands[index];
    struct command command = {.layer = layer, .shell = one, .index = index, .count = one->count};
    command.words = shell->words ? shell->words + one->first : NULL;
    command.vector = shell_vector(&commands->arena, shell, one);
    command.start = layers_command_start(command.vector, command.count);
    command.at = commands_offset(commands, layer, one->span.begin);
    commands->items = arena_grow(&commands->arena, commands->items, commands->count, sizeof *commands->items);
    commands->items[commands->count++] = command;
}

static int by_place(const void *one, const void *other) {
    const struct command *left = one, *right = other;
    if (left->at != right->at) return left->at < right->at ? -1 : 1;
    return left->layer < right->layer ? -1 : left->layer > right->layer;
}

void commands_read(struct commands *commands, struct script *script) {
    *commands = (struct commands){.script = script};
    join_lines(commands);
    for (size_t layer = 0; layer < commands->layer_count; layer++) {
        size_t first = commands->count;
        for (size_t i = 0; i < commands->layers[layer].shell.command_count; i++)
            add_command(commands, layer, i);
        layers_find(commands, layer, first);
    }
    if (commands->count) qsort(commands->items, commands->count, sizeof *commands->items, by_place);
}

void commands_free(struct commands *commands) {
    arena_free(&commands->arena);
    *commands = (struct commands){0};
}

size_t commands_offset(const struct commands *commands, size_t layer, size_t offset) {
    for (; commands->layers[layer].origins; layer = commands->layers[layer].outer)
        offset = commands->layers[layer].origins[offset].begin;
    return offset;
}

/* Behind the byte that ends at `offset`: what stands between it and the next one is not passed. */
static size_t end_offset(const struct commands *commands, size_t layer, size_t offset) {
    for (; offset && commands->layers[layer].origins; layer = commands->layers[layer].outer) {
        const struct shell_origin *last = &commands->layers[layer].origins[offset - 1];
        /* The blank between two words that ssh joins is as wide as what stands there. */
        offset = last->begin == last->end ? last[1].begin : last->end;
    }
    return offset;
}

static void place_of(const struct commands *commands, size_t offset, struct script_place *place) {
    size_t low = 0, high = commands->script->count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (commands->begins[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *place = (struct script_place){low + 1, offset - commands->begins[low]};
}

void commands_place(const struct commands *commands, size_t layer, size_t offset,
                    struct script_place *place) {
    place_of(commands, commands_offset(commands, layer, offset), place);
}

size_t commands_source_offset(const struct commands *commands, size_t layer, size_t offset) {
    struct script_place place;
    commands_place(commands, layer, offset, &place);
    return script_offset(commands->script, place.line, place.offset);
}

static void add_escaped(struct text *out, const char *text, enum shell_quote quote) {
    static const char *const escaped[] = {
        [SHELL_QUOTE_NONE] = "\\\"'$`&|;<>()*?[#~!{}",
        [SHELL_QUOTE_SINGLE] = "",
        [SHELL_QUOTE_DOUBLE] = "\\\"$`",
        [SHELL_QUOTE_HEREDOC] = "\\$`",
        [SHELL_QUOTE_VERBATIM] = "",
    };
    text_add(out, "");
    for (const char *at = text; *at; at++) {
        if (quote == SHELL_QUOTE_SINGLE && *at == '\'') {
            text_add(out, "'\\''");
            continue;
        }
        if (strchr(escaped[quote], *at)) text_add_char(out, '\\');
        text_add_char(out, *at);
    }
}

char *commands_encoded(const struct commands *commands, size_t layer, size_t offset, const char *text) {
    char *encoded = memory_copy(text);
    for (; commands->layers[layer].origins; layer = commands->layers[layer].outer) {
        struct shell_origin origin = commands->layers[layer].origins[offset];
        struct text out = {0};
        add_escaped(&out, encoded, origin.quote);
        free(encoded);
        encoded = text_take(&out);
        offset = origin.begin;
    }
    return encoded;
}

void commands_insert(struct commands *commands, size_t layer, size_t offset, const char *text,
                     const char *why) {
    cleanup_free char *encoded = commands_encoded(commands, layer, offset, text);
    struct script_place place;
    commands_place(commands, layer, offset, &place);
    script_replace(commands->script, place.line, place.offset, place.offset, encoded, why);
}

bool commands_replace(struct commands *commands, size_t layer, size_t from, size_t to, const char *text,
                      const char *why) {
    struct script_place begin, end;
    commands_place(commands, layer, from, &begin);
    place_of(commands, end_offset(commands, layer, to), &end);
    if (begin.line != end.line || end.offset < begin.offset) return false;
    cleanup_free char *encoded = commands_encoded(commands, layer, from, text);
    script_replace(commands->script, begin.line, begin.offset, end.offset, encoded, why);
    return true;
}

static bool assigns(const struct shell_word *word, const char *name) {
    size_t length = strlen(name);
    if (strncmp(word->value, name, length) != 0) return false;
    return word->value[length] == '=' || strncmp(word->value + length, "+=", 2) == 0;
}

const struct shell_word *commands_assigned(const struct commands *commands, const char *name, size_t *layer) {
    const struct shell_word *found = NULL;
    size_t times = 0;
    for (size_t i = 0; i < commands->count; i++) {
        const struct command *command = &commands->items[i];
        bool declares = command->count &&
                        text_has_word("export declare local readonly typeset read", command->words[0].value);
        const struct shell_word *word = command->words - command->shell->assignments;
        size_t count = command->shell->assignments;
        if (declares) word = command->words + 1, count = command->count - 1;
        if (command->count && !declares) continue;
        for (size_t k = 0; k < count; k++) {
            bool bare =
                declares && strcmp(command->words[0].value, "read") == 0 && strcmp(word[k].value, name) == 0;
            if (!bare && !assigns(&word[k], name)) continue;
            found = bare ? NULL : &word[k];
            *layer = command->layer;
            times++;
        }
    }
    return times == 1 && found && found->value[strlen(name)] == '=' ? found : NULL;
}

const char *commands_assigned_value(const struct shell_word *word) { return strchr(word->value, '=') + 1; }

const struct shell_array *commands_array(const struct commands *commands, const char *name, size_t *layer) {
    const struct shell_array *found = NULL;
    size_t times = 0;
    for (size_t i = 0; i < commands->layer_count; i++)
        for (size_t k = 0; k < commands->layers[i].shell.array_count; k++) {
            const struct shell_array *array = &commands->layers[i].shell.arrays[k];
            if (strcmp(array->name, name) != 0) continue;
            found = array;
            *layer = i;
            times++;
        }
    return times == 1 ? found : NULL;
}
