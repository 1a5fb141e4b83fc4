#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/userdata/userdata.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/script/cloud_config.h"
#include "dockerfile-patcher/script/docker_plan.h"
#include "dockerfile-patcher/script/user_data.h"
#include "dockerfile-patcher/text/find.h"

struct script_reader {
    struct reader *reader;
    struct boot boot;
    size_t scope;
    struct fact_app exports; /* its variables are those that the script has exported so far */
};

static const struct fact_place *place_at(struct script_reader *self, size_t layer, size_t offset,
                                         struct fact_place *place) {
    struct reading reading = {self->reader, self->boot.script->document, &self->boot.read, layer, 0};
    return reading_place(&reading, offset, place);
}

/* NAME=VALUE, or a name alone. */
static void add_assignment(struct script_reader *self, struct fact_app *app, const char *text,
                           const struct fact_place *at) {
    const char *sign = strchr(text, '=');
    cleanup_free char *name = memory_copy_bytes(text, sign ? (size_t)(sign - text) : strlen(text));
    facts_add_variable(self->reader->facts, app, name, sign ? sign + 1 : NULL, at);
}

static bool is_assignment(const char *word) {
    size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    return name && word[name] == '=';
}

static void read_exports(struct script_reader *self, const struct command *command) {
    struct fact_place at;
    for (size_t i = 1; i < command->count; i++) {
        if (!is_assignment(command->words[i].value)) continue;
        place_at(self, command->layer, command->words[i].span.begin, &at);
        add_assignment(self, &self->exports, command->words[i].value, &at);
    }
}

/* In front of the command, and behind env or sudo. */
static void read_assignments(struct script_reader *self, const struct command *command,
                             struct fact_app *app) {
    const struct shell_script *shell = &self->boot.read.layers[command->layer].shell;
    const struct shell_word *front = shell->words + command->shell->first - command->shell->assignments;
    struct fact_place at;
    for (size_t i = 0; i < command->shell->assignments; i++) {
        place_at(self, command->layer, front[i].span.begin, &at);
        add_assignment(self, app, front[i].value, &at);
    }
    for (size_t i = 0; i < command->start && i < command->count; i++) {
        if (!is_assignment(command->words[i].value)) continue;
        place_at(self, command->layer, command->words[i].span.begin, &at);
        add_assignment(self, app, command->words[i].value, &at);
    }
}

static void read_network(struct script_reader *self, const struct docker_run *run, struct fact_app *app) {
    const struct docker_option *option = docker_option(run, "--network");
    const char *value = option ? option->value : NULL;
    app->network = NETWORK_BRIDGE;
    app->network_at = app->at;
    if (!option) return;
    const struct docker_argument *argument = &run->arguments[option->first];
    place_at(self, argument->layer, argument->word->span.begin, &app->network_at);
    if (value && strcmp(value, "host") == 0) app->network = NETWORK_HOST;
    if (!value || strchr(value, '$') || strchr(value, ':') || strcmp(value, "none") == 0)
        app->network = NETWORK_OTHER;
}

static void read_options(struct script_reader *self, const struct docker_run *run, struct fact_app *app) {
    struct facts *facts = self->reader->facts;
    struct fact_place at;
    for (size_t i = 0; i < run->option_count; i++) {
        const struct docker_option *option = &run->options[i];
        const struct docker_argument *argument = &run->arguments[option->first];
        if (text_has_word("--env-file", option->name)) app->open = true;
        if (!option->value) continue;
        place_at(self, argument->layer, argument->word->span.begin, &at);
        if (text_has_word("-e --env", option->name)) add_assignment(self, app, option->value, &at);
        if (!text_has_word("-p --publish", option->name)) continue;
        bool equal;
        cleanup_free char *container = NULL;
        if (!docker_port(option->value, &equal, &container) || strpbrk(option->value, "$`\x01")) continue;
        app->ports = arena_grow(&facts->arena, app->ports, app->port_count, sizeof *app->ports);
        app->ports[app->port_count++] =
            (struct fact_port){facts_text(facts, option->value), facts_text(facts, container), equal, at};
    }
}

