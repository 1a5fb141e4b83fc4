#include "dockerfile-patcher/script/entry.h"

#include <stdint.h>
#include <string.h>

#include "common/text.h"

static const char servers[] =
    "gunicorn uvicorn uwsgi pyuwsgi hypercorn daphne waitress-serve granian runserver fastapi "
    "celery streamlit sanic";

static bool is_server(const char **words, size_t count, const struct launch *launch) {
    if (launch->kind != LAUNCH_PYTHON) return false;
    if (launch->server && text_has_word(servers, launch->server)) return true;
    for (size_t i = 1; launch->server && strcmp(launch->server, "flask") == 0 && i < count; i++)
        if (strcmp(words[i], "run") == 0) return true;
    /* `exec python app.py`: the shell ends here, so this is the app */
    return strcmp(words[0], "exec") == 0;
}

static void choose(struct arena *arena, struct entry *entry, size_t index, size_t word) {
    const struct shell_command *command = &entry->script.commands[index];
    entry->command = index;
    entry->word = word;
    entry->words = shell_vector(arena, &entry->script, command);
    launch_recognise(entry->words, command->count, &entry->launch);
}

void entry_read(struct arena *arena, const char *text, size_t length, struct entry *entry) {
    *entry = (struct entry){.command = SIZE_MAX};
    shell_parse(arena, text, length, &entry->script);
    const struct shell_script *script = &entry->script;
    size_t found = 0;
    for (size_t i = 0; i < script->command_count; i++) {
        const struct shell_command *command = &script->commands[i];
        if (command->count == 0) continue;
        struct launch launch;
        const char **words = shell_vector(arena, script, command);
        launch_recognise(words, command->count, &launch);
        if (launch.agent) entry->agent = launch.agent;
        entry->python |= launch.kind == LAUNCH_PYTHON;
        if (!is_server(words, command->count, &launch)) continue;
        found++;
        choose(arena, entry, i, launch.prefix);
    }
    if (found == 1) return;
    entry->command = SIZE_MAX;
    const struct shell_command *last =
        script->command_count ? &script->commands[script->command_count - 1] : NULL;
    if (found || !last || last->depth || last->count != 2) return;
    const struct shell_word *words = &script->words[last->first];
    if (strcmp(words[0].value, "exec") != 0 || strcmp(words[1].value, "$@") != 0) return;
    choose(arena, entry, script->command_count - 1, 1);
}
