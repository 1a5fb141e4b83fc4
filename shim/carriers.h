/* Programs that carry a command: inits, user switchers, runners, env. What stands behind them is what counts.
 *
 * Wrappers are rows (27 of 79 real Python Dockerfiles start the server through a script, `sh -c` or a runner: FACTS). */
#ifndef SHIM_CARRIERS_H
#define SHIM_CARRIERS_H

#include <stdbool.h>
#include <stddef.h>

enum carrier_kind {
    CARRIER_EXEC,   /* execs or spawns the command as it stands, in the same environment: init, nice, gosu */
    CARRIER_RUNNER, /* looks the command up in an environment of its own: poetry run, conda run */
    CARRIER_SHELL,  /* a shell: the command is text, or a script */
    CARRIER_OTHER_INSTRUMENTATION /* another vendor's launcher: ddtrace-run, newrelic-admin run-program */
};

struct carrier_row {
    const char *programs; /* names, separated by spaces */
    enum carrier_kind kind;
    const char *subcommand; /* "run" for poetry run; NULL */
    const char *valued;     /* options that take a value in the next word */
    int operands;           /* words of its own before the command: 1 for gosu USER */
    bool assignments;       /* env: NAME=VALUE words stand before the command, and "-" is an option */
};

/* The row for the program name, or NULL. */
const struct carrier_row *carrier_by_program(const char *base_name);

/* The index of the first word of the carried command in argv, where argv[0] is the carrier; 0 where there is none. */
size_t carrier_command(const struct carrier_row *row, char *const *argv);

#endif
