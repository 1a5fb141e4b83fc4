#include "shim/python.h"

#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "shim/environment.h"

#define INSTRUMENTATION "opentelemetry/instrumentation/auto_instrumentation"
#define ADOT_PACKAGE "amazon/opentelemetry/distro"
#define WRAPPER "opentelemetry-instrument"

char *python_which(const char *word, char *const *environment) {
    if (!*word) return NULL;
    if (strchr(word, '/')) return files_is_program(word) ? memory_copy(word) : NULL;
    const char *path = environment_raw(environment, "PATH");
    if (!path) path = "/bin:/usr/bin";
    if (!*path) return NULL;
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, ":");
        cleanup_free char *directory = memory_copy_bytes(at, length);
        cleanup_free char *candidate = length ? text_join_path(directory, word) : memory_copy(word);
        if (files_is_program(candidate)) return steal_pointer(&candidate);
        at += length;
        if (!*at) return NULL;
    }
}

static char *interpreter_from_words(char *words, char *const *environment, char *flag) {
    char *rest = NULL;
    const char *word = strtok_r(words, " \t", &rest);
    if (word && strcmp(text_base_name(word), "env") == 0) {
        do {
            word = strtok_r(NULL, " \t", &rest);
        } while (word && (*word == '-' || strchr(word, '=')));
    }
    if (!word || !command_names_python(word)) return NULL;
    char *interpreter = python_which(word, environment);
    for (word = strtok_r(NULL, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        size_t at = *word == '-' ? strcspn(word, "IES") : strlen(word);
        if (word[at]) *flag = word[at];
    }
    return interpreter;
}

char *python_of_script(const char *path, char *const *environment, char *flag) {
    enum { ENOUGH = 512 };
    cleanup_free char *head = files_head(path, ENOUGH);
    if (!head || !text_starts(head, "#!")) return NULL;
    char *end = head + strcspn(head, "\r\n");
    char *second = *end ? end + 1 + strspn(end + 1, "\r\n") : end;
    *end = '\0';
    char *first = head + 2 + strspn(head + 2, " \t");
    static const char long_form[] = "'''exec' ";
    if (text_starts(first, "/bin/sh") && text_starts(second, long_form)) {
        char *quoted = second + strlen(long_form);
        if (*quoted == '"') quoted++;
        quoted[strcspn(quoted, "\"\n ")] = '\0';
        return command_names_python(quoted) ? memory_copy(quoted) : NULL;
    }
    return interpreter_from_words(first, environment, flag);
}

/* Ours, put in place by another start, is nobody's own sitecustomize. */
static bool is_ours(const char *directory) {
    return strstr(directory, "/appsig-") || text_ends(directory, "share/appsig/hooks");
}

static bool has_adot(const char *directory) {
    cleanup_free char *package = text_join_path(directory, ADOT_PACKAGE);
    return files_is_directory(package);
}

/* Fills instrumentation, adot and user_sitecustomize from the directories that the interpreter will search. */
static void search_packages(const struct strings *directories, bool complete, struct python *python) {
    for (size_t i = 0; i < directories->count; i++) {
        const char *directory = directories->items[i];
        cleanup_free char *instrumentation = text_join_path(directory, INSTRUMENTATION);
        if (!python->instrumentation && files_is_directory(instrumentation))
            python->instrumentation = steal_pointer(&instrumentation);
        if (python->adot != ADOT_PRESENT && has_adot(directory)) python->adot = ADOT_PRESENT;
        cleanup_free char *sitecustomize = text_join_path(directory, "sitecustomize.py");
        if (!python->user_sitecustomize && !text_ends(directory, INSTRUMENTATION) && !is_ours(directory) &&
            files_exists(sitecustomize))
            python->user_sitecustomize = steal_pointer(&sitecustomize);
    }
    if (python->adot == ADOT_PRESENT && !python->instrumentation) python->adot = ADOT_UNKNOWN;
    if (python->adot == ADOT_UNKNOWN && complete) python->adot = ADOT_ABSENT;
}

static void add_python_path(char *const *environment, const char *cwd, struct strings *directories) {
    const char *path = environment_value(environment, "PYTHONPATH");
    for (const char *at = path; at; at = *at ? at + 1 : NULL) {
        size_t length = strcspn(at, ":");
        cleanup_free char *part = length ? memory_copy_bytes(at, length) : memory_copy(cwd);
        strings_add(directories, part);
        at += length;
    }
}

/* The wrapper of the interpreter itself comes first: another Python's could not import what this one has. */
static void find_wrapper(char *const *environment, struct python *python) {
    if (python->interpreter) {
        cleanup_free char *directory = text_directory(python->interpreter);
        cleanup_free char *beside = text_join_path(directory, WRAPPER);
        if (files_is_program(beside)) {
            python->wrapper = steal_pointer(&beside);
            return;
        }
    }
    python->wrapper = python_which(WRAPPER, environment);
}

/* For a command of which no interpreter is known: the one that opentelemetry-instrument on PATH belongs to. */
static void look_by_wrapper(char *const *environment, struct python *python) {
    if (!python->wrapper) return;
    char flag = 0;
    cleanup_free char *interpreter = python_of_script(python->wrapper, environment, &flag);
    cleanup_strings struct strings directories = {0};
    if (!interpreter) return;
    bool complete = python_package_directories(interpreter, environment, &directories);
    search_packages(&directories, false, python);
    if (complete && python->instrumentation && python->adot == ADOT_UNKNOWN) python->adot = ADOT_ABSENT;
    free(steal_pointer(&python->user_sitecustomize));
}

/* A program that embeds Python (uwsgi): the interpreter of the environment in which it is installed. */
static char *interpreter_beside(const char *program) {
    static const char *const names[] = {"python3", "python"};
    cleanup_free char *directory = text_directory(program);
    for (size_t i = 0; i < array_length(names); i++) {
        cleanup_free char *path = text_join_path(directory, names[i]);
        if (files_is_program(path)) return steal_pointer(&path);
    }
    return NULL;
}

static void find_interpreter(const struct command *command, char *const *environment, struct python *python) {
    if (!python->program) return;
    if (command->is_interpreter) {
        python->interpreter = memory_copy(python->program);
        python->flag = command->blocking_flag;
    } else if (command->kind == COMMAND_SERVER || command->kind == COMMAND_PYTHON ||
               command->kind == COMMAND_OTHER) {
        python->interpreter = python_of_script(python->program, environment, &python->flag);
        if (!python->interpreter && command->server)
            python->interpreter = interpreter_beside(python->program);
    }
}

void python_look(const struct command *command, char *const *argv, char *const *environment, const char *cwd,
                 struct python *python) {
    *python = (struct python){0};
    python->executable = python_which(argv[0], environment);
    python->program = command->program     ? python_which(argv[command->program], environment)
                      : python->executable ? memory_copy(python->executable)
                                           : NULL;
    if (command->carrier && command->carrier->kind == CARRIER_RUNNER) { /* it has an environment of its own */
        find_wrapper(environment, python);
        return;
    }
    find_interpreter(command, environment, python);
    find_wrapper(environment, python);
    if (!python->interpreter) {
        look_by_wrapper(environment, python);
        return;
    }
    cleanup_strings struct strings directories = {0};
    strings_add(&directories, cwd);
    add_python_path(environment, cwd, &directories);
    bool complete = python_package_directories(python->interpreter, environment, &directories);
    search_packages(&directories, complete, python);
}

void python_free(struct python *python) {
    free(python->executable);
    free(python->program);
    free(python->interpreter);
    free(python->instrumentation);
    free(python->wrapper);
    free(python->user_sitecustomize);
    *python = (struct python){0};
}
