#include "dockerfile-patcher/text/yaml.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "common/memory.h"

/* A code point's index and the byte where it begins: marks come nearly in order, so it only ever moves a little. */
struct cursor {
    const char *bytes;
    size_t length;
    size_t index;
    size_t offset;
};

static bool continues(char byte) { return ((unsigned char)byte & 0xc0) == 0x80; }

static size_t bytes_of_mark(struct cursor *cursor, size_t index) {
    while (cursor->index < index && cursor->offset < cursor->length) {
        do cursor->offset++;
        while (cursor->offset < cursor->length && continues(cursor->bytes[cursor->offset]));
        cursor->index++;
    }
    while (cursor->index > index) {
        do cursor->offset--;
        while (continues(cursor->bytes[cursor->offset]));
        cursor->index--;
    }
    return cursor->offset;
}

struct builder {
    struct yaml *yaml;
    yaml_parser_t parser;
    struct cursor cursor;
    struct yaml_node *open[YAML_MOST_DEPTH];
    size_t depth;
    struct yaml_node **anchors; /* of this document */
    size_t anchor_count;
    struct yaml_complaint *complaint;
};

static size_t offset_of(struct builder *builder, const yaml_mark_t *mark) {
    return builder->yaml->source->begin + bytes_of_mark(&builder->cursor, mark->index);
}

static bool complain(struct builder *builder, size_t offset, const char *message) {
    builder->complaint->offset = offset;
    snprintf(builder->complaint->message, sizeof builder->complaint->message, "%s", message);
    return false;
}

