#include "dockerfile-patcher/script/joined.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

enum { MARK_BYTES = 3 };
static const char hole_begin[] = "\xee\x80\x80";
static const char hole_end[] = "\xee\x80\x81";

static bool is_mark(const char *text, size_t length, const char *mark) {
    return length >= MARK_BYTES && memcmp(text, mark, MARK_BYTES) == 0;
}

/* "%{ if x }" and nothing else: what a parser sees in it is none of its language. */
static bool is_directive(const struct script *script, const struct script_line *line) {
    bool any = false;
    for (size_t at = 0, taken; at < line->length; at += taken) {
        const struct script_hole *hole = script_hole_at(script, line->text + at, &taken);
        if (hole && !text_starts(hole->bytes, "%{")) return false;
        if (!hole && line->text[at] != ' ' && line->text[at] != '\t') return false;
        if (!hole) taken = 1;
        any |= hole != NULL;
    }
    return any;
}

static bool add_line(struct joined *joined, struct text *text, size_t number) {
    const struct script_line *line = script_line(joined->host, number);
    bool comment = is_directive(joined->host, line);
    for (size_t i = 0; i < line->length; i++) {
        const char *at = line->text + i;
        if (is_mark(at, line->length - i, hole_begin) || is_mark(at, line->length - i, hole_end))
            return false;
        size_t begin = text->length;
        if (*at == SCRIPT_HOLE_BEGIN || *at == SCRIPT_HOLE_END)
            text_add(text, comment ? "#" : *at == SCRIPT_HOLE_BEGIN ? hole_begin : hole_end);
        else
            text_add_char(text, *at);
        joined->real = memory_resize(joined->real, (text->length + 2) * sizeof *joined->real);
        for (size_t k = begin; k < text->length; k++)
            joined->real[k] = script_offset(joined->host, number, i);
    }
    joined->real = memory_resize(joined->real, (text->length + 2) * sizeof *joined->real);
    joined->real[text->length] = joined->real[text->length + 1] =
        script_offset(joined->host, number, line->length);
    text_add_char(text, '\n');
    return true;
}

bool joined_make(struct joined *joined, struct script *host) {
    *joined = (struct joined){.host = host};
    struct text text = {0};
    bool good = true;
    joined->real = memory_zeroed(1, sizeof *joined->real);
    for (size_t number = 1; number <= host->count && good; number++) good = add_line(joined, &text, number);
    joined->source.length = text.length;
    joined->source.bytes = text_take(&text);
    return good;
}

void joined_free(struct joined *joined) {
    free(joined->source.bytes);
    free(joined->real);
    *joined = (struct joined){0};
}

size_t joined_line(const struct joined *joined, size_t offset) {
    size_t line = 1;
    for (size_t i = 0; i < offset; i++) line += joined->source.bytes[i] == '\n';
    return line;
}

void joined_restore(const struct joined *joined, struct arena *arena, struct script_line *line) {
    size_t *map = memory_allocate((line->length + 1) * sizeof *map);
    char *text = (char *)arena_copy(arena, line->text, line->length);
    size_t length = 0, at = 0;
    while (at <= line->length) {
        map[length] = joined->real[line->map ? line->map[at] : line->span.begin + at];
        if (at == line->length) break;
        bool begins = is_mark(line->text + at, line->length - at, hole_begin);
        bool ends = is_mark(line->text + at, line->length - at, hole_end);
        text[length++] = begins ? SCRIPT_HOLE_BEGIN : ends ? SCRIPT_HOLE_END : line->text[at];
        at += begins || ends ? MARK_BYTES : 1;
    }
    free((size_t *)line->map);
    line->text = text;
    line->length = length;
    line->map = map;
    line->span = (struct span){joined->real[line->span.begin], joined->real[line->span.end]};
}

static bool apply(const struct joined *joined, const struct edit *edit) {
    const char *bytes = joined->source.bytes;
    size_t length = strlen(edit->text);
    bool at_begin = edit->begin == 0 || bytes[edit->begin - 1] == '\n';
    if (!at_begin) return false;
    size_t line = joined_line(joined, edit->begin);
    if (edit->begin == edit->end && length && edit->text[length - 1] == '\n') {
        cleanup_free char *lines = memory_copy_bytes(edit->text, length - 1);
        script_insert_after(joined->host, line - 1, lines, edit->why);
        return true;
    }
    if (length || edit->end <= edit->begin || bytes[edit->end - 1] != '\n') return false;
    script_remove_lines(joined->host, line, joined_line(joined, edit->end) - 1, edit->why);
    return true;
}

bool joined_apply(const struct joined *joined, const struct edits *edits) {
    bool good = true;
    for (size_t i = 0; i < edits->count; i++) good &= apply(joined, &edits->items[i]);
    return good;
}
