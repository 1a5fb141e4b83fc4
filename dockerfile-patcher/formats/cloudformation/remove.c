#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/formats/cloudformation/role.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static const char why[] = "take out what appsig-patch put in";

struct removal {
    struct template *template;
    struct service *service;
    struct span pending; /* whole lines that are not yet cut */
};

/* Is the line above the one at `begin` this mark? */
static bool is_marked(const struct removal *removal, size_t begin, const char *text, size_t *mark) {
    const struct source *source = removal->template->yaml.source;
    size_t line = source_line_begin(source, begin);
    if (line <= source->begin) return false;
    struct span indent;
    *mark = source_line_begin(source, line - 1);
    source_indent(source, *mark, &indent);
    const char *words = source->bytes + indent.end;
    size_t front = strlen(TEMPLATE_MARK), length = strlen(text);
    return strncmp(words, TEMPLATE_MARK, front) == 0 && strncmp(words + front, text, length) == 0 &&
           strchr("\r\n", words[front + length]);
}

static void cut_pending(struct removal *removal) {
    if (removal->pending.end)
        edits_remove_lines(&removal->template->document->edits, removal->service,
                           removal->template->yaml.source, removal->pending, why);
    removal->pending = (struct span){0, 0};
}

/* Neighbours are cut at once: the last of them may be the last line of a file without a final newline. */
static void cut_lines(struct removal *removal, size_t begin, size_t last) {
    const struct source *source = removal->template->yaml.source;
    size_t line = source_line_begin(source, begin);
    if (removal->pending.end && source_line_end(source, removal->pending.end - 1) == line) {
        removal->pending.end = last;
        return;
    }
    cut_pending(removal);
    removal->pending = (struct span){line, last};
}

/* Child `at` of a flow collection (two items of a mapping), as yaml_insert has put it in. */
static void cut_flow(struct removal *removal, const struct yaml_node *collection, size_t at) {
    size_t step = collection->kind == YAML_MAPPING ? 2 : 1;
    struct span span = {collection->items[at]->span.begin, collection->items[at + step - 1]->span.end};
    if (at)
        span.begin = collection->items[at - 1]->span.end;
    else if (at + step < collection->count)
        span.end = collection->items[at + step]->span.begin;
    edits_add(&removal->template->document->edits, removal->service, span, "", why);
}

/* A pair or an item of a block collection below its mark. */
static bool cut_marked(struct removal *removal, const struct yaml_node *node, size_t at) {
    static const char *const texts[] = {TEMPLATE_NEW_RESOURCE, TEMPLATE_NEW_PROPERTY, TEMPLATE_NEW_ITEM};
    size_t mark, begin = node->items[at]->span.begin;
    const struct yaml_node *last = node->items[node->kind == YAML_MAPPING ? at + 1 : at];
    for (size_t i = 0; i < array_length(texts); i++) {
        if (!is_marked(removal, begin, texts[i], &mark)) continue;
        cut_lines(removal, mark, yaml_last_line(last));
        return true;
    }
    if (!is_marked(removal, begin, TEMPLATE_NEW_LAST, &mark) || last->kind != YAML_SEQUENCE || !last->count)
        return false;
    cut_lines(removal, mark, mark + 1);
    cut_pending(removal);
    cut_flow(removal, last, last->count - 1);
    return true;
}

static void cut_blocks(struct removal *removal, const struct yaml_node *node) {
    size_t step = node->kind == YAML_MAPPING ? 2 : 1;
    if (node->style != YAML_BLOCK) return;
    for (size_t i = 0; i + step <= node->count; i += step)
        if (!cut_marked(removal, node, i)) cut_blocks(removal, node->items[i + step - 1]);
}

static bool is_new(struct removal *removal, const char *id) {
    size_t at = id ? yaml_index(removal->template->resources, id) : SIZE_MAX, mark;
    if (at == SIZE_MAX) return false;
    struct yaml_node *resource = yaml_follow(removal->template->resources->items[at + 1]);
    return yaml_is(yaml_find(yaml_find(resource, "Metadata"), TEMPLATE_METADATA), TEMPLATE_IS_NEW) ||
           is_marked(removal, removal->template->resources->items[at]->span.begin, TEMPLATE_NEW_RESOURCE,
                     &mark);
}

/* The profile of an instance in flow style is ours where the resource that it names is. */
static void cut_profile(struct removal *removal, struct yaml_node *resource) {
    static const char *const paths[] = {"Properties", "Properties.LaunchTemplateData"};
    for (size_t i = 0; i < array_length(paths); i++) {
        struct yaml_node *data = template_at(resource, paths[i]);
        size_t at = yaml_index(data, "IamInstanceProfile");
        if (at == SIZE_MAX || data->style != YAML_FLOW) continue;
        struct yaml_node *profile = yaml_follow(data->items[at + 1]);
        struct yaml_node *name = yaml_find(profile, "Name");
        if (is_new(removal, template_referred(removal->template, name ? name : profile)))
            cut_flow(removal, data, at);
    }
}

/* What the Metadata says, and itself. */
static void cut_by_metadata(struct removal *removal, struct yaml_node *resource) {
    struct yaml_node *metadata = yaml_find(resource, "Metadata");
    struct yaml_node *text = yaml_find(metadata, TEMPLATE_METADATA);
    struct yaml_node *properties = yaml_find(resource, "Properties");
    size_t at = yaml_index(properties, "ManagedPolicyArns");
    bool whole = yaml_is(text, TEMPLATE_LIST_IS_NEW), last = yaml_is(text, TEMPLATE_LAST_IS_NEW);
    if ((!whole && !last) || at == SIZE_MAX || resource->style != YAML_FLOW) return;
    const struct yaml_node *list = yaml_follow(properties->items[at + 1]);
    if (whole) cut_flow(removal, properties, at);
    if (last && list->kind == YAML_SEQUENCE && list->count) cut_flow(removal, list, list->count - 1);
    if (metadata->count == 2)
        cut_flow(removal, resource, yaml_index(resource, "Metadata"));
    else
        cut_flow(removal, metadata, yaml_index(metadata, TEMPLATE_METADATA));
}

void template_plan_removal(struct template *template, struct service *service) {
    struct removal removal = {.template = template, .service = service};
    struct yaml_node *resources = template->resources;
    if (!resources || resources->kind != YAML_MAPPING) return;
    cut_blocks(&removal, template->root);
    cut_pending(&removal);
    for (size_t i = 0; i < resources->count; i += 2) {
        struct yaml_node *resource = yaml_follow(resources->items[i + 1]);
        if (!resource || resource->kind != YAML_MAPPING) continue;
        if (resources->style == YAML_FLOW && is_new(&removal, yaml_text(resources->items[i]))) {
            cut_flow(&removal, resources, i);
            continue;
        }
        cut_profile(&removal, resource);
        cut_by_metadata(&removal, resource);
    }
}
