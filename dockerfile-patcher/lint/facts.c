#include "dockerfile-patcher/lint/facts.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/text/find.h"

const char *facts_text(struct facts *facts, const char *text) {
    return text ? arena_copy(&facts->arena, text, strlen(text)) : NULL;
}

static bool says_ignore(const struct source *source, size_t begin, size_t end) {
    const char *line = source->bytes + begin, *word = find_text(line, end - begin, "appsig-ignore");
    if (!word) return false;
    size_t length = (size_t)(word - line);
    return memchr(line, '#', length) || find_text(line, length, "//") || find_text(line, length, "/*");
}

static bool is_comment(const struct source *source, size_t line) {
    struct span indent;
    source_indent(source, line, &indent);
    const char *text = source->bytes + indent.end;
    return *text == '#' || text_starts(text, "//") || text_starts(text, "/*");
}

static bool is_ignored(const struct source *source, size_t offset) {
    size_t line = source_line_begin(source, offset), head = source->begin;
    if (says_ignore(source, line, source_line_end(source, line))) return true;
    for (size_t above = line; above > source->begin;) {
        size_t end = above;
        above = source_line_begin(source, above - 1);
        if (!is_comment(source, above)) break;
        if (says_ignore(source, above, end)) return true;
    }
    for (; head < source->length && is_comment(source, head); head = source_line_end(source, head))
        if (says_ignore(source, head, source_line_end(source, head))) return true;
    return false;
}

struct fact_place *facts_place(struct facts *facts, const struct source *source, const char *shown,
                               size_t offset, struct fact_place *place) {
    place->path = facts_text(facts, shown);
    source_place(source, offset, &place->place);
    place->characters = place->place.column;
    for (size_t at = source_line_begin(source, offset); at < offset && at < source->length; at++)
        place->characters -= ((unsigned char)source->bytes[at] & 0xc0) == 0x80;
    place->ignored = is_ignored(source, offset);
    return place;
}

struct fact_app *facts_add_app(struct facts *facts, enum app_kind kind, const char *label) {
    facts->apps = arena_grow(&facts->arena, facts->apps, facts->app_count, sizeof *facts->apps);
    struct fact_app *app = &facts->apps[facts->app_count++];
    *app = (struct fact_app){.kind = kind, .label = facts_text(facts, label)};
    return app;
}

void facts_add_variable(struct facts *facts, struct fact_app *app, const char *name, const char *value,
                        const struct fact_place *at) {
    const char holes[] = {'$', '`', SCRIPT_HOLE_BEGIN, '\0'};
    bool known = value && !strpbrk(value, holes);
    app->variables = arena_grow(&facts->arena, app->variables, app->variable_count, sizeof *app->variables);
    app->variables[app->variable_count++] =
        (struct fact_variable){facts_text(facts, name), known ? facts_text(facts, value) : NULL, *at};
}

void facts_link(struct facts *facts) {
    for (size_t i = 0; i < facts->app_count; i++) {
        struct fact_app *app = &facts->apps[i];
        app->alone = app->kind == APP_IMAGE && app->last;
    }
    for (size_t i = 0; i < facts->app_count; i++) {
        struct fact_app *app = &facts->apps[i];
        for (size_t k = 0; app->kind != APP_IMAGE && app->image && k < facts->app_count; k++) {
            struct fact_app *image = &facts->apps[k];
            if (image->kind != APP_IMAGE || strcmp(image->image, app->image) != 0) continue;
            if (app->target ? !text_equal(app->target, image->target) : !image->last) continue;
            app->base = image;
            image->alone = false;
        }
    }
}

const struct fact_variable *app_variable(const struct fact_app *app, const char *name) {
    for (; app; app = app->base)
        for (size_t i = app->variable_count; i-- > 0;)
            if (strcmp(app->variables[i].name, name) == 0) return &app->variables[i];
    return NULL;
}

const char *app_value(const struct fact_app *app, const char *name) {
    const struct fact_variable *variable = app_variable(app, name);
    return variable && variable->value && *variable->value ? variable->value : NULL;
}

bool app_says(const struct fact_app *app, const char *name, const char *value) {
    const char *said = app_value(app, name);
    return said && strcasecmp(said, value) == 0;
}

const struct fact_app *app_start(const struct fact_app *app) {
    return app->server || app->launcher || !app->base ? app : app->base;
}

/* `docker run image gunicorn …` keeps the ENTRYPOINT of the image, which may be the launcher. */
const char *app_launcher(const struct fact_app *app) {
    if (app->launcher) return app->launcher;
    return app->base ? app->base->launcher : NULL;
}

bool app_is_guided(const struct fact_app *app) {
    if (app->at.ignored || (app->kind == APP_IMAGE && !app->alone)) return false;
    const char *launcher = app_launcher(app);
    if (launcher && strcmp(launcher, "appsig-exec") == 0) return false;
    if (app_says(app, "OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "false")) return false;
    return app_says(app, "OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "true") ||
           app_says(app, "OTEL_PYTHON_DISTRO", "aws_distro");
}

bool app_is_instrumented(const struct fact_app *app) {
    return app_is_guided(app) || text_equal(app_launcher(app), "appsig-exec");
}

void facts_free(struct facts *facts) { arena_free(&facts->arena); }
