#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/lint/rules.h"

static const char defer[] = "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED";

/* Servers whose workers need a hook; and those that run the app in the process that is started. */
static bool is_forking(const char *server) { return text_has_word("gunicorn uwsgi pyuwsgi", server); }

static bool is_single(const struct fact_app *start) {
    if (strcmp(start->server, "uvicorn") == 0) return !start->spawns;
    return strcmp(start->server, "runserver") == 0 && start->noreload;
}

void check_defer_without_hook(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i], *start = app_start(app);
        if (!app_is_guided(app) || !start->server || !app_says(app, defer, "true")) continue;
        const struct fact_variable *variable = app_variable(app, defer);
        if (is_forking(start->server) && start->hook == APP_HOOK_ABSENT)
            lint_add(findings, &variable->at, "'%s' defers to the workers of %s, which have no hook",
                     app->label, start->server);
        if (is_single(start))
            lint_add(findings, &variable->at, "'%s' defers to workers, and %s has none", app->label,
                     start->server);
    }
}

void check_hook_without_defer(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i], *start = app_start(app);
        const struct fact_variable *variable = app_variable(app, defer);
        bool unknown = app->open || (variable && !variable->value) || app_says(app, defer, "true");
        if (!app_is_guided(app) || !start->server || unknown) continue;
        if (!is_forking(start->server) || start->hook != APP_HOOK_THERE) continue;
        lint_add(findings, &start->start, "'%s' has a hook for the workers of %s and does not set %s=true",
                 app->label, start->server, defer);
    }
}

void check_noreload(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i], *start = app_start(app);
        if (!app_is_guided(app) || !start->server || strcmp(start->server, "runserver") != 0) continue;
        if (start->noreload || app->open || app_says(app, defer, "true")) continue;
        lint_add(findings, &start->start, "'%s' starts runserver without --noreload", app->label);
    }
}

struct name {
    const struct fact_variable *variable; /* NULL: it has none that is known */
    char *value;                          /* owned */
};

/* The value of service.name; the last of several wins. Owned by the caller. */
static char *attribute_of(const char *attributes) {
    static const char key[] = "service.name=";
    char *found = NULL;
    for (const char *at = attributes; *at;) {
        at += strspn(at, ", ");
        size_t length = strcspn(at, ",");
        if (strncmp(at, key, sizeof key - 1) == 0 && length > sizeof key - 1) {
            free(found);
            found = memory_copy_bytes(at + sizeof key - 1, length - (sizeof key - 1));
        }
        at += length;
    }
    return found;
}

static const char *const name_variables[] = {"OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "SERVICE_NAME"};

/* What the variable says the name is; owned by the caller; NULL. */
static char *name_in(const struct fact_variable *variable) {
    if (!variable->value || !*variable->value) return NULL;
    return strcmp(variable->name, "OTEL_RESOURCE_ATTRIBUTES") == 0 ? attribute_of(variable->value)
                                                                   : memory_copy(variable->value);
}

/* Of its own variables alone, by their order. */
static void own_name(const struct fact_app *app, struct name *name) {
    struct fact_app only = *app;
    only.base = NULL;
    *name = (struct name){0};
    for (size_t i = 0; i < array_length(name_variables) && !name->value; i++) {
        const struct fact_variable *variable = app_variable(&only, name_variables[i]);
        name->variable = variable;
        name->value = variable ? name_in(variable) : NULL;
        /* One that is there and not known may be any name. */
        if (variable && !variable->value) return;
    }
}

/* Two variables of one app. */
static void check_own_names(const struct fact_app *app, struct lint_findings *findings) {
    struct name first;
    own_name(app, &first);
    for (size_t i = 0; first.value && i < app->variable_count; i++) {
        const struct fact_variable *variable = &app->variables[i];
        bool names = false;
        for (size_t k = 0; k < array_length(name_variables); k++)
            names |= strcmp(variable->name, name_variables[k]) == 0;
        cleanup_free char *value = names && variable != first.variable ? name_in(variable) : NULL;
        if (!value || strcmp(value, first.value) == 0) continue;
        lint_add(findings, &variable->at, "%s names '%s' '%s', and %s names it '%s'", variable->name,
                 app->label, value, first.variable->name, first.value);
    }
    free(first.value);
}

static void compare(const struct fact_app *one, const struct fact_app *other,
                    struct lint_findings *findings) {
    struct name first, second;
    own_name(one, &first);
    own_name(other, &second);
    if (first.value && second.value && strcmp(first.value, second.value) != 0)
        lint_add(findings, &second.variable->at, "'%s' is named '%s' here and '%s' in %s:%zu", other->label,
                 second.value, first.value, first.variable->at.path, first.variable->at.place.line);
    free(first.value);
    free(second.value);
}

/* Two files that start the same thing: built from one Dockerfile, or units of one name. Services of one compose file are
 * different ones, whatever they are built from. */
static bool is_same_service(const struct fact_app *one, const struct fact_app *other) {
    if (one->kind == APP_IMAGE || other->kind == APP_IMAGE || strcmp(one->at.path, other->at.path) == 0)
        return false;
    if (one->kind == APP_UNIT && other->kind == APP_UNIT) return strcmp(one->label, other->label) == 0;
    bool whole = !one->target && !other->target;
    if (!one->image || !text_equal(one->image, other->image)) return false;
    if (!whole && !text_equal(one->target, other->target)) return false;
    return one->kind != other->kind || one->kind != APP_COMPOSE || strcmp(one->label, other->label) == 0;
}

static size_t count_built(const struct facts *facts, const struct fact_app *image) {
    size_t count = 0;
    for (size_t i = 0; i < facts->app_count; i++) count += facts->apps[i].base == image;
    return count;
}

void check_names(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i];
        if (app->at.ignored) continue;
        if (app_is_instrumented(app)) check_own_names(app, findings);
        if (app->base && count_built(facts, app->base) == 1) compare(app->base, app, findings);
        for (size_t k = 0; k < i; k++)
            if (!facts->apps[k].at.ignored && is_same_service(&facts->apps[k], app))
                compare(&facts->apps[k], app, findings);
    }
}
