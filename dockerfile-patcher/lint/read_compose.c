#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/compose.h"
#include "dockerfile-patcher/formats/compose/words.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/script/docker_command.h"

struct compose_reader {
    struct reader *reader;
    const struct compose_service *service;
    struct fact_app *app;
};

static void place_of(const struct compose_reader *self, const struct compose_service *owner,
                     const struct yaml_node *node, struct fact_place *at) {
    const struct document *document = owner->document;
    facts_place(self->reader->facts, &document->source, document->shown, node->span.begin, at);
}

static struct yaml_node *value_of(const struct compose_reader *self, const char *key,
                                  const struct compose_service **owner) {
    *owner = self->service;
    return compose_value(self->reader->unit, self->service, key, owner);
}

static void add_variable(const struct compose_reader *self, const struct compose_service *owner,
                         const struct yaml_node *node, const char *name, const char *value) {
    struct fact_place at;
    cleanup_free char *filled = value ? compose_interpolated(value) : NULL;
    place_of(self, owner, node, &at);
    facts_add_variable(self->reader->facts, self->app, name, filled, &at);
}

static void read_environment(const struct compose_reader *self) {
    const struct compose_service *owner;
    struct yaml_node *environment = value_of(self, "environment", &owner);
    bool mapping = environment && environment->kind == YAML_MAPPING;
    for (size_t i = 0; environment && i + mapping < environment->count; i += 1 + mapping) {
        struct yaml_node *item = environment->items[i];
        const char *text = yaml_text(item), *sign = text ? strchr(text, '=') : NULL;
        if (mapping && text && strcmp(text, "<<") != 0) {
            struct yaml_node *value = yaml_follow(environment->items[i + 1]);
            add_variable(self, owner, item, text, yaml_is_null(value) ? NULL : yaml_text(value));
        } else if (!mapping && text) {
            cleanup_free char *name = memory_copy_bytes(text, sign ? (size_t)(sign - text) : strlen(text));
            add_variable(self, owner, item, name, sign ? sign + 1 : NULL);
        }
    }
    /* What merges bring is not looked for. */
    if (mapping && yaml_index(environment, "<<") != SIZE_MAX) self->app->open = true;
    if (value_of(self, "env_file", &owner)) self->app->open = true;
}

static void read_network(const struct compose_reader *self) {
    const struct compose_service *owner;
    struct yaml_node *mode = value_of(self, "network_mode", &owner);
    const char *text = yaml_text(mode);
    self->app->network = NETWORK_BRIDGE;
    self->app->network_at = self->app->at;
    if (!mode) return;
    place_of(self, owner, mode, &self->app->network_at);
    if (text && strcmp(text, "host") == 0)
        self->app->network = NETWORK_HOST;
    else if (!text || strcmp(text, "bridge") != 0)
        self->app->network = NETWORK_OTHER;
}

/* "8000:80", or {published: 8000, target: 80}; owned by the caller, NULL where it is neither or holds a variable. */
static char *port_text(struct yaml_node *item) {
    struct yaml_node *node = yaml_follow(item);
    const char *text = yaml_text(node);
    if (text) return compose_interpolated(text);
    const char *published = yaml_text(yaml_find(node, "published")),
               *target = yaml_text(yaml_find(node, "target"));
    return published && target ? memory_format("%s:%s", published, target) : NULL;
}

static void read_ports(const struct compose_reader *self) {
    const struct compose_service *owner;
    struct yaml_node *ports = value_of(self, "ports", &owner);
    struct facts *facts = self->reader->facts;
    struct fact_app *app = self->app;
    for (size_t i = 0; ports && ports->kind == YAML_SEQUENCE && i < ports->count; i++) {
        cleanup_free char *text = port_text(ports->items[i]);
        cleanup_free char *container = NULL;
        bool equal;
        if (!text || strchr(text, '$') || !docker_port(text, &equal, &container)) continue;
        struct fact_place at;
        place_of(self, owner, ports->items[i], &at);
        app->ports = arena_grow(&facts->arena, app->ports, app->port_count, sizeof *app->ports);
        app->ports[app->port_count++] =
            (struct fact_port){facts_text(facts, text), facts_text(facts, container), equal, at};
    }
}

static void read_build(const struct compose_reader *self) {
    struct compose_build build;
    if (compose_build_of(self->reader->unit, self->service, &build)) {
        if (build.dockerfile)
            self->app->image =
                facts_text(self->reader->facts, unit_shown(self->reader->unit, build.dockerfile));
        self->app->target = facts_text(self->reader->facts, build.target);
    }
    compose_build_free(&build);
}

static void read_words(const struct compose_reader *self, struct arena *arena) {
    static const char *const keys[] = {"entrypoint", "command"};
    const char **words = NULL;
    size_t count = 0;
    struct started started;
    for (size_t i = 0; i < array_length(keys); i++) {
        struct compose_words part;
        if (!compose_words(self->reader->unit, arena, self->service, keys[i], &part)) continue;
        for (size_t k = 0; k < part.count; k++) {
            words = arena_grow(arena, words, count, sizeof *words);
            words[count++] = part.words[k];
        }
        if (part.count && part.node)
            place_of(self, part.owner ? part.owner : self->service, part.node, &self->app->start);
    }
    read_started(arena, words, count, &started);
    read_app_start(self->reader, self->app, &started, yaml_text(compose_own(self->service, "working_dir")));
}

void read_compose(struct reader *reader) {
    struct compose *compose = reader->document->model;
    size_t scope = ++reader->facts->scopes;
    for (size_t i = 0; i < compose->count && !compose->ignored; i++) {
        const struct compose_service *service = &compose->services[i];
        if (service->ignored) continue;
        struct compose_reader self = {reader, service,
                                      facts_add_app(reader->facts, APP_COMPOSE, service->name)};
        self.app->scope = scope;
        place_of(&self, service, service->key, &self.app->at);
        self.app->start = self.app->at;
        read_environment(&self);
        read_network(&self);
        read_ports(&self);
        read_build(&self);
        read_words(&self, &compose->yaml.arena);
    }
}
