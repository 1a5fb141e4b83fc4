#include "dockerfile-patcher/formats/hooks.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/find.h"

static const struct hook_row {
    const char *server;
    const char *file;
    const char *option;
    const char *content;
    const struct format *format;
    const char *names; /* options that name a config, longest first where one begins another */
} rows[] = {
    {"gunicorn", "gunicorn.conf.py", "-c",
     "def post_fork(server, worker):\n    from " HOOK_MODULE " import sitecustomize\n", &format_gunicorn,
     "--config -c"},
    {"uwsgi", "uwsgi.ini", "--ini",
     "[uwsgi]\nenable-threads = true\nlazy-apps = true\nimport = " HOOK_MODULE ".sitecustomize\n",
     &format_uwsgi, "--ini --xml --yaml --yml --json -x -y -j"},
};

static const struct hook_row *row_of(const struct hook_command *command) {
    return &rows[strcmp(command->server, "uwsgi") == 0];
}

/* Behind an option of the list: the value that is joined to it, "" for the next word, NULL for another word. */
static const char *value_of(const struct hook_row *row, const char *word) {
    for (const char *name = row->names; *name; name += strspn(name, " ")) {
        size_t length = strcspn(name, " ");
        bool same = strncmp(word, name, length) == 0;
        name += length;
        if (!same) continue;
        if (word[length] == '\0') return word + length;
        if (word[length] == '=') return word + length + 1;
        if (word[1] != '-') return word + length;
    }
    return NULL;
}

static void take_config(struct hook_command *command, const char *value, size_t option) {
    static const char *const others[] = {".xml", ".yaml", ".yml", ".json"};
    bool gunicorn = strcmp(command->server, "gunicorn") == 0;
    command->option = option;
    if (gunicorn && text_starts(value, "file:")) value += 5;
    command->foreign = gunicorn ? text_starts(value, "python:") : strstr(value, "://") != NULL;
    const char *colon = gunicorn ? NULL : strchr(value, ':');
    command->path = colon ? memory_copy_bytes(value, (size_t)(colon - value)) : memory_copy(value);
    if (colon && colon[1]) command->section = memory_copy(colon + 1);
    for (size_t i = 0; !gunicorn && i < array_length(others); i++)
        command->foreign |= text_ends(command->path, others[i]);
}

void hook_command_of(const char *const *words, size_t count, const struct launch *launch,
                     struct hook_command *command) {
    *command = (struct hook_command){.option = SIZE_MAX};
    for (size_t i = launch->command; i < count && !command->server; i++) {
        const char *base = text_base_name(words[i]);
        command->word = i;
        if (strcmp(base, "gunicorn") == 0) command->server = "gunicorn";
        if (strcmp(base, "uwsgi") == 0 || strcmp(base, "pyuwsgi") == 0) command->server = "uwsgi";
        bool module = i > 0 && strcmp(words[i - 1], "-m") == 0;
        if (command->server && i != launch->command && !module && !launch->server && !launch->agent)
            command->server = NULL;
    }
    for (size_t i = command->word + 1; command->server && !command->path && i < count; i++) {
        const char *value = value_of(row_of(command), words[i]);
        bool bare = strcmp(command->server, "uwsgi") == 0 && words[i][0] != '-' &&
                    text_ends(words[i], ".ini") && words[i - 1][0] != '-';
        if (bare) take_config(command, words[i], i);
        if (value && *value) take_config(command, value, i);
        if (value && !*value && i + 1 < count) take_config(command, words[i + 1], i);
    }
}

void hook_command_free(struct hook_command *command) {
    free(steal_pointer(&command->path));
    free(steal_pointer(&command->section));
}

bool hook_is_moved(const struct shell_script *script, size_t command) {
    for (size_t i = 0; i < command && i < script->command_count; i++) {
        const struct shell_command *before = &script->commands[i];
        if (before->count && text_has_word("cd pushd", script->words[before->first].value)) return true;
    }
    return false;
}

const char *hook_file_name(const struct hook_command *command) { return row_of(command)->file; }

const char *hook_option(const struct hook_command *command) { return row_of(command)->option; }

static enum hook_state refuse_path(struct unit *unit, struct service *service, const char *path) {
    findings_add(&unit->findings, FINDING_UNSUPPORTED, NULL, path, SIZE_MAX,
                 "a config of this form is not edited: the hook has to be put in by hand");
    service_of(service)->refused = true;
    return HOOK_OPEN;
}

