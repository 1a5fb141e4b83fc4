#include "dockerfile-patcher/engine/edit.h"

#include <string.h>

#include "common/memory.h"

static void add_owned(struct edits *edits, struct service *service, struct span span, char *text,
                      const char *why) {
    if (edits->count == edits->capacity) {
        edits->capacity = edits->capacity ? edits->capacity * 2 : 8;
        edits->items = memory_resize(edits->items, edits->capacity * sizeof *edits->items);
    }
    edits->items[edits->count++] = (struct edit){span.begin, span.end, text, why, service};
}

void edits_add(struct edits *edits, struct service *service, struct span span, const char *text,
               const char *why) {
    add_owned(edits, service, span, memory_copy(text), why);
}

static void add_lines(struct text *out, const struct source *source, const char *lines) {
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        text_add_bytes(out, at, length);
        at += length;
        if (*at == '\n') {
            text_add(out, source_newline(source));
            at++;
        }
    }
}

void edits_insert_before(struct edits *edits, struct service *service, const struct source *source,
                         size_t offset, const char *lines, const char *why) {
    size_t begin = source_line_begin(source, offset);
    struct text out = {0};
    add_lines(&out, source, lines);
    text_add(&out, source_newline(source));
    add_owned(edits, service, (struct span){begin, begin}, text_take(&out), why);
}

void edits_insert_after(struct edits *edits, struct service *service, const struct source *source,
                        size_t offset, const char *lines, const char *why) {
    size_t end = source_line_end(source, offset);
    bool at_end = end == source->length && (end == source->begin || source->bytes[end - 1] != '\n');
    struct text out = {0};
    if (at_end && end > source->begin) text_add(&out, source_newline(source));
    add_lines(&out, source, lines);
    if (!at_end) text_add(&out, source_newline(source));
    add_owned(edits, service, (struct span){end, end}, text_take(&out), why);
}

void edits_remove_lines(struct edits *edits, struct service *service, const struct source *source,
                        struct span span, const char *why) {
    size_t begin = source_line_begin(source, span.begin);
    size_t end = source_line_end(source, span.end > span.begin ? span.end - 1 : span.begin);
    for (size_t i = edits->count; i-- > 0;) { /* neighbours that go too are one removal */
        if (edits->items[i].end != begin || edits->items[i].text[0] || edits->items[i].begin == begin)
            continue;
        begin = edits->items[i].begin;
        free(edits->items[i].text);
        memmove(edits->items + i, edits->items + i + 1, (--edits->count - i) * sizeof *edits->items);
        i = edits->count;
    }
    /* The last line of a file without a final newline: the newline in front of it came with it. */
    if (end == source->length && begin > source->begin && source->bytes[end - 1] != '\n') {
        begin--;
        if (begin > source->begin && source->bytes[begin - 1] == '\r') begin--;
    }
    add_owned(edits, service, (struct span){begin, end}, memory_copy(""), why);
}

/* Several services may want the same of a file that they share; one service never says a thing twice. */
static void drop_doubles(struct edits *edits) {
    size_t kept = 0;
    for (size_t i = 0; i < edits->count; i++) {
        struct edit *edit = &edits->items[i];
        bool twice = false;
        for (size_t k = kept; k-- > 0 && edits->items[k].begin == edit->begin;)
            twice |= edits->items[k].end == edit->end && edits->items[k].service != edit->service &&
                     strcmp(edits->items[k].text, edit->text) == 0;
        if (twice)
            free(edit->text);
        else
            edits->items[kept++] = *edit;
    }
    edits->count = kept;
}

bool edits_sort(struct edits *edits, size_t length) {
    for (size_t i = 1; i < edits->count; i++) {
        struct edit edit = edits->items[i];
        size_t k = i;
        for (; k > 0 && edits->items[k - 1].begin > edit.begin; k--) edits->items[k] = edits->items[k - 1];
        edits->items[k] = edit;
    }
    drop_doubles(edits);
    for (size_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        if (edit->begin > edit->end || edit->end > length) return false;
        if (i > 0 && edits->items[i - 1].end > edit->begin) return false;
    }
    return true;
}

char *edits_splice(const struct edits *edits, const struct source *source, size_t *length) {
    struct text out = {0};
    size_t at = 0;
    size_t most = source->length;
    for (size_t i = 0; i < edits->count; i++) most += strlen(edits->items[i].text);
    text_reserve(&out, most);
    for (size_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        text_add_bytes(&out, source->bytes + at, edit->begin - at);
        text_add(&out, edit->text);
        at = edit->end;
    }
    text_add_bytes(&out, source->bytes + at, source->length - at);
    *length = out.length;
    return text_take(&out);
}

void edits_filter(struct edits *edits, bool (*keep)(const struct edit *edit)) {
    size_t kept = 0;
    for (size_t i = 0; i < edits->count; i++) {
        if (keep(&edits->items[i]))
            edits->items[kept++] = edits->items[i];
        else
            free(edits->items[i].text);
    }
    edits->count = kept;
}

void edits_free(struct edits *edits) {
    for (size_t i = 0; i < edits->count; i++) free(edits->items[i].text);
    free(edits->items);
    *edits = (struct edits){0};
}
