#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/formats/dockerfile/context.h"

/* Source and target of an item of `volumes:` in either form; false where it is none that covers a directory. In the arena. */
static bool read_mount(struct arena *arena, struct yaml_node *item, const char **source,
                       const char **target) {
    item = yaml_follow(item);
    if (item->kind == YAML_MAPPING) {
        *source = yaml_text(yaml_find_merged(item, "source", NULL));
        *target = yaml_text(yaml_find_merged(item, "target", NULL));
        return *target != NULL;
    }
    cleanup_free char *text = yaml_text(item) ? compose_interpolated(yaml_text(item)) : NULL;
    if (!text) return false;
    size_t first = strcspn(text, ":"), second = text[first] ? strcspn(text + first + 1, ":") : 0;
    *source = second ? arena_copy(arena, text, first) : NULL;
    *target = second ? arena_copy(arena, text + first + 1, second) : arena_copy(arena, text, first);
    return true;
}

/* What of `path` lies below `directory`, without a slash in front; NULL where it does not. */
static const char *below(const char *path, const char *directory) {
    size_t length = strlen(directory);
    while (length && directory[length - 1] == '/') length--;
    if (strncmp(path, directory, length) != 0 || (path[length] && path[length] != '/')) return NULL;
    return path + length + (path[length] == '/');
}

/* A volume lies over the directory: *directory is then what is there instead, or NULL where that is not of the
 * repository. Owned by the caller. */
static bool is_covered(struct compose_planner *planner, const struct compose_subject *subject,
                       const char *start, char **directory) {
    const struct compose_service *said_by = subject->service;
    struct yaml_node *volumes = compose_value(planner->unit, subject->service, "volumes", &said_by);
    cleanup_free char *above = text_directory(said_by->document->source.path);
    bool covered = false;
    *directory = NULL;
    for (size_t i = 0; volumes && volumes->kind == YAML_SEQUENCE && i < volumes->count; i++) {
        const char *source, *target;
        if (!read_mount(&planner->compose->yaml.arena, volumes->items[i], &source, &target)) continue;
        const char *rest = below(start, target);
        if (!rest) continue;
        covered = true;
        free(steal_pointer(directory));
        if (!source || *source != '.') continue;
        cleanup_free char *folder = compose_path(above, source);
        *directory = *rest ? text_join_path(folder, rest) : memory_copy(folder);
    }
    return covered;
}

/* The directory of the repository that the service starts in, or NULL; owned by the caller. */
static char *start_directory(struct compose_planner *planner, const struct compose_subject *subject,
                             bool *mounted) {
    struct dockerfile *file = subject->dockerfile->model;
    const char *target = subject->build.target;
    int stage = target ? dockerfile_stage_named(file, target) : (int)file->stage_count - 1;
    const char *start = yaml_text(compose_value(planner->unit, subject->service, "working_dir", NULL));
    if (!start) start = dockerfile_workdir(file, stage);
    if (!start || *start != '/' || strchr(start, '$')) return NULL;
    char *directory;
    *mounted = is_covered(planner, subject, start, &directory);
    if (*mounted) return directory;
    bool copied;
    directory = dockerfile_start_directory(file, stage, start, subject->build.context, &copied);
    if (!copied) free(steal_pointer(&directory));
    return directory;
}

/* The config that the command names, or the one that gunicorn and our option find where they are started. NULL: it is not
 * certain that a file of the repository is it. Owned by the caller. */
static char *config_path(struct compose_planner *planner, const struct compose_subject *subject,
                         const struct hook_command *command) {
    bool mounted = false;
    const char *name = command->path ? command->path : hook_file_name(command);
    bool moved = subject->inner.moved ||
                 (subject->script && hook_is_moved(&subject->entry.script, subject->entry.command));
    if (command->foreign) return NULL;
    if (*name != '/' && moved) return NULL;
    if (*name == '/')
        return dockerfile_context_file(planner->unit, subject->dockerfile->model, subject->build.context,
                                       name);
    cleanup_free char *directory = start_directory(planner, subject, &mounted);
    char *path = directory ? compose_path(directory, name) : NULL;
    if (path && !mounted &&
        dockerfile_hides(planner->unit, subject->dockerfile, subject->build.context, path))
        free(steal_pointer(&path));
    return path;
}

/* Word and place of the server in what the service says itself; false where the option has no certain place. */
static bool place_option(struct compose_subject *subject, const struct hook_command *command) {
    struct compose_wrap *wrap = &subject->wrap;
    if (subject->script || (subject->inner.words && !wrap->inner))
        return strcmp(command->server, "gunicorn") == 0; /* finds its config by itself */
    if (wrap->inner) {
        wrap->server_end = subject->inner.places[command->word].span.end;
    } else {
        size_t first =
            subject->image.lead + (wrap->words == &subject->command ? subject->entrypoint.count : 0);
        if (command->word < first || command->word - first >= wrap->words->count) return false;
        wrap->server = command->word - first;
    }
    wrap->option = hook_option(command);
    wrap->file = hook_file_name(command);
    return true;
}

static enum hook_state hook(struct compose_planner *planner, struct compose_subject *subject,
                            const struct hook_command *command) {
    cleanup_free char *path = config_path(planner, subject, command);
    if (!path || (!command->path && !place_option(subject, command)))
        return hook_ask(planner->unit, subject->engine, command, planner->document,
                        subject->wrap.words->node->span.begin);
    return unit_has_file(planner->unit, path) ? hook_extend(planner->unit, subject->engine, command, path)
                                              : hook_create(planner->unit, subject->engine, command, path);
}

/* The command of the server that the service starts by words of its own. */
static bool read_command(const struct compose_subject *subject, struct hook_command *command) {
    const struct linked_image *image = &subject->image;
    const struct entry *entry = &subject->entry;
    if (subject->script && entry->command != SIZE_MAX)
        hook_command_of(entry->words, entry->script.commands[entry->command].count, &entry->launch, command);
    else if (subject->inner.words)
        hook_command_of(subject->inner.words, subject->inner.count, &subject->inner.launch, command);
    else
        hook_command_of(image->words, image->count, &image->launch, command);
    return command->server != NULL;
}

enum hook_state compose_hook(struct compose_planner *planner, struct compose_subject *subject) {
    struct hook_command command;
    if (planner->unit->settings->style != STYLE_GUIDE || !subject->wrapped) return HOOK_NOT_NEEDED;
    enum hook_state state = HOOK_NOT_NEEDED;
    if (read_command(subject, &command)) state = hook(planner, subject, &command);
    hook_command_free(&command);
    if (state == HOOK_LEFT)
        unit_note(planner->unit, planner->document, FINDING_HINT, subject->wrap.words->node->span.begin,
                  "service '%s': without the hook OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED must not be set: "
                  "all data would be lost",
                  subject->service->name);
    return state;
}

void compose_unhook(struct compose_planner *planner, struct compose_subject *subject) {
    struct hook_command command;
    if (read_command(subject, &command) && command.path) {
        cleanup_free char *path = config_path(planner, subject, &command);
        if (path && unit_has_file(planner->unit, path))
            hook_extend(planner->unit, subject->engine, &command, path);
    }
    hook_command_free(&command);
}
