#include "dockerfile-patcher/formats/compose/compose.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/find.h"

/* What compose gives no meaning as a service at the top of a v1 file. */
static const char not_services[] = "version name services networks volumes configs secrets include models";

static const char ignore_sign[] = "appsig-ignore";

static bool says_ignore(const struct source *source, size_t begin, size_t end) {
    const char *sign = find_text(source->bytes + begin, end - begin, ignore_sign);
    const char *mark =
        sign ? memrchr(source->bytes + begin, '#', (size_t)(sign - source->bytes) - begin) : NULL;
    return mark != NULL;
}

static bool is_ignored(const struct source *source, size_t offset) {
    size_t begin = source_line_begin(source, offset);
    if (says_ignore(source, begin, source_line_end(source, begin))) return true;
    if (begin == source->begin) return false;
    size_t above = source_line_begin(source, begin - 1);
    struct span indent;
    source_indent(source, above, &indent);
    return source->bytes[indent.end] == '#' && says_ignore(source, above, begin);
}

static void add_services(struct document *document, struct compose *compose, struct yaml_node *services) {
    for (size_t i = 0; i + 1 < services->count; i += 2) {
        struct yaml_node *key = yaml_follow(services->items[i]), *node = yaml_follow(services->items[i + 1]);
        if (key->kind != YAML_SCALAR || node->kind != YAML_MAPPING || yaml_is(key, "<<")) continue;
        if (text_starts(key->value, "x-")) continue;
        compose->services =
            arena_grow(&compose->yaml.arena, compose->services, compose->count, sizeof *compose->services);
        compose->services[compose->count++] =
            (struct compose_service){.name = key->value,
                                     .document = document,
                                     .key = key,
                                     .node = node,
                                     .ignored = is_ignored(&document->source, key->span.begin)};
    }
}

/* Version 1: the services stand at the top, and each has an image or is built. */
static bool is_version_1(const struct yaml_node *root) {
    bool found = false;
    for (size_t i = 0; i + 1 < root->count; i += 2) {
        struct yaml_node *value = yaml_follow(root->items[i + 1]);
        const char *key = yaml_text(root->items[i]);
        if (!key || text_has_word(not_services, key) || value->kind != YAML_MAPPING) return false;
        found |= yaml_find_merged(value, "image", NULL) || yaml_find_merged(value, "build", NULL);
    }
    return found;
}

bool compose_read(struct document *document, struct compose *compose) {
    const struct source *source = &document->source;
    for (size_t i = 0; i < compose->yaml.count; i++) {
        struct yaml_node *root = compose->yaml.documents[i], *services = yaml_find(root, "services");
        if (i == 0) compose->ignored = says_ignore(source, source->begin, root->content.begin);
        if (services && services->kind == YAML_MAPPING)
            add_services(document, compose, services);
        else if (root->kind == YAML_MAPPING && is_version_1(root))
            add_services(document, compose, root);
    }
    return compose->count > 0;
}

const struct compose_service *compose_named(const struct compose *compose, const char *name) {
    for (size_t i = 0; i < compose->count; i++)
        if (strcmp(compose->services[i].name, name) == 0) return &compose->services[i];
    return NULL;
}

struct yaml_node *compose_own(const struct compose_service *service, const char *key) {
    struct yaml_node *value = yaml_find_merged(service->node, key, NULL);
    return value && value->tag && strcmp(value->tag, "!reset") == 0 ? NULL : value;
}

static const struct compose *compose_of(struct unit *unit, const char *path) {
    struct document *document = unit_find(unit, path);
    return document && document->format == &format_compose ? document->model : NULL;
}

/* The files that compose lays an override over, in the order in which it looks for them. */
static const char *const base_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
                                         "docker-compose.yaml"};

/* A service that says what it is made of needs no file below its own: docker-compose.prod.yml often stands alone. */
static bool is_whole(const struct compose_service *service) {
    struct yaml_node *build = compose_own(service, "build");
    if (compose_own(service, "image") || compose_own(service, "extends")) return true;
    return build && (build->kind == YAML_SCALAR || yaml_find_merged(build, "context", NULL));
}

const struct compose_service *compose_base(struct unit *unit, const struct compose_service *service) {
    if (is_whole(service)) return NULL;
    const char *path = service->document->source.path;
    cleanup_free char *directory = text_directory(path);
    bool plain = strchr(path, '/') == NULL;
    for (size_t i = 0; i < array_length(base_names); i++) {
        cleanup_free char *base =
            plain ? memory_copy(base_names[i]) : text_join_path(directory, base_names[i]);
        if (strcmp(base, path) == 0) return NULL;
        const struct compose *compose = compose_of(unit, base);
        const struct compose_service *found = compose ? compose_named(compose, service->name) : NULL;
        if (found) return found;
    }
    return NULL;
}

const struct compose_service *compose_extended(struct unit *unit, const struct compose_service *service) {
    struct yaml_node *extends = compose_own(service, "extends");
    const char *name = yaml_text(extends), *file = NULL;
    if (extends && extends->kind == YAML_MAPPING) {
        name = yaml_text(yaml_find(extends, "service"));
        file = yaml_text(yaml_find(extends, "file"));
    }
    if (!name) return NULL;
    if (!file) return compose_named(service->document->model, name);
    cleanup_free char *directory = text_directory(service->document->source.path);
    cleanup_free char *path = compose_path(directory, file);
    const struct compose *compose = compose_of(unit, path);
    return compose ? compose_named(compose, name) : NULL;
}

struct yaml_node *compose_value(struct unit *unit, const struct compose_service *service, const char *key,
                                const struct compose_service **owner) {
    enum { MOST_STEPS = 8 };
    for (unsigned steps = 0; service && steps < MOST_STEPS; steps++) {
        struct yaml_node *value = compose_own(service, key);
        if (value && owner) *owner = service;
        if (value) return value;
        const struct compose_service *next = compose_extended(unit, service);
        service = next ? next : compose_base(unit, service);
    }
    return NULL;
}
