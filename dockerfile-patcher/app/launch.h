/* What a start command is: words that only lead to the app (init, gosu, `poetry run`), then what is started.
 *
 * The rows are the patcher's own and fewer than the shim's (shim/servers.h), which decides at run time what to do with
 * each server; here it is decided only where a prefix goes and whether the command is one to leave alone. */
#ifndef PATCH_LAUNCH_H
#define PATCH_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

enum launch_kind {
    LAUNCH_NONE,    /* no word is left: what is started comes from elsewhere (CMD, arguments) */
    LAUNCH_PYTHON,  /* an interpreter, a server or a tool that runs Python */
    LAUNCH_SHELL,   /* sh -c TEXT */
    LAUNCH_SCRIPT,  /* a path or name that is a script, or any other program of unknown making */
    LAUNCH_FOREIGN, /* known to be no Python */
    LAUNCH_IDLE,    /* a shell, sleep, tail -f: a container to work in */
    LAUNCH_TEST,    /* a test runner or linter */
};

struct launch {
    enum launch_kind kind;
    size_t command;     /* index of the word that is started */
    size_t prefix;      /* index in front of which the launcher goes */
    bool runner;        /* behind poetry run, uv run, conda run … */
    bool user_switch;   /* behind gosu and its like */
    bool init;          /* behind tini and its like */
    const char *server; /* row name: "gunicorn", "runserver", "flask"…; NULL where it is not known */
    const char *agent;  /* what instruments it already: "ddtrace"…; NULL */
    size_t text;        /* LAUNCH_SHELL: index of TEXT */
};

/* words[count] need not be NULL. */
void launch_recognise(const char *const *words, size_t count, struct launch *launch);

/* The instrumentation that a package or program name stands for, or NULL: "ADOT", "ddtrace", "newrelic", … */
const char *launch_agent(const char *name);

#endif
