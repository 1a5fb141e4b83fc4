#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

/* What may be new, changed or gone in a template: the texts of UserData, and what gives a role its policy. */
static const char *const ours[] = {"UserData", "IamInstanceProfile", "ManagedPolicyArns", "Metadata"};

static bool is_ours(const struct yaml_node *key) {
    for (size_t i = 0; i < array_length(ours); i++)
        if (yaml_is(key, ours[i])) return true;
    return false;
}

static bool is_new_resource(struct yaml_node *value) {
    return yaml_is(yaml_find(value, "Type"), "AWS::IAM::Role") ||
           yaml_is(yaml_find(value, "Type"), "AWS::IAM::InstanceProfile");
}

static bool same(const struct yaml_node *one, const struct yaml_node *other, const char **lost);

static bool same_text(const char *one, const char *other) {
    return one == other || (one && other && strcmp(one, other) == 0);
}

/* Every pair of `fewer` is in `more`, in order; what is there besides is ours. */
static bool holds(const struct yaml_node *fewer, const struct yaml_node *more, const char **lost) {
    size_t at = 0;
    for (size_t i = 0; i + 1 < more->count; i += 2) {
        const struct yaml_node *key = more->items[i];
        bool there = at < fewer->count && same_text(fewer->items[at]->value, key->value);
        if (there && !is_ours(key) && !same(fewer->items[at + 1], more->items[i + 1], lost)) return false;
        if (!there && !is_ours(key) && !is_new_resource(more->items[i + 1])) {
            *lost = key->value ? key->value : "";
            return false;
        }
        at += there ? 2 : 0;
    }
    if (at < fewer->count) *lost = fewer->items[at]->value ? fewer->items[at]->value : "";
    return at >= fewer->count;
}

static bool same(const struct yaml_node *one, const struct yaml_node *other, const char **lost) {
    bool alike = one->kind == other->kind && same_text(one->tag, other->tag) &&
                 same_text(one->anchor, other->anchor) && same_text(one->value, other->value);
    if (alike && one->kind == YAML_MAPPING)
        return one->count <= other->count ? holds(one, other, lost) : holds(other, one, lost);
    if (!alike || one->count != other->count) {
        *lost = one->value ? one->value : "a list";
        return false;
    }
    for (size_t i = 0; i < one->count; i++)
        if (!same(one->items[i], other->items[i], lost)) return false;
    return true;
}

bool template_verify(const struct document *document, const struct source *after, char **complaint) {
    const struct template *template = document->model;
    struct yaml yaml;
    struct yaml_complaint refused;
    const char *lost = "";
    bool good = yaml_parse(&yaml, after, &refused);
    if (!good) *complaint = memory_copy(refused.message);
    if (good && (yaml.count != template->yaml.count ||
                 (yaml.count && !same(template->root, yaml.documents[0], &lost)))) {
        good = false;
        *complaint = memory_format("'%s' is lost or new", lost);
    }
    yaml_release(&yaml);
    return good;
}
