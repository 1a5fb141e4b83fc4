#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"
#include "shim/forks.h"
#include "shim/serverconfig.h"

static bool given(const struct command *command, enum server_field field) {
    return command->fields[field] != NULL;
}

static long number(const struct command *command, enum server_field field, long otherwise) {
    long value;
    return text_to_number(command->fields[field], 0, 100000, &value) ? value : otherwise;
}

static bool always(const struct command *command, const struct fork_facts *facts) {
    (void)command, (void)facts;
    return true;
}

static bool is_emperor(const struct command *command, const struct fork_facts *facts) {
    (void)command;
    return facts->uwsgi_emperor;
}

static bool spawns_asgi_workers(const struct command *command, const struct fork_facts *facts) {
    return given(command, FIELD_RELOAD) || number(command, FIELD_WORKERS, facts->web_concurrency) > 1;
}

static bool fastapi_spawns(const struct command *command, const struct fork_facts *facts) {
    bool dev = text_equal(command->subcommand, "dev") && !given(command, FIELD_NO_RELOAD);
    return dev || spawns_asgi_workers(command, facts);
}

static bool flask_reloads(const struct command *command, const struct fork_facts *facts) {
    if (given(command, FIELD_NO_RELOAD)) return false;
    return given(command, FIELD_RELOAD) || given(command, FIELD_DEBUG) || facts->flask_debug;
}

static bool django_reloads(const struct command *command, const struct fork_facts *facts) {
    (void)facts;
    return !given(command, FIELD_NO_RELOAD);
}

static bool is_asyncio_script(const struct command *command, const struct fork_facts *facts) {
    (void)command;
    return facts->script_runs_asyncio;
}

const struct fork_row fork_rows[] = {
    {SERVER_GUNICORN, "every worker class, -w N, --preload, any config", always, true, FORK_GUNICORN_CONFIG,
     NULL,
     "each worker initialises after its fork; without the hook sampling rules never refresh in the workers"},
    {SERVER_UWSGI, "emperor", is_emperor, false, FORK_NO_HOOK,
     "uwsgi's emperor starts each vassal by its own config: put appsig-exec in front of the vassals, the emperor is "
     "left as it is",
     "the vassals' configs are not seen from here"},
    {SERVER_UWSGI, "every other shape", always, true, FORK_UWSGI_FLAGS, NULL,
     "each worker loads and initialises for itself; otherwise traces come without metrics"},
    {SERVER_UVICORN, "--workers > 1 or --reload", spawns_asgi_workers, true, FORK_SITECUSTOMIZE, NULL,
     "the parent only supervises; the spawned children initialise"},
    {SERVER_HYPERCORN, "every shape", always, false, FORK_SITECUSTOMIZE, NULL,
     "whether it spawns depends on its version and its config; without DEFER nothing is lost either way"},
    {SERVER_FASTAPI, "dev, --workers > 1 or --reload", fastapi_spawns, true, FORK_SITECUSTOMIZE, NULL,
     "the parent only supervises; the spawned children initialise"},
    {SERVER_FLASK, "run with the reloader (--debug, --reload)", flask_reloads, true, FORK_NO_HOOK, NULL,
     "the reloader's child serves; the parent would report besides"},
    {SERVER_NONE, "script that calls uvicorn.run, asyncio.run or their like", is_asyncio_script, false,
     FORK_SITECUSTOMIZE, NULL,
     "whether it spawns workers is decided in its code; without DEFER nothing is lost"},
    {SERVER_DJANGO, "runserver with the reloader", django_reloads, true, FORK_NO_HOOK, NULL,
     "the reloader's child serves; the parent would report besides"},
};
const size_t fork_row_count = array_length(fork_rows);

const struct fork_row *fork_row_for(const struct command *command, const struct fork_facts *facts) {
    if (command->not_serving) return NULL;
    enum server server = command->server ? command->server->server : SERVER_NONE;
    for (size_t i = 0; i < fork_row_count; i++)
        if (fork_rows[i].server == server && fork_rows[i].applies(command, facts)) return &fork_rows[i];
    return NULL;
}

