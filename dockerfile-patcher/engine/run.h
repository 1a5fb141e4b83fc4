/* The whole: roots → walk → units → plan → verify → diff or write → report. */
#ifndef PATCH_RUN_H
#define PATCH_RUN_H

#include "common/error.h"
#include "dockerfile-patcher/settings.h"

/* Returns the exit code (finding.h); output goes to standard output, progress to standard error. An error (exit code
 * 64 or 3 in it) is one that ends the program: a root that is not there, an output that cannot be written. */
int run_roots(struct settings *settings, struct error **error);

#endif
