/* The plan: a pure function of the facts. What will be set, what will be run, which files it needs, what to tell.
 *
 * No I/O here: --explain prints exactly what would be applied, and the unit tests read it as data. */
#ifndef SHIM_PLAN_H
#define SHIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/facts.h"
#include "shim/plan_parts.h"

void plan_make(const struct facts *facts, struct plan *plan);

/* The rooms that fill it (plan_*.c), in the order in which plan_make calls them. */

void plan_environment(const struct facts *facts, struct plan *plan); /* every OTEL variable of FACTS' table */
void plan_agent(const struct facts *facts, struct plan *plan);  /* lines on the agent, fast stop, NO_PROXY */
void plan_forks(const struct facts *facts, struct plan *plan);  /* hook, DEFER and the server's own flags */
void plan_launch(const struct facts *facts, struct plan *plan); /* kind, executable, argv, PYTHONPATH */

/* What happens to a command of this kind, before anything else is planned. */
enum plan_kind plan_choose_kind(const struct facts *facts, struct plan *plan);

#define PLAN_SITECUSTOMIZE "sitecustomize.py"
#define PLAN_LOG_CORRELATION "log_correlation.py"
#define PLAN_QUICK_STOP "quick_stop.py"
#define PLAN_QUICK_STOP_FILE "APPSIG_QUICK_STOP_FILE"
#define PLAN_USED_ONLY "used_only.py"

/* PYTHONPATH as opentelemetry-instrument makes it (FACTS, step 2): DIR:CWD:rest. Owned by the caller. */
char *plan_python_path(const char *before, const char *instrumentation, const char *cwd);

/* True where the real opentelemetry-instrument would take a word of the command for its own: reject it, or drop it. */
bool plan_wrapper_rejects(char *const *argv, const char **option);

#endif
