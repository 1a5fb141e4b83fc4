/* Which Python the command will meet, and whether ADOT can be imported there: judged by the files that are installed,
 * never by the version, and without starting a Python. */
#ifndef SHIM_PYTHON_H
#define SHIM_PYTHON_H

#include <stdbool.h>

#include "common/text.h"
#include "shim/command.h"

enum adot {
    ADOT_UNKNOWN, /* the interpreter cannot be seen from outside: a shim, a runner, a shell */
    ADOT_ABSENT,
    ADOT_PRESENT
};

struct python {
    char *executable;  /* where the command's first word was found; NULL = not found */
    char *program;     /* where the program behind the carriers was found; equal to executable without any */
    char *interpreter; /* path of the Python that will run; NULL = unknown */
    char flag;         /* 'I', 'E' or 'S' from the shebang line, which hides what we set; 0 */
    enum adot adot;
    char *instrumentation; /* .../opentelemetry/instrumentation/auto_instrumentation, or NULL */
    char *wrapper; /* path of opentelemetry-instrument: beside the interpreter, else on PATH; or NULL */
    char *user_sitecustomize; /* a sitecustomize that the instrumentation's would shadow, or NULL */
};

/* Looks for the command. `argv` are its words, `cwd` the working directory. */
void python_look(const struct command *command, char *const *argv, char *const *environment, const char *cwd,
                 struct python *python);
void python_free(struct python *python);

/* What Python's shutil.which does: a word with a slash is taken as it is, any other looked up on PATH (on /bin:/usr/bin
 * where there is none). Owned by the caller; NULL where nothing can be executed. */
char *python_which(const char *word, char *const *environment);

/* The interpreter that a script's first lines name: "#!/venv/bin/python", "#!/usr/bin/env python3", and pip's form for
 * long paths, #!/bin/sh followed by '''exec' "/long/path/python" "$0" "$@"'. *flag is the blocking flag there, or 0.
 * Owned by the caller; NULL for what is no Python script. */
char *python_of_script(const char *path, char *const *environment, char *flag);

/* The directories where the interpreter at this path looks for installed packages, in its order; pyvenv.cfg is
 * followed. False where the layout is not one that is known (a shell shim, an unusual build). */
bool python_package_directories(const char *interpreter, char *const *environment,
                                struct strings *directories);

#endif
