#include "shim/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "shim/environment.h"
#include "shim/untouched.h"

bool apply_hooks(const struct plan *plan, const struct hook_place *place, int *failure) {
    for (size_t i = 0; i < plan->hook_count; i++)
        if ((*failure = hookfiles_put(place, plan->hooks[i])) != 0) return false;
    return true;
}

static bool names(const char *entry, const char *name) {
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static char *make_entry(const struct change *change, struct strings *made) {
    char *entry = memory_format("%s=%s", change->name, change->value);
    strings_add_owned(made, entry);
    return entry;
}

char **apply_environment(const struct plan *plan, char *const *environment, struct strings *made) {
    size_t count = 0;
    while (environment[count]) count++;
    char **block = memory_allocate((count + plan->change_count + 1) * sizeof *block);
    size_t used = 0;
    bool *placed = memory_zeroed(plan->change_count, sizeof *placed);
    for (size_t i = 0; i < count; i++) {
        const struct change *change = NULL;
        size_t c = 0;
        for (; c < plan->change_count && !change; c++)
            if (names(environment[i], plan->changes[c].name)) change = &plan->changes[c];
        if (!change) {
            block[used++] = environment[i];
        } else if (change->value && !placed[c - 1]) {
            block[used++] = make_entry(change, made);
            placed[c - 1] = true;
        }
    }
    for (size_t c = 0; c < plan->change_count; c++)
        if (plan->changes[c].value && !placed[c]) block[used++] = make_entry(&plan->changes[c], made);
    free(placed);
    block[used] = NULL;
    return block;
}

/* A file without a NUL among its first bytes: the rule by which shells tell a script from a program. */
static bool is_text(const char *path) {
    enum { ENOUGH = 128 };
    char head[ENOUGH];
    cleanup_fd int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, head, sizeof head);
    return length > 0 && !memchr(head, '\0', (size_t)length);
}

int apply_execve(const char *path, char *const *argv, char *const *environment) {
    execve(path, argv, environment);
    if (errno != ENOEXEC || !is_text(path)) return errno;
    cleanup_strings struct strings words = {0};
    strings_add(&words, "/bin/sh");
    strings_add(&words, path);
    strings_add_all(&words, argv + 1);
    execve(words.items[0], words.items, environment);
    return ENOEXEC;
}

/* A file of that name is there, on PATH or as a path, although it cannot be run. */
static bool exists_somewhere(const char *word, char *const *environment) {
    if (strchr(word, '/')) return files_exists(word);
    const char *path = environment_value(environment, "PATH");
    for (const char *at = path; at; at = *at ? at + 1 : NULL) {
        cleanup_free char *directory = memory_copy_bytes(at, strcspn(at, ":"));
        cleanup_free char *candidate = text_join_path(*directory ? directory : ".", word);
        if (files_exists(candidate) && !files_is_directory(candidate)) return true;
        at += strlen(directory);
    }
    return false;
}

static int not_run(const struct report *report, const char *word, int failure) {
    cleanup_free char *printable = text_printable(word, 200);
    report_line(report, REPORT_ERROR, "'%s' %s", printable,
                failure == ENOENT    ? "was not found"
                : failure == ENOEXEC ? "is no program for this machine"
                                     : strerror(failure));
    return failure == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE;
}

static void tell_untouched(const struct report *report, const char *executable, int failure) {
    cleanup_free char *printable = text_printable(executable, 200);
    report_line(report, REPORT_WARNING, "'%s': %s: the command starts as given, without instrumentation",
                printable, strerror(failure));
}

int apply_exec(const struct plan *plan, const struct facts *facts, const struct report *report) {
    const char *word = facts->argv[0];
    if (!plan->executable) {
        /* where stat itself fails, a file that is there was not seen */
        untouched_exec(facts->given_argv, facts->environment);
        int failure = !*word || !exists_somewhere(word, facts->environment) ? ENOENT
                      : files_is_directory(word)                            ? EISDIR
                                                                            : EACCES;
        return not_run(report, word, failure);
    }
    cleanup_strings struct strings made = {0};
    char **environment = apply_environment(plan, facts->environment, &made);
    int failure = apply_execve(plan->executable, plan->argv.items, environment);
    free(environment);
    if (failure != ENOENT && facts->given_executable) {
        /* never the reason that an app does not start: E2BIG may be our doing, ENOMEM may pass */
        bool ours =
            failure == E2BIG || failure == ENOMEM || strcmp(plan->executable, facts->given_executable) != 0;
        if (ours) tell_untouched(report, plan->executable, failure);
        int again = apply_execve(facts->given_executable, facts->given_argv, facts->environment);
        if (failure == E2BIG || failure == ENOMEM) failure = again;
    }
    /* the file is there, but what its #! line names is not */
    if (failure == ENOENT && files_exists(plan->executable)) {
        cleanup_free char *printable = text_printable(plan->executable, 200);
        report_line(report, REPORT_ERROR, "'%s' names an interpreter that was not found", printable);
        return EXIT_NOT_RUNNABLE;
    }
    return not_run(report, word, failure);
}
