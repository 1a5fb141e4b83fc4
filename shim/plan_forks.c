#include <string.h>

#include "common/memory.h"
#include "shim/environment.h"
#include "shim/plan.h"

#define GUNICORN_HOOK "gunicorn_hook.py"

/* By the rules of Python's shlex, which gunicorn reads the variable with: a backslash counts outside single quotes. */
static bool leaves_quote_open(const char *words) {
    char quote = '\0';
    for (; *words; words++) {
        if (*words == '\\' && quote != '\'') {
            if (!*++words) return true;
        } else if (quote ? *words == quote : *words == '\'' || *words == '"') {
            quote = quote ? '\0' : *words;
        }
    }
    return quote != '\0';
}

static void check_gunicorn_variable(const struct facts *facts, struct plan *plan) {
    const char *words = environment_value(facts->environment, "GUNICORN_CMD_ARGS");
    if (words && leaves_quote_open(words))
        plan_tell(plan, REPORT_WARNING,
                  "'GUNICORN_CMD_ARGS' has a quote that is not closed: gunicorn stops at it");
}

/* Adds our config as the last -c, which is the one that counts for gunicorn; the user's stands in a variable, as he
 * wrote it, for the hook to load. */
static bool add_gunicorn_hook(const struct facts *facts, struct plan *plan) {
    check_gunicorn_variable(facts, plan);
    if (!setting_is_on(facts->settings, SETTING_GUNICORN_HOOK)) return false;
    const char *config = facts->command.fields[FIELD_CONFIG];
    if (config && strcmp(text_base_name(config), GUNICORN_HOOK) == 0)
        return true; /* another start added it */
    cleanup_free char *path = hookfiles_path(&facts->hooks, GUNICORN_HOOK);
    if (!path) {
        plan_tell(plan, REPORT_WARNING,
                  "'%s' can be put nowhere (no writable directory): gunicorn runs without the "
                  "hook, and its workers keep the sampling rules that they start with",
                  GUNICORN_HOOK);
        return false;
    }
    strings_add(&plan->argv, "-c");
    strings_add(&plan->argv, path);
    plan->hooks[plan->hook_count++] = GUNICORN_HOOK;
    const char *theirs = facts->command.fields[FIELD_CONFIG];
    if (theirs)
        plan_change(plan, "APPSIG_GUNICORN_CONFIG", theirs, SOURCE_DISCOVERED, "command line",
                    "the hook loads the app's own gunicorn config");
    else if (environment_raw(facts->environment, "APPSIG_GUNICORN_CONFIG"))
        plan_change(plan, "APPSIG_GUNICORN_CONFIG", NULL, SOURCE_DEFAULT, "default", "left by another start");
    return true;
}

/* At the end of the command line, as the last word wins over an ini's lazy-apps = false (measured). */
static bool add_uwsgi_flags(const struct facts *facts, struct plan *plan) {
    if (!setting_is_on(facts->settings, SETTING_UWSGI_HOOK)) return false;
    const struct command *command = &facts->command;
    /* SIGHUP executes uwsgi anew, and only our sitecustomize has the new master know itself for one (measured) */
    plan->in_front = true;
    if (!command->fields[FIELD_THREADS]) strings_add(&plan->argv, "--enable-threads");
    if (!command->fields[FIELD_LAZY_APPS]) strings_add(&plan->argv, "--lazy-apps");
    if (text_equal(command->fields[FIELD_IMPORT], FORK_INSTRUMENTATION)) return true;
    strings_add(&plan->argv, "--import");
    strings_add(&plan->argv, FORK_INSTRUMENTATION);
    return true;
}

/* Measured: uvicorn's parent kills a worker that has not answered 5 s after its start. Where the CPU is a share or busy
 * the instrumentation's start alone takes longer: one worker after the other is killed, and none ever serves. */
static void give_workers_time(const struct facts *facts, struct plan *plan) {
    static const char name[] = "UVICORN_TIMEOUT_WORKER_HEALTHCHECK";
    if (facts->command.server->server != SERVER_UVICORN || environment_value(facts->environment, name))
        return;
    plan_change(plan, name, "60", SOURCE_DEFAULT, "default",
                "uvicorn kills workers that have not started within 5 s, which instrumentation may take");
}

static bool add_hook(const struct facts *facts, struct plan *plan, enum fork_hook hook) {
    switch (hook) {
    case FORK_NO_HOOK: return true;
    case FORK_GUNICORN_CONFIG: return add_gunicorn_hook(facts, plan);
    case FORK_UWSGI_FLAGS: return add_uwsgi_flags(facts, plan);
    case FORK_SITECUSTOMIZE: plan->in_front = true; return true;
    default: return false;
    }
}

/* Measured: where gevent is merely installed, ADOT monkey-patches every process, and its own exporting threads then run
 * only when the server's loop yields: under asyncio and uWSGI never, under gunicorn's sync worker by luck. No span, no
 * metric, no error. */
static void keep_gevent_away(const struct facts *facts, struct plan *plan) {
    if (facts->fork.without_gevent && !plan_value(plan, facts->environment, "AWS_GEVENT_PATCH_MODULES"))
        plan_change(
            plan, "AWS_GEVENT_PATCH_MODULES", "none", SOURCE_DEFAULT, "default",
            "the server sends nothing where ADOT monkey-patches it for a gevent that is only installed");
}

/* Measured: on gevent the threading instrumentor gives every threading.Timer a run that does nothing, and the sampling
 * rules are never asked for again. The user's own list is kept. */
static void keep_gevent_timers(const struct facts *facts, struct plan *plan) {
    static const char name[] = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS";
    const char *theirs = plan_value(plan, facts->environment, name);
    if (!facts->fork.with_gevent || (theirs && strstr(theirs, "threading"))) return;
    cleanup_free char *list =
        memory_format("%s%sthreading", theirs ? theirs : "", theirs && *theirs ? "," : "");
    plan_change(plan, name, list, SOURCE_DISCOVERED, "gevent",
                "on gevent that instrumentor stops every timer");
}

void plan_forks(const struct facts *facts, struct plan *plan) {
    if (plan->kind != PLAN_WRAPPER && plan->kind != PLAN_DIRECT) return;
    keep_gevent_away(facts, plan);
    keep_gevent_timers(facts, plan);
    const struct fork_row *row = fork_row_for(&facts->command, &facts->fork);
    const char *theirs = environment_value(facts->environment, FORK_DEFER);
    if (!row) {
        if (environment_is_true(theirs))
            plan_tell(plan, REPORT_WARNING,
                      "'%s' is set for a command of which no worker is known: unless its "
                      "children initialise, there will be no data at all",
                      FORK_DEFER);
        return;
    }
    plan->fork_row = row->shape;
    if (facts->command.server) give_workers_time(facts, plan);
    if (row->note) plan_tell(plan, REPORT_WARNING, "%s", row->note);
    if (!add_hook(facts, plan, row->hook) || !row->defer || theirs) return;
    plan_change(plan, FORK_DEFER, "true", SOURCE_DISCOVERED, row->shape, row->why);
}
