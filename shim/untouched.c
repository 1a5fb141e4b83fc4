#include "shim/untouched.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "shim/apply.h"
#include "shim/settings.h"

static struct {
    char **argv;
    char **environment;
    int argc;
} given;

/* The rows tell which options take the next word, so that it is not mistaken for the command. */
static bool takes_next_word(const char *word) {
    for (size_t row = 0; row < SETTING_COUNT; row++) {
        if (setting_rows[row].takes != OPTION_ARGUMENT) continue;
        if (word[1] == '-' && strcmp(word + 2, setting_rows[row].name) == 0) return true;
        if (word[1] == setting_rows[row].letter && word[2] == '\0') return true;
    }
    return false;
}

static char **command(void) {
    int at = 1;
    for (; at < given.argc && given.argv[at][0] == '-'; at++) {
        if (strcmp(given.argv[at], "--") == 0) return given.argv + at + 1;
        if (takes_next_word(given.argv[at])) at++;
    }
    return given.argv + (at < given.argc ? at : given.argc);
}

int untouched_exec(char *const *argv, char *const *environment) {
    if (strchr(argv[0], '/')) return apply_execve(argv[0], argv, environment);
    const char *path = NULL;
    for (char *const *entry = environment; *entry && !path; entry++)
        if (strncmp(*entry, "PATH=", 5) == 0) path = *entry + 5;
    char candidate[4096];
    int failure = ENOENT;
    for (const char *at = path ? path : "/bin:/usr/bin"; *at; at += *at == ':') {
        size_t length = strcspn(at, ":");
        int written =
            snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, length ? at : ".", argv[0]);
        if (written > 0 && (size_t)written < sizeof candidate) {
            int refused = apply_execve(candidate, argv, environment);
            if (refused != ENOENT && refused != ENOTDIR) failure = refused;
        }
        at += length;
    }
    return failure;
}

static void run_untouched(void) {
    char **words = command();
    if (!words[0]) _exit(EXIT_REFUSED);
    untouched_exec(words, given.environment);
    _exit(EXIT_NOT_FOUND);
}

void untouched_on_no_memory(int argc, char **argv, char **environment) {
    given.argc = argc;
    given.argv = argv;
    given.environment = environment;
    memory_on_failure(run_untouched);
}
