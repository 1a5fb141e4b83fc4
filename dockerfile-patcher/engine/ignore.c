#include "dockerfile-patcher/engine/ignore.h"

#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/walk.h"

enum { MOST_RULE_BYTES = 1024 * 1024 };

void ignore_add(struct ignore_rules *rules, const char *line, size_t length, size_t base) {
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\r') &&
           (length < 2 || line[length - 2] != '\\'))
        length--;
    if (length == 0 || *line == '#') return;
    struct ignore_rule rule = {.base = base, .negated = *line == '!'};
    if (rule.negated) line++, length--;
    if (length && line[length - 1] == '/') rule.directory = true, length--;
    if (length == 0) return;
    rule.anchored = memchr(line, '/', length) != NULL;
    if (*line == '/') line++, length--;
    rule.pattern = memory_copy_bytes(line, length);
    if (rules->count == rules->capacity) {
        rules->capacity = rules->capacity ? rules->capacity * 2 : 16;
        rules->items = memory_resize(rules->items, rules->capacity * sizeof *rules->items);
    }
    rules->items[rules->count++] = rule;
}

void ignore_read(struct ignore_rules *rules, const char *file, size_t base) {
    cleanup_free char *bytes = NULL;
    size_t length;
    if (files_read(file, MOST_RULE_BYTES, &bytes, &length) != 0) return;
    for (const char *at = bytes; *at;) {
        size_t line = strcspn(at, "\n");
        ignore_add(rules, at, line, base);
        at += line;
        if (*at) at++;
    }
}

bool ignore_hides(const struct ignore_rules *rules, const char *path, bool is_directory) {
    const char *base = text_base_name(path);
    for (size_t i = rules->count; i-- > 0;) {
        const struct ignore_rule *rule = &rules->items[i];
        if (rule->directory && !is_directory) continue;
        if (rule->anchored ? glob_matches(rule->pattern, path + rule->base)
                           : glob_matches(rule->pattern, base))
            return !rule->negated;
    }
    return false;
}

void ignore_cut(struct ignore_rules *rules, size_t count) {
    while (rules->count > count) free(rules->items[--rules->count].pattern);
    if (count) return;
    free(rules->items);
    *rules = (struct ignore_rules){0};
}
