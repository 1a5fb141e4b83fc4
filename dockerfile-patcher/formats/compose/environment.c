#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/django.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/formats/compose/marker.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static const char why_variables[] = "give the app its OpenTelemetry variables";

/* Names of compose services that say what a service does in its project, and not which one it is among others. */
static const char roles[] =
    "app application web webapp website site server service api backend back-end django "
    "flask fastapi python main worker wsgi http www";

/* The value of NAME in either form of `environment:`; NULL where it is not there. */
static const char *find_variable(struct yaml_node *environment, const char *name) {
    size_t length = strlen(name);
    if (!environment) return NULL;
    if (environment->kind == YAML_MAPPING) {
        struct yaml_node *value = yaml_find_merged(environment, name, NULL);
        const char *text = yaml_text(value);
        return value ? text ? text : "" : NULL;
    }
    for (size_t i = 0; environment->kind == YAML_SEQUENCE && i < environment->count; i++) {
        const char *item = yaml_text(environment->items[i]);
        if (!item || strncmp(item, name, length) != 0) continue;
        if (item[length] == '\0') return "";
        if (item[length] == '=') return item + length + 1;
    }
    return NULL;
}

/* NAME=VALUE at the beginning of a line, whatever the value. */
static bool file_has_variable(struct compose_planner *planner, const struct compose_service *said_by,
                              const char *file, const char *name) {
    cleanup_free char *above = text_directory(said_by->document->source.path);
    cleanup_free char *filled = compose_interpolated(file);
    cleanup_free char *path = filled ? compose_path(above, filled) : NULL;
    const struct source *source = path ? unit_look(planner->unit, path) : NULL;
    cleanup_free char *line = memory_format("%s=", name);
    for (size_t at = source ? source->begin : 0; source && at < source->length;
         at = source_line_end(source, at)) {
        size_t begin = at;
        while (source->bytes[begin] == ' ' || source->bytes[begin] == '\t') begin++;
        if (strncmp(source->bytes + begin, "export ", 7) == 0) begin += 7;
        if (strncmp(source->bytes + begin, line, strlen(line)) == 0) return true;
    }
    return false;
}

static bool in_files(struct compose_planner *planner, const struct compose_subject *subject,
                     const char *name) {
    const struct compose_service *said_by = subject->service;
    struct yaml_node *files = compose_value(planner->unit, subject->service, "env_file", &said_by);
    if (!files) return false;
    if (files->kind == YAML_SCALAR) return file_has_variable(planner, said_by, files->value, name);
    for (size_t i = 0; files->kind == YAML_SEQUENCE && i < files->count; i++) {
        struct yaml_node *item = yaml_follow(files->items[i]);
        const char *file = item->kind == YAML_MAPPING ? yaml_text(yaml_find(item, "path")) : yaml_text(item);
        if (file && file_has_variable(planner, said_by, file, name)) return true;
    }
    return false;
}

const char *compose_variable(struct compose_planner *planner, const struct compose_subject *subject,
                             const char *name) {
    const char *own = find_variable(compose_own(subject->service, "environment"), name);
    const struct compose_service *base = compose_base(planner->unit, subject->service);
    if (!own) own = find_variable(compose_value(planner->unit, subject->service, "environment", NULL), name);
    if (!own && base) own = find_variable(compose_own(base, "environment"), name);
    if (!own && in_files(planner, subject, name)) own = "";
    if (!own) own = dockerfile_linked_variable(subject->dockerfile, subject->build.target, name);
    return own;
}

