#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/compose.h"
#include "dockerfile-patcher/formats/dockerfile/base.h"
#include "dockerfile-patcher/script/docker_plan.h"
#include "dockerfile-patcher/text/find.h"

/* The build in this script that makes the image, by its tag or by what that is tagged as afterwards. */
static bool find_build(struct commands *commands, const char *image, struct docker_build *build) {
    const char *names[8] = {image};
    size_t name_count = 1;
    for (size_t i = commands->count; i-- > 0;) {
        const struct command *command = &commands->items[i];
        const char *engine;
        size_t at;
        enum docker_verb verb = docker_verb_of(commands, command, &at, &engine);
        bool known;
        if (verb == DOCKER_TAG && at + 1 < command->count && name_count < array_length(names)) {
            const char *new = docker_resolved(commands, &command->words[at + 1], &known);
            for (size_t k = 0; k < name_count; k++)
                if (image_equal(new, names[k])) {
                    names[name_count++] = docker_resolved(commands, &command->words[at], &known);
                    break;
                }
        }
        if (verb != DOCKER_BUILD) continue;
        docker_build_read(commands, command, at, build);
        for (size_t t = 0; t < build->tag_count; t++)
            for (size_t k = 0; k < name_count && build->tags[t]; k++)
                if (image_equal(build->tags[t], names[k])) return true;
    }
    return false;
}

/* A path of the script is relative to where it is run: its own directory, the one above, or the root. */
static char *find_file(struct unit *unit, const char *script_path, const char *directory, const char *name) {
    cleanup_free char *here = text_directory(script_path);
    cleanup_free char *above = text_directory(here);
    const char *bases[] = {here, strlen(here) > strlen(unit->root) ? above : unit->root, unit->root};
    for (size_t i = 0; i < array_length(bases); i++) {
        cleanup_free char *folder = compose_path(bases[i], directory);
        cleanup_free char *path = compose_path(folder, name);
        if (unit_has_file(unit, path)) return steal_pointer(&path);
    }
    return NULL;
}

void docker_find_dockerfile(struct unit *unit, struct commands *commands, const char *script_path,
                            struct docker_subject *subject) {
    struct docker_build build;
    if (find_build(commands, subject->image, &build)) {
        bool plain = build.context && !strpbrk(build.context, "$`:");
        subject->target = build.target;
        if (build.file && !strpbrk(build.file, "$`"))
            subject->dockerfile = find_file(unit, script_path, ".", build.file);
        else if (plain)
            subject->dockerfile = find_file(unit, script_path, build.context, "Dockerfile");
    }
    enum image_kind kind = image_kind_of(subject->image);
    if (!subject->dockerfile && (kind == IMAGE_OWN || kind == IMAGE_PYTHON))
        subject->dockerfile = find_file(unit, script_path, ".", "Dockerfile");
    if (subject->dockerfile) subject->context = text_directory(subject->dockerfile);
}

static bool speaks_of_python(struct unit *unit, const char *path) {
    const struct source *source = unit_look(unit, path);
    return source && (find_text(source->bytes, source->length, "python") ||
                      find_text(source->bytes, source->length, "pip install"));
}

/* The words behind the image, and those of --entrypoint. */
static void start_of(struct docker_planner *planner, struct docker_subject *subject,
                     struct linked_start *start) {
    const struct docker_run *run = &subject->run;
    const struct docker_option *entrypoint = docker_option(run, "--entrypoint");
    size_t first = run->image + 1;
    const char **words = arena_allocate(&planner->commands.arena, (run->count + 2) * sizeof *words);
    for (size_t i = first; i < run->count; i++) words[i - first] = run->arguments[i].value;
    *start = (struct linked_start){0};
    if (first < run->count) {
        start->command = words;
        start->command_count = run->count - first;
    }
    if (!entrypoint || !entrypoint->value) return;
    const char **one = arena_allocate(&planner->commands.arena, 2 * sizeof *one);
    one[0] = entrypoint->value;
    start->entrypoint = one;
    start->entrypoint_count = *one[0] ? 1 : 0;
}

