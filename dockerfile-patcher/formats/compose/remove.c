#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/marker.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/text/find.h"

static const char why[] = "take out what appsig-patch put in";

struct removal {
    struct unit *unit;
    struct document *document;
    struct service *service;
};

/* "the next 3 lines are new": 3, and what is said of them; 0 where it says something else. */
static size_t lines_of(const char *text, const char **said) {
    static const char next[] = "the next ";
    if (!text_starts(text, next)) return 0;
    char *end;
    unsigned long count = strtoul(text + sizeof next - 1, &end, 10);
    *said = text_starts(end, " lines are ") ? end + 11 : text_starts(end, " line is ") ? end + 9 : "";
    return count;
}

static void uncomment(struct removal *removal, size_t line) {
    const struct source *source = &removal->document->source;
    struct span indent;
    source_indent(source, line, &indent);
    if (strncmp(source->bytes + indent.end, "# ", 2) == 0)
        edits_add(&removal->document->edits, removal->service, (struct span){indent.end, indent.end + 2}, "",
                  why);
}

/* The last pairs or items of `environment` in flow style, below the marker. */
struct cutting {
    const struct removal *removal;
    size_t line;
    size_t count;
};

static void cut_last(struct yaml_node *node, void *context) {
    struct cutting *cutting = context;
    const struct source *source = &cutting->removal->document->source;
    if (node->kind != YAML_MAPPING) return;
    size_t index = yaml_index(node, "environment");
    if (index == SIZE_MAX || source_line_begin(source, node->items[index]->span.begin) != cutting->line)
        return;
    const struct yaml_node *value = node->items[index + 1];
    size_t count = value->kind == YAML_MAPPING ? cutting->count * 2 : cutting->count;
    if (value->style != YAML_FLOW || value->count < count) return;
    size_t kept = value->count - count;
    size_t begin = kept ? value->items[kept - 1]->span.end : value->content.begin + 1;
    edits_add(&cutting->removal->document->edits, cutting->removal->service,
              (struct span){begin, value->items[value->count - 1]->span.end}, "", why);
}

static void cut_flow(const struct removal *removal, const struct compose_marker *marker, size_t below) {
    struct cutting cutting = {removal, below, strtoul(marker->text + strlen("the last "), NULL, 10)};
    const struct compose *compose = removal->document->model;
    for (size_t i = 0; cutting.count && i < compose->yaml.count; i++)
        yaml_walk(compose->yaml.documents[i], cut_last, &cutting);
}

/* A marker stands above the line at `at`. */
static void follow(struct removal *removal, const struct compose_marker *marker, size_t at) {
    struct document *document = removal->document;
    const struct source *source = &document->source;
    const char *said = "";
    size_t count = lines_of(marker->text, &said), end = at;
    bool flow = text_starts(marker->text, "the last ");
    if (!count && !flow) return;
    for (size_t i = 0; i < count && end < source->length; i++) {
        if (strcmp(said, "commented out") == 0) uncomment(removal, end);
        end = source_line_end(source, end);
    }
    bool new = strcmp(said, "new") == 0;
    edits_remove_lines(&document->edits, removal->service, source,
                       (struct span){marker->line.begin, new ? end : marker->line.end}, why);
    if (flow) cut_flow(removal, marker, at);
}

static void unwrap_services(struct removal *removal) {
    static const char *const keys[] = {"entrypoint", "command"};
    struct compose *compose = removal->document->model;
    struct yaml_node *done[2] = {NULL, NULL};
    for (size_t i = 0; i < compose->count; i++)
        for (size_t k = 0; k < array_length(keys); k++) {
            struct compose_words words;
            const struct compose_service *service = &compose->services[i];
            bool own = compose_own(service, keys[k]) &&
                       compose_words(removal->unit, &compose->yaml.arena, service, keys[k], &words) &&
                       words.count;
            if (!own || words.alias || words.node == done[k]) continue;
            bool first = true;
            for (size_t j = 0; j < i; j++) first &= compose_own(&compose->services[j], keys[k]) != words.node;
            if (first) compose_unwrap(removal->service, &words);
            done[k] = words.node;
        }
}

/* Scripts and server configs of build contexts that the services start. */
static void unwrap_linked(struct removal *removal) {
    struct compose *compose = removal->document->model;
    for (size_t i = 0; i < compose->count; i++) {
        struct compose_planner planner = {removal->unit, removal->document, compose};
        struct compose_subject subject = {.service = &compose->services[i]};
        bool known = compose_read_subject(&planner, &subject);
        if (known) compose_follow_words(&planner, &subject);
        if (known) compose_unhook(&planner, &subject);
        if (subject.script) dockerfile_unwrap_script(subject.engine, subject.script);
        compose_build_free(&subject.build);
    }
}

void compose_removal(struct unit *unit, struct document *document) {
    const struct source *source = &document->source;
    struct removal removal = {unit, document, document->service};
    if (!removal.service) removal.service = document->service = unit_service(unit, document->shown);
    /* From the front to the end: lines that go next to each other become one removal. */
    unwrap_services(&removal);
    unwrap_linked(&removal);
    for (size_t at = source->begin; at < source->length; at = source_line_end(source, at)) {
        struct compose_marker marker;
        if (compose_marker_above(document, at, &marker)) follow(&removal, &marker, at);
    }
}
