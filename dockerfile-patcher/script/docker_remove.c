#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/docker_plan.h"

static const char why[] = "take out what appsig-patch put in";
static const char sign[] = "# appsig-patch: ";

struct markers {
    size_t first; /* lines; 0: none */
    size_t last;
    size_t from; /* options from..to - 1 */
    size_t to;
    char *network;    /* owned */
    char *entrypoint; /* owned */
    bool launcher;    /* behind the image */
};

static void read_markers(const struct docker_planner *planner, const struct docker_subject *subject,
                         struct markers *markers) {
    const struct command *command = &planner->commands.items[subject->run.command];
    struct script_place place;
    commands_place(&planner->commands, command->layer, command->shell->span.begin, &place);
    *markers = (struct markers){0};
    for (size_t line = place.line; line > 1; line--) {
        const struct script_line *above = script_line(planner->script, line - 1);
        cleanup_free char *text = memory_copy_bytes(above->text, above->length);
        const char *comment = text + strspn(text, " \t");
        if (!markers->first && above->length && text[above->length - 1] == '\\') continue;
        if (!text_starts(comment, sign)) return;
        comment += sizeof sign - 1;
        if (!markers->last) markers->last = line - 1;
        markers->first = line - 1;
        if (text_starts(comment, "--network was ")) {
            free(markers->network);
            markers->network = memory_copy(comment + strlen("--network was "));
        }
        if (text_starts(comment, "--entrypoint was ")) {
            free(markers->entrypoint);
            markers->entrypoint = memory_copy(comment + strlen("--entrypoint was "));
        }
        markers->launcher |= strcmp(comment, DOCKER_WRAP_MARKER) == 0;
        size_t from, to;
        int read = sscanf(comment, "options %zu to %zu below are new", &from, &to);
        if (read != 2 && sscanf(comment, "option %zu below is new", &from) == 1) read = 2, to = from;
        if (read == 2 && from > 0 && to >= from) {
            markers->from = from - 1;
            markers->to = to;
        }
    }
}

/* On which line an option stands alone; 0: it shares it. */
static size_t own_line(const struct docker_planner *planner, const struct docker_run *run,
                       const struct docker_option *option) {
    const struct docker_argument *first = &run->arguments[option->first],
                                 *last = &run->arguments[option->last];
    struct script_place begin, end;
    commands_place(&planner->commands, first->layer, first->word->span.begin, &begin);
    commands_place(&planner->commands, last->layer, last->word->span.end, &end);
    const struct script_line *line = script_line(planner->script, begin.line);
    if (begin.line != end.line || begin.line < 2) return 0;
    for (size_t i = 0; i < begin.offset; i++)
        if (!strchr(" \t", line->text[i])) return 0;
    for (size_t i = end.offset; i < line->length; i++)
        if (!strchr(" \t\\", line->text[i])) return 0;
    return begin.line;
}

static bool remove_options(struct docker_planner *planner, const struct docker_run *run, size_t from,
                           size_t to) {
    size_t first = own_line(planner, run, &run->options[from]);
    size_t last = own_line(planner, run, &run->options[to - 1]);
    if (first && last == first + (to - from) - 1) {
        script_remove_lines(planner->script, first, last, why);
        return true;
    }
    size_t next = run->options[to - 1].last + 1;
    const struct docker_argument *begin = &run->arguments[run->options[from].first];
    if (next >= run->count || run->arguments[next].layer != begin->layer) return false;
    return commands_replace(&planner->commands, begin->layer, begin->word->span.begin,
                            run->arguments[next].word->span.begin, "", why);
}

static bool restore(struct docker_planner *planner, const struct docker_run *run, const char *name,
                    const char *old) {
    const struct docker_option *option = docker_option(run, name);
    if (!option) return false;
    const struct docker_argument *argument = &run->arguments[option->last];
    const char *text = planner->commands.layers[argument->layer].text;
    size_t begin = argument->word->span.begin;
    if (option->value_at) {
        const char *equals = memchr(text + begin, '=', argument->word->span.end - begin);
        if (!equals) return false;
        begin = (size_t)(equals - text) + 1;
    }
    return commands_replace(&planner->commands, argument->layer, begin, argument->word->span.end, old, why);
}

/* An answer told once which word is the image: the one that has our options in front of it. */
static void find_image(struct docker_planner *planner, struct docker_run *run,
                       const struct markers *markers) {
    for (size_t i = run->image + 1; run->unsure && i < run->count; i++) {
        struct docker_run other;
        size_t from, to;
        docker_run_read(&planner->commands, run->command, run->arguments[i].value, &other);
        bool marked = markers->to && markers->to <= other.option_count &&
                      docker_is_own(&other.options[markers->to - 1]);
        if (other.image != i ||
            (!marked && !docker_own_options(other.options, other.option_count, &from, &to)))
            continue;
        *run = other;
        return;
    }
}

bool docker_remove(struct docker_planner *planner, struct docker_subject *subject) {
    struct docker_run *run = &subject->run;
    struct markers markers;
    size_t from = 0, to = 0;
    read_markers(planner, subject, &markers);
    find_image(planner, run, &markers);
    if (markers.to && markers.to <= run->option_count) {
        from = markers.from;
        to = markers.to;
    } else if (!docker_own_options(run->options, run->option_count, &from, &to)) {
        to = 0;
    }
    bool done = to > from && remove_options(planner, run, from, to);
    if (markers.network) done |= restore(planner, run, "--network", markers.network);
    if (markers.entrypoint && docker_unwrap(planner, run, false))
        done |= restore(planner, run, "--entrypoint", markers.entrypoint);
    if (markers.launcher) done |= docker_unwrap(planner, run, true);
    if (done && markers.first) script_remove_lines(planner->script, markers.first, markers.last, why);
    free(markers.network);
    free(markers.entrypoint);
    return done;
}