static enum evidence_of_python by_command(const struct launch *launch) {
    if (launch->kind == LAUNCH_PYTHON) return PYTHON_YES;
    return launch->kind == LAUNCH_FOREIGN ? PYTHON_NO : PYTHON_UNKNOWN;
}

void docker_link(struct docker_planner *planner, struct docker_subject *subject) {
    struct unit *unit = planner->unit;
    struct linked_start start;
    struct launch launch = {0};
    start_of(planner, subject, &start);
    if (start.entrypoint_count + start.command_count)
        launch_recognise(start.entrypoint_count ? start.entrypoint : start.command,
                         start.entrypoint_count ? start.entrypoint_count : start.command_count, &launch);
    subject->python = by_command(&launch);
    subject->linked.launch = launch;
    docker_find_dockerfile(unit, &planner->commands, planner->document->source.path, subject);
    subject->document = subject->dockerfile ? unit_find(unit, subject->dockerfile) : NULL;
    struct linked_image linked;
    if (subject->document && dockerfile_linked(unit, subject->document, subject->target, &start, &linked)) {
        subject->linked = linked;
        subject->is_linked = true;
        if (subject->python == PYTHON_UNKNOWN) subject->python = linked.python ? PYTHON_YES : PYTHON_NO;
    } else if (subject->dockerfile && subject->python == PYTHON_UNKNOWN) {
        subject->python = speaks_of_python(unit, subject->dockerfile) ? PYTHON_YES : PYTHON_NO;
    }
    struct base_image base;
    base_image_of(subject->image, &base);
    bool named = image_kind_of(subject->image) == IMAGE_PYTHON || base.python;
    if (!subject->dockerfile && subject->python == PYTHON_UNKNOWN && named) subject->python = PYTHON_YES;
}

static void link_compose(struct unit *unit, struct commands *commands, const char *script_path,
                         const struct command *command, size_t at, struct links *links) {
    static const char *const names[] = {"compose.yaml", "compose.yml", "docker-compose.yaml",
                                        "docker-compose.yml"};
    bool named = false;
    for (size_t i = at; i + 1 < command->count; i++) {
        bool known;
        if (!text_has_word("-f --file", command->vector[i])) continue;
        const char *file = docker_resolved(commands, &command->words[i + 1], &known);
        cleanup_free char *path = find_file(unit, script_path, ".", file);
        if (path) links_add(links, path);
        named = true;
    }
    for (size_t i = 0; i < array_length(names) && !named; i++) {
        cleanup_free char *path = find_file(unit, script_path, ".", names[i]);
        if (!path) continue;
        links_add(links, path);
        return;
    }
}

void docker_run_links(struct unit *unit, struct script *script, struct links *links) {
    struct commands commands;
    const char *script_path = script->document->source.path;
    if (!links) return;
    commands_read(&commands, script);
    for (size_t i = 0; i < commands.count; i++) {
        const char *engine;
        size_t at;
        struct docker_subject subject = {0};
        enum docker_verb verb = docker_verb_of(&commands, &commands.items[i], &at, &engine);
        if (verb == DOCKER_COMPOSE) link_compose(unit, &commands, script_path, &commands.items[i], at, links);
        if (!docker_run_read(&commands, i, NULL, &subject.run) || subject.run.image == SIZE_MAX) continue;
        subject.image = subject.run.arguments[subject.run.image].value;
        docker_find_dockerfile(unit, &commands, script_path, &subject);
        if (subject.dockerfile) links_add(links, subject.dockerfile);
        free(subject.dockerfile);
        free(subject.context);
    }
    commands_free(&commands);
}

void docker_run_links_near(struct unit *unit, const char *path, const char *bytes, size_t length,
                           struct links *links) {
    if (!links || !docker_run_mentioned(bytes, length)) return;
    cleanup_free char *dockerfile = find_file(unit, path, ".", "Dockerfile");
    if (dockerfile) links_add(links, dockerfile);
}
