#include "dockerfile-patcher/formats/compose/marker.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static const char sign[] = "# appsig-patch: ";
static const char why[] = "say how --remove undoes it";

void compose_mark_at(struct document *document, struct service *service, size_t offset, const char *text) {
    const struct source *source = &document->source;
    struct span indent;
    source_indent(source, offset, &indent);
    cleanup_free char *line =
        memory_format("%.*s%s%s", (int)(indent.end - indent.begin), source->bytes + indent.begin, sign, text);
    edits_insert_before(&document->edits, service, source, offset, line, why);
}

void compose_mark(struct document *document, struct service *service, const struct compose_words *words,
                  const char *text) {
    size_t key = words->mapping->items[yaml_index(words->mapping, words->key)]->span.begin;
    compose_mark_at(document, service, key, text);
}

bool compose_marker_above(const struct document *document, size_t offset, struct compose_marker *marker) {
    const struct source *source = &document->source;
    size_t begin = source_line_begin(source, offset);
    if (begin <= source->begin) return false;
    marker->line = (struct span){source_line_begin(source, begin - 1), begin};
    struct span indent;
    source_indent(source, marker->line.begin, &indent);
    if (strncmp(source->bytes + indent.end, sign, sizeof sign - 1) != 0) return false;
    const char *text = source->bytes + indent.end + sizeof sign - 1;
    snprintf(marker->text, sizeof marker->text, "%.*s", (int)strcspn(text, "\r\n"), text);
    return true;
}

char *compose_marked(const char *lines) {
    size_t count = 1;
    for (const char *at = lines; (at = strchr(at, '\n')); at++) count++;
    return memory_format("%sthe next %zu line%s new\n%s", sign, count, count > 1 ? "s are" : " is", lines);
}

void compose_marks_last(struct document *document) {
    struct edits *edits = &document->edits;
    struct edit *marks = memory_allocate((edits->count + 1) * sizeof *marks);
    size_t kept = 0, moved = 0;
    for (size_t i = 0; i < edits->count; i++)
        if (edits->items[i].why == why)
            marks[moved++] = edits->items[i];
        else
            edits->items[kept++] = edits->items[i];
    for (size_t i = 0; i < moved; i++) edits->items[kept + i] = marks[i];
    free(marks);
}
