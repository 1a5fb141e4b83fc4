/* What a repository says about its apps, agents, roles and machines: gathered from all of its files, then only read.
 *
 * Everything lies in the arena of the facts. A value that only the shell, Docker or Terraform knows (a variable, an
 * interpolation) is NULL: rules speak of what stands there and never of what may come of it. */
#ifndef PATCH_LINT_FACTS_H
#define PATCH_LINT_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

struct fact_place {
    const char *path; /* relative to the root */
    struct place place;
    size_t characters; /* the column in Unicode code points */
    bool ignored; /* `appsig-ignore` in a comment on its line, right above it, or at the head of the file */
};

struct fact_variable {
    const char *name;
    const char *value; /* NULL: not known */
    struct fact_place at;
};

enum app_kind {
    APP_IMAGE,   /* a stage of a Dockerfile */
    APP_RUN,     /* docker run */
    APP_COMPOSE, /* a service of a compose file */
    APP_UNIT,    /* a systemd unit */
    APP_COMMAND  /* a command of a script */
};

enum app_network { NETWORK_NONE, NETWORK_BRIDGE, NETWORK_HOST, NETWORK_OTHER };

enum app_hook { APP_HOOK_UNKNOWN, APP_HOOK_ABSENT, APP_HOOK_THERE };

struct fact_port {
    const char *text; /* "80:5000" */
    const char *container;
    bool equal; /* both sides are the same */
    struct fact_place at;
};

enum { NO_SCOPE = 0 };

struct fact_app {
    enum app_kind kind;
    const char *label; /* as a person knows it: a service, an image, a unit */
    struct fact_place at;
    const char *launcher; /* "opentelemetry-instrument", "appsig-exec"; NULL: none */
    const char *server;   /* "gunicorn", "runserver"; NULL: not known */
    struct fact_place start;
    bool noreload;
    bool spawns; /* uvicorn with several workers: processes that are started anew, which need no hook */
    enum app_hook hook;
    enum app_network network;
    struct fact_place network_at;
    bool open; /* more variables come from a file that is not read */
    struct fact_variable *variables;
    size_t variable_count;
    struct fact_port *ports;
    size_t port_count;
    const char *image;  /* path of the Dockerfile: its own, or that it is built from; NULL */
    const char *target; /* the stage; NULL: the last */
    bool last;          /* APP_IMAGE: the last stage */
    size_t scope;       /* of the script that it stands in; NO_SCOPE: none */

    const struct fact_app *base; /* the APP_IMAGE that it is built from, by facts_link */
    bool alone;                  /* APP_IMAGE: the last stage, and no other app is built from it */
};

/* An IAM policy that lets traces be sent. */
struct fact_policy {
    struct fact_place at;
    bool rules;   /* xray:GetSamplingRules */
    bool targets; /* xray:GetSamplingTargets */
};

/* A configuration of the CloudWatch agent. */
struct fact_agent {
    struct fact_place at;
    bool traces;   /* traces.traces_collected.application_signals */
    bool metrics;  /* logs.metrics_collected.application_signals */
    long ports[4]; /* of otlp's own endpoints */
    size_t port_count;
    long sampler; /* where the sampling rules are asked for */
    size_t scope; /* of the script that writes it */
};

/* `pip install aws-opentelemetry-distro` on the machine itself. */
struct fact_install {
    struct fact_place at;
    size_t scope;
};

struct fact_machine {
    const char *label;
    struct fact_place at;  /* of what says the hop limit */
    const char *hop_limit; /* as written; NULL: not said */
    size_t scope;          /* of its script */
};

struct fact_pin {
    const char *package;
    const char *wanted;
    const char *version; /* that ADOT brings, in words */
    struct fact_place at;
};

/* A file of which nothing is known. */
struct fact_unread {
    const char *reason;
    struct fact_place at;
};

struct facts {
    struct arena arena;
    struct fact_app *apps;
    size_t app_count;
    struct fact_policy *policies;
    size_t policy_count;
    struct fact_agent *agents;
    size_t agent_count;
    struct fact_install *installs;
    size_t install_count;
    struct fact_machine *machines;
    size_t machine_count;
    struct fact_pin *pins;
    size_t pin_count;
    struct fact_unread *unread;
    size_t unread_count;
    size_t scopes;
    bool
        managed_policy; /* a managed policy of AWS's that holds the sampling actions is attached to some role */
};

/* A copy in the arena; NULL stays NULL. */
const char *facts_text(struct facts *facts, const char *text);

/* The place of an offset; `shown` is the file's path relative to the root. */
struct fact_place *facts_place(struct facts *facts, const struct source *source, const char *shown,
                               size_t offset, struct fact_place *place);

struct fact_app *facts_add_app(struct facts *facts, enum app_kind kind, const char *label);

/* NAME=VALUE; a value with $ in it, or a hole of a script, is not known. */
void facts_add_variable(struct facts *facts, struct fact_app *app, const char *name, const char *value,
                        const struct fact_place *at);

/* Fills base and alone, once all is gathered. */
void facts_link(struct facts *facts);

/* The app's own variable, else its image's; NULL where neither has it. */
const struct fact_variable *app_variable(const struct fact_app *app, const char *name);

/* The same, NULL where its value is not known or empty. */
const char *app_value(const struct fact_app *app, const char *name);
bool app_says(const struct fact_app *app, const char *name, const char *value);

/* Its own, else its image's. */
const char *app_launcher(const struct fact_app *app);
const struct fact_app *app_start(const struct fact_app *app); /* which of the two says what is started */

/* Application Signals is turned on for it, and no appsig-exec decides when it starts. An image that others of the
 * repository run is judged by what they make of it. */
bool app_is_guided(const struct fact_app *app);

/* Guided, or started by appsig-exec. */
bool app_is_instrumented(const struct fact_app *app);

void facts_free(struct facts *facts);

#endif