static char *upper(const char *name) {
    char *copy = memory_copy(name);
    for (char *at = copy; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : strchr("-.", *at) ? '_' : *at;
    return copy;
}

/* What the compose file itself says: a name that is a name, and not a role. */
static const char *known_name(struct compose_planner *planner, const struct compose_subject *subject) {
    static const char *const variables[] = {"OTEL_SERVICE_NAME", "SERVICE_NAME"};
    for (size_t i = 0; i < array_length(variables); i++) {
        const char *value = compose_variable(planner, subject, variables[i]);
        if (value && *value && !strchr(value, '$')) return value;
    }
    return text_has_word(roles, subject->service->name) ? NULL : subject->service->name;
}

/* The answer for this service, for the only one of the file, or what the file says; else it is asked. */
static const char *service_name(struct compose_planner *planner, struct compose_subject *subject) {
    struct unit *unit = planner->unit;
    cleanup_free char *folded = upper(subject->service->name);
    cleanup_free char *name = memory_format("SERVICE_NAME_%s", folded);
    const char *answer = unit_answer(unit, planner->document, name);
    if (!answer && planner->wanted == 1) answer = unit_answer(unit, planner->document, "SERVICE_NAME");
    if (answer || unit->settings->style == STYLE_SHIM) return answer;
    const char *known = known_name(planner, subject);
    if (known) return known;
    cleanup_free char *text =
        memory_format("which name is service '%s' to have among all services?", subject->service->name);
    struct question *question;
    answer = unit_ask(unit, subject->engine, planner->wanted == 1 ? "SERVICE_NAME" : name, planner->document,
                      text, &question);
    if (!question) return answer;
    cleanup_free char *above = text_directory(planner->document->source.path);
    const char *project = text_base_name(above);
    cleanup_free char *joined = memory_format("%s-%s", project, subject->service->name);
    if (*project && strcmp(project, ".") != 0) question_candidate(question, joined);
    question_candidate(question, subject->service->name);
    question_evidence(question, &planner->document->source, subject->service->key->span.begin,
                      subject->service->name);
    return NULL;
}

/* The container's port of a mapping in either form: "8000:80/tcp", "127.0.0.1:80:80", {target: 80}. */
static const char *container_port(struct arena *arena, struct yaml_node *item) {
    item = yaml_follow(item);
    const char *text = yaml_text(item->kind == YAML_MAPPING ? yaml_find(item, "target") : item);
    if (!text) return NULL;
    const char *colon = strrchr(text, ':');
    const char *digits = colon && !strchr(colon, '}') ? colon + 1 : text;
    size_t length = strspn(digits, "0123456789");
    bool ends = digits[length] == '\0' || strcmp(digits + length, "/tcp") == 0;
    return length && ends ? arena_copy(arena, digits, length) : NULL;
}

static const char *port_of(struct compose_planner *planner, struct compose_subject *subject) {
    struct yaml_node *ports = compose_value(planner->unit, subject->service, "ports", NULL);
    if (ports && ports->kind == YAML_SEQUENCE && ports->count == 1)
        return container_port(&planner->compose->yaml.arena, ports->items[0]);
    return ports ? NULL : dockerfile_linked_port(subject->dockerfile, subject->build.target);
}

/* Of the manage.py of the build context; asked for where the command is surely Django's. */
static char *django_settings(struct compose_planner *planner, struct compose_subject *subject) {
    cleanup_free char *path = text_join_path(subject->build.context, "manage.py");
    const struct source *source = unit_look(planner->unit, path);
    const char *server = subject->image.launch.server;
    char *found = source ? django_settings_in(source->bytes, source->length) : NULL;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    if (found || !guide || !server || strcmp(server, "runserver") != 0) return found;
    if (compose_variable(planner, subject, "DJANGO_SETTINGS_MODULE")) return NULL;
    struct question *question;
    const char *answer = unit_ask(planner->unit, subject->engine, "DJANGO_SETTINGS_MODULE", planner->document,
                                  "which module holds Django's settings?", &question);
    if (question && question->evidence_count == 0)
        question_evidence(question, &planner->document->source, subject->service->key->span.begin,
                          "runserver");
    return answer ? memory_copy(answer) : NULL;
}

static void add_variable(struct text *block, struct text *flow, const char *name, const char *value,
                         bool list, enum yaml_style like) {
    cleanup_free char *item = list ? memory_format("%s=%s", name, value) : NULL;
    if (block->length) text_add_char(block, '\n');
    if (flow->length) text_add(flow, ", ");
    if (list) text_add(block, "- ");
    if (!list) {
        text_add_format(block, "%s: ", name);
        text_add_format(flow, "%s: ", name);
    }
    yaml_add_scalar(block, list ? item : value, like);
    yaml_add_scalar(flow, list ? item : value, like);
}

/* The quotes of what stands in it already. */
static enum yaml_style style_of(const struct yaml_node *environment) {
    const struct yaml_node *last =
        environment && environment->count ? environment->items[environment->count - 1] : NULL;
    bool quoted = last && (last->style == YAML_DOUBLE || last->style == YAML_SINGLE);
    return quoted ? last->style : YAML_PLAIN;
}

struct additions {
    struct text block;
    struct text flow;
    size_t count;
};

static void fill(struct compose_planner *planner, struct compose_subject *subject,
                 struct yaml_node *environment, struct additions *new) {
    enum style style = planner->unit->settings->style;
    cleanup_free char *settings = django_settings(planner, subject);
    bool list = environment && environment->kind == YAML_SEQUENCE;
    const char *server = subject->image.launch.server;
    bool of_image =
        style == STYLE_GUIDE && !subject->wrapped && hook_is_for(server) && subject->build.context;
    bool hook = of_image ? hook_of_image(planner->unit, subject->dockerfile, subject->build.context, server)
                         : subject->hook == HOOK_READY;
    struct variable_facts facts = {.style = style,
                                   .wsgi_server = hook,
                                   .place = VARIABLE_CONTAINER,
                                   .service_name = service_name(planner, subject),
                                   .port = port_of(planner, subject),
                                   .django_settings = settings,
                                   .agent = subject->agent};
    const struct variable_row *row;
    for (size_t at = 0; (row = variables_next(&facts, &at));) {
        if (compose_variable(planner, subject, row->name)) continue;
        cleanup_free char *value = variable_value(row, &facts);
        add_variable(&new->block, &new->flow, row->name, value, list, style_of(environment));
        new->count++;
    }
    bool away = style == STYLE_SHIM && subject->agent;
    if (!away || compose_variable(planner, subject, "APPSIG_AGENT_ENDPOINT")) return;
    cleanup_free char *endpoint = memory_format("http://%s:4316", subject->agent);
    add_variable(&new->block, &new->flow, "APPSIG_AGENT_ENDPOINT", endpoint, list, style_of(environment));
    new->count++;
}

/* Behind the last variable of the service's own `environment:`. */
static bool extend(struct compose_planner *planner, struct compose_subject *subject,
                   const struct yaml_node *environment, const struct additions *new) {
    struct document *document = planner->document;
    const struct yaml_node *key = environment->parent->items[yaml_index(environment->parent, "environment")];
    if (environment->style == YAML_FLOW) {
        cleanup_free char *text = memory_format("the last %zu of environment are new", new->count);
        compose_mark_at(document, subject->engine, key->span.begin, text);
    }
    cleanup_free char *lines = compose_marked(new->block.bytes);
    return yaml_insert(&document->edits, subject->engine, &document->source, environment, environment->count,
                       lines, new->flow.bytes, why_variables);
}

/* `environment:` comes from an anchor that others may read, too: this service gets its own, which merges it. */
static bool override(struct compose_planner *planner, struct compose_subject *subject,
                     const struct yaml_node *inherited, const struct additions *new) {
    size_t step = yaml_step(&planner->compose->yaml);
    cleanup_free char *lines = yaml_indented(new->block.bytes, step);
    cleanup_free char *all =
        inherited ? memory_format("environment:\n%*s<<: *%s\n%s", (int)step, "", inherited->anchor, lines)
                  : memory_format("environment:\n%s", lines);
    return compose_add_keys(planner, subject, all, why_variables);
}

static void apply(struct compose_planner *planner, struct compose_subject *subject,
                  const struct additions *new) {
    struct yaml_node *node = subject->service->node,
                     *environment = compose_own(subject->service, "environment");
    const struct yaml *yaml = &planner->compose->yaml;
    size_t own = yaml_index(node, "environment");
    bool done = false;
    if (environment && yaml_is_null(environment)) {
        cleanup_free char *lines = compose_marked(new->block.bytes);
        done = own != SIZE_MAX && !yaml_is_shared(yaml, node->items[own + 1]) &&
               yaml_fill(&planner->document->edits, subject->engine, &planner->document->source, node, own,
                         yaml_step(yaml), lines, why_variables);
    } else if (!environment) {
        done = override(planner, subject, NULL, new);
    } else if (own == SIZE_MAX || node->items[own + 1]->kind == YAML_ALIAS) {
        done = own == SIZE_MAX && environment->kind == YAML_MAPPING && environment->anchor &&
               override(planner, subject, environment, new);
    } else {
        bool shared = yaml_is_shared(yaml, environment) && !yaml_is_shared(yaml, node);
        done = !shared && extend(planner, subject, environment, new);
    }
    if (!done)
        compose_refuse(planner, subject,
                       own != SIZE_MAX ? node->items[own + 1]
                       : environment   ? environment
                                       : subject->service->key,
                       "its environment is shared with other services: give it one of its own");
}

void compose_environment(struct compose_planner *planner, struct compose_subject *subject) {
    struct additions new = {0};
    fill(planner, subject, compose_own(subject->service, "environment"), &new);
    if (new.count) apply(planner, subject, &new);
    text_free(&new.block);
    text_free(&new.flow);
}

void compose_defer(struct compose_planner *planner, struct compose_subject *subject) {
    static const char name[] = "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED";
    const struct yaml_node *environment = compose_own(subject->service, "environment");
    bool list = environment && environment->kind == YAML_SEQUENCE;
    struct additions new = {.count = 1};
    if (compose_variable(planner, subject, name)) return;
    add_variable(&new.block, &new.flow, name, "true", list, style_of(environment));
    apply(planner, subject, &new);
    text_free(&new.block);
    text_free(&new.flow);
}
