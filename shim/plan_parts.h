/* What a plan is made of, and how a room adds to it. */
#ifndef SHIM_PLAN_PARTS_H
#define SHIM_PLAN_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "shim/report.h"
#include "shim/settings.h"

struct change {
    char *name;
    char *value; /* NULL = the variable is removed */
    enum source source;
    char *where; /* flag, variable, file:line, … that the value comes from */
    char *why;
};

struct line {
    enum report_level level;
    char *text;
};

enum plan_kind {
    PLAN_UNTOUCHED,     /* kill switch, or stand down: the command as given, nothing changed */
    PLAN_BARE,          /* the app cannot be instrumented: as untouched, with a line that says why */
    PLAN_WRAPPER,       /* opentelemetry-instrument COMMAND… */
    PLAN_DIRECT,        /* PYTHONPATH as opentelemetry-instrument would set it, then the command */
    PLAN_STARTED_LATER, /* what starts the server decides itself: our sitecustomize in front */
    PLAN_AS_GIVEN,      /* opentelemetry-instrument with options of its own: with our variables */
    PLAN_REFUSED        /* --on-missing-agent=fail, and there is none: nothing is run, exit 125 */
};

struct plan {
    enum plan_kind kind;
    struct change *changes;
    size_t change_count;
    char *executable; /* what execve is given; NULL = the command was not found */
    struct strings argv;
    const char *hooks[5]; /* embedded files to put in place */
    size_t hook_count;
    struct line *lines;
    size_t line_count;
    bool quiet;           /* lines were told by the start before this one */
    bool in_front;        /* our sitecustomize goes in front of the instrumentation's */
    bool telemetry;       /* --check: it will flow */
    const char *fork_row; /* the fork plan's row that was used, for --explain; NULL = none */
};

void plan_free(struct plan *plan);

const char *plan_kind_name(enum plan_kind kind);

/* The value that the child will see: the plan's, else the environment's; NULL where it will not be set. */
const char *plan_value(const struct plan *plan, char *const *environment, const char *name);

/* Sets or replaces; strings are copied. value NULL removes the variable. */
void plan_change(struct plan *plan, const char *name, const char *value, enum source source,
                 const char *where, const char *why);
/* Adds a line; format as printf. */
void plan_tell(struct plan *plan, enum report_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
