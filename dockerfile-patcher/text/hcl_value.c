#include "dockerfile-patcher/text/hcl.h"

#include <stdint.h>
#include <string.h>

#include "dockerfile-patcher/text/find.h"
#include "dockerfile-patcher/text/hcl_scan.h"

struct reader {
    struct arena *arena;
    struct hcl_scanner scanner;
    struct hcl_value *value;
};

static void add_item(struct reader *reader, struct span key, struct span span) {
    struct hcl_value *value = reader->value;
    if (span.end <= span.begin) return;
    value->items = arena_grow(reader->arena, value->items, value->count, sizeof *value->items);
    value->items[value->count++] = (struct hcl_item){key, span};
}

/* What commas part between `at` and the end; in an object newlines part as well, and = or : ends the key. */
static void read_items(struct reader *reader, size_t at, bool object) {
    struct span item = {SIZE_MAX, 0}, key = {0, 0};
    struct hcl_scanner *scanner = &reader->scanner;
    while (at != SIZE_MAX) {
        at = hcl_skip_blanks(scanner, at, !object);
        if (at >= scanner->end) break;
        char c = scanner->bytes[at];
        if (c == ',' || (object && (c == '\n' || c == '\r'))) {
            if (item.begin != SIZE_MAX) add_item(reader, key, item);
            item = (struct span){SIZE_MAX, 0};
            key = (struct span){0, 0};
            at++;
            continue;
        }
        if (object && (c == '=' || c == ':') && key.end == 0 && item.begin != SIZE_MAX) {
            key = item;
            item = (struct span){SIZE_MAX, 0};
            at++;
            continue;
        }
        if (item.begin == SIZE_MAX) item.begin = at;
        at = item.end = hcl_skip_token(scanner, at);
    }
    if (at != SIZE_MAX && item.begin != SIZE_MAX) add_item(reader, key, item);
}

static bool is_for(const struct reader *reader, size_t at) {
    size_t end = reader->scanner.end;
    return end - at > 3 && memcmp(reader->scanner.bytes + at, "for", 3) == 0 &&
           !hcl_is_name(reader->scanner.bytes[at + 3]);
}

/* [ … ], { … }: whole is the span without its brackets. */
static enum hcl_kind read_collection(struct reader *reader, struct span inner, char open) {
    size_t end = reader->scanner.end;
    reader->scanner.end = inner.end;
    size_t first = hcl_skip_blanks(&reader->scanner, inner.begin, true);
    bool loop = first < inner.end && is_for(reader, first);
    if (!loop) read_items(reader, inner.begin, open == '{');
    reader->scanner.end = end;
    reader->value->inner = inner;
    return loop ? HCL_OTHER : open == '{' ? HCL_OBJECT : HCL_LIST;
}

/* A name with its attributes and indexes, or a call; else HCL_OTHER. */
static enum hcl_kind read_named(struct reader *reader, struct span span) {
    struct hcl_scanner *scanner = &reader->scanner;
    const char *bytes = scanner->bytes;
    char *text = arena_allocate(reader->arena, span.end - span.begin + 1);
    size_t length = 0, at = span.begin;
    while (at < span.end) {
        char c = bytes[at];
        if (c == '(') {
            size_t close = hcl_skip_token(scanner, at);
            if (close != span.end) return HCL_OTHER;
            reader->value->text = text;
            read_collection(reader, (struct span){at + 1, close - 1}, '(');
            return HCL_CALL;
        }
        if (c == '.' && at + 1 < span.end && bytes[at + 1] == '*') return HCL_OTHER;
        if (!hcl_is_name(c) && c != '.' && c != '[' && c != ':') return HCL_OTHER;
        size_t next = hcl_skip_token(scanner, at);
        if (next == SIZE_MAX || next > span.end) return HCL_OTHER;
        if (c == '[' && find_bytes(bytes + at, next - at, "*", 1)) return HCL_OTHER;
        memcpy(text + length, bytes + at, next - at);
        length += next - at;
        at = hcl_skip_blanks(scanner, next, true);
        /* Two names side by side are no reference, nor is `a :: b` where it stands alone. */
        if (at < span.end && hcl_is_name(c) && hcl_is_name(bytes[at])) return HCL_OTHER;
    }
    reader->value->text = text;
    bool word = strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0;
    return word || (*text >= '0' && *text <= '9') || *text == '-' ? HCL_LITERAL : HCL_REFERENCE;
}

