#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/script/docker_plan.h"

static const char why_options[] = "run the container with the variables and the network that it needs";

size_t docker_subject_offset(const struct docker_planner *planner, const struct docker_subject *subject) {
    const struct command *command = &planner->commands.items[subject->run.command];
    return commands_source_offset(&planner->commands, command->layer, command->words[0].span.begin);
}

static const char *row_value(const struct docker_option *option, const struct variable_row **row) {
    const char *sign = option->value ? strchr(option->value, '=') : NULL;
    if (!sign || strcmp(option->name, "-e") != 0 || option->last != option->first + 1) return NULL;
    *row = variable_named(option->value, (size_t)(sign - option->value));
    return *row ? sign + 1 : NULL;
}

/* A variable as variables.h gives it; what is filled in may be anything. */
static bool is_own_variable(const struct docker_option *option, size_t *rank) {
    static const char *const agents[] = {NULL, DOCKER_GATEWAY};
    const struct variable_row *row;
    const char *value = row_value(option, &row);
    if (!value) return false;
    *rank = (size_t)(row - variable_rows);
    if (row->value[0] == '{' || strcmp(row->name, "OTEL_RESOURCE_ATTRIBUTES") == 0) return true;
    for (size_t i = 0; i < array_length(agents); i++) {
        struct variable_facts facts = {.agent = agents[i]};
        cleanup_free char *ours = variable_value(row, &facts);
        if (strcmp(ours, value) == 0) return true;
    }
    return false;
}

static bool is_words(const struct docker_option *option, const char *name, const char *value) {
    return strcmp(option->name, name) == 0 && option->last == option->first + 1 &&
           text_equal(option->value, value);
}

static bool is_own(const struct docker_option *option, size_t *rank) {
    if (is_own_variable(option, rank)) return true;
    *rank = variable_count;
    if (is_words(option, "--add-host", DOCKER_GATEWAY ":host-gateway")) return true;
    *rank = variable_count + 1;
    return is_words(option, "--network", "host");
}

bool docker_is_own(const struct docker_option *option) {
    size_t rank;
    return is_own(option, &rank);
}

/* The guide's list in its order; anything less may be the user's. */
bool docker_own_options(const struct docker_option *options, size_t count, size_t *from, size_t *to) {
    for (size_t i = 0; i < count; i++) {
        size_t rank, last = 0, end = i;
        bool named = false;
        for (; end < count && is_own(&options[end], &rank) && (end == i || rank > last); end++) {
            last = rank;
            named |= text_equal(options[end].value, "OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true");
        }
        if (named) {
            *from = i;
            *to = end;
            return true;
        }
        if (end > i) i = end - 1;
    }
    return false;
}

/* Where new options go. */
struct position {
    size_t argument; /* in front of it */
    bool lines;      /* on lines of their own, above the one that it begins */
    char *indent;
    char *tail; /* " \", as the line above ends; "" in an array */
};

static bool is_of_command(const struct docker_planner *planner, const struct docker_run *run,
                          size_t argument) {
    const struct command *command = &planner->commands.items[run->command];
    const struct shell_word *word = run->arguments[argument].word;
    return word >= command->words && word < command->words + command->count;
}

static char *continuation_of(const struct script_line *line) {
    size_t end = line->length, begin = end;
    while (begin > 0 && line->text[begin - 1] == '\\') begin--;
    if (begin == end) return NULL;
    bool blank = begin > 0 && strchr(" \t", line->text[begin - 1]);
    return memory_format("%s%.*s", blank ? " " : "", (int)(end - begin), line->text + begin);
}

/* True where the argument is the first on its line, and the line above is still the same command or array. */
static bool begins_line(struct docker_planner *planner, const struct docker_run *run, size_t argument,
                        struct position *position) {
    const struct docker_argument *at = &run->arguments[argument];
    const struct command *command = &planner->commands.items[run->command];
    struct script_place place, first;
    commands_place(&planner->commands, at->layer, at->word->span.begin, &place);
    commands_place(&planner->commands, command->layer, command->words[0].span.begin, &first);
    const struct script_line *line = script_line(planner->script, place.line);
    size_t indent = 0;
    while (indent < line->length && strchr(" \t", line->text[indent])) indent++;
    bool of_command = is_of_command(planner, run, argument);
    if (indent != place.offset || place.line < 2 || (of_command && place.line <= first.line)) return false;
    char *tail = continuation_of(script_line(planner->script, place.line - 1));
    if (!of_command) {
        free(tail);
        tail = memory_copy("");
    }
    if (!tail) return false;
    position->lines = true;
    position->indent = memory_copy_bytes(line->text, indent);
    position->tail = tail;
    return true;
}

/* The last place in front of the image where an option may begin. */
static bool find_position(struct docker_planner *planner, const struct docker_run *run,
                          struct position *position) {
    *position = (struct position){.argument = SIZE_MAX};
    size_t begins[2] = {run->image, SIZE_MAX};
    bool inline_found = false;
    for (size_t i = run->option_count + 1; i-- > 0;) {
        size_t argument = i == run->option_count ? begins[0] : run->options[i].first;
        if (!run->arguments[argument].movable) continue;
        /* Another array or variable may serve other commands, too. */
        if (is_of_command(planner, run, argument) != is_of_command(planner, run, run->image) &&
            run->arguments[run->image].movable)
            continue;
        if (!inline_found) position->argument = argument;
        inline_found = true;
        if (begins_line(planner, run, argument, position)) {
            position->argument = argument;
            return true;
        }
    }
    return inline_found;
}

