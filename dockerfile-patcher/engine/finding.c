#include "dockerfile-patcher/engine/finding.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/memory.h"

#define FINDING_ROW(name, id, severity, meaning) {id, severity, meaning},
const struct finding_row finding_rows[FINDING_COUNT] = {FINDING_ROWS(FINDING_ROW)};
#undef FINDING_ROW

struct finding *findings_add_list(struct findings *findings, enum finding_id id, const struct source *source,
                                  const char *path, size_t offset, const char *format, va_list arguments) {
    if (findings->count == findings->capacity) {
        findings->capacity = findings->capacity ? findings->capacity * 2 : 8;
        findings->items = memory_resize(findings->items, findings->capacity * sizeof *findings->items);
    }
    struct finding *finding = &findings->items[findings->count++];
    *finding = (struct finding){.id = id, .path = memory_copy(path ? path : source ? source->path : "")};
    if (source && offset != SIZE_MAX) source_place(source, offset, &finding->place);
    finding->message = memory_format_list(format, arguments);
    return finding;
}

struct finding *findings_add(struct findings *findings, enum finding_id id, const struct source *source,
                             const char *path, size_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct finding *finding = findings_add_list(findings, id, source, path, offset, format, arguments);
    va_end(arguments);
    return finding;
}

void findings_free(struct findings *findings) {
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].path);
        free(findings->items[i].message);
    }
    free(findings->items);
    *findings = (struct findings){0};
}

enum finding_id finding_of_state(enum source_state state) {
    static const enum finding_id ids[] = {
        [SOURCE_UNREADABLE] = FINDING_UNREADABLE, [SOURCE_NOT_A_FILE] = FINDING_NOT_A_FILE,
        [SOURCE_TOO_LARGE] = FINDING_TOO_LARGE,   [SOURCE_BINARY] = FINDING_BINARY,
        [SOURCE_NOT_UTF8] = FINDING_NOT_UTF8,
    };
    return ids[state];
}
