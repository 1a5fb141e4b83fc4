/* The fork plan: where the instrumentation has to start for each server and shape, as measured (FACTS, "The fork plan").
 *
 * DEFER (OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED) makes the first process of a chain stand back and its children
 * initialise; set where no child comes, it loses all data silently. So it is set exactly where a row says that a hook,
 * an import or a spawned child is certain. A shape without a row gets none: never worse than the bare wrapper. */
#ifndef SHIM_FORKS_H
#define SHIM_FORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/command.h"

#define FORK_DEFER "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED"
#define FORK_INSTRUMENTATION "opentelemetry.instrumentation.auto_instrumentation.sitecustomize"

/* What the rows have to know beyond the command's words. */
struct fork_facts {
    bool uwsgi_emperor;   /* by option or in the config: the vassals are started elsewhere */
    long web_concurrency; /* WEB_CONCURRENCY, 0 where it is not a number */
    bool flask_debug;     /* FLASK_DEBUG */
    bool
        script_runs_asyncio; /* the script's own text calls uvicorn.run, asyncio.run, …, and is silent of gevent */
    bool without_gevent; /* the loop never yields to gevent: its monkey patch would stop the exporters */
    bool with_gevent;    /* the server or the script runs on gevent */
};

enum fork_hook {
    FORK_NO_HOOK,
    FORK_GUNICORN_CONFIG, /* our config file as the last -c */
    FORK_UWSGI_FLAGS,     /* --enable-threads --lazy-apps --import */
    FORK_SITECUSTOMIZE    /* ours in front: multiprocessing's resource tracker is left alone */
};

struct fork_row {
    enum server server; /* SERVER_NONE: a script that is no known server's */
    const char *shape;  /* "workers > 1 or --reload"; for --explain and the docs */
    bool (*applies)(const struct command *command, const struct fork_facts *facts);
    bool defer;
    enum fork_hook hook;
    const char *note; /* a line to tell, or NULL */
    const char *why;
};

extern const struct fork_row fork_rows[];
extern const size_t fork_row_count;

void fork_facts_gather(const struct command *command, char *const *argv, char *const *environment,
                       const char *cwd, struct fork_facts *facts);

/* The first row that applies, or NULL. */
const struct fork_row *fork_row_for(const struct command *command, const struct fork_facts *facts);

/* "gunicorn hook", "uwsgi flags", "none": for --explain and the docs. */
const char *fork_hook_name(enum fork_hook hook);

#endif
