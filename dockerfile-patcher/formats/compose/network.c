#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/marker.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/text/yaml_edit.h"

/* The host's network excludes each of these in one service (compose refuses the file). */
static const char *const excluded[] = {"ports", "networks", "links", "expose"};

static const char why_network[] = "reach the agent on the host's network";
static const char gateway[] = "host.docker.internal";

/* "8000:8000", "8000:8000/tcp", {target: 8000, published: "8000"}: the app is reached at the same port without it. */
static bool is_equal_port(struct yaml_node *item) {
    item = yaml_follow(item);
    if (item->kind == YAML_MAPPING) {
        const char *target = yaml_text(yaml_find(item, "target"));
        return target && text_equal(target, yaml_text(yaml_find(item, "published")));
    }
    const char *text = yaml_text(item), *colon = text ? strchr(text, ':') : NULL;
    if (!colon) return false;
    size_t length = (size_t)(colon - text);
    bool digits = strspn(text, "0123456789") == length;
    return digits && strncmp(colon + 1, text, length) == 0 &&
           (colon[1 + length] == '\0' || strcmp(colon + 1 + length, "/tcp") == 0);
}

static const struct yaml_node *unequal_port(struct yaml_node *ports) {
    if (!ports || ports->kind != YAML_SEQUENCE) return ports && !yaml_is_null(ports) ? ports : NULL;
    for (size_t i = 0; i < ports->count; i++)
        if (!is_equal_port(ports->items[i])) return ports->items[i];
    return NULL;
}

/* What on the host's network would no longer work; NULL where nothing would. */
static const struct yaml_node *obstacle(struct compose_planner *planner, struct compose_subject *subject,
                                        const char **what) {
    static const char *const keys[] = {"networks", "links", "depends_on", "network_mode"};
    const struct yaml_node *port =
        unequal_port(compose_value(planner->unit, subject->service, "ports", NULL));
    *what = "ports";
    if (port) return port;
    for (size_t i = 0; i < array_length(keys); i++) {
        *what = keys[i];
        const struct yaml_node *value = compose_value(planner->unit, subject->service, keys[i], NULL);
        if (value) return value;
    }
    for (size_t i = 0; i < planner->compose->count; i++) {
        const struct compose_service *other = &planner->compose->services[i];
        *what = other->name;
        if (strcmp(other->name, subject->service->name) != 0) return other->key;
    }
    return NULL;
}

static const char *ask(struct compose_planner *planner, struct compose_subject *subject,
                       const struct yaml_node *place, const char *what) {
    struct question *question;
    const char *answer = unit_ask(
        planner->unit, subject->engine, "NETWORK", planner->document,
        "on the host's network services no longer find each other by name and ports are not mapped: is the agent "
        "to be reached there (host) or through the gateway (bridge)?",
        &question);
    if (question) {
        question_candidate(question, "bridge");
        question_candidate(question, "host");
        question_evidence(question, &planner->document->source,
                          place->span.begin < planner->document->source.length ? place->span.begin : 0, what);
    }
    return answer;
}

/* Every line of a key and its value becomes a comment. */
static bool comment_out(struct compose_planner *planner, struct compose_subject *subject, const char *name) {
    struct document *document = planner->document;
    const struct source *source = &document->source;
    struct yaml_node *node = subject->service->node;
    size_t index = yaml_index(node, name);
    if (index == SIZE_MAX || node->style != YAML_BLOCK) return false;
    size_t begin = node->items[index]->span.begin, last = yaml_last_line(node->items[index + 1]);
    struct span indent;
    source_indent(source, begin, &indent);
    if (indent.end != begin) return false;
    size_t count = 0;
    for (size_t at = indent.begin; at <= last && at < source->length; at = source_line_end(source, at))
        count++;
    cleanup_free char *text =
        memory_format("the next %zu line%s commented out", count, count > 1 ? "s are" : " is");
    compose_mark_at(document, subject->engine, begin, text);
    for (size_t at = indent.begin; count > 0; at = source_line_end(source, at), count--) {
        struct span blank;
        source_indent(source, at, &blank);
        size_t put = blank.end < at + node->column ? blank.end : at + node->column;
        if (strchr("\r\n", source->bytes[blank.end])) continue;
        edits_add(&document->edits, subject->engine, (struct span){put, put}, "# ", why_network);
    }
    return true;
}

static bool use_host(struct compose_planner *planner, struct compose_subject *subject) {
    const struct yaml_node *mode = compose_value(planner->unit, subject->service, "network_mode", NULL);
    if (mode) {
        compose_refuse(planner, subject, mode, "its network_mode is another than host");
        return false;
    }
    for (size_t i = 0; i < array_length(excluded); i++) {
        const struct yaml_node *value = compose_value(planner->unit, subject->service, excluded[i], NULL);
        if (!value || comment_out(planner, subject, excluded[i])) continue;
        compose_refuse(planner, subject, subject->service->key,
                       "ports or networks that it inherits cannot stand beside network_mode: host");
        return false;
    }
    subject->new_keys = "network_mode: host";
    return true;
}

/* Docker's own name for the gateway; Linux has it only where it is asked for. */
static bool use_gateway(struct compose_planner *planner, struct compose_subject *subject) {
    static const char host[] = "host.docker.internal:host-gateway";
    struct yaml_node *hosts = compose_value(planner->unit, subject->service, "extra_hosts", NULL);
    struct document *document = planner->document;
    subject->agent = gateway;
    if (!hosts) {
        subject->new_keys = "extra_hosts:\n  - \"host.docker.internal:host-gateway\"";
        return true;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        const char *item = yaml_text(hosts->items[i]);
        if (item && text_starts(item, gateway)) return true;
    }
    bool list = hosts->kind == YAML_SEQUENCE;
    size_t own = yaml_index(subject->service->node, "extra_hosts");
    bool reachable = own != SIZE_MAX && subject->service->node->items[own + 1] == hosts;
    cleanup_free char *item =
        list ? memory_format("- \"%s\"", host) : memory_copy("host.docker.internal: host-gateway");
    cleanup_free char *lines = compose_marked(item);
    if (reachable && hosts->style == YAML_BLOCK && !yaml_is_shared(&planner->compose->yaml, hosts) &&
        yaml_insert(&document->edits, subject->engine, &document->source, hosts, hosts->count, lines, "",
                    why_network))
        return true;
    compose_refuse(planner, subject, hosts, "its extra_hosts cannot be added to");
    return false;
}

bool compose_network(struct compose_planner *planner, struct compose_subject *subject) {
    const char *mode = yaml_text(compose_value(planner->unit, subject->service, "network_mode", NULL));
    subject->agent = planner->agent;
    if (planner->agent || planner->unit->settings->style == STYLE_SHIM || text_equal(mode, "host"))
        return true;
    const char *what;
    const struct yaml_node *place = obstacle(planner, subject, &what);
    const char *answer = unit_answer(planner->unit, planner->document, "NETWORK");
    if (!answer && place) answer = ask(planner, subject, place, what);
    if (!answer && place) return false;
    return answer && strcmp(answer, "bridge") == 0 ? use_gateway(planner, subject)
                                                   : use_host(planner, subject);
}
