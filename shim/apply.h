/* The only room with effects: puts hook files in place, makes the environment, execs. */
#ifndef SHIM_APPLY_H
#define SHIM_APPLY_H

#include <stdbool.h>

#include "shim/hookfiles.h"
#include "shim/plan.h"
#include "shim/report.h"

enum { EXIT_REFUSED = 125, EXIT_NOT_RUNNABLE = 126, EXIT_NOT_FOUND = 127 };

/* Puts every hook file of the plan in place. False, and *failure an errno value, for the first that cannot be put. */
bool apply_hooks(const struct plan *plan, const struct hook_place *place, int *failure);

/* The environment block with the plan's changes: the vector is the caller's, its new strings belong to `made`, the
 * others are borrowed from `environment`. A name that stands there several times is changed once and its doubles are dropped. */
char **apply_environment(const struct plan *plan, char *const *environment, struct strings *made);

/* Execs what the plan says; where the kernel finds the result too big, the command as given. Returns only where nothing
 * could be run: 127 or 126, with a line. */
int apply_exec(const struct plan *plan, const struct facts *facts, const struct report *report);

/* execve, and /bin/sh for a text file without a #! line, as every shell and execvp do. Returns errno. */
int apply_execve(const char *path, char *const *argv, char *const *environment);

#endif