/* The words behind the image, and those of --entrypoint in front of them. */
static void read_container_start(struct script_reader *self, const struct docker_run *run,
                                 struct fact_app *app) {
    const struct docker_option *entrypoint = docker_option(run, "--entrypoint");
    const char **words = arena_allocate(self->boot.arena, (run->count + 2) * sizeof *words);
    size_t count = 0;
    struct started started;
    if (entrypoint && entrypoint->value) words[count++] = entrypoint->value;
    for (size_t i = run->image + 1; i < run->count; i++) words[count++] = run->arguments[i].value;
    read_started(self->boot.arena, words, count, &started);
    read_app_start(self->reader, app, &started, NULL);
}

static void read_run(struct script_reader *self, const struct command *command,
                     const struct docker_run *run) {
    struct facts *facts = self->reader->facts;
    struct docker_subject subject = {.run = *run, .image = run->arguments[run->image].value};
    const struct docker_option *name = docker_option(run, "--name");
    const char *raw = name && name->value ? name->value : subject.image;
    cleanup_free char *label = script_shown(self->boot.script, raw, strlen(raw));
    struct fact_app *app = facts_add_app(facts, APP_RUN, label);
    place_at(self, command->layer, command->words[0].span.begin, &app->at);
    app->start = app->at;
    app->scope = self->scope;
    read_network(self, run, app);
    read_options(self, run, app);
    docker_find_dockerfile(self->reader->unit, &self->boot.read, self->boot.script->document->source.path,
                           &subject);
    if (subject.dockerfile)
        app->image = facts_text(facts, unit_shown(self->reader->unit, subject.dockerfile));
    app->target = facts_text(facts, subject.target);
    free(subject.dockerfile);
    free(subject.context);
    read_container_start(self, run, app);
}

static bool is_app(const struct started *started) {
    static const char servers[] =
        "gunicorn uvicorn uwsgi pyuwsgi hypercorn daphne waitress-serve granian runserver "
        "flask fastapi sanic celery streamlit";
    if (started->launcher || (started->server && text_has_word(servers, started->server))) return true;
    size_t at = started->launch.command;
    bool file = started->launch.kind == LAUNCH_PYTHON && at + 1 < started->count &&
                text_ends(started->words[at + 1], ".py");
    return file && !text_has_word("manage.py get-pip.py setup.py", text_base_name(started->words[at + 1]));
}

static void read_host_start(struct script_reader *self, const struct boot_command *one) {
    const struct command *command = one->command;
    struct started started;
    if (command->start >= command->count || one->apart) return;
    read_started(self->boot.arena, command->vector + command->start, command->count - command->start,
                 &started);
    if (!is_app(&started)) return;
    const char *label = started.server ? started.server : started.count ? started.words[0] : started.launcher;
    cleanup_free char *shown = script_shown(self->boot.script, label, strlen(label));
    struct fact_app *app = facts_add_app(self->reader->facts, APP_COMMAND, shown);
    place_at(self, command->layer, command->words[command->start].span.begin, &app->at);
    app->start = app->at;
    app->scope = self->scope;
    for (size_t i = 0; i < self->exports.variable_count; i++) {
        const struct fact_variable *variable = &self->exports.variables[i];
        facts_add_variable(self->reader->facts, app, variable->name, variable->value, &variable->at);
    }
    read_assignments(self, command, app);
    const char *raw = boot_directory(&self->boot, command->layer, command->words[0].span.begin);
    read_app_start(self->reader, app, &started, raw);
}

static void read_install(struct script_reader *self, const struct command *command) {
    bool installs = false;
    struct facts *facts = self->reader->facts;
    for (size_t i = 0; i < command->count; i++) {
        const char *word = command->words[i].value;
        installs |= strcmp(word, "install") == 0;
        if (!installs || !text_starts(word, BOOT_ADOT)) continue;
        facts->installs =
            arena_grow(&facts->arena, facts->installs, facts->install_count, sizeof *facts->installs);
        struct fact_install *install = &facts->installs[facts->install_count++];
        install->scope = self->scope;
        place_at(self, command->layer, command->words[i].span.begin, &install->at);
        return;
    }
}

