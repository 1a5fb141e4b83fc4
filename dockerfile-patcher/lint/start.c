#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/deployed.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/text/find.h"
#include "dockerfile-patcher/text/shell.h"

static const char sign[] = "sitecustomize";

static bool has_word(const char *const *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

/* Behind the options of a launcher; those without = take the next word. */
static size_t skip_options(const char *const *words, size_t count, size_t at) {
    for (; at < count && words[at][0] == '-'; at++) {
        if (strcmp(words[at], "--") == 0) return at + 1;
        if (!strchr(words[at], '=')) at++;
    }
    return at < count ? at : count;
}

static void read_words(struct arena *arena, const char *const *words, size_t count, unsigned depth,
                       struct started *started);

/* The command that is a server or goes through a launcher. */
static void read_text(struct arena *arena, const char *text, unsigned depth, struct started *started) {
    enum { MOST_DEPTH = 3 };
    struct shell_script script;
    shell_parse(arena, text, strlen(text), &script);
    for (size_t i = 0; depth < MOST_DEPTH && i < script.command_count && !started->server; i++) {
        const struct shell_command *command = &script.commands[i];
        if (command->count == 0) continue;
        const char **words = shell_vector(arena, &script, command);
        struct started one = {.launcher = started->launcher};
        read_words(arena, words, command->count, depth + 1, &one);
        if (one.server || (one.launcher && !started->launcher)) *started = one;
    }
}

static void read_words(struct arena *arena, const char *const *words, size_t count, unsigned depth,
                       struct started *started) {
    size_t at = 0;
    struct launch launch;
    for (;;) {
        launch_recognise(words + at, count - at, &launch);
        const char *program = launch.command < count - at ? text_base_name(words[at + launch.command]) : "";
        if (!launch_agent(program)) break;
        started->launcher = arena_copy(arena, program, strlen(program));
        at = skip_options(words, count, at + launch.command + 1);
    }
    started->words = words + at;
    started->count = count - at;
    started->launch = launch;
    started->server = launch.server;
    started->noreload = has_word(words, count, "--noreload");
    for (size_t i = at; i + 1 < count; i++)
        started->spawns |= strcmp(words[i], "--workers") == 0 && strcmp(words[i + 1], "1") != 0;
    for (size_t i = at; i < count; i++)
        started->spawns |= text_starts(words[i], "--workers=") || strcmp(words[i], "--reload") == 0;
    if (launch.kind == LAUNCH_SHELL && at + launch.text < count)
        read_text(arena, words[at + launch.text], depth, started);
}

void read_started(struct arena *arena, const char *const *words, size_t count, struct started *started) {
    *started = (struct started){0};
    read_words(arena, words, count, 0, started);
}

static enum app_hook hook_in(struct unit *unit, const char *path) {
    const struct source *source = path ? unit_look(unit, path) : NULL;
    if (!source) return APP_HOOK_UNKNOWN;
    return find_text(source->bytes, source->length, sign) ? APP_HOOK_THERE : APP_HOOK_ABSENT;
}

static enum app_hook find_hook(const struct reader *reader, const struct started *started,
                               const char *directory) {
    struct hook_command command;
    cleanup_free char *near = text_directory(reader->document->source.path);
    struct deployed deployed = {reader->unit, near, directory};
    enum app_hook hook = APP_HOOK_UNKNOWN;
    hook_command_of(started->words, started->count, &started->launch, &command);
    for (size_t i = 0; i < started->count; i++)
        if (strstr(started->words[i], sign)) hook = APP_HOOK_THERE;
    if (hook == APP_HOOK_UNKNOWN && command.server && !command.foreign) {
        bool named = command.path != NULL;
        cleanup_free char *path = named ? deployed_file(&deployed, command.path)
                                  : strcmp(command.server, "gunicorn") == 0
                                      ? deployed_file(&deployed, hook_file_name(&command))
                                      : NULL;
        hook = path || named ? hook_in(reader->unit, path) : APP_HOOK_ABSENT;
    }
    hook_command_free(&command);
    return hook;
}

void read_app_start(const struct reader *reader, struct fact_app *app, const struct started *started,
                    const char *directory) {
    app->launcher = facts_text(reader->facts, started->launcher);
    app->server = facts_text(reader->facts, started->server);
    app->noreload = started->noreload;
    app->spawns = started->spawns;
    app->hook = started->server ? find_hook(reader, started, directory) : APP_HOOK_UNKNOWN;
    /* -c may stand there. */
    if (app_variable(app, "GUNICORN_CMD_ARGS") && app->hook == APP_HOOK_ABSENT) app->hook = APP_HOOK_UNKNOWN;
}
