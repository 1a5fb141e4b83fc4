#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/text/find.h"

/* The entrypoint script: the launcher goes in front of the server that it starts, where there is just one, or of the
 * "$@" that it ends in. What it runs before (migrations) stays as it is. */
struct entry {
    struct document *document;
    struct shell_script script;
    size_t command; /* index in script.commands; SIZE_MAX: none is certain */
    size_t word;    /* of the command, in front of which the launcher goes */
    const char *agent;
};

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

static void choose_command(struct planner *planner, struct entry *entry) {
    struct arena *arena = &planner->file->arena;
    const struct shell_script *script = &entry->script;
    size_t found = 0;
    entry->command = SIZE_MAX;
    for (size_t i = 0; i < script->command_count; i++) {
        const struct shell_command *command = &script->commands[i];
        if (command->count == 0) continue;
        struct launch launch;
        const char **words = shell_vector(arena, script, command);
        launch_recognise(words, command->count, &launch);
        if (launch.agent) entry->agent = launch.agent;
        if (!is_server(words, command->count, &launch)) continue;
        found++;
        entry->command = i;
        entry->word = launch.prefix;
    }
    if (found == 1) return;
    entry->command = SIZE_MAX;
    const struct shell_command *last =
        script->command_count ? &script->commands[script->command_count - 1] : NULL;
    if (found || !last || last->depth || last->count != 2) return;
    const struct shell_word *words = &script->words[last->first];
    if (strcmp(words[0].value, "exec") != 0 || strcmp(words[1].value, "$@") != 0) return;
    entry->command = script->command_count - 1;
    entry->word = 1;
}

/* The script that the image starts first, if it is a file of the context that a shell runs. */
static bool find_entry(struct planner *planner, struct entry *entry) {
    const struct part *part = planner->entrypoint.index != SIZE_MAX ? &planner->entrypoint : &planner->cmd;
    const struct launch *launch = &planner->launch;
    *entry = (struct entry){.command = SIZE_MAX};
    if (launch->kind != LAUNCH_SCRIPT || launch->agent || part->index == SIZE_MAX) return false;
    size_t at = launch->command;
    while (at < part->count && text_has_word("sh bash dash ash", text_base_name(part->words[at]))) at++;
    if (at >= part->count) return false;
    cleanup_free char *path =
        dockerfile_context_file(planner->unit, planner->file, planner->context, part->words[at]);
    /* A program there is no script, and no fault of the Dockerfile's either: looked at before it is opened. */
    if (!path || !unit_look(planner->unit, path)) return false;
    entry->document = unit_document(planner->unit, path, NULL);
    if (!entry->document || !entry->document->source.bytes) return false;
    const struct source *source = &entry->document->source;
    const char *first = source->bytes + source->begin;
    size_t line = strcspn(first, "\n");
    bool shell = (strncmp(first, "#!", 2) == 0 && find_bytes(first, line, "sh", 2)) || text_ends(path, ".sh");
    if (!shell) return false;
    shell_parse(&planner->file->arena, first, source->length - source->begin, &entry->script);
    choose_command(planner, entry);
    return true;
}

bool plan_entry_script(struct planner *planner, bool *already) {
    struct entry entry;
    *already = false;
    if (!find_entry(planner, &entry)) return false;
    if (entry.agent) {
        unit_note(planner->unit, planner->document, FINDING_ALREADY, SIZE_MAX,
                  "instrumented already by %s in '%s'", entry.agent, entry.document->shown);
        return *already = true;
    }
    if (entry.command == SIZE_MAX || entry.script.broken) return false;
    const struct shell_command *command = &entry.script.commands[entry.command];
    const struct shell_word *word = &entry.script.words[command->first + entry.word];
    const struct source *source = &entry.document->source;
    size_t at = source->begin + word->span.begin;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    edits_add(&entry.document->edits, planner->service, (struct span){at, at},
              guide ? "opentelemetry-instrument " : "appsig-exec -- ", "start the app through the launcher");
    return true;
}

void plan_script_removal(struct planner *planner) {
    static const char *const signs[] = {"appsig-exec -- ", "opentelemetry-instrument "};
    struct entry entry;
    if (!find_entry(planner, &entry)) return;
    const struct source *source = &entry.document->source;
    for (size_t i = 0; i < array_length(signs); i++) {
        const char *found = find_bytes(source->bytes, source->length, signs[i], strlen(signs[i]));
        if (!found) continue;
        size_t at = (size_t)(found - source->bytes);
        edits_add(&entry.document->edits, planner->service, (struct span){at, at + strlen(signs[i])}, "",
                  "take out what appsig-patch put in");
    }
}
