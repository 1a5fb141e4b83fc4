/* The plan as data: facts in, environment modifications, argv and lines out. Nothing is asked, read or run. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"
#include "shim/facts.h"
#include "shim/plan.h"

#define PYTHON "/venv/bin/python"
#define WRAPPER "/venv/bin/opentelemetry-instrument"
#define INSTRUMENTATION                                                                                      \
    "/venv/lib/python3.11/site-packages/opentelemetry/instrumentation/auto_instrumentation"

struct world {
    struct settings settings;
    struct facts facts;
    struct plan plan;
};

static void set(struct world *world, enum setting_id id, const char *value, enum source source) {
    free(world->settings.of[id].value);
    free(world->settings.of[id].where);
    world->settings.of[id] = (struct setting){memory_copy(value), source, memory_copy("test")};
}

/* Facts as they are on a healthy host; `command` and `environment` end with NULL. */
static void begin(struct world *world, char *const *command, char *const *environment) {
    *world = (struct world){0};
    set(world, SETTING_LAUNCH, "auto", SOURCE_DEFAULT);
    set(world, SETTING_ON_MISSING_AGENT, "instrument", SOURCE_DEFAULT);
    set(world, SETTING_GUNICORN_HOOK, "on", SOURCE_DEFAULT);
    set(world, SETTING_UWSGI_HOOK, "on", SOURCE_DEFAULT);
    set(world, SETTING_ECS, "auto", SOURCE_DEFAULT);
    struct facts *facts = &world->facts;
    facts->settings = &world->settings;
    facts->environment = environment;
    facts->argv = facts->given_argv = command;
    facts->given_executable = memory_copy(PYTHON);
    facts->cwd = memory_copy("/app");
    facts->own_path = memory_copy("");
    facts->python = (struct python){.executable = memory_copy(PYTHON),
                                    .program = memory_copy(PYTHON),
                                    .interpreter = memory_copy(PYTHON),
                                    .adot = ADOT_PRESENT,
                                    .instrumentation = memory_copy(INSTRUMENTATION),
                                    .wrapper = memory_copy(WRAPPER)};
    facts->hooks.directory = memory_copy("/tmp/appsig-0");
    command_recognise(command, &facts->command);
    fork_facts_gather(&facts->command, command, environment, "/nonexistent", &facts->fork);
}

static void answer(struct world *world, enum answer otlp, enum answer sampler) {
    struct agents *agents = &world->facts.agents;
    agents_plan(&world->settings, world->facts.environment, &world->facts.place, false, agents);
    agents->verdict.count = agents->request_count;
    agents->verdict.forked = agents->verdict.sandboxed = true;
    for (size_t i = 0; i < agents->request_count; i++)
        agents->verdict.answers[i].answer = agents->requests[i].question == QUESTION_SAMPLER ? sampler : otlp;
}

static void make(struct world *world) {
    struct identity_inputs inputs = {.settings = &world->settings,
                                     .environment = world->facts.environment,
                                     .argv = world->facts.argv,
                                     .command = &world->facts.command,
                                     .place = &world->facts.place,
                                     .cwd = "/app"};
    identity_find(&inputs, &world->facts.identity);
    plan_make(&world->facts, &world->plan);
}

static void end(struct world *world) {
    plan_free(&world->plan);
    facts_free(&world->facts);
    settings_free(&world->settings);
}

static const char *value(const struct world *world, const char *name) {
    for (size_t i = 0; i < world->plan.change_count; i++)
        if (strcmp(world->plan.changes[i].name, name) == 0) return world->plan.changes[i].value;
    return "(not planned)";
}

static bool says(const struct world *world, const char *words) {
    for (size_t i = 0; i < world->plan.line_count; i++)
        if (strstr(world->plan.lines[i].text, words)) return true;
    return false;
}

