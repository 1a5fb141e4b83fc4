#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/script/docker_command.h"
#include "dockerfile-patcher/text/find.h"

enum { RANK_LAST = 1, RANK_RUNS_ON = 2, RANK_SERVER = 3 };

static const char servers[] =
    "gunicorn uvicorn uwsgi pyuwsgi hypercorn daphne waitress-serve granian runserver sanic streamlit";

/* Python that sets something up and ends. */
static const char tools[] = "pip venv ensurepip virtualenv compileall json.tool site build poetry pipenv uv "
                            "django-admin alembic pytest unittest timeit zipfile";
static const char setup_scripts[] =
    "get-pip.py setup.py ez_setup.py awslogs-agent-setup.py install-poetry.py get-poetry.py";

/* What may stand behind the app: a server in the foreground never comes back, so work behind it would never be done. */
static const char idle_words[] =
    "echo printf exit sleep true : wait date logger touch cfn-signal log fi done";

static bool has_word(const char *const *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

static bool is_server(const char *const *words, size_t count, const struct launch *launch) {
    if (!launch->server) return false;
    if (strcmp(launch->server, "flask") == 0) return has_word(words, count, "run");
    if (strcmp(launch->server, "fastapi") == 0)
        return has_word(words, count, "run") || has_word(words, count, "dev");
    return text_has_word(servers, launch->server);
}

/* python FILE or python -m MODULE that is no tool; words from the program on. */
static bool is_app(const char *const *words, size_t count, const struct launch *launch) {
    if (launch->server && text_has_word(tools, launch->server)) return false;
    if (!text_starts(text_base_name(words[0]), "python")) return launch->server != NULL;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(words[i], "-c") == 0 || strcmp(words[i], "-") == 0) return false;
        if (strcmp(words[i], "-m") == 0) return i + 1 < count;
        if (words[i][0] == '-') continue;
        const char *base = text_base_name(words[i]);
        return strcmp(base, "manage.py") != 0 && !text_has_word(setup_scripts, base);
    }
    return false;
}

static bool is_last(const struct boot *boot, size_t index) {
    const struct boot_command *command = &boot->commands[index];
    for (size_t i = index + 1; i < boot->command_count; i++) {
        const struct boot_command *later = &boot->commands[i];
        if (later->layer != command->layer || later->count == 0) continue;
        if (!text_has_word(idle_words, text_base_name(later->words[0]))) return false;
    }
    return true;
}

static unsigned rank_of(const struct boot *boot, size_t index) {
    const struct boot_command *command = &boot->commands[index];
    const struct launch *launch = &command->launch;
    if (launch->kind != LAUNCH_PYTHON || launch->command >= command->count) return 0;
    const char *const *words = command->words + launch->command;
    size_t count = command->count - launch->command;
    if (has_word(words, count, "--version") || has_word(words, count, "--help")) return 0;
    if (is_server(words, count, launch)) return RANK_SERVER;
    if (!is_app(words, count, launch)) return 0;
    return command->background ? RANK_RUNS_ON : is_last(boot, index) ? RANK_LAST : 0;
}

static void add_start(struct boot *boot, const struct boot_start *start) {
    if (boot->start_count < BOOT_MOST_STARTS) boot->starts[boot->start_count++] = *start;
}

static void set_agent(struct boot *boot, const char *agent, size_t at) {
    if (boot->agent) return;
    boot->agent = agent;
    boot->agent_at = at;
}

static bool is_ours(const char *word) { return strstr(word, "$(command -v ") && strstr(word, "appsig-exec"); }