enum hook_state hook_extend(struct unit *unit, struct service *service, const struct hook_command *command,
                            const char *path) {
    bool uwsgi = strcmp(command->server, "uwsgi") == 0;
    if (command->foreign) return refuse_path(unit, service, path);
    struct document *document = unit_document(unit, path, row_of(command)->format);
    if (!document || !document->source.bytes || document->format != row_of(command)->format) {
        service_of(service)->refused = true;
        return HOOK_OPEN;
    }
    if (!document->service) document->service = service;
    document->planned = true;
    if (!unit->settings->remove)
        return uwsgi ? uwsgi_extend(unit, service, document, command->section ? command->section : "uwsgi")
                     : gunicorn_extend(unit, service, document);
    if (uwsgi)
        uwsgi_remove(unit, service, document);
    else
        gunicorn_remove(unit, service, document);
    return HOOK_READY;
}

enum hook_state hook_create(struct unit *unit, struct service *service, const struct hook_command *command,
                            const char *path) {
    const char *content = row_of(command)->content;
    if (unit->settings->remove) return HOOK_READY;
    unit_create(unit, service, path, memory_copy(content), strlen(content), 0644, false,
                "start the instrumentation in each worker");
    return HOOK_READY;
}

bool hook_is_for(const char *server) { return text_equal(server, "gunicorn") || text_equal(server, "uwsgi"); }

static bool is_below(const char *path, const char *directory) {
    size_t length = strlen(directory);
    return strcmp(directory, ".") == 0 || (strncmp(path, directory, length) == 0 && path[length] == '/');
}

/* A config that this run makes, or extends. */
static bool brings_hook(const struct unit *unit, const char *context) {
    for (size_t i = 0; i < unit->file_count; i++) {
        const struct new_file *file = &unit->files[i];
        if (!file->binary && is_below(file->path, context) &&
            find_text(file->bytes, file->length, HOOK_MODULE))
            return true;
    }
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct document *document = unit->documents[i];
        bool config = document->format == &format_gunicorn || document->format == &format_uwsgi;
        if (!config || !is_below(document->source.path, context)) continue;
        for (size_t k = 0; k < document->edits.count; k++)
            if (strstr(document->edits.items[k].text, HOOK_MODULE)) return true;
    }
    return false;
}

bool hook_of_image(struct unit *unit, struct document *dockerfile, const char *context, const char *server) {
    const struct hook_row *row = &rows[strcmp(server, "uwsgi") == 0];
    cleanup_free char *path = text_join_path(context, row->file);
    const struct source *source = unit_look(unit, path);
    if (source && find_text(source->bytes, source->length, HOOK_MODULE)) return true;
    if (!dockerfile) return false;
    if (!dockerfile->planned) {
        dockerfile->planned = true;
        dockerfile->format->plan(unit, dockerfile);
    }
    return brings_hook(unit, context);
}

enum hook_state hook_ask(struct unit *unit, struct service *service, const struct hook_command *command,
                         struct document *document, size_t offset) {
    struct question *question;
    cleanup_free char *text = memory_format(
        "'%s' is not a file of the repository that can be edited: has it the hook for %s's workers (there), or do they "
        "go without it (none)?",
        command->path ? command->path : hook_file_name(command), command->server);
    const char *answer = unit_ask(unit, service, "HOOK", document, text, &question);
    if (question && question->evidence_count == 0) {
        question_candidate(question, "there");
        question_candidate(question, "none");
        question_evidence(question, &document->source, offset,
                          command->path ? command->path : command->server);
    }
    if (!answer) return HOOK_OPEN;
    return strcmp(answer, "there") == 0 ? HOOK_READY : HOOK_LEFT;
}

bool hook_is_wanted(const struct unit *unit, const struct document *document) {
    const struct settings *settings = unit->settings;
    return strings_contain(&settings->only, document->format->name) ||
           strings_contain(&settings->roots, document->source.path);
}

void hook_tell(struct unit *unit, struct document *document, enum hook_state state) {
    if (state == HOOK_READY && document->edits.count == 0)
        unit_note(unit, document, FINDING_ALREADY, SIZE_MAX, "the hook is there");
    if (state == HOOK_LEFT)
        unit_note(unit, document, FINDING_IGNORED, SIZE_MAX, "left without the hook, as it was answered");
}
