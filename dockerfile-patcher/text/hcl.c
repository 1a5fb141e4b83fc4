#include "dockerfile-patcher/text/hcl.h"

#include <stdint.h>
#include <string.h>

#include "dockerfile-patcher/text/hcl_scan.h"

struct parser {
    struct arena *arena;
    struct hcl_scanner scanner;
    size_t at;
};

static bool fail(struct parser *parser, size_t at, const char *message) {
    if (!parser->scanner.broken) {
        parser->scanner.broken = message;
        parser->scanner.broken_at = at;
    }
    return false;
}

static char peek(const struct parser *parser) {
    return parser->at < parser->scanner.end ? parser->scanner.bytes[parser->at] : '\0';
}

static bool skip_blanks(struct parser *parser, bool newlines) {
    parser->at = hcl_skip_blanks(&parser->scanner, parser->at, newlines);
    return parser->at != SIZE_MAX;
}

static const char *read_name(struct parser *parser, struct span *span) {
    size_t begin = parser->at;
    while (parser->at < parser->scanner.end && hcl_is_name(peek(parser))) parser->at++;
    *span = (struct span){begin, parser->at};
    return arena_copy(parser->arena, parser->scanner.bytes + begin, parser->at - begin);
}

/* Up to the newline that ends it, the comment behind it, or the brace of a block on one line. */
static bool read_value(struct parser *parser, struct span *value) {
    if (!skip_blanks(parser, false)) return false;
    *value = (struct span){parser->at, parser->at};
    for (char c; (c = peek(parser)) && c != '\n' && c != '\r' && c != '}';) {
        if (c == ')' || c == ']' || c == ',') return fail(parser, parser->at, "not an expression");
        parser->at = hcl_skip_token(&parser->scanner, parser->at);
        if (parser->at == SIZE_MAX) return false;
        value->end = parser->at;
        if (!skip_blanks(parser, false)) return false;
    }
    return value->end > value->begin || fail(parser, value->begin, "an attribute has no value");
}

static bool read_labels(struct parser *parser, struct hcl_block *block) {
    while (skip_blanks(parser, false) && peek(parser) != '{') {
        size_t begin = parser->at;
        bool quoted = peek(parser) == '"';
        if (!quoted && !hcl_is_name(peek(parser)))
            return fail(parser, begin, "neither an attribute nor a block");
        parser->at = hcl_skip_token(&parser->scanner, begin);
        if (parser->at == SIZE_MAX) return false;
        block->labels = arena_grow(parser->arena, block->labels, block->label_count, sizeof *block->labels);
        block->labels[block->label_count++] = arena_copy(
            parser->arena, parser->scanner.bytes + begin + quoted, parser->at - begin - 2 * (size_t)quoted);
    }
    return parser->at != SIZE_MAX;
}

static bool read_body(struct parser *parser, struct hcl_body *body, bool inner);

static bool read_block(struct parser *parser, struct hcl_body *body, const char *type, struct span name) {
    struct hcl_block block = {.type = type, .span = name};
    if (!read_labels(parser, &block)) return false;
    block.open = parser->at++;
    if (++parser->scanner.depth > HCL_MOST_DEPTH)
        return fail(parser, block.open, "blocks are nested too deeply");
    if (!read_body(parser, &block.body, true)) return false;
    if (peek(parser) != '}') return fail(parser, block.open, "a block is not closed");
    parser->scanner.depth--;
    block.span.end = ++parser->at;
    body->blocks = arena_grow(parser->arena, body->blocks, body->block_count, sizeof block);
    body->blocks[body->block_count++] = block;
    return true;
}

static bool read_body(struct parser *parser, struct hcl_body *body, bool inner) {
    for (;;) {
        if (!skip_blanks(parser, true)) return false;
        if (parser->at >= parser->scanner.end) return true;
        if (peek(parser) == '}') return inner || fail(parser, parser->at, "a brace closes what is not open");
        struct span name;
        size_t begin = parser->at;
        /* {"quoted" = …} is HCL's for attributes of JSON only */
        if (!hcl_is_name(peek(parser)) || strchr("-0123456789", peek(parser)))
            return fail(parser, begin, "neither an attribute nor a block");
        const char *text = read_name(parser, &name);
        if (!skip_blanks(parser, false)) return false;
        if (peek(parser) == '=') {
            struct hcl_attribute attribute = {.name = text, .name_span = name};
            parser->at++;
            if (!read_value(parser, &attribute.value)) return false;
            body->attributes =
                arena_grow(parser->arena, body->attributes, body->attribute_count, sizeof attribute);
            body->attributes[body->attribute_count++] = attribute;
        } else if (!read_block(parser, body, text, name)) {
            return false;
        }
        if (!skip_blanks(parser, false)) return false;
        char c = peek(parser);
        if (c == '\r')
            c = parser->at + 1 < parser->scanner.end ? parser->scanner.bytes[parser->at + 1] : '\n';
        if (c && c != '\n' && c != '}') return fail(parser, parser->at, "more than one thing on a line");
    }
}

bool hcl_scan(struct arena *arena, const struct source *source, struct hcl_body *body,
              struct hcl_complaint *complaint) {
    struct parser parser = {
        .arena = arena, .scanner = {.bytes = source->bytes, .end = source->length}, .at = source->begin};
    *body = (struct hcl_body){0};
    if (read_body(&parser, body, false)) return true;
    *complaint = (struct hcl_complaint){parser.scanner.broken_at, parser.scanner.broken};
    return false;
}

const struct hcl_attribute *hcl_attribute_named(const struct hcl_body *body, const char *name) {
    for (size_t i = 0; i < body->attribute_count; i++)
        if (strcmp(body->attributes[i].name, name) == 0) return &body->attributes[i];
    return NULL;
}

const struct hcl_block *hcl_block_named(const struct hcl_body *body, const char *type) {
    for (size_t i = 0; i < body->block_count; i++)
        if (strcmp(body->blocks[i].type, type) == 0) return &body->blocks[i];
    return NULL;
}