static void look_at_command(struct boot *boot, size_t index) {
    const struct boot_command *command = &boot->commands[index];
    const struct launch *launch = &command->launch;
    if (command->apart) return;
    if (launch->agent) set_agent(boot, launch->agent, command->at);
    for (size_t i = 0; i < command->count; i++)
        if (is_ours(command->words[i])) set_agent(boot, "appsig-exec", command->at);
    if (launch->kind == LAUNCH_FOREIGN && !boot->foreign) {
        boot->foreign = text_base_name(command->words[launch->command]);
        boot->foreign_at = command->at;
    }
    unsigned rank = rank_of(boot, index);
    if (!rank) return;
    struct boot_start start = {.kind = BOOT_START_COMMAND,
                               .command = index,
                               .words = command->words + launch->command,
                               .count = command->count - launch->command,
                               .server = launch->server,
                               .rank = rank};
    start.layer = command->layer;
    start.offset = command->command->words[launch->prefix].span.begin;
    start.at = commands_offset(&boot->read, start.layer, start.offset);
    start.line = boot_line(boot, start.at);
    add_start(boot, &start);
}

static void look_at_container(struct boot *boot, const struct boot_command *command) {
    const char *engine;
    size_t at;
    enum docker_verb verb = docker_verb_of(&boot->read, command->command, &at, &engine);
    bool runs = verb == DOCKER_RUN || verb == DOCKER_START;
    bool compose = verb == DOCKER_COMPOSE && has_word(command->words + at, command->count - at, "up");
    if ((!runs && !compose) || boot->read.layers[command->layer].kind == LAYER_REMOTE) return;
    if (compose) {
        boot->compose = true;
        boot->compose_at = command->at;
    }
    boot->container = true;
    boot->compose |= !runs;
    boot->container_at = command->at;
}

/* The value of `key` in the body of a heredoc, as an offset of the text; the last one. */
static size_t find_key(const struct boot *boot, size_t begin, size_t end, const char *key) {
    size_t found = SIZE_MAX;
    for (size_t at = begin; at < end; at += strcspn(boot->text + at, "\n") + 1) {
        size_t blank = strspn(boot->text + at, " \t");
        if (strncmp(boot->text + at + blank, key, strlen(key)) == 0) found = at + blank + strlen(key);
    }
    return found;
}

/* The words of one line of a unit or of supervisord's; quoting is the shell's, near enough to tell the program. */
static const char *const *words_at(struct boot *boot, size_t at, size_t *count) {
    struct shell_script *shell = arena_allocate(boot->arena, sizeof *shell);
    shell_parse(boot->arena, boot->text + at, strcspn(boot->text + at, "\n"), shell);
    *count = shell->command_count ? shell->commands[0].count : 0;
    return *count ? shell_vector(boot->arena, shell, &shell->commands[0]) : NULL;
}

static void look_at_unit(struct boot *boot, size_t index, const struct shell_heredoc *heredoc,
                         const char *target) {
    size_t at = find_key(boot, heredoc->body.begin, heredoc->body.end, "ExecStart=");
    if (at == SIZE_MAX) return;
    at += strspn(boot->text + at, "-@:+! ");
    size_t count;
    const char *const *words = words_at(boot, at, &count);
    if (!words) return;
    for (size_t i = 0; i < count; i++)
        if (strstr(words[i], "appsig-exec")) return set_agent(boot, "appsig-exec", at);
    struct launch launch;
    launch_recognise(words, count, &launch);
    if (launch.agent) return set_agent(boot, launch.agent, at);
    if (count > 1 && text_has_word("docker podman nerdctl", text_base_name(words[0])) &&
        has_word(words, count, "run") && !boot->unit->settings->remove)
        unit_note(boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, at),
                  "'%s' runs a container: a run in a unit is not changed here", text_base_name(target));
    if (launch.kind == LAUNCH_FOREIGN && !boot->foreign) {
        boot->foreign = text_base_name(words[launch.command]);
        boot->foreign_at = at;
    }
    if (launch.kind != LAUNCH_PYTHON) return;
    struct boot_start start = {.kind = BOOT_START_UNIT,
                               .command = index,
                               .offset = at,
                               .at = at,
                               .words = words + launch.command,
                               .count = count - launch.command,
                               .server = launch.server,
                               .unit = text_base_name(target),
                               .holder = heredoc,
                               .line = boot_line(boot, at)};
    start.rank = is_server(start.words, start.count, &launch) ? RANK_SERVER
                 : is_app(start.words, start.count, &launch)  ? RANK_RUNS_ON
                                                              : 0;
    if (start.rank) add_start(boot, &start);
}

