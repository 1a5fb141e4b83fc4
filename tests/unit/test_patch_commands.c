/* The commands of a script, in whatever shell they are run, and how bytes get in front of them. */
#include "tap.h"

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/commands.h"

struct world {
    struct document document;
    struct script script;
    struct commands commands;
};

static void begin(struct world *world, const char *text) {
    *world = (struct world){0};
    world->document.source = (struct source){.bytes = memory_copy(text), .length = strlen(text)};
    script_of_lines(&world->script, &world->document, NULL, (struct span){0, strlen(text)}, false);
    commands_read(&world->commands, &world->script);
}

static void end(struct world *world) {
    commands_free(&world->commands);
    script_free(&world->script);
    edits_free(&world->document.edits);
    free(world->document.source.bytes);
}

/* "LAYER@LINE:OFFSET:word|word", parted by blanks; LAYER is its kind's number. */
static char *shown(const struct world *world) {
    struct text out = {0};
    text_add(&out, "");
    for (size_t i = 0; i < world->commands.count; i++) {
        const struct command *command = &world->commands.items[i];
        struct script_place place;
        commands_place(&world->commands, command->layer, command->shell->span.begin, &place);
        text_add_format(&out, "%s%d@%zu:%zu:", i ? " " : "", (int)world->commands.layers[command->layer].kind,
                        place.line, place.offset);
        for (size_t k = 0; k < command->count; k++)
            text_add_format(&out, "%s%s", k ? "|" : "", command->vector[k]);
    }
    return text_take(&out);
}

static void test_layers(void) {
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"a\nb c\n", "0@1:0:a 0@2:0:b|c"},
        {"a \\\n  b", "0@1:0:a|b"},
        {"ID=$(run x)", "0@1:0: 1@1:5:run|x"},
        {"echo \"$(a `b`)\"", "0@1:0:echo|$(a `b`) 1@1:8:a|`b` 1@1:11:b"},
        {"bash -c 'run x'", "0@1:0:bash|-c|run x 2@1:9:run|x"},
        {"sudo su - app -c \"run \\\"a b\\\"\"", "0@1:0:sudo|su|-|app|-c|run \"a b\" 2@1:18:run|a b"},
        {"ssh -i k me@host 'cd x\nrun y'", "0@1:0:ssh|-i|k|me@host|cd x\nrun y 3@1:18:cd|x 3@2:0:run|y"},
        {"ssh host sudo run x", "0@1:0:ssh|host|sudo|run|x 3@1:9:sudo|run|x"},
        {"ssh host bash -c \"'run x'\"", "0@1:0:ssh|host|bash|-c|'run x' 3@1:9:bash|-c|run x 2@1:19:run|x"},
        {"ssh host <<EOF\n run \\$x\nEOF\nb", "0@1:0:ssh|host 3@2:1:run|$x 0@4:0:b"},
        {"sudo bash <<-'EOF'\n\trun x\n\tEOF", "0@1:0:sudo|bash 4@2:1:run|x"},
        {"cat <<EOF | sudo bash -s\nrun x\nEOF", "0@1:0:cat 0@1:12:sudo|bash|-s 4@2:0:run|x"},
        {"cat >r.sh <<'EOF'\nrun x\nEOF", "0@1:0:cat 5@2:0:run|x"},
        {"sudo tee /r <<'EOF'\n#!/bin/sh\nrun x\nEOF", "0@1:0:sudo|tee|/r 5@3:0:run|x"},
        {"cat >r.txt <<EOF\nrun x\nEOF", "0@1:0:cat"},
        {"A=(run x)\nb \"${A[@]}\"", "0@1:0: 0@2:0:b|${A[@]}"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct world world;
        begin(&world, rows[i].text);
        cleanup_free char *got = shown(&world);
        IS_STR(got, rows[i].want, "text %zu", i);
        end(&world);
    }
}

/* Puts " -e 'A=$b'" behind every word `run`. */
static char *put_behind_run(const char *text) {
    struct world world;
    begin(&world, text);
    for (size_t i = 0; i < world.commands.count; i++) {
        const struct command *command = &world.commands.items[i];
        if (command->start >= command->count || strcmp(command->vector[command->start], "run") != 0) continue;
        commands_insert(&world.commands, command->layer, command->words[command->start + 1].span.begin,
                        "'$b' ", "test");
    }
    size_t length;
    edits_sort(&world.document.edits, world.document.source.length);
    char *after = edits_splice(&world.document.edits, &world.document.source, &length);
    end(&world);
    return after;
}

static void test_insertions(void) {
    static const char *const rows[][2] = {
        {"sudo run x", "sudo run '$b' x"},
        {"A=$(run x)", "A=$(run '$b' x)"},
        {"sh -c 'run x'", "sh -c 'run '\\''$b'\\'' x'"},
        {"sh -c \"run x\"", "sh -c \"run '\\$b' x\""},
        {"sh -c 'run '\"$x\"", "sh -c 'run '\"'\\$b' $x\""},
        {"sh -c \"run \\\"x\\\"\"", "sh -c \"run '\\$b' \\\"x\\\"\""},
        {"ssh h run x", "ssh h run \\'\\$b\\' x"},
        {"bash <<E\nrun x\nE\n", "bash <<E\nrun '\\$b' x\nE\n"},
        {"bash <<'E'\nrun x\nE\n", "bash <<'E'\nrun '$b' x\nE\n"},
        {"sh -c \"ssh h 'run x'\"", "sh -c \"ssh h 'run '\\\\''\\$b'\\\\'' x'\""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *got = put_behind_run(rows[i][0]);
        IS_STR(got, rows[i][1], "insertion %zu", i);
    }
}

static void test_values(void) {
    struct world world;
    size_t layer;
    begin(&world, "A=1\nexport B='x y'\nA=2\nread C\nC=1\nD=x run\nE=(a b)\nF+=(c)\n");
    OK(!commands_assigned(&world.commands, "A", &layer), "twice is not once");
    IS_STR(commands_assigned_value(commands_assigned(&world.commands, "B", &layer)), "x y", "exported");
    OK(!commands_assigned(&world.commands, "C", &layer), "read from somewhere");
    OK(!commands_assigned(&world.commands, "D", &layer), "for one command only");
    const struct shell_array *array = commands_array(&world.commands, "E", &layer);
    if (OK(array != NULL, "an array")) IS_INT((int)array->count, 2, "its words");
    OK(!commands_array(&world.commands, "G", &layer), "no array");
    end(&world);
}

static void test_replacements(void) {
    struct world world;
    begin(&world, "sh -c 'a '\"b c\"' d'");
    const struct command *inner = &world.commands.items[1];
    OK(commands_replace(&world.commands, inner->layer, inner->words[1].span.begin, inner->words[2].span.end,
                        "x", "test"),
       "within a line");
    size_t length;
    edits_sort(&world.document.edits, world.document.source.length);
    cleanup_free char *after = edits_splice(&world.document.edits, &world.document.source, &length);
    IS_STR(after, "sh -c 'a '\"x\"' d'", "the quotes behind the bytes stay");
    end(&world);
}

int main(void) {
    test_layers();
    test_insertions();
    test_values();
    test_replacements();
    return done_testing();
}