static void healthy(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"OTEL_SERVICE_NAME=shop", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    static const char *const pairs[][2] = {
        {"OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "true"},
        {"OTEL_METRICS_EXPORTER", "none"},
        {"OTEL_LOGS_EXPORTER", "none"},
        {"OTEL_PYTHON_DISTRO", "aws_distro"},
        {"OTEL_PYTHON_CONFIGURATOR", "aws_configurator"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
        {"OTEL_TRACES_SAMPLER", "xray"},
        {"OTEL_TRACES_SAMPLER_ARG", "endpoint=http://localhost:2000"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost:4316/v1/traces"},
        {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", "http://localhost:4316/v1/metrics"},
        {"SERVICE_NAME", "shop"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "(not planned)"},
        {"APPSIG_QUICK_STOP_FILE", "(not planned)"},
        {"OTEL_AWS_OTLP_LOGS_ENDPOINT", "(not planned)"},
        {"OTEL_RESOURCE_ATTRIBUTES", "(not planned)"},
        {"PORT", "(not planned)"},
        {FORK_DEFER, "(not planned)"},
        {"PYTHONPATH", "(not planned)"},
    };
    for (size_t i = 0; i < array_length(pairs); i++)
        IS_STR(value(&world, pairs[i][0]), pairs[i][1], "healthy host: %s", pairs[i][0]);
    IS_STR(plan_kind_name(world.plan.kind), "wrapper", "auto is the wrapper");
    IS_STR(world.plan.argv.items[0], WRAPPER, "its program comes first");
    OK(world.plan.line_count == 0, "nothing is said where all is well");
    OK(world.plan.telemetry, "telemetry will flow");
    end(&world);
}

static void theirs_win(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL},
          (char *[]){"OTEL_TRACES_SAMPLER=always_on", "OTEL_METRICS_EXPORTER=otlp",
                     "OTEL_PYTHON_DISTRO=other",
                     "OTEL_RESOURCE_ATTRIBUTES=team=x,service.name=", "SERVICE_NAME=a b,c=d",
                     "OTEL_LOGS_EXPORTER=", "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN=true",
                     "DEPLOYMENT_ENVIRONMENT=prod", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, "OTEL_TRACES_SAMPLER"), "(not planned)", "the user's sampler stays");
    IS_STR(value(&world, "OTEL_TRACES_SAMPLER_ARG"), "(not planned)", "and gets no argument of ours");
    IS_STR(value(&world, "OTEL_METRICS_EXPORTER"), "(not planned)", "the user's exporter stays");
    IS_STR(value(&world, "OTEL_LOGS_EXPORTER"), "none", "an empty value counts as none");
    OK(says(&world, "'OTEL_PYTHON_DISTRO' is 'other'"), "another distro is kept, with a line");
    IS_STR(value(&world, "OTEL_RESOURCE_ATTRIBUTES"),
           "team=x,service.name=,service.name=a%20b%2Cc%3Dd,deployment.environment=prod",
           "name and environment are merged, percent-encoded");
    IS_STR(value(&world, "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"), NULL, "a leaked mark is removed");
    end(&world);
}

static void flags_replace(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"OTEL_SERVICE_NAME=old", "PORT=1", NULL});
    set(&world, SETTING_SERVICE_NAME, "new", SOURCE_FLAG);
    set(&world, SETTING_PORT, "8080", SOURCE_FLAG);
    set(&world, SETTING_AGENT_ENDPOINT, "http://agent:4316", SOURCE_FLAG);
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, "OTEL_SERVICE_NAME"), "new", "a flag replaces OTEL_SERVICE_NAME");
    IS_STR(value(&world, "PORT"), "8080", "a flag replaces PORT");
    IS_STR(value(&world, "OTEL_AWS_OTLP_LOGS_ENDPOINT"), "http://agent:4316/v1/logs",
           "service events go along");
    IS_STR(value(&world, "OTEL_TRACES_SAMPLER_ARG"), "endpoint=http://agent:2000",
           "the sampler is on the same host");
    end(&world);
}

static void no_agent(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_REFUSED, ANSWER_REFUSED);
    make(&world);
    IS_STR(value(&world, "OTEL_EXPORTER_OTLP_TIMEOUT"), "1", "exit is kept fast");
    OK(text_ends(value(&world, "APPSIG_QUICK_STOP_FILE"), "/quick_stop.py"), "also where no time-out counts");
    OK(world.plan.kind == PLAN_DIRECT && world.plan.hook_count == 2, "by our sitecustomize in front");
    OK(says(&world, "refuses connections"), "one line says what is missing");
    OK(world.plan.line_count == 1, "and one only");
    OK(!world.plan.telemetry, "telemetry will not flow");
    end(&world);
    begin(&world, (char *[]){"python", "main.py", NULL},
          (char *[]){"SERVICE_NAME=a", "OTEL_EXPORTER_OTLP_TIMEOUT=10", NULL});
    answer(&world, ANSWER_REFUSED, ANSWER_REFUSED);
    make(&world);
    IS_STR(value(&world, "APPSIG_QUICK_STOP_FILE"), "(not planned)",
           "a time-out of the user's says how long");
    end(&world);
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    world.facts.place.network = NETWORK_BRIDGE;
    answer(&world, ANSWER_REFUSED, ANSWER_REFUSED);
    make(&world);
    OK(says(&world, "--network host"), "in a bridge container the line names --network host");
    end(&world);
}