static void look_at_files(struct boot *boot, size_t index) {
    const struct boot_command *command = &boot->commands[index];
    const char *target = command->layer ? NULL : boot_target(command);
    for (size_t i = 0; i < command->shell->heredoc_count && target; i++) {
        const struct shell_heredoc *heredoc = &command->shell->heredocs[i];
        if (heredoc->command == command->command->index && text_ends(target, ".service"))
            look_at_unit(boot, index, heredoc, target);
    }
}

static bool starts_supervisor(const struct boot_command *command) {
    for (size_t i = 0; i < command->count; i++)
        if (text_has_word("supervisord supervisorctl", text_base_name(command->words[i]))) return true;
    return false;
}

/* supervisord has its commands in files of its own grammar, mostly in ones that are not here. */
static bool ask_supervisor(struct boot *boot) {
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        if (!starts_supervisor(command)) continue;
        struct question *question;
        const char *answer =
            script_ask(boot->unit, boot->script, "COMMAND",
                       "supervisord starts the app: put the launcher in front of its command there, and say "
                       "none here",
                       &question);
        if (question) {
            question_candidate(question, "none");
            question_evidence(question, &boot->script->document->source, boot_source(boot, command->at),
                              "supervisord");
        }
        boot->held |= !answer;
        return true;
    }
    return false;
}

static char *start_text(struct boot *boot, const struct boot_start *start) {
    cleanup_text struct text out = {0};
    for (size_t i = 0; i < start->count; i++) text_add_format(&out, "%s%s", i ? " " : "", start->words[i]);
    return boot_shown(boot, out.bytes);
}

static bool answers(struct boot *boot, const struct boot_start *start, const char *answer) {
    if (strcmp(start_text(boot, start), answer) == 0) return true;
    if (start->unit && strcmp(start->unit, answer) == 0) return true;
    for (size_t i = 0; i < start->count; i++)
        if (strcmp(start->words[i], answer) == 0 || strcmp(text_base_name(start->words[i]), answer) == 0)
            return true;
    return false;
}

static void ask_which(struct boot *boot, unsigned rank) {
    struct question *question;
    struct document *document = boot->script->document;
    const char *answer = script_ask(boot->unit, boot->script, "ENTRY_POINT",
                                    "which of the commands that start Python is the service?", &question);
    for (size_t i = 0; i < boot->start_count && !boot->start; i++) {
        const struct boot_start *start = &boot->starts[i];
        if (start->rank != rank) continue;
        if (answer && answers(boot, start, answer)) boot->start = start;
        if (!question) continue;
        question_candidate(question, start_text(boot, start));
        question_evidence(question, &document->source, boot_source(boot, start->at), start_text(boot, start));
    }
    if (answer && !boot->start)
        unit_refuse(boot->unit, document, FINDING_UNSUPPORTED, SIZE_MAX, "'%s' starts nothing here", answer);
    boot->held |= !boot->start;
}

void boot_find_starts(struct boot *boot) {
    for (size_t i = 0; i < boot->command_count; i++) {
        if (boot->commands[i].count == 0) continue;
        look_at_command(boot, i);
        look_at_container(boot, &boot->commands[i]);
        look_at_files(boot, i);
    }
    unsigned rank = 0;
    size_t found = 0;
    for (size_t i = 0; i < boot->start_count; i++)
        if (boot->starts[i].rank > rank) rank = boot->starts[i].rank;
    for (size_t i = 0; i < boot->start_count && rank; i++) {
        if (boot->starts[i].rank != rank) continue;
        found++;
        boot->start = &boot->starts[i];
    }
    if (found == 1 || boot->agent || boot->unit->settings->remove) return;
    boot->start = NULL;
    if (found) return ask_which(boot, rank);
    ask_supervisor(boot);
}
