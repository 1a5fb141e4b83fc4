/* Questions about a tree that is there. */
#include "dockerfile-patcher/text/yaml.h"

#include <stdint.h>
#include <string.h>

/* An anchor may lie in what refers to it: merges end after so many steps. */
enum { MOST_MERGES = 16 };

struct yaml_node *yaml_follow(struct yaml_node *node) {
    return node && node->kind == YAML_ALIAS ? node->target : node;
}

bool yaml_is(const struct yaml_node *node, const char *value) {
    return node && node->kind == YAML_SCALAR && node->value_length == strlen(value) &&
           memcmp(node->value, value, node->value_length) == 0;
}

const char *yaml_text(struct yaml_node *node) {
    node = yaml_follow(node);
    return node && node->kind == YAML_SCALAR ? node->value : NULL;
}

bool yaml_is_null(struct yaml_node *node) {
    node = yaml_follow(node);
    if (!node || node->kind != YAML_SCALAR || node->style != YAML_PLAIN || node->tag) return false;
    return node->value_length == 0 || yaml_is(node, "~") || yaml_is(node, "null") || yaml_is(node, "Null") ||
           yaml_is(node, "NULL");
}

size_t yaml_index(const struct yaml_node *mapping, const char *key) {
    if (!mapping || mapping->kind != YAML_MAPPING) return SIZE_MAX;
    for (size_t i = mapping->count; i >= 2; i -= 2)
        if (yaml_is(yaml_follow(mapping->items[i - 2]), key)) return i - 2;
    return SIZE_MAX;
}

struct yaml_node *yaml_find(struct yaml_node *mapping, const char *key) {
    mapping = yaml_follow(mapping);
    size_t index = yaml_index(mapping, key);
    return index == SIZE_MAX ? NULL : yaml_follow(mapping->items[index + 1]);
}

static struct yaml_node *find_merged(struct yaml_node *mapping, const char *key, struct yaml_node **owner,
                                     unsigned steps) {
    mapping = yaml_follow(mapping);
    struct yaml_node *found = yaml_find(mapping, key);
    if (found || steps == 0) {
        if (found && owner) *owner = mapping;
        return found;
    }
    struct yaml_node *merged = yaml_find(mapping, "<<");
    if (!merged) return NULL;
    if (merged->kind == YAML_MAPPING) return find_merged(merged, key, owner, steps - 1);
    /* Of several, the first that has the key wins. */
    for (size_t i = 0; merged->kind == YAML_SEQUENCE && i < merged->count && !found; i++)
        found = find_merged(merged->items[i], key, owner, steps - 1);
    return found;
}

struct yaml_node *yaml_find_merged(struct yaml_node *mapping, const char *key, struct yaml_node **owner) {
    return find_merged(mapping, key, owner, MOST_MERGES);
}

void yaml_walk(struct yaml_node *node, yaml_visit *visit, void *context) {
    visit(node, context);
    for (size_t i = 0; i < node->count; i++) yaml_walk(node->items[i], visit, context);
}

struct shared {
    const struct yaml_node *node;
    bool found;
};

static void compare_target(struct yaml_node *node, void *context) {
    struct shared *shared = context;
    if (node->kind != YAML_ALIAS) return;
    for (const struct yaml_node *at = shared->node; at; at = at->parent) shared->found |= at == node->target;
}

bool yaml_is_shared(const struct yaml *yaml, const struct yaml_node *node) {
    struct shared shared = {.node = node};
    for (size_t i = 0; i < yaml->count; i++) yaml_walk(yaml->documents[i], compare_target, &shared);
    return shared.found;
}
