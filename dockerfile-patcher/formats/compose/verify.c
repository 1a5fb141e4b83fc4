/* Is the file after the edits what was meant: the same data, but for what an edit touches? */
#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/plan.h"

struct comparison {
    const struct document *document; /* before */
    const struct yaml_node *lost;    /* the first node that is no longer there as it was */
};

static bool is_touched(const struct comparison *comparison, struct span span) {
    const struct edits *edits = &comparison->document->edits;
    for (size_t i = 0; i < edits->count; i++)
        if (edits->items[i].begin <= span.end && edits->items[i].end >= span.begin) return true;
    return false;
}

static bool same(struct comparison *comparison, const struct yaml_node *before,
                 const struct yaml_node *after);

static bool same_pairs(struct comparison *comparison, const struct yaml_node *before,
                       const struct yaml_node *after) {
    for (size_t i = 0; i + 1 < before->count; i += 2) {
        struct span pair = {before->items[i]->span.begin, before->items[i + 1]->span.end};
        const char *key = yaml_text(before->items[i]);
        size_t there = key ? yaml_index(after, key) : SIZE_MAX;
        if (there == SIZE_MAX && is_touched(comparison, pair)) continue;
        if (there == SIZE_MAX || !same(comparison, before->items[i + 1], after->items[there + 1]))
            return false;
    }
    return true;
}

static bool same_items(struct comparison *comparison, const struct yaml_node *before,
                       const struct yaml_node *after) {
    size_t at = 0;
    for (size_t i = 0; i < before->count; i++) {
        while (at < after->count && !same(comparison, before->items[i], after->items[at])) at++;
        if (at == after->count && !is_touched(comparison, before->items[i]->span)) return false;
        at += at < after->count;
    }
    return true;
}

static bool same(struct comparison *comparison, const struct yaml_node *before,
                 const struct yaml_node *after) {
    bool good = before->kind == after->kind;
    if (good && before->kind == YAML_MAPPING) good = same_pairs(comparison, before, after);
    if (good && before->kind == YAML_SEQUENCE) good = same_items(comparison, before, after);
    if (good && before->kind == YAML_SCALAR)
        good = before->value_length == after->value_length &&
               memcmp(before->value, after->value, before->value_length) == 0;
    if (good && before->kind == YAML_ALIAS) good = strcmp(before->anchor, after->anchor) == 0;
    if (!good && yaml_is_null((struct yaml_node *)before)) good = after->kind != YAML_SCALAR;
    bool emptied = yaml_is_null((struct yaml_node *)after);
    if (!good && (before->kind != YAML_MAPPING || emptied)) good = is_touched(comparison, before->span);
    if (!good && !comparison->lost) comparison->lost = before;
    return good;
}

bool compose_verify(const struct document *document, const struct source *after, char **complaint) {
    const struct compose *compose = document->model;
    struct comparison comparison = {.document = document};
    struct yaml yaml;
    struct yaml_complaint refused;
    bool good = yaml_parse(&yaml, after, &refused);
    if (!good) *complaint = memory_copy(refused.message);
    if (good && yaml.count != compose->yaml.count) good = false;
    for (size_t i = 0; good && i < yaml.count; i++)
        good = same(&comparison, compose->yaml.documents[i], yaml.documents[i]);
    if (!good && !*complaint) {
        struct place place;
        source_place(&document->source, comparison.lost ? comparison.lost->span.begin : 0, &place);
        *complaint = memory_format("what stands in line %zu would be lost", place.line);
    }
    yaml_release(&yaml);
    return good;
}