static void read_command(struct script_reader *self, size_t index) {
    struct commands *commands = &self->boot.read;
    const struct command *command = &commands->items[index];
    struct docker_run run;
    const char *engine = NULL;
    size_t at;
    if (command->count == 0) return;
    enum docker_verb verb = docker_verb_of(commands, command, &at, &engine);
    if (docker_run_read(commands, index, NULL, &run)) {
        if (run.image != SIZE_MAX) read_run(self, command, &run);
    } else if (verb == DOCKER_COMPOSE) {
        struct fact_app *app = facts_add_app(self->reader->facts, APP_RUN, "docker compose");
        place_at(self, command->layer, command->words[0].span.begin, &app->at);
        app->start = app->at;
        app->network = NETWORK_OTHER;
        app->scope = self->scope;
    } else if (strcmp(command->words[0].value, "export") == 0) {
        read_exports(self, command);
    } else if (verb == DOCKER_NONE &&
               (command->start >= command->count ||
                !text_has_word("docker podman nerdctl finch", command->vector[command->start]))) {
        read_install(self, command);
        read_host_start(self, &self->boot.commands[index]);
    }
}

/* What is written to files: the agent's configuration, policies, units. */
static void read_heredocs(struct script_reader *self) {
    struct commands *commands = &self->boot.read;
    for (size_t i = 0; i < commands->layer_count; i++) {
        const struct layer *layer = &commands->layers[i];
        for (size_t k = 0; k < layer->shell.heredoc_count; k++) {
            const struct shell_heredoc *heredoc = &layer->shell.heredocs[k];
            const char *body = layer->text + heredoc->body.begin;
            size_t length = heredoc->body.end - heredoc->body.begin;
            struct reading reading = {
                self->reader, self->boot.script->document, commands, i, heredoc->body.begin, self->scope};
            const char *target = "";
            for (size_t n = 0; n < self->boot.command_count; n++)
                if (self->boot.commands[n].layer == i &&
                    self->boot.commands[n].command->index == heredoc->command)
                    target = boot_target(&self->boot.commands[n]);
            read_agent(&reading, body, length);
            if (find_text(body, length, "\"Statement\"")) read_policy(&reading, body, length);
            if (find_text(body, length, "[Service]"))
                read_unit(&reading, target ? text_base_name(target) : "unit", body, length, self->scope);
        }
    }
}

size_t read_script(struct reader *reader, struct script *script) {
    struct script_reader self = {.reader = reader, .boot = {.unit = reader->unit, .script = script}};
    self.scope = ++reader->facts->scopes;
    boot_read(&self.boot);
    for (size_t i = 0; i < self.boot.read.count; i++) read_command(&self, i);
    read_heredocs(&self);
    for (size_t i = 0; i < self.boot.read.layer_count; i++)
        read_managed_policy(reader->facts, self.boot.read.layers[i].text, self.boot.read.layers[i].length);
    commands_free(&self.boot.read);
    return self.scope;
}

void read_shell(struct reader *reader) {
    struct document *document = reader->document;
    struct script script;
    struct span whole = {document->source.begin, document->source.length};
    script_of_lines(&script, document, document->service, whole, false);
    read_script(reader, &script);
    script_free(&script);
}

static void use_script(struct script *script, void *context) { read_script(context, script); }

void read_cloud_init(struct reader *reader) {
    struct document *document = reader->document;
    const struct userdata *userdata = document->model;
    struct span whole = {document->source.begin, document->source.length};
    struct script script;
    size_t other_raw;
    if (userdata->kind != USERDATA_CLOUD_CONFIG && userdata->kind != USERDATA_MIME) return;
    script_of_lines(&script, document, document->service, whole, false);
    if (userdata->kind == USERDATA_CLOUD_CONFIG)
        cloud_config_read(reader->unit, &script, use_script, reader);
    else if (user_data_keep_shell_part(&script, &other_raw))
        read_script(reader, &script);
    script_free(&script);
}