static bool complain_of_parser(struct builder *builder) {
    const yaml_parser_t *parser = &builder->parser;
    size_t begin = builder->yaml->source->begin;
    if (parser->error == YAML_READER_ERROR)
        return complain(builder, begin + parser->problem_offset, parser->problem);
    return complain(builder, offset_of(builder, &parser->problem_mark),
                    parser->problem ? parser->problem : "not YAML");
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* Behind a tag and an anchor, in either order, and the blanks, comments and newlines that may follow each. */
static size_t skip_properties(const struct source *source, size_t at, size_t end, unsigned properties) {
    const char *bytes = source->bytes;
    while (properties-- > 0) {
        while (at < end && !is_blank(bytes[at]) && bytes[at] != '\n' && bytes[at] != '\r') at++;
        for (;;) {
            while (at < end && (is_blank(bytes[at]) || bytes[at] == '\n' || bytes[at] == '\r')) at++;
            if (at >= end || bytes[at] != '#') break;
            while (at < end && bytes[at] != '\n') at++;
        }
    }
    return at;
}

static const char *keep(struct builder *builder, const yaml_char_t *string) {
    if (!string) return NULL;
    return arena_copy(&builder->yaml->arena, (const char *)string, strlen((const char *)string));
}

static struct yaml_node *new_node(struct builder *builder, enum yaml_kind kind, enum yaml_style style,
                                  const yaml_event_t *event) {
    struct yaml_node *node = arena_allocate(&builder->yaml->arena, sizeof *node);
    node->kind = kind;
    node->style = style;
    node->span = (struct span){offset_of(builder, &event->start_mark), offset_of(builder, &event->end_mark)};
    node->content = node->span;
    return node;
}

static void append(struct arena *arena, struct yaml_node ***items, size_t *count, struct yaml_node *node) {
    *items = arena_grow(arena, *items, *count, sizeof **items);
    (*items)[(*count)++] = node;
}

static void attach(struct builder *builder, struct yaml_node *node) {
    struct arena *arena = &builder->yaml->arena;
    if (builder->depth == 0) {
        append(arena, &builder->yaml->documents, &builder->yaml->count, node);
        return;
    }
    node->parent = builder->open[builder->depth - 1];
    append(arena, &node->parent->items, &node->parent->count, node);
}

static void properties(struct builder *builder, struct yaml_node *node, const yaml_char_t *tag,
                       const yaml_char_t *anchor) {
    node->tag = keep(builder, tag);
    node->anchor = keep(builder, anchor);
    unsigned count = (node->tag != NULL) + (node->anchor != NULL);
    if (count)
        node->content.begin =
            skip_properties(builder->yaml->source, node->span.begin, builder->yaml->source->length, count);
    if (node->content.begin > node->content.end) node->content.begin = node->content.end;
    if (anchor) append(&builder->yaml->arena, &builder->anchors, &builder->anchor_count, node);
}

/* libyaml's end of a block scalar is the beginning of what follows it. */
static void find_body(const struct source *source, struct yaml_node *node) {
    const char *bytes = source->bytes;
    size_t header_end = source_line_end(source, node->content.begin);
    bool keeps = false;
    for (size_t i = node->content.begin + 1; i < header_end && strchr("+-0123456789", bytes[i]); i++)
        keeps |= bytes[i] == '+';
    size_t end = node->span.end > header_end ? node->span.end : header_end;
    if (end > header_end && end < source->length) end = source_line_begin(source, end);
    size_t last = header_end; /* behind the newline of the last line that is not empty */
    for (size_t at = header_end; at < end;) {
        size_t line_end = source_line_end(source, at), text = at;
        while (text < line_end && strchr(" \t\r\n", bytes[text])) text++;
        if (text < line_end) {
            if (last == header_end) node->column = text - at;
            last = line_end;
        }
        at = line_end;
    }
    if (keeps && end > last) last = end;
    node->body = (struct span){header_end, last};
    size_t text_end = last;
    while (text_end > node->content.begin && strchr("\r\n", bytes[text_end - 1])) text_end--;
    node->span.end = node->content.end = text_end;
}

static enum yaml_style scalar_style(yaml_scalar_style_t style) {
    switch ((int)style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return YAML_SINGLE;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return YAML_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE: return YAML_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE: return YAML_FOLDED;
    default: return YAML_PLAIN;
    }
}

static void on_scalar(struct builder *builder, const yaml_event_t *event) {
    struct yaml_node *node = new_node(builder, YAML_SCALAR, scalar_style(event->data.scalar.style), event);
    node->value_length = event->data.scalar.length;
    node->value =
        arena_copy(&builder->yaml->arena, (const char *)event->data.scalar.value, node->value_length);
    properties(builder, node, event->data.scalar.tag, event->data.scalar.anchor);
    if (node->style == YAML_LITERAL || node->style == YAML_FOLDED) find_body(builder->yaml->source, node);
    attach(builder, node);
}

static bool on_alias(struct builder *builder, const yaml_event_t *event) {
    struct yaml_node *node = new_node(builder, YAML_ALIAS, YAML_PLAIN, event);
    node->anchor = keep(builder, event->data.alias.anchor);
    for (size_t i = builder->anchor_count; i-- > 0 && !node->target;)
        if (strcmp(builder->anchors[i]->anchor, node->anchor) == 0) node->target = builder->anchors[i];
    if (!node->target) return complain(builder, node->span.begin, "found undefined alias");
    attach(builder, node);
    return true;
}

static bool on_begin(struct builder *builder, const yaml_event_t *event, bool mapping) {
    bool flow = mapping ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                        : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    struct yaml_node *node =
        new_node(builder, mapping ? YAML_MAPPING : YAML_SEQUENCE, flow ? YAML_FLOW : YAML_BLOCK, event);
    if (builder->depth == YAML_MOST_DEPTH) return complain(builder, node->span.begin, "nested too deeply");
    node->content.end = SIZE_MAX;
    properties(builder, node, mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag,
               mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor);
    attach(builder, node);
    builder->open[builder->depth++] = node;
    return true;
}

static void on_end(struct builder *builder, const yaml_event_t *event) {
    struct yaml_node *node = builder->open[--builder->depth];
    const struct source *source = builder->yaml->source;
    size_t end = offset_of(builder, &event->end_mark);
    if (node->style == YAML_BLOCK) {
        end = node->count ? node->items[node->count - 1]->span.end : node->content.begin;
        node->column = node->content.begin - source_line_begin(source, node->content.begin);
    }
    node->span.end = node->content.end = end;
}

static bool take(struct builder *builder, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: builder->anchor_count = 0; break;
    case YAML_SCALAR_EVENT: on_scalar(builder, event); break;
    case YAML_ALIAS_EVENT: return on_alias(builder, event);
    case YAML_MAPPING_START_EVENT: return on_begin(builder, event, true);
    case YAML_SEQUENCE_START_EVENT: return on_begin(builder, event, false);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: on_end(builder, event); break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default: break;
    }
    return true;
}

bool yaml_parse(struct yaml *yaml, const struct source *source, struct yaml_complaint *complaint) {
    *yaml = (struct yaml){.source = source};
    *complaint = (struct yaml_complaint){0};
    struct builder builder = {.yaml = yaml, .complaint = complaint};
    builder.cursor =
        (struct cursor){.bytes = source->bytes + source->begin, .length = source->length - source->begin};
    if (!yaml_parser_initialize(&builder.parser)) abort();
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)builder.cursor.bytes,
                                 builder.cursor.length);
    bool good = true, more = true;
    while (good && more) {
        yaml_event_t event;
        if (!yaml_parser_parse(&builder.parser, &event)) {
            good = complain_of_parser(&builder);
            break;
        }
        good = take(&builder, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&builder.parser);
    return good;
}

void yaml_release(struct yaml *yaml) {
    arena_free(&yaml->arena);
    *yaml = (struct yaml){0};
}
