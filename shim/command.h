/* What the command is: which program runs in the end, through which carriers, and how it is configured.
 *
 * Recognition reads argv and the environment only; what has to be read from files is python.h's and identity.h's. */
#ifndef SHIM_COMMAND_H
#define SHIM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "shim/carriers.h"
#include "shim/servers.h"

enum command_kind {
    COMMAND_PYTHON, /* an interpreter with a script, a module, -c, or nothing */
    COMMAND_SERVER, /* the program of a server row, by its own name: gunicorn, flask, uwsgi */
    COMMAND_SHELL,  /* a shell with a script or text, or a file that is a shell script */
    COMMAND_OTHER   /* any other program */
};

struct command {
    enum command_kind kind;
    size_t program;                    /* index in argv of the program that counts, behind the carriers */
    const struct carrier_row *carrier; /* the innermost carrier, or NULL */
    const struct server_row *server;   /* or NULL */
    size_t server_word;  /* index in argv of the word that names the server (program, script or module) */
    bool is_interpreter; /* argv[program] is a Python interpreter */
    size_t script;       /* index of the script's path, 0 where there is none */
    size_t module;       /* index of the module's name after -m, 0 where there is none */
    char blocking_flag;  /* 'I', 'E' or 'S' where the interpreter is told to ignore what we set; else 0 */
    const char
        *fields[FIELD_COUNT]; /* last value given on the command line for each field; "" for a switch */
    const char *subcommand;   /* "run", "runserver", "worker"; NULL */
    bool not_serving;  /* a server's program used for something else: manage.py migrate, gunicorn --version */
    bool instrumented; /* starts with opentelemetry-instrument and options of its own */
};

/* argv has at least one word. Pointers are into argv. */
void command_recognise(char *const *argv, struct command *command);

/* True where the last component of the path is a Python interpreter: python, python3, python3.11, pypy3. */
bool command_names_python(const char *path);

/* "gunicorn", "python script", "python module", "shell", "other": for --explain. */
const char *command_description(const struct command *command);

#endif
