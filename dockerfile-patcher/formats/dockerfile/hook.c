#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/script/entry.h"

/* The server's command as one vector, and the part that word `index` of it stands in. */
struct server {
    const char *const *words;
    size_t count;
    struct launch launch;
    const struct part *part; /* that holds the server's own name; NULL: a script does */
    size_t first;            /* index in words of the part's first */
    bool moved;              /* started in another directory than the image */
};

static void find_server(struct planner *planner, const struct entry *entry, struct hook_command *command,
                        struct server *server) {
    const struct part *one = &planner->entrypoint, *other = &planner->cmd;
    *server = (struct server){.launch = planner->launch};
    if (entry) {
        size_t count = entry->command == SIZE_MAX ? 0 : entry->script.commands[entry->command].count;
        *server = (struct server){.words = entry->words, .count = count, .launch = entry->launch};
        hook_command_of(server->words, count, &server->launch, command);
        server->moved = hook_is_moved(&entry->script, entry->command);
        return;
    }
    bool joined = one->index != SIZE_MAX && !one->shell && !other->shell;
    size_t first = one->index == SIZE_MAX ? 0 : one->count;
    server->count = one->index == SIZE_MAX ? other->count : first + (joined ? other->count : 0);
    const char **words = arena_allocate(&planner->file->arena, (server->count + 1) * sizeof *words);
    for (size_t i = 0; i < server->count; i++) words[i] = i < first ? one->words[i] : other->words[i - first];
    server->words = words;
    hook_command_of(words, server->count, &server->launch, command);
    server->part = command->word < first ? one : other;
    server->first = command->word < first ? 0 : first;
    server->moved = server->part->shell && hook_is_moved(&server->part->script, server->part->command);
}

static enum hook_state ask(struct planner *planner, const struct hook_command *command) {
    size_t index = planner->cmd.index != SIZE_MAX ? planner->cmd.index : planner->entrypoint.index;
    return hook_ask(planner->unit, planner->service, command, planner->document,
                    planner->file->instructions[index].span.begin);
}

/* "-c gunicorn.conf.py" behind the server's name, where that stands in the shipped stage; elsewhere gunicorn finds the file
 * by itself, and uWSGI does not. */
static bool add_option(struct planner *planner, const struct server *server,
                       const struct hook_command *command) {
    const struct part *part = server->part;
    bool own = part && part->index != SIZE_MAX && (int)part->instruction->stage == planner->stage;
    if (!own) return strcmp(command->server, "gunicorn") == 0;
    const struct instruction *instruction = part->instruction;
    size_t index = command->word - server->first;
    size_t end = part->shell
                     ? instruction->arguments.begin +
                           part->script.words[part->script.commands[part->command].first + index].span.end
                     : instruction->words[index].span.end;
    cleanup_free char *text = memory_format(part->shell ? " %s %s" : ", \"%s\", \"%s\"", hook_option(command),
                                            hook_file_name(command));
    cleanup_free char *marker =
        memory_format("# appsig-patch: %s is new in the next line", hook_option(command));
    size_t at = instruction_offset(instruction, end - 1) + 1;
    insert_in_front(planner, part->index, marker, "say how --remove undoes it");
    edits_add(&planner->document->edits, planner->service, (struct span){at, at}, text, "lead to the hook");
    return true;
}

/* A new config lies where the image starts: beside the app, or at the top of the context with a COPY of its own. */
static enum hook_state make_config(struct planner *planner, const struct server *server,
                                   const struct hook_command *command) {
    const char *name = command->path ? command->path : hook_file_name(command);
    bool copied;
    if (command->foreign || name[0] == '/' || server->moved) return ask(planner, command);
    const char *start = dockerfile_workdir(planner->file, planner->stage);
    cleanup_free char *directory =
        dockerfile_start_directory(planner->file, planner->stage, start, planner->context, &copied);
    /* A config that is named is there somewhere: only where all of the directory is copied it is known not to be. */
    if (!copied && command->path) return ask(planner, command);
    cleanup_free char *path = text_join_path(directory, name);
    if (dockerfile_hides(planner->unit, planner->document, planner->context, path))
        return ask(planner, command);
    bool there = unit_has_file(planner->unit, path);
    if (!copied) {
        cleanup_free char *line = memory_format("# appsig-patch: the next 1 line is new\nCOPY %s ./", name);
        insert_in_front(planner, plan_anchor(planner), line, "bring the hook into the image");
    }
    if (!command->path && !add_option(planner, server, command)) return ask(planner, command);
    return there ? hook_extend(planner->unit, planner->service, command, path)
                 : hook_create(planner->unit, planner->service, command, path);
}

static void tell(struct planner *planner, const char *server, enum hook_state state) {
    if (state == HOOK_READY)
        unit_note(
            planner->unit, planner->document, FINDING_HINT, SIZE_MAX,
            "%s's workers report with OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true where the container is run",
            server);
    if (state == HOOK_LEFT)
        unit_note(
            planner->unit, planner->document, FINDING_HINT, SIZE_MAX,
            "without the hook OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED must not be set: all data would be lost");
}

void plan_hook(struct planner *planner, const struct entry *entry) {
    struct hook_command command;
    struct server server;
    if (planner->unit->settings->style != STYLE_GUIDE && !planner->unit->settings->remove) return;
    find_server(planner, entry, &command, &server);
    if (command.server) {
        cleanup_free char *found =
            command.path && !command.foreign
                ? dockerfile_context_file(planner->unit, planner->file, planner->context, command.path)
                : NULL;
        enum hook_state state = found ? hook_extend(planner->unit, planner->service, &command, found)
                                : planner->unit->settings->remove ? HOOK_NOT_NEEDED
                                                                  : make_config(planner, &server, &command);
        if (!planner->unit->settings->remove) tell(planner, command.server, state);
    }
    hook_command_free(&command);
}
