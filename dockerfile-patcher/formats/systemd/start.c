#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"
#include "dockerfile-patcher/text/find.h"

/* Servers count in a oneshot unit; everything else there is a job that comes to its end. */
static const char servers[] =
    "gunicorn uvicorn uwsgi pyuwsgi hypercorn daphne waitress-serve granian runserver fastapi flask celery";

static bool is_environment(const char *program) {
    static const char *const signs[] = {"/venv/",         "/.venv/", "/env/bin/",        "/virtualenv",
                                        "/.virtualenvs/", "/pyenv/", "/__pypackages__/", "/site-packages/"};
    for (size_t i = 0; i < array_length(signs); i++)
        if (strstr(program, signs[i])) return true;
    return false;
}

static struct start_place *add_place(struct unit_planner *planner, const struct exec_command *command) {
    struct arena *arena = &planner->file->sections.arena;
    planner->places = arena_grow(arena, planner->places, planner->place_count, sizeof *planner->places);
    struct start_place *place = &planner->places[planner->place_count++];
    *place = (struct start_place){.command = command, .document = planner->document};
    return place;
}

static void place_at_word(struct unit_planner *planner, const struct exec_command *command,
                          const struct launch *launch) {
    struct start_place *place = add_place(planner, command);
    size_t word = launch->prefix;
    place->launch = *launch;
    place->words = command->words;
    place->count = command->count;
    place->program = word == 0;
    place->at = word == 0 ? command->begin : command->places[word]->span.begin;
}

/* In front of a command of shell text; `map` leads from the text to the document. */
static void place_in_text(struct unit_planner *planner, const struct exec_command *command,
                          struct document *document, const struct entry *entry, const size_t *map,
                          size_t base) {
    struct start_place *place = add_place(planner, command);
    const struct shell_command *found = &entry->script.commands[entry->command];
    size_t at = entry->script.words[found->first + entry->word].span.begin;
    place->document = document;
    place->entry = *entry;
    place->launch = entry->launch;
    place->words = entry->words;
    place->count = found->count;
    place->at = map ? map[at] : base + at;
}

static void take_agent(struct unit_planner *planner, const char *agent, size_t offset) {
    if (!agent || planner->agent) return;
    planner->agent = agent;
    planner->agent_at = offset;
}

static bool refuse(struct unit_planner *planner, const struct exec_command *command, const char *what,
                   const char *name) {
    unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED, command->begin, "%s '%s'", what, name);
    planner->held = true;
    return false;
}

static bool is_guide(const struct unit_planner *planner) {
    return planner->unit->settings->style == STYLE_GUIDE;
}

static bool take_shell_text(struct unit_planner *planner, const struct exec_command *command,
                            const struct launch *launch) {
    const struct exec_word *word = command->places[launch->text];
    struct entry entry;
    entry_read(&planner->file->sections.arena, word->value, strlen(word->value), &entry);
    take_agent(planner, entry.agent, command->begin);
    if (entry.agent || !(entry.python || entry.command != SIZE_MAX)) return true;
    if (entry.command != SIZE_MAX && !entry.script.broken)
        return place_in_text(planner, command, planner->document, &entry, word->map, 0), true;
    if (is_guide(planner)) return refuse(planner, command, "no single server to be wrapped in", word->value);
    return place_at_word(planner, command, launch), true;
}

/* A script of the repository, by the path that the host has for it. */
static bool take_script(struct unit_planner *planner, const struct exec_command *command, size_t at,
                        const struct launch *launch) {
    const char *program = command->words[at];
    cleanup_free char *path = strchr(program, '/') ? deployed_file(&planner->deployed, program) : NULL;
    const struct source *looked = path ? unit_look(planner->unit, path) : NULL;
    const char *first = looked ? looked->bytes + looked->begin : "";
    size_t line = strcspn(first, "\n");
    bool python = (strncmp(first, "#!", 2) == 0 && find_bytes(first, line, "python", 6)) ||
                  text_ends(program, ".py") || is_environment(program);
    bool shell =
        (strncmp(first, "#!", 2) == 0 && find_bytes(first, line, "sh", 2)) || text_ends(program, ".sh");
    if (python) return place_at_word(planner, command, launch), true;
    if (!shell || !looked) return true;
    struct document *script = unit_document(planner->unit, path, NULL);
    struct entry entry;
    if (!script || !script->source.bytes) return true;
    size_t begin = script->source.begin;
    entry_read(&planner->file->sections.arena, script->source.bytes + begin, script->source.length - begin,
               &entry);
    take_agent(planner, entry.agent, command->begin);
    if (entry.agent || !(entry.python || entry.command != SIZE_MAX)) return true;
    if (entry.command != SIZE_MAX && !entry.script.broken)
        return place_in_text(planner, command, script, &entry, NULL, begin), true;
    if (is_guide(planner))
        return refuse(planner, command, "no single server to be wrapped in", script->shown);
    return place_at_word(planner, command, launch), true;
}

static bool take_command(struct unit_planner *planner, const struct exec_command *command) {
    struct launch launch;
    launch_recognise(command->words, command->count, &launch);
    take_agent(planner, launch.agent, command->begin);
    planner->foreign |= launch.kind == LAUNCH_FOREIGN;
    if (launch.agent) return true;
    if (planner->job && !(launch.server && text_has_word(servers, launch.server)) &&
        launch.kind == LAUNCH_PYTHON)
        return true;
    if (launch.kind == LAUNCH_PYTHON) return place_at_word(planner, command, &launch), true;
    if (launch.kind == LAUNCH_SHELL) return take_shell_text(planner, command, &launch);
    if (launch.kind != LAUNCH_SCRIPT) return true;
    if (launch.runner) return place_at_word(planner, command, &launch), true;
    size_t at = launch.command;
    while (at < command->count && text_has_word("sh bash dash ash", text_base_name(command->words[at]))) at++;
    return at >= command->count || take_script(planner, command, at, &launch);
}

bool unit_find_starts(struct unit_planner *planner) {
    const char *type = unit_setting(planner->file, "Type");
    planner->job = type && strcmp(type, "oneshot") == 0;
    for (size_t i = 0; i < planner->file->commands.count; i++)
        if (!take_command(planner, &planner->file->commands.items[i])) return false;
    return true;
}

char *unit_launcher(const struct unit_planner *planner, const struct start_place *place) {
    /* A script may be an image's entrypoint as well, and is changed alike for both. */
    bool script = place->document != planner->document;
    if (!is_guide(planner)) return memory_copy(script ? "appsig-exec -- " : SYSTEMD_SHIM " -- ");
    const char *program = place->launch.command < place->count ? place->words[place->launch.command] : "";
    const char *base = text_base_name(program);
    bool elsewhere =
        strstr(program, "/bin/") && !text_starts(program, "/usr/") && !text_starts(program, "/bin/");
    /* A name alone is looked for in systemd's own path, where pip of root puts it. */
    const char *quote = elsewhere && strchr(program, ' ') ? "\"" : "";
    return memory_format("%s%.*sopentelemetry-instrument%s ", quote, elsewhere ? (int)(base - program) : 0,
                         program, quote);
}