static bool is_conditional(struct reader *reader, struct span span) {
    struct span parts[3] = {{SIZE_MAX, 0}, {SIZE_MAX, 0}, {SIZE_MAX, 0}};
    size_t part = 0;
    for (size_t at = span.begin; at < span.end;) {
        char c = reader->scanner.bytes[at];
        if ((c == '?' && part == 0) || (c == ':' && part == 1)) {
            part++;
            at++;
        } else if (c == '?') {
            return false;
        } else {
            if (parts[part].begin == SIZE_MAX) parts[part].begin = at;
            at = hcl_skip_token(&reader->scanner, at);
            if (at == SIZE_MAX) return false;
            parts[part].end = at;
        }
        at = hcl_skip_blanks(&reader->scanner, at, true);
    }
    for (size_t i = 0; i < 3 && part == 2; i++) add_item(reader, (struct span){0, 0}, parts[i]);
    return part == 2;
}

static enum hcl_kind kind_of(struct reader *reader, struct span span) {
    struct hcl_scanner *scanner = &reader->scanner;
    struct hcl_value *value = reader->value;
    char c = scanner->bytes[span.begin];
    size_t first = hcl_skip_token(scanner, span.begin);
    struct hcl_heredoc heredoc;
    if (first == span.end && c == '"') {
        value->inner = (struct span){span.begin + 1, span.end - 1};
        return HCL_STRING;
    }
    if (first == span.end && (c == '[' || c == '{'))
        return read_collection(reader, (struct span){span.begin + 1, span.end - 1}, c);
    if (first == span.end && c == '<' && hcl_heredoc_at(scanner, span.begin, &heredoc)) {
        value->inner = (struct span){heredoc.first, heredoc.last};
        value->marker = (struct span){heredoc.marker, heredoc.marker_end};
        value->flush = heredoc.flush;
        return HCL_HEREDOC;
    }
    enum hcl_kind kind = hcl_is_name(c) ? read_named(reader, span) : HCL_OTHER;
    if (kind == HCL_OTHER && is_conditional(reader, span)) return HCL_CONDITIONAL;
    return kind;
}

void hcl_value(struct arena *arena, const struct source *source, struct span span, struct hcl_value *value) {
    struct reader reader = {
        .arena = arena, .scanner = {.bytes = source->bytes, .end = source->length}, .value = value};
    for (;;) {
        *value = (struct hcl_value){.span = span};
        if (span.end <= span.begin) return;
        /* (x) is x */
        if (source->bytes[span.begin] != '(' || hcl_skip_token(&reader.scanner, span.begin) != span.end)
            break;
        struct hcl_value inner = {0};
        reader.value = &inner;
        read_collection(&reader, (struct span){span.begin + 1, span.end - 1}, '(');
        reader.value = value;
        if (inner.count != 1) return;
        span = inner.items[0].value;
    }
    value->kind = kind_of(&reader, span);
}

const char *hcl_plain_string(struct arena *arena, const struct source *source, struct span span) {
    struct hcl_value value;
    hcl_value(arena, source, span, &value);
    if (value.kind != HCL_STRING) return NULL;
    size_t count;
    struct hcl_part *parts = hcl_template(arena, source->bytes, value.inner, true, &count);
    if (count == SIZE_MAX) return NULL;
    char *text = arena_allocate(arena, value.inner.end - value.inner.begin + 1);
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        const struct hcl_part *part = &parts[i];
        if (part->kind != HCL_TEXT) return NULL;
        size_t bytes = part->text ? part->length : part->span.end - part->span.begin;
        memcpy(text + length, part->text ? part->text : source->bytes + part->span.begin, bytes);
        length += bytes;
    }
    return text;
}