static void policies(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){NULL});
    set(&world, SETTING_ON_MISSING_AGENT, "bare", SOURCE_FLAG);
    answer(&world, ANSWER_REFUSED, ANSWER_REFUSED);
    make(&world);
    OK(world.plan.kind == PLAN_BARE && world.plan.change_count == 0, "bare: nothing is changed");
    end(&world);
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){NULL});
    set(&world, SETTING_ON_MISSING_AGENT, "fail", SOURCE_FLAG);
    answer(&world, ANSWER_REFUSED, ANSWER_REFUSED);
    make(&world);
    OK(world.plan.kind == PLAN_REFUSED, "fail: nothing is run");
    end(&world);
}

static void servers(void) {
    struct world world;
    begin(&world, (char *[]){"gunicorn", "-c", "file:mine.py", "a:app", NULL},
          (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, FORK_DEFER), "true", "gunicorn defers to its workers");
    IS_STR(value(&world, "APPSIG_GUNICORN_CONFIG"), "file:mine.py", "the user's config is handed on");
    IS_STR(world.plan.argv.items[world.plan.argv.count - 2], "-c", "our config comes last");
    end(&world);
    begin(&world, (char *[]){"gunicorn", "a:app", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    hookfiles_free(&world.facts.hooks);
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, FORK_DEFER), "(not planned)", "no place for the hook: no DEFER");
    OK(says(&world, "can be put nowhere"), "and a line");
    end(&world);
    begin(&world, (char *[]){"uwsgi", "--lazy-apps", "--ini", "x.ini", NULL},
          (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.argv.count == 4 + 3, "of uwsgi's three flags only the missing ones are added");
    OK(world.plan.in_front, "our sitecustomize makes each reload's master start clean");
    IS_STR(value(&world, FORK_DEFER), "true", "uwsgi defers");
    end(&world);
    begin(&world, (char *[]){"uvicorn", "a:app", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, FORK_DEFER), "(not planned)", "a single uvicorn never defers");
    IS_STR(value(&world, "AWS_GEVENT_PATCH_MODULES"), "none", "and is not monkey-patched");
    IS_STR(value(&world, "UVICORN_TIMEOUT_WORKER_HEALTHCHECK"), "(not planned)", "it waits for no worker");
    end(&world);
}

static void in_front(void) {
    struct world world;
    begin(&world, (char *[]){"uvicorn", "--workers", "2", "a:app", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, FORK_DEFER), "true", "uvicorn with workers defers");
    IS_STR(value(&world, "UVICORN_TIMEOUT_WORKER_HEALTHCHECK"), "60", "and gives its workers time to start");
    OK(world.plan.kind == PLAN_DIRECT, "and starts directly, with our sitecustomize in front");
    OK(world.plan.hook_count == 1 && text_starts(value(&world, "PYTHONPATH"), "/tmp/appsig-0/"),
       "on PYTHONPATH");
    IS_STR(value(&world, "APPSIG_STARTED"), "1", "which does not start it over");
    end(&world);
    begin(&world, (char *[]){"sh", "run.sh", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    free(steal_pointer(&world.facts.python.interpreter));
    free(world.facts.own_path);
    world.facts.own_path = memory_copy("/bin/appsig-exec");
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, "APPSIG_EXEC"), "/bin/appsig-exec", "what a script starts comes back to us");
    IS_STR(value(&world, "UWSGI_LAZY_APPS"), "true", "and a uWSGI finds its flags");
    end(&world);
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    set(&world, SETTING_INSTRUMENT, "used", SOURCE_CONF);
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.kind == PLAN_DIRECT && world.plan.in_front && world.plan.hook_count == 2,
       "--instrument=used puts our sitecustomize in front, and a file beside it");
    IS_STR(value(&world, "APPSIG_INSTRUMENT"), "used", "what is started further down knows of it");
    OK(text_ends(value(&world, "APPSIG_USED_ONLY_FILE"), "/used_only.py"), "and finds the file");
    end(&world);
    begin(&world, (char *[]){"gunicorn", "a:app", NULL},
          (char *[]){"SERVICE_NAME=a", "APPSIG_STARTED=1", NULL});
    world.facts.started = true;
    agents_plan(&world.settings, world.facts.environment, &world.facts.place, false, &world.facts.agents);
    make(&world);
    IS_STR(value(&world, FORK_DEFER), "true", "what came back is planned by the same rows");
    OK(world.plan.line_count == 0, "and says nothing again");
    end(&world);
}

