#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"

/* The directory of the repository that the unit starts in: where the module that the server loads lies. */
static char *find_directory(const struct unit_planner *planner, const struct start_place *place,
                            size_t from) {
    if (!planner->deployed.directory) return NULL;
    for (size_t i = from; i < place->count; i++) {
        const char *word = place->words[i];
        if (word[0] == '-' || strchr(word, '/')) continue;
        char *directory = deployed_module_directory(&planner->deployed, word);
        if (directory) return directory;
    }
    return NULL;
}

/* The words that lead to a new config go behind the server's name: "-c gunicorn.conf.py", as the guide has it. */
static void add_option(struct unit_planner *planner, struct start_place *place,
                       const struct hook_command *command) {
    cleanup_free char *text = memory_format(" %s %s", hook_option(command), hook_file_name(command));
    if (place->entry.words) return; /* gunicorn finds it by itself where it is started */
    size_t end = place->command->places[command->word]->span.end;
    edits_add(&planner->changes, planner->service, (struct span){end, end}, text, "lead to the hook");
    place->option = hook_option(command);
}

static enum hook_state hook_place(struct unit_planner *planner, struct start_place *place,
                                  const struct hook_command *command) {
    struct unit *unit = planner->unit;
    const char *name = command->path ? command->path : hook_file_name(command);
    cleanup_free char *directory = find_directory(planner, place, command->word + 1);
    cleanup_free char *found =
        command->path && !command->foreign ? deployed_file(&planner->deployed, name) : NULL;
    if (found) return hook_extend(unit, planner->service, command, found);
    bool certain = directory && name[0] != '/' && !command->foreign;
    bool shell = place->entry.words && strcmp(command->server, "gunicorn") != 0;
    if (!certain || (shell && !command->path))
        return hook_ask(unit, planner->service, command, planner->document, place->command->begin);
    cleanup_free char *path = text_join_path(directory, name);
    enum hook_state state = unit_has_file(unit, path) ? hook_extend(unit, planner->service, command, path)
                                                      : hook_create(unit, planner->service, command, path);
    if (!command->path && state == HOOK_READY) add_option(planner, place, command);
    return state;
}

void unit_hook(struct unit_planner *planner) {
    bool needed = false, ready = true;
    for (size_t i = 0; i < planner->place_count; i++) {
        struct start_place *place = &planner->places[i];
        struct hook_command command;
        hook_command_of(place->words, place->count, &place->launch, &command);
        if (command.server) {
            enum hook_state state = hook_place(planner, place, &command);
            needed = true;
            ready &= state == HOOK_READY;
            planner->held |= state == HOOK_OPEN;
        }
        hook_command_free(&command);
    }
    planner->deferred = needed && ready;
}

void unit_unhook(struct unit_planner *planner) {
    for (size_t i = 0; i < planner->file->commands.count; i++) {
        const struct exec_command *start = &planner->file->commands.items[i];
        struct launch launch;
        struct hook_command command;
        launch_recognise(start->words, start->count, &launch);
        for (size_t k = 0; k < start->count; k++)
            if (strcmp(text_base_name(start->words[k]), "opentelemetry-instrument") == 0)
                launch_recognise(start->words + k + 1, start->count - k - 1, &launch),
                    launch.command += k + 1;
        hook_command_of(start->words, start->count, &launch, &command);
        cleanup_free char *found =
            command.path && !command.foreign ? deployed_file(&planner->deployed, command.path) : NULL;
        if (found) hook_extend(planner->unit, planner->service, &command, found);
        hook_command_free(&command);
    }
}
