#include "shim/command.h"

#include <string.h>

#include "common/memory.h"

bool command_names_python(const char *path) {
    const char *name = text_base_name(path);
    const char *rest = NULL;
    if (text_starts(name, "python"))
        rest = name + strlen("python");
    else if (text_starts(name, "pypy"))
        rest = name + strlen("pypy");
    return rest && rest[strspn(rest, "0123456789.")] == '\0';
}

/* Walks the interpreter's own options up to the script, the module or the code. */
static void recognise_python(char *const *argv, struct command *command) {
    command->kind = COMMAND_PYTHON;
    command->is_interpreter = true;
    for (size_t at = command->program + 1; argv[at]; at++) {
        const char *word = argv[at];
        if (word[0] != '-' || word[1] == '\0') {
            command->script = word[0] == '-' ? 0 : at;
            return;
        }
        if (word[1] == '-') {
            if (strcmp(word, "--check-hash-based-pycs") == 0 && argv[at + 1]) at++;
            continue;
        }
        for (const char *letter = word + 1; *letter; letter++) {
            if (strchr("IES", *letter) && !command->blocking_flag) command->blocking_flag = *letter;
            if (*letter == 'c') return;
            if (*letter == 'm') {
                command->module = letter[1] ? at : argv[at + 1] ? at + 1 : 0;
                return;
            }
            if (*letter == 'W' || *letter == 'X') {
                if (!letter[1] && argv[at + 1]) at++;
                break;
            }
        }
    }
}

static const char *module_name(char *const *argv, const struct command *command) {
    if (!command->module) return NULL;
    const char *word = argv[command->module];
    const char *joined = text_starts(word, "-") ? strchr(word, 'm') : NULL;
    return joined ? joined + 1 : word;
}

static const struct server_option *option_row(const struct server_row *server, const char *name) {
    for (const struct server_option *option = server->options; option->names; option++)
        if (text_has_word(option->names, name)) return option;
    return NULL;
}

/* One option word; returns how many words it used up. */
static size_t take_option(const struct server_row *server, char *const *words, struct command *command) {
    const char *word = words[0], *equals = text_starts(word, "--") ? strchr(word, '=') : NULL;
    cleanup_free char *name = equals ? memory_copy_bytes(word, (size_t)(equals - word)) : memory_copy(word);
    const struct server_option *option = option_row(server, name);
    if (!option && word[1] != '-' && word[2] != '\0') { /* -w4, -b0.0.0.0:80 */
        char letter[3] = {'-', word[1], '\0'};
        option = option_row(server, letter);
        if (option && !option->is_switch) {
            command->fields[option->field] = word + 2;
            return 1;
        }
    }
    if (option && option->is_switch) {
        command->fields[option->field] = "";
        return 1;
    }
    if (equals) {
        if (option) command->fields[option->field] = equals + 1;
        return 1;
    }
    if (text_has_word(server->switches, name)) return 1;
    if (!option && server->unknown_is_switch) return 1;
    if (option && words[1]) command->fields[option->field] = words[1];
    return words[1] ? 2 : 1;
}

static void take_operand(const struct server_row *server, const char *word, struct command *command) {
    if (server->subcommands && !command->subcommand) {
        command->subcommand = word;
        return;
    }
    if (server->server == SERVER_DJANGO && !command->fields[FIELD_BIND]) command->fields[FIELD_BIND] = word;
    if (server->server == SERVER_UWSGI && !command->fields[FIELD_CONFIG] &&
        (text_ends(word, ".ini") || text_ends(word, ".xml") || text_ends(word, ".yaml") ||
         text_ends(word, ".yml") || text_ends(word, ".json")))
        command->fields[FIELD_CONFIG] = word;
    if (server->app_is_operand && !command->fields[FIELD_APP]) command->fields[FIELD_APP] = word;
}

static bool asks_only(const char *word) {
    return text_has_word("-h --help --version --check-config --print-config", word);
}

static void read_server_words(char *const *argv, struct command *command) {
    const struct server_row *server = command->server;
    for (size_t at = command->server_word + 1; argv[at];) {
        const char *word = argv[at];
        if (word[0] == '-' && word[1] != '\0') {
            if (asks_only(word) && !(server->server == SERVER_FLASK && command->subcommand))
                command->not_serving = true;
            at += take_option(server, argv + at, command);
        } else {
            take_operand(server, word, command);
            at++;
        }
    }
    if (server->subcommands &&
        (!command->subcommand || !text_has_word(server->subcommands, command->subcommand)))
        command->not_serving = true;
}

static void recognise_server(char *const *argv, struct command *command) {
    const char *module = module_name(argv, command);
    if (module) {
        command->server = server_by_module(module);
        command->server_word = command->module;
    } else if (command->script) {
        command->server = server_by_script(text_base_name(argv[command->script]));
        command->server_word = command->script;
    } else if (!command->is_interpreter) {
        command->server = server_by_script(text_base_name(argv[command->program]));
        command->server_word = command->program;
        if (command->server) command->kind = COMMAND_SERVER;
    }
    if (command->server) read_server_words(argv, command);
}

/* Steps over carriers; stops at a shell, whose command is text. */
static void step_over_carriers(char *const *argv, struct command *command) {
    for (;;) {
        const char *name = text_base_name(argv[command->program]);
        const struct carrier_row *carrier = carrier_by_program(name);
        if (!carrier) return;
        size_t next = carrier->kind == CARRIER_SHELL ? 0 : carrier_command(carrier, argv + command->program);
        if (carrier->kind == CARRIER_SHELL) {
            command->kind = COMMAND_SHELL;
            command->carrier = carrier;
            return;
        }
        if (next == 0) return;
        command->carrier = carrier;
        command->program += next;
    }
}

void command_recognise(char *const *argv, struct command *command) {
    *command = (struct command){.kind = COMMAND_OTHER};
    if (text_equal(text_base_name(argv[0]), "opentelemetry-instrument")) {
        command->instrumented = true;
        return;
    }
    step_over_carriers(argv, command);
    if (command->kind == COMMAND_SHELL) return;
    if (command_names_python(argv[command->program]))
        recognise_python(argv, command);
    else if (text_ends(argv[command->program], ".py"))
        command->script = command->program, command->kind = COMMAND_PYTHON;
    recognise_server(argv, command);
}

const char *command_description(const struct command *command) {
    if (command->server) return command->server->name;
    if (command->kind == COMMAND_SHELL) return "shell";
    if (command->kind != COMMAND_PYTHON) return "other program";
    return command->script ? "python script" : command->module ? "python module" : "python";
}