/* The line above which a comment may stand: the command's first, with what it continues. */
static size_t first_line(const struct docker_planner *planner, const struct docker_subject *subject) {
    const struct command *command = &planner->commands.items[subject->run.command];
    struct script_place place;
    commands_place(&planner->commands, command->layer, command->shell->span.begin, &place);
    size_t line = place.line;
    while (line > 1) {
        const struct script_line *above = script_line(planner->script, line - 1);
        if (above->length == 0 || above->text[above->length - 1] != '\\') break;
        line--;
    }
    return line;
}

void docker_mark(struct docker_planner *planner, const struct docker_subject *subject, const char *text) {
    size_t line = first_line(planner, subject);
    const struct script_line *at = script_line(planner->script, line);
    size_t indent = 0;
    while (indent < at->length && strchr(" \t", at->text[indent])) indent++;
    cleanup_free char *comment = memory_format("%.*s# appsig-patch: %s", (int)indent, at->text, text);
    script_insert_after(planner->script, line - 1, comment, why_options);
}

/* Would --remove know these options again, without being told? */
static bool is_evident(struct docker_planner *planner, const struct docker_run *run,
                       const struct position *position, const struct strings *new, size_t *before) {
    struct docker_option *all =
        arena_allocate(&planner->commands.arena, (run->option_count + new->count + 1) * sizeof *all);
    size_t count = 0, from, to;
    *before = 0;
    while (*before < run->option_count && run->options[*before].first < position->argument) {
        all[count] = run->options[count];
        count++;
        ++*before;
    }
    for (size_t i = 0; i < new->count; i++) {
        const char *blank = strchr(new->items[i], ' ');
        const char *value = blank + 1;
        size_t length = strlen(value);
        if (length > 1 && strchr("'\"", value[0])) value++, length -= 2;
        all[count++] = (struct docker_option){
            .name = arena_copy(&planner->commands.arena, new->items[i], (size_t)(blank - new->items[i])),
            .value = arena_copy(&planner->commands.arena, value, length),
            .last = 1};
    }
    for (size_t i = *before; i < run->option_count; i++) all[count++] = run->options[i];
    return docker_own_options(all, count, &from, &to) && from == *before && to == *before + new->count;
}

static void write_lines(struct docker_planner *planner, const struct docker_run *run,
                        const struct position *position, const struct strings *options) {
    const struct docker_argument *at = &run->arguments[position->argument];
    cleanup_text struct text lines = {0};
    struct script_place place;
    commands_place(&planner->commands, at->layer, at->word->span.begin, &place);
    for (size_t i = 0; i < options->count; i++) {
        cleanup_free char *encoded =
            commands_encoded(&planner->commands, at->layer, at->word->span.begin, options->items[i]);
        text_add_format(&lines, "%s%s%s%s", i ? "\n" : "", position->indent, encoded, position->tail);
    }
    script_insert_after(planner->script, place.line - 1, lines.bytes, why_options);
}

bool docker_write(struct docker_planner *planner, struct docker_subject *subject,
                  const struct strings *options) {
    const struct docker_run *run = &subject->run;
    struct position position;
    size_t before;
    if (options->count == 0) return true;
    if (!find_position(planner, run, &position)) {
        unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED,
                    docker_subject_offset(planner, subject), "no place for options in front of the image");
        return false;
    }
    bool evident = is_evident(planner, run, &position, options, &before);
    if (!evident) {
        cleanup_free char *text = options->count == 1 ? memory_format("option %zu below is new", before + 1)
                                                      : memory_format("options %zu to %zu below are new",
                                                                      before + 1, before + options->count);
        docker_mark(planner, subject, text);
    }
    if (position.lines) {
        write_lines(planner, run, &position, options);
    } else {
        const struct docker_argument *at = &run->arguments[position.argument];
        cleanup_text struct text text = {0};
        for (size_t i = 0; i < options->count; i++) text_add_format(&text, "%s ", options->items[i]);
        commands_insert(&planner->commands, at->layer, at->word->span.begin, text.bytes, why_options);
    }
    free(position.indent);
    free(position.tail);
    return true;
}

bool docker_replace_value(struct docker_planner *planner, struct docker_subject *subject,
                          const struct docker_option *option, const char *name, const char *value,
                          const char *why) {
    const struct docker_argument *argument = &subject->run.arguments[option->last];
    const struct shell_word *word = argument->word;
    const char *text = planner->commands.layers[argument->layer].text;
    if (!argument->movable || strpbrk(word->value, "\n\x01")) return false;
    size_t begin = word->span.begin;
    if (option->value_at) {
        const char *sign = memchr(text + begin, '=', word->span.end - begin);
        if (!sign) return false;
        begin = (size_t)(sign - text) + 1;
    }
    cleanup_free char *old = memory_copy_bytes(text + begin, word->span.end - begin);
    if (argument->layer != 0 && strpbrk(old, "'\"$`\\")) return false;
    if (!commands_replace(&planner->commands, argument->layer, begin, word->span.end, value, why))
        return false;
    cleanup_free char *marker = memory_format("%s was %s", name, old);
    docker_mark(planner, subject, marker);
    return true;
}
