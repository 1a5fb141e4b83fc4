#include "dockerfile-patcher/formats/systemd/exec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct sections *sections;
    struct exec_commands *commands;
    const struct section_entry *entry;
    size_t at;
    char *value; /* scratch */
    size_t *map;
    size_t length;
};

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void add(struct reader *reader, char byte, size_t from) {
    reader->value[reader->length] = byte;
    reader->map[reader->length++] = reader->entry->map[from];
}

static const struct {
    char letter;
    char meaning;
} escapes[] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'},
               {'v', '\v'}, {'s', ' '},  {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};

/* Behind the backslash at reader->at; numbers (\x2d, \055) become a byte, what is unknown stays as it is written. */
static void read_escape(struct reader *reader) {
    const char *value = reader->entry->value;
    size_t from = reader->at++;
    char letter = value[reader->at];
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (letter && letter == escapes[i].letter) {
            add(reader, escapes[i].meaning, from);
            reader->at++;
            return;
        }
    int base = letter == 'x' ? 16 : letter >= '0' && letter <= '7' ? 8 : 0;
    size_t begin = reader->at + (base == 16), digits = base == 16 ? 2 : 3;
    char number[4] = {0};
    if (base) memcpy(number, value + begin, strnlen(value + begin, digits));
    char *end = number;
    unsigned long code = base ? strtoul(number, &end, base) : 0;
    if (base && end == number + digits && code > 0 && code < 128) {
        add(reader, (char)code, from);
        reader->at = begin + digits;
        return;
    }
    add(reader, '\\', from);
    if (!letter) return;
    add(reader, letter, reader->at);
    reader->at++;
}

/* The next word, or NULL at the end of the value or where a quote has no end. */
static struct exec_word *read_word(struct reader *reader) {
    const char *value = reader->entry->value;
    while (is_space(value[reader->at])) reader->at++;
    if (!value[reader->at]) return NULL;
    size_t begin = reader->at;
    char quote = '\0';
    bool quoted = false;
    reader->length = 0;
    for (; value[reader->at] && (quote || !is_space(value[reader->at]));) {
        char c = value[reader->at];
        if (c == '\\') {
            read_escape(reader);
        } else if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? '\0' : c;
            quoted = true;
            reader->at++;
        } else {
            add(reader, c, reader->at++);
        }
    }
    const size_t *places = reader->entry->map;
    if (quote) {
        if (reader->commands->broken_at == SIZE_MAX) reader->commands->broken_at = places[begin];
        return NULL;
    }
    struct arena *arena = &reader->sections->arena;
    struct exec_word *word = arena_allocate(arena, sizeof *word);
    size_t *map = arena_allocate(arena, (reader->length + 1) * sizeof *map);
    memcpy(map, reader->map, reader->length * sizeof *map);
    map[reader->length] = places[reader->at - 1] + 1;
    *word = (struct exec_word){arena_copy(arena, reader->value, reader->length),
                               map,
                               {places[begin], places[reader->at - 1] + 1},
                               quoted};
    return word;
}

static void add_word(struct arena *arena, struct exec_command *command, const struct exec_word *word) {
    command->words = arena_grow(arena, command->words, command->count, sizeof *command->words);
    command->places = arena_grow(arena, command->places, command->count, sizeof *command->places);
    command->words[command->count] = word->value;
    command->places[command->count++] = word;
}

/* The prefixes stand in front of the program, inside its word; a quote may not stand in front of them. */
static struct exec_word *read_program(struct reader *reader, struct exec_command *command) {
    const char *value = reader->entry->value;
    while (is_space(value[reader->at])) reader->at++;
    while (value[reader->at] && strchr("-@:+!|", value[reader->at]))
        command->named |= value[reader->at++] == '@';
    command->begin = reader->entry->map[reader->at];
    return is_space(value[reader->at]) ? NULL : read_word(reader);
}

static bool is_separator(const struct exec_word *word) {
    return !word->quoted && strcmp(word->value, ";") == 0 && word->span.end == word->span.begin + 1;
}

static void read_commands(struct reader *reader) {
    struct arena *arena = &reader->sections->arena;
    struct exec_commands *commands = reader->commands;
    reader->at = 0;
    for (;;) {
        struct exec_command command = {.entry = reader->entry};
        const struct exec_word *word = read_program(reader, &command);
        if (!word) return;
        add_word(arena, &command, word);
        if (command.named) command.zeroth = read_word(reader);
        bool more = false;
        while (!more && (word = read_word(reader))) {
            more = is_separator(word);
            if (!more) add_word(arena, &command, word);
        }
        size_t count = command.count;
        command.words = arena_grow(arena, command.words, count, sizeof *command.words);
        command.words[count] = NULL;
        commands->items = arena_grow(arena, commands->items, commands->count, sizeof *commands->items);
        commands->items[commands->count++] = command;
        if (!more) return;
    }
}

void exec_commands_of(struct sections *sections, const char *name, struct exec_commands *commands) {
    *commands = (struct exec_commands){.broken_at = SIZE_MAX};
    struct reader reader = {.sections = sections, .commands = commands};
    for (size_t at = 0; (reader.entry = sections_next(sections, "Service", name, &at));) {
        if (reader.entry->length == 0) {
            commands->count = 0;
            continue;
        }
        reader.value = arena_allocate(&sections->arena, 2 * reader.entry->length + 2);
        reader.map = arena_allocate(&sections->arena, (2 * reader.entry->length + 2) * sizeof *reader.map);
        read_commands(&reader);
    }
}