static void launches(void) {
    struct world world;
    begin(&world, (char *[]){"gunicorn", "--config", "x.py", "a:app", NULL},
          (char *[]){"SERVICE_NAME=a", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.kind == PLAN_DIRECT, "where the wrapper rejects --config the launch is direct");
    IS_STR(value(&world, "PYTHONPATH"), INSTRUMENTATION ":/app", "with the wrapper's PYTHONPATH");
    end(&world);
    begin(&world, (char *[]){"python", "main.py", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    world.facts.python.adot = ADOT_ABSENT;
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.kind == PLAN_BARE && says(&world, "pip install aws-opentelemetry-distro"),
       "no ADOT: bare, a line");
    end(&world);
    begin(&world, (char *[]){"sh", "run.sh", NULL}, (char *[]){"SERVICE_NAME=a", NULL});
    free(steal_pointer(&world.facts.python.interpreter));
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.kind == PLAN_STARTED_LATER, "a shell script starts its Python later");
    IS_STR(value(&world, FORK_DEFER), "(not planned)", "and never with DEFER");
    end(&world);
}

static void python_path(void) {
    static const struct {
        const char *before, *cwd, *want;
    } rows[] = {{NULL, "/c", "/D:/c"},          {"", "/c", "/D:/c"},
                {"/a:/b", "/c", "/D:/c:/a:/b"}, {"/a:/c", "/c", "/D:/a:/c"},
                {"/D:/a:/D", "/c", "/D:/c:/a"}, {"/a::/b", "/c", "/D:/c:/a::/b"},
                {":", "/c", "/D:/c::"}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *got = plan_python_path(rows[i].before, "/D", rows[i].cwd);
        IS_STR(got, rows[i].want, "PYTHONPATH '%s'", rows[i].before ? rows[i].before : "unset");
    }
}

static void proxies(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL},
          (char *[]){"SERVICE_NAME=a", "HTTP_PROXY=http://p:1", "NO_PROXY=.corp", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    IS_STR(value(&world, "no_proxy"), ".corp,localhost", "no_proxy gets what NO_PROXY had, and our host");
    IS_STR(value(&world, "NO_PROXY"), ".corp,localhost", "so does NO_PROXY");
    end(&world);
}

static void timers_on_gevent(void) {
    static const struct {
        const char *loop, *theirs, *want;
    } rows[] = {
        {"--gevent=10", NULL, "threading"},
        {"--loop=gevent", NULL, "threading"},
        {"--gevent=10", "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=redis", "redis,threading"},
        {"--gevent=10", "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=threading", "(not planned)"},
        {"--master", "UWSGI_GEVENT=10", "threading"},
        {"--loop=asyncio", NULL, "(not planned)"},
        {"--master", NULL, "(not planned)"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct world world;
        begin(&world, (char *[]){"uwsgi", (char *)rows[i].loop, NULL},
              (char *[]){"SERVICE_NAME=a", (char *)rows[i].theirs, NULL});
        answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
        make(&world);
        IS_STR(value(&world, "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"), rows[i].want,
               "uwsgi %s: the threading instrumentor", rows[i].loop);
        end(&world);
    }
}

static void stands_down(void) {
    struct world world;
    begin(&world, (char *[]){"python", "main.py", NULL},
          (char *[]){"OTEL_EXPORTER_OTLP_ENDPOINT=https://api.vendor.example", NULL});
    answer(&world, ANSWER_HEALTHY, ANSWER_HEALTHY);
    make(&world);
    OK(world.plan.kind == PLAN_UNTOUCHED && says(&world, "standing down"),
       "another vendor's endpoint: stand down");
    end(&world);
}

int main(void) {
    healthy();
    theirs_win();
    flags_replace();
    no_agent();
    policies();
    servers();
    launches();
    in_front();
    python_path();
    proxies();
    timers_on_gevent();
    stands_down();
    return done_testing();
}