const char *fork_hook_name(enum fork_hook hook) {
    static const char *const names[] = {[FORK_NO_HOOK] = "none",
                                        [FORK_GUNICORN_CONFIG] = "gunicorn hook",
                                        [FORK_UWSGI_FLAGS] = "uwsgi flags",
                                        [FORK_SITECUSTOMIZE] = "sitecustomize"};
    return names[hook];
}

/* Where the server's own words do not speak of gevent. A config that cannot be read may: then ADOT's default stays. */
static bool runs_without_gevent(const struct command *command, char *const *environment, const char *cwd) {
    enum server server = command->server->server;
    if (server == SERVER_UVICORN || server == SERVER_HYPERCORN || server == SERVER_DAPHNE ||
        server == SERVER_FASTAPI)
        return true;
    if (server != SERVER_GUNICORN && server != SERVER_UWSGI) return false;
    const char *config = command->fields[FIELD_CONFIG];
    if (config && text_starts(config, "python:")) return false;
    if (text_starts(config, "file:")) config += strlen("file:");
    if (!config && server == SERVER_GUNICORN) config = "gunicorn.conf.py";
    const char *arguments = environment_value(environment, "GUNICORN_CMD_ARGS"),
               *class = command->fields[FIELD_WORKER_CLASS];
    if (server == SERVER_UWSGI && environment_value(environment, "UWSGI_GEVENT")) return false;
    return !(class && strstr(class, "gevent")) && !(arguments && strstr(arguments, "gevent")) &&
           !command->fields[FIELD_GEVENT] && !(config && serverconfig_mentions(cwd, config, "gevent"));
}

/* gunicorn's hook mends what needs mending there. */
static bool runs_with_gevent(const struct command *command, char *const *environment, const char *cwd) {
    const char *class = command->fields[FIELD_WORKER_CLASS], *loop = command->fields[FIELD_GEVENT],
               *config = command->fields[FIELD_CONFIG];
    if (command->server->server == SERVER_CELERY) return text_equal(class, "gevent");
    if (command->server->server != SERVER_UWSGI) return false;
    return environment_value(environment, "UWSGI_GEVENT") ||
           (loop && (text_equal(loop, "gevent") || loop[strspn(loop, "0123456789")] == '\0')) ||
           (config && serverconfig_mentions(cwd, config, "gevent"));
}

static void look_into_script(const char *path, const char *cwd, struct fork_facts *facts) {
    static const char *const loops[] = {"uvicorn.run(", "asyncio.run(", "hypercorn.asyncio", "web.run_app("};
    facts->with_gevent = serverconfig_mentions(cwd, path, "gevent");
    for (size_t i = 0; i < array_length(loops) && !facts->with_gevent; i++)
        if (serverconfig_mentions(cwd, path, loops[i])) facts->script_runs_asyncio = true;
    facts->without_gevent = facts->script_runs_asyncio;
}

static bool is_uwsgi_emperor(const struct command *command, char *const *environment, const char *cwd) {
    if (command->server->server != SERVER_UWSGI) return false;
    const char *config = command->fields[FIELD_CONFIG];
    cleanup_free char *emperor = config ? serverconfig_value(cwd, config, "emperor") : NULL;
    return emperor || given(command, FIELD_EMPEROR) || environment_value(environment, "UWSGI_EMPEROR");
}

void fork_facts_gather(const struct command *command, char *const *argv, char *const *environment,
                       const char *cwd, struct fork_facts *facts) {
    *facts = (struct fork_facts){0};
    text_to_number(environment_value(environment, "WEB_CONCURRENCY"), 0, 100000, &facts->web_concurrency);
    facts->flask_debug = environment_is_true(environment_value(environment, "FLASK_DEBUG"));
    if (!command->server) {
        if (command->script) look_into_script(argv[command->script], cwd, facts);
        return;
    }
    facts->with_gevent = runs_with_gevent(command, environment, cwd);
    facts->uwsgi_emperor = is_uwsgi_emperor(command, environment, cwd);
    facts->without_gevent = !facts->uwsgi_emperor && runs_without_gevent(command, environment, cwd);
}
